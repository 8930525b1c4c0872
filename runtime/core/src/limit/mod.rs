//! Limits of request values: what they bound, how they are checked, and how they are adjusted at run time.
//!
//! Generated code holds limits as `static` tables. [`check`] holds a whole request against such a table, and
//! [`Limit::check_str`] and its siblings hold one value against one limit.

mod check;
mod pattern;
mod settings;
mod violation;

use crate::json::{Number, Value};

pub use check::{Parts, check};
pub use pattern::Pattern;
pub use settings::{Mode, Settings};
pub use violation::{Severity, Violation, Violations};

/// A bound of a value of a request.
///
/// ```
/// use apigen_core::limit::{Bound, Limit, Place, Rule, Settings};
///
/// static TITLE: Limit = Limit::new("books.add.title.max_chars", Place::Body, "title", Rule::MaxChars(Bound::Int(5))).raisable();
///
/// let settings = Settings::default();
/// assert!(TITLE.check_str("short", &settings).is_ok());
/// let violation = TITLE.check_str("too long", &settings).unwrap_err();
/// assert_eq!(violation.to_string(), "title: 8 characters, at most 5 allowed (books.add.title.max_chars)");
/// assert!(TITLE.check_str("too long", &settings.raise(&TITLE, 8)).is_ok());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Stable id: resource, operation, parameter and rule, joined by dots.
    pub id: &'static str,
    /// Where the value stands.
    pub place: Place,
    /// Wire path of the value: dotted, `[]` for the items of a list, `{}` for the values of a map.
    pub name: &'static str,
    /// The bound.
    pub rule: Rule,
    /// What the server does beyond it.
    pub enforcement: Enforcement,
    /// Whether the vendor raises it on request.
    pub raisable: bool,
    /// When it holds: always, or where all these tests succeed.
    pub when: &'static [Condition],
}

/// Where a value stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the JSON body.
    Body,
    /// In the multipart body.
    Form,
}

/// A kind of bound with its value. Characters are Unicode scalar values. Length rules concern strings, item rules
/// lists and maps, number rules numbers; a value of another kind passes.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Fewest characters.
    MinChars(Bound),
    /// Most characters.
    MaxChars(Bound),
    /// Most bytes: of a string in UTF-8, of anything else as JSON text.
    MaxBytes(Bound),
    /// Fewest items of a list or map.
    MinItems(Bound),
    /// Most items of a list or map.
    MaxItems(Bound),
    /// Least number.
    Min(Bound),
    /// Greatest number.
    Max(Bound),
    /// What the whole string looks like; made by [`pattern!`](crate::pattern).
    Pattern(&'static Pattern),
    /// The only strings allowed.
    OneOf(&'static [&'static str]),
    /// Greatest size of a file in bytes. A file of unknown size passes.
    MaxSize(Bound),
    /// Most bytes of the JSON text of these fields together; of the whole body when there are none.
    BodySize(Bound, &'static [&'static str]),
    /// The value must be there.
    Required,
}

/// The value of a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A whole number.
    Int(i64),
    /// A number that may have a fraction.
    Float(f64),
    /// The value of the field of the same request with this wire path. Without that field the bound is unknown, and
    /// anything passes.
    Field(&'static str),
    /// The same, with the value that the server assumes without that field.
    FieldOr(&'static str, i64),
}

/// What the server does with a value beyond a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// It answers with an error, so the value is denied.
    Rejected,
    /// It goes on with the nearest allowed value, so the value passes.
    Clamped,
    /// Nobody knows, so the value passes with a warning.
    Open,
}

