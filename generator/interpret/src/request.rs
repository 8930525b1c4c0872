//! Requests: their values by the names and types of an operation, and what is wrong with them.

use std::borrow::Cow;

use apigen_core::json::{Entries, Value};
use apigen_core::limit::{self, Parts, Settings, Violation};
use apigen_model::ir::{Body, Field, Operation, PathSegment, Place, Presence, Type};
use percent_encoding::percent_decode_str;

use crate::Interpreter;
use crate::finding::{Finding, Kind};
use crate::route::Route;
use crate::values::{Side, Walk};

/// A request, apart from its method and path.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The query as on the wire, without the question mark.
    pub query: &'a str,
    /// Looks a header up, in any case of letters.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The body.
    pub content: Content<'a>,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// None.
    Empty,
    /// JSON text.
    Json(&'a [u8]),
    /// The parts of a multipart form; whoever calls has taken it apart.
    Form(&'a [Part<'a>]),
    /// Something else, by its content type; empty when it has none.
    Other(&'a str),
    /// There is one that nobody recorded, so nothing is said of it.
    Unrecorded,
}

/// A part of a multipart form.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Name of the field.
    pub name: Cow<'a, str>,
    /// Its size in bytes; `None` when it is not known.
    pub size: Option<u64>,
    /// Its text; needed where the field is no file.
    pub text: Option<Cow<'a, str>>,
}

/// The values of a request by wire name, typed as the spec says.
#[derive(Debug, Clone, Default)]
pub struct Values<'a> {
    /// Path parameters; a comma list is an array.
    pub path: Entries<'a>,
    /// Query parameters, the unknown ones left out.
    pub query: Entries<'a>,
    /// The documented headers that are there.
    pub headers: Entries<'a>,
    /// The JSON body, if there is one.
    pub body: Option<Value<'a>>,
    /// The fields of a form that are no files.
    pub form: Entries<'a>,
    /// The files of a form, with their sizes in bytes where they are known.
    pub files: Vec<(Cow<'a, str>, Option<u64>)>,
}

/// A request that was read.
#[derive(Debug, Clone, Default)]
pub struct Checked<'a> {
    /// Its values.
    pub values: Values<'a>,
    /// What is wrong with it: types first, then limits.
    pub findings: Vec<Finding>,
}

/// Whether a content type is JSON.
pub fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

/// Whether a content type is a multipart form.
pub fn is_form(content_type: &str) -> bool {
    essence(content_type).eq_ignore_ascii_case("multipart/form-data")
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

impl<'a> Content<'a> {
    /// The body with a content type; a form is not taken apart.
    pub fn of(content_type: Option<&'a str>, bytes: &'a [u8]) -> Self {
        match content_type {
            _ if bytes.is_empty() => Self::Empty,
            Some(content_type) if is_json(content_type) => Self::Json(bytes),
            other => Self::Other(other.unwrap_or_default()),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Empty => "no body".to_owned(),
            Self::Json(_) => "JSON".to_owned(),
            Self::Form(_) => "a multipart form".to_owned(),
            Self::Unrecorded => "a body".to_owned(),
            Self::Other("") => "a body without content type".to_owned(),
            Self::Other(content_type) => format!("`{}`", crate::values::shortened(essence(content_type))),
        }
    }
}

impl<'a> Values<'a> {
    /// The same values as limits are held against.
    pub fn parts(&self) -> Parts<'_> {
        let Self { path, query, headers, body, form, files } = self;
        Parts { path, query, headers, body: body.as_ref(), form, files }
    }

    /// The value of a parameter, wherever it stands; a dotted path leads into the body.
    pub fn get(&self, place: Place, wire: &str) -> Option<&Value<'a>> {
        match place {
            Place::Path => apigen_core::json::get(&self.path, wire),
            Place::Query => apigen_core::json::get(&self.query, wire),
            Place::Header => apigen_core::json::get(&self.headers, wire),
            Place::Form => apigen_core::json::get(&self.form, wire),
            Place::Body => self.body.as_ref()?.path(wire),
        }
    }
}

impl<'r> Route<'r> {
    /// The path parameters by wire name, decoded, in the order of the path; a comma list is one text.
    pub fn path_values(&self) -> impl Iterator<Item = (&'r str, Cow<'r, str>)> {
        self.in_order().map(|(field, text)| (field.wire.as_str(), percent_decode_str(text).decode_utf8_lossy()))
    }

