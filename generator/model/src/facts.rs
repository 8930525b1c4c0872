//! The facts that pages and specs are compared by: flat, each in one line, without prose.
//!
//! A fact is written as a digest, a ledger entry and a report show it:
//!
//! ```text
//! query limit
//! type query limit: integer
//! required query limit: no
//! default query limit: 10
//! limit query limit: 1000 value
//! body body.size.height
//! response data.announcement
//! value body type: chat
//! shown response data.announcement: string
//! error 404 no_such_book: there is no book XX
//! limit: 600 items
//! ```

use std::fmt;
use std::str::FromStr;

/// What was understood of a page, or of what stands for one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Path of the file, as it was given.
    pub file: String,
    /// The operations, in the order of the page.
    pub operations: Vec<Operation>,
    /// What holds for every operation of the page: fields of replies, errors of tables that belong to no operation, and
    /// numbers of the prose before the first operation.
    pub common: Vec<Fact>,
    /// What looked like a fact and could not be read.
    pub unread: Vec<Unread>,
}

/// What a page says about an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// HTTP method, in capitals.
    pub method: String,
    /// Path below the server's URL, with parameters in braces by the names that the page gives them, without query.
    pub path: String,
    /// The heading that it stands under. Never part of a digest: it is prose.
    pub title: String,
    /// Line of the request line, from 1.
    pub line: usize,
    /// What is said of it, in the order of the page.
    pub facts: Vec<Fact>,
}

/// A fact about an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// What it is about.
    pub claim: Claim,
    /// Line on the page or in the file of the spec, from 1; 0 where it stands nowhere in particular.
    pub line: usize,
}

/// What is claimed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// There is such a parameter, or such a field in the reply.
    Field(Name),
    /// It has a type.
    Type(Name, Shape),
    /// It must be there, or need not.
    Required(Name, bool),
    /// What the server assumes when it is not there, as it is on the wire, without quotes.
    Default(Name, String),
    /// One of its values, as it is on the wire, without quotes.
    Value(Name, String),
    /// An example has it, as this; what a table says of it is said beside it.
    Shown(Name, Shape),
    /// A number that bounds it, or the operation as a whole.
    Limit(Option<Name>, Amount),
    /// A documented error.
    Error(ErrorRow),
}

/// A named value of a request or reply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Where it stands.
    pub place: Place,
    /// Its wire name; within bodies and replies the dotted path, without marks for items of lists.
    pub path: String,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the body of the request, JSON or form.
    Body,
    /// In the reply.
    Response,
}

/// What a value is on the wire, as coarsely as pages tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list of anything.
    List,
    /// An object or a map.
    Object,
    /// A file.
    File,
}

/// A number with what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// How many; sizes are in bytes.
    pub number: u64,
    /// Of what.
    pub unit: Unit,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Unicode characters.
    Characters,
    /// Bytes.
    Bytes,
    /// Items, users, files: whatever there can be several of.
    Items,
    /// The value itself: an end of a range.
    Value,
    /// Calls or messages per second.
    PerSecond,
    /// Calls or messages per minute.
    PerMinute,
    /// Calls or messages per hour.
    PerHour,
    /// Calls or messages per day.
    PerDay,
    /// Seconds; other durations are converted.
    Seconds,
}

/// A row of a table of errors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorRow {
    /// HTTP status.
    pub status: u16,
    /// The code in the body; empty when the row has none.
    pub code: String,
    /// The message as the page shows it, in one line, quotes around it removed; empty when the row has none.
    pub message: String,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Line, from 1.
    pub line: usize,
    /// What and why, in a sentence without a full stop.
    pub reason: String,
}

/// The part of an operation that a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// The operation itself.
    Operation,
    /// A parameter in the path.
    Path,
    /// A parameter in the query.
    Query,
    /// A parameter in a header.
    Header,
    /// A field of the request's body.
    Body,
    /// A field of the reply.
    Response,
    /// A documented error.
    Error,
    /// A number.
    Limit,
    /// What is assumed of an absent parameter.
    Default,
    /// Whether a parameter must be there.
    Required,
    /// A type, or one of the values of a type.
    Type,
}

impl Claim {
    /// What it is about.
    pub fn facet(&self) -> Facet {
        match self {
            Self::Field(name) | Self::Shown(name, _) => name.place.facet(),
            Self::Type(..) | Self::Value(..) => Facet::Type,
            Self::Required(..) => Facet::Required,
            Self::Default(..) => Facet::Default,
            Self::Limit(..) => Facet::Limit,
            Self::Error(_) => Facet::Error,
        }
    }

    /// The value that it is about; `None` for errors and for limits of the operation as a whole.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Field(name)
            | Self::Shown(name, _)
            | Self::Type(name, _)
            | Self::Value(name, _)
            | Self::Required(name, _)
            | Self::Default(name, _)
            | Self::Limit(Some(name), _) => Some(name),
            Self::Limit(None, _) | Self::Error(_) => None,
        }
    }
}

impl Place {
    /// All places, in the order of a request and its reply.
    pub const ALL: [Self; 5] = [Self::Path, Self::Query, Self::Header, Self::Body, Self::Response];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        self.facet().as_str()
    }

    fn facet(self) -> Facet {
        match self {
            Self::Path => Facet::Path,
            Self::Query => Facet::Query,
            Self::Header => Facet::Header,
            Self::Body => Facet::Body,
            Self::Response => Facet::Response,
        }
    }
}