/// A test on another field of the same request: in the body if a field there has the path, else in the query, the path,
/// a header or the form.
///
/// A path that shares its first `[]` or `{}` with the limit's own means the field of the same item. A field that is not
/// there leaves the answer open, and then the limit does not apply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// Wire path of the other field.
    pub field: &'static str,
    /// The test.
    pub test: Test,
}

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// The field is there and not `null`.
    Present,
    /// The field is this text, or is written like it: `7` and `"7"` are equal to `"7"`, `true` is equal to `"true"`.
    Equals(&'static str),
    /// The same, or the field is not there: this is what the server assumes then.
    EqualsOrAbsent(&'static str),
}

/// Makes a [`Pattern`] that lives as long as the program, to stand in a `static` table.
#[macro_export]
macro_rules! pattern {
    ($expression:expr) => {{
        static PATTERN: $crate::limit::Pattern = $crate::limit::Pattern::new($expression);
        &PATTERN
    }};
}

impl Limit {
    /// A limit that the server enforces by an error, that is not raised, and that always holds.
    pub const fn new(id: &'static str, place: Place, name: &'static str, rule: Rule) -> Self {
        Self { id, place, name, rule, enforcement: Enforcement::Rejected, raisable: false, when: &[] }
    }

    /// The same limit, clamped by the server.
    #[must_use]
    pub const fn clamped(self) -> Self {
        Self { enforcement: Enforcement::Clamped, ..self }
    }

    /// The same limit, of which nobody knows what the server does beyond it.
    #[must_use]
    pub const fn open(self) -> Self {
        Self { enforcement: Enforcement::Open, ..self }
    }

    /// The same limit, raised by the vendor on request.
    #[must_use]
    pub const fn raisable(self) -> Self {
        Self { raisable: true, ..self }
    }

    /// The same limit, under conditions.
    #[must_use]
    pub const fn when(self, conditions: &'static [Condition]) -> Self {
        Self { when: conditions, ..self }
    }

    /// Holds text against the limit. Conditions, and bounds that other fields state, need the whole request and pass.
    ///
    /// # Errors
    /// The violation, if the settings deny it. What they only warn of is `Ok`.
    pub fn check_str(&self, text: &str, settings: &Settings) -> Result<(), Violation> {
        self.check_value(&text.into(), settings)
    }

    /// Holds a number against the limit, as [`Limit::check_str`] does with text.
    ///
    /// # Errors
    /// The violation, if the settings deny it.
    pub fn check_number(&self, number: impl Into<Number>, settings: &Settings) -> Result<(), Violation> {
        self.check_value(&Value::Number(number.into()), settings)
    }

    /// Holds a number of items, of bytes or of characters against the limit, whichever it bounds.
    ///
    /// # Errors
    /// The violation, if the settings deny it.
    pub fn check_len(&self, length: u64, settings: &Settings) -> Result<(), Violation> {
        deny(check::measured(self, length, settings))
    }

    /// Holds a JSON value against the limit, as [`Limit::check_str`] does with text.
    ///
    /// # Errors
    /// The violation, if the settings deny it.
    pub fn check_value(&self, value: &Value<'_>, settings: &Settings) -> Result<(), Violation> {
        deny(check::single(self, value, settings))
    }
}

fn deny(violation: Option<Violation>) -> Result<(), Violation> {
    match violation {
        Some(violation) if violation.severity == Severity::Denied => Err(violation),
        Some(_) | None => Ok(()),
    }
}

impl Rule {
    /// Name of the rule, as it stands in ids of limits.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MinChars(_) => "min_chars",
            Self::MaxChars(_) => "max_chars",
            Self::MaxBytes(_) => "max_bytes",
            Self::MinItems(_) => "min_items",
            Self::MaxItems(_) => "max_items",
            Self::Min(_) => "min",
            Self::Max(_) => "max",
            Self::Pattern(_) => "pattern",
            Self::OneOf(_) => "one_of",
            Self::MaxSize(_) | Self::BodySize(..) => "max_size",
            Self::Required => "required",
        }
    }

    /// The bound of the rules that have one.
    pub const fn bound(&self) -> Option<Bound> {
        match self {
            Self::MinChars(bound)
            | Self::MaxChars(bound)
            | Self::MaxBytes(bound)
            | Self::MinItems(bound)
            | Self::MaxItems(bound)
            | Self::Min(bound)
            | Self::Max(bound)
            | Self::MaxSize(bound)
            | Self::BodySize(bound, _) => Some(*bound),
            Self::Pattern(_) | Self::OneOf(_) | Self::Required => None,
        }
    }
}