    fn in_order(&self) -> impl Iterator<Item = (&'r Field, &'r str)> {
        let operation = self.operation;
        operation.segments.iter().filter_map(|segment| match segment {
            PathSegment::Literal(_) => None,
            PathSegment::Parameter(index) => Some((&operation.path_parameters[*index], self.segments[*index])),
        })
    }
}

impl Interpreter {
    /// Reads a request and holds it against all that the spec says: names, types, what must be there, limits. Headers that
    /// the spec does not know are nobody's business.
    pub fn request<'a>(&'a self, route: &Route<'a>, request: &Request<'a>) -> Checked<'a> {
        let operation = route.operation;
        let mut checked = Checked::default();
        self.read_path(route, &mut checked);
        self.read_query(operation, request.query, &mut checked);
        self.read_headers(operation, request.header, &mut checked);
        self.read_content(operation, request.content, &mut checked);
        let limits = &self.0.limits[route.index];
        let violations = limit::check(limits, &checked.values.parts(), &Settings::default());
        checked.findings.extend(violations.iter().map(|it| exceeded(operation, it)));
        checked
    }

    fn read_path<'a>(&'a self, route: &Route<'a>, checked: &mut Checked<'a>) {
        for (field, text) in route.in_order() {
            let mut walk = Walk::new(self.api(), Side::Request, &format!("path {}", field.wire));
            let text = percent_decode_str(text).decode_utf8().unwrap_or_else(|_| {
                walk.note(Kind::WrongType, Some(field.at), "expected UTF-8 in its escapes");
                percent_decode_str(text).decode_utf8_lossy()
            });
            let value = walk.text(field, text);
            checked.values.path.push((Cow::Borrowed(&field.wire), value));
            checked.findings.extend(walk.into_findings());
        }
    }

    fn read_query<'a>(&'a self, operation: &'a Operation, query: &'a str, checked: &mut Checked<'a>) {
        let mut given: Vec<(&'a Field, Cow<'a, str>)> = Vec::new();
        let mut unknown = Vec::new();
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            let field = operation.query.iter().find(|it| it.wire == name);
            let is_list = |it: &Field| matches!(self.api().underlying(&it.type_), Type::List(_));
            match (field, given.iter_mut().find(|(it, _)| it.wire == name)) {
                (None, _) => unknown.push(name),
                (Some(field), None) => given.push((field, text)),
                // A list may also come as several parameters; of other values the last one counts.
                (Some(field), Some((_, before))) if is_list(field) => {
                    let all = before.to_mut();
                    all.push(',');
                    all.push_str(&text);
                }
                (Some(_), Some((_, before))) => *before = text,
            }
        }
        for (field, text) in given {
            let mut walk = Walk::new(self.api(), Side::Request, &format!("query {}", field.wire));
            let value = walk.text(field, text);
            checked.values.query.push((Cow::Borrowed(&field.wire), value));
            checked.findings.extend(walk.into_findings());
        }
        for name in unknown {
            let mut walk = Walk::new(self.api(), Side::Request, &format!("query {name}"));
            walk.note(Kind::UnknownParameter, Some(operation.at), "the spec does not know this parameter");
            checked.findings.extend(walk.into_findings());
        }
        self.missing(&operation.query, "query", checked);
    }

    fn read_headers<'a>(
        &'a self,
        operation: &'a Operation,
        header: &dyn Fn(&str) -> Option<&'a str>,
        checked: &mut Checked<'a>,
    ) {
        for field in &operation.headers {
            if let Some(text) = header(&field.wire) {
                let mut walk = Walk::new(self.api(), Side::Request, &format!("header {}", field.wire));
                let value = walk.text(field, Cow::Borrowed(text));
                checked.values.headers.push((Cow::Borrowed(&field.wire), value));
                checked.findings.extend(walk.into_findings());
            }
        }
        self.missing(&operation.headers, "header", checked);
    }

    /// Notes the parameters that must be there and are not.
    fn missing(&self, fields: &[Field], place: &str, checked: &mut Checked<'_>) {
        let Values { query, headers, form, files, .. } = &checked.values;
        let given = match place {
            "query" => query,
            "header" => headers,
            _ => form,
        };
        let is_given = |it: &Field| {
            apigen_core::json::get(given, &it.wire).is_some() || files.iter().any(|(name, _)| *name == it.wire)
        };
        for field in fields.iter().filter(|it| is_always_there(it) && !is_given(it)) {
            let mut walk = Walk::new(self.api(), Side::Request, &format!("{place} {}", field.wire));
            walk.note(Kind::Missing, Some(field.at), "the spec says that this is always there");
            checked.findings.extend(walk.into_findings());
        }
    }

    fn read_content<'a>(&'a self, operation: &'a Operation, content: Content<'a>, checked: &mut Checked<'a>) {
        let mut walk = Walk::new(self.api(), Side::Request, "body");
        match (&operation.body, content) {
            (Body::None | Body::Json(_), Content::Json(text)) => match Value::parse(text) {
                Ok(body) => {
                    walk.fields(&body, operation.body.json_fields(), &[], operation.at);
                    checked.values.body = Some(body);
                }
                Err(error) => walk.note(Kind::WrongContent, Some(operation.at), format!("this is not JSON: {error}")),
            },
            (Body::Multipart(fields), Content::Form(parts)) => {
                self.read_form(operation, fields, parts, checked);
            }
            (_, Content::Unrecorded) | (Body::None, Content::Empty) => {}
            (Body::Json(fields) | Body::Multipart(fields), Content::Empty) => {
                if fields.iter().any(is_always_there) {
                    walk.note(Kind::Missing, Some(operation.at), "the spec says that there is a body");
                }
            }
            (Body::None, other @ (Content::Form(_) | Content::Other(_))) => {
                walk.note(Kind::WrongContent, Some(operation.at), format!("expected no body, found {}", other.name()));
            }
            (Body::Json(_), other @ (Content::Form(_) | Content::Other(_))) => {
                walk.note(Kind::WrongContent, Some(operation.at), format!("expected JSON, found {}", other.name()));
            }
            (Body::Multipart(_), other @ (Content::Json(_) | Content::Other(_))) => {
                let message = format!("expected a multipart form, found {}", other.name());
                walk.note(Kind::WrongContent, Some(operation.at), message);
            }
        }
        checked.findings.extend(walk.into_findings());
    }

    fn read_form<'a>(
        &'a self,
        operation: &'a Operation,
        fields: &'a [Field],
        parts: &'a [Part<'a>],
        checked: &mut Checked<'a>,
    ) {
        for part in parts {
            let mut walk = Walk::new(self.api(), Side::Request, &format!("form {}", part.name));
            let field = fields.iter().find(|it| it.wire == part.name);
            let is_file = |it: &Field| matches!(self.api().underlying(&it.type_), Type::File);
            match (field, &part.text) {
                (None, _) => walk.note(Kind::UnknownField, Some(operation.at), "the spec does not know this field"),
                (Some(field), _) if is_file(field) => {
                    checked.values.files.push((Cow::Borrowed(&part.name), part.size));
                }
                (Some(field), Some(text)) => {
                    let value = walk.text(field, Cow::Borrowed(text));
                    checked.values.form.push((Cow::Borrowed(&part.name), value));
                }
                (Some(field), None) => walk.note(Kind::WrongType, Some(field.at), "expected text, found bytes"),
            }
            checked.findings.extend(walk.into_findings());
        }
        self.missing(fields, "form", checked);
    }
}

fn is_always_there(field: &Field) -> bool {
    match field.presence {
        Presence::Required | Presence::Constant(_) => true,
        Presence::Optional | Presence::RequiredWhen(_) => false,
    }
}

fn exceeded(operation: &Operation, violation: &Violation) -> Finding {
    let limit = operation.limits.iter().position(|it| it.id == violation.id);
    let placed = limit.map(|it| &operation.limits[it]);
    let place = placed.map_or("body", |it| it.place.name());
    let named = |path: &str, between: &str| match path {
        "" => format!("request {place}"),
        _ => format!("request {place}{between}{path}"),
    };
    let between = if place == "body" { "." } else { " " };
    let is_whole = placed.is_some_and(|it| it.wire.is_empty());
    Finding {
        kind: if matches!(violation.rule, limit::Rule::Required) { Kind::Missing } else { Kind::LimitExceeded },
        at: named(if is_whole { "" } else { &violation.field }, between),
        place: named(placed.map_or("", |it| &it.wire), between),
        message: violation.to_string(),
        limit,
        spec: placed.map(|it| it.limit.at),
    }
}