impl Facet {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Response => "response",
            Self::Error => "error",
            Self::Limit => "limit",
            Self::Default => "default",
            Self::Required => "required",
            Self::Type => "type",
        }
    }
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 7] =
        [Self::String, Self::Integer, Self::Number, Self::Boolean, Self::List, Self::Object, Self::File];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
            Self::File => "file",
        }
    }
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 9] = [
        Self::Characters,
        Self::Bytes,
        Self::Items,
        Self::Value,
        Self::PerSecond,
        Self::PerMinute,
        Self::PerHour,
        Self::PerDay,
        Self::Seconds,
    ];

    /// The word that stands behind the number; it has no spaces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Items => "items",
            Self::Value => "value",
            Self::PerSecond => "per_second",
            Self::PerMinute => "per_minute",
            Self::PerHour => "per_hour",
            Self::PerDay => "per_day",
            Self::Seconds => "seconds",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "{name}"),
            Self::Shown(name, shape) => write!(f, "shown {name}: {}", shape.as_str()),
            Self::Type(name, shape) => write!(f, "type {name}: {}", shape.as_str()),
            Self::Required(name, required) => write!(f, "required {name}: {}", if *required { "yes" } else { "no" }),
            Self::Default(name, value) => write!(f, "default {name}: {value}"),
            Self::Value(name, value) => write!(f, "value {name}: {value}"),
            Self::Limit(Some(name), amount) => write!(f, "limit {name}: {amount}"),
            Self::Limit(None, amount) => write!(f, "limit: {amount}"),
            Self::Error(ErrorRow { status, code, message }) => {
                write!(f, "error {status}")?;
                if !code.is_empty() {
                    write!(f, " {code}")?;
                }
                if message.is_empty() { Ok(()) } else { write!(f, ": {message}") }
            }
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place.as_str(), self.path)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.unit.as_str())
    }
}

impl FromStr for Claim {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        let (head, value) = text.split_once(": ").map_or((text, None), |(head, value)| (head, Some(value)));
        let value = || value.ok_or(NoClaim::Value);
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        match word {
            "shown" => Ok(Self::Shown(rest.parse()?, value()?.parse()?)),
            "type" => Ok(Self::Type(rest.parse()?, value()?.parse()?)),
            "required" => match value()? {
                "yes" => Ok(Self::Required(rest.parse()?, true)),
                "no" => Ok(Self::Required(rest.parse()?, false)),
                _ => Err(NoClaim::Value),
            },
            "default" => Ok(Self::Default(rest.parse()?, value()?.to_owned())),
            "value" => Ok(Self::Value(rest.parse()?, value()?.to_owned())),
            "limit" if rest.is_empty() => Ok(Self::Limit(None, value()?.parse()?)),
            "limit" => Ok(Self::Limit(Some(rest.parse()?), value()?.parse()?)),
            "error" => {
                let (status, code) = rest.split_once(' ').unwrap_or((rest, ""));
                let status = status.parse().map_err(|_| NoClaim::Value)?;
                let message = value().unwrap_or_default().to_owned();
                Ok(Self::Error(ErrorRow { status, code: code.to_owned(), message }))
            }
            _ => Ok(Self::Field(text.parse()?)),
        }
    }
}

impl FromStr for Name {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        let (place, path) = text.split_once(' ').ok_or(NoClaim::Name)?;
        let place = Place::ALL.into_iter().find(|it| it.as_str() == place).ok_or(NoClaim::Name)?;
        if path.is_empty() || path.contains(char::is_whitespace) {
            return Err(NoClaim::Name);
        }
        Ok(Self { place, path: path.to_owned() })
    }
}

impl FromStr for Shape {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or(NoClaim::Value)
    }
}

impl FromStr for Amount {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        let (number, unit) = text.split_once(' ').ok_or(NoClaim::Value)?;
        let number = number.parse().map_err(|_| NoClaim::Value)?;
        let unit = Unit::ALL.into_iter().find(|it| it.as_str() == unit).ok_or(NoClaim::Value)?;
        Ok(Self { number, unit })
    }
}

/// Why a line is no claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoClaim {
    /// There is no place and name where one must stand.
    Name,
    /// The value behind the colon is missing or cannot be read.
    Value,
}

impl fmt::Display for NoClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "expected a place (path, query, header, body, response) and a name without spaces",
            Self::Value => "the value behind the colon is missing or cannot be read",
        })
    }
}

impl std::error::Error for NoClaim {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_as_they_are_written() {
        for text in [
            "query limit",
            "type query limit: integer",
            "required body members: yes",
            "default query limit: 10",
            "default body note: a: b",
            "value body type: chat",
            "shown response data.items.id: string",
            "limit body name: 50 characters",
            "limit: 600 items",
            "error 404 not_found: no such thing: XX",
            "error 404 not_found",
            "error 413",
            "error 400: too long",
        ] {
            assert_eq!(text.parse::<Claim>().map(|it| it.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_claim_says_why() {
        for (text, reason) in [
            ("", NoClaim::Name),
            ("query", NoClaim::Name),
            ("query a b", NoClaim::Name),
            ("cookie limit", NoClaim::Name),
            ("type query limit", NoClaim::Value),
            ("type query limit: text", NoClaim::Value),
            ("limit: many items", NoClaim::Value),
            ("limit: 6 apples", NoClaim::Value),
            ("required body members: perhaps", NoClaim::Value),
            ("error four", NoClaim::Value),
        ] {
            assert_eq!(text.parse::<Claim>(), Err(reason), "{text}");
        }
    }
}
