//! Values against types: what the wire may carry, and nothing more lenient.
//!
//! A `null` counts as absent wherever a field may be absent or missing, as it does to clients. Sets of values and of shapes
//! are open, so an unknown one is a finding of its own kind rather than a wrong type.

use std::borrow::Cow;

use apigen_core::json::{self, Entries, Number, Value};
use apigen_model::ir::{Api, Condition, Field, Presence, Scalar, TagPlace, Test, Type, TypeDef, TypeKind, Variant};
use apigen_model::source::Span;

use crate::finding::{Finding, Kind};

/// A walk over the values of one side of an exchange.
pub(crate) struct Walk<'w> {
    pub(crate) api: &'w Api,
    /// `request` or `response`.
    side: Side,
    /// Where the walk is, as findings say it.
    at: String,
    /// The same with `[]` for items and `{}` for map values.
    place: String,
    /// The lengths of both at the object or list around the value, and around that, and so on.
    around: Vec<(usize, usize)>,
    /// Whether values must not be shown.
    secret: bool,
    findings: Vec<Finding>,
}

/// A side of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

/// A step from a value to one inside it.
#[derive(Clone, Copy)]
enum Step<'s> {
    Key(&'s str),
    Entry(&'s str),
    Item(usize),
}

/// The fields that an object may have.
#[derive(Clone, Copy)]
struct Shape<'s> {
    fields: &'s [Field],
    /// Fields of what surrounds it, when both stand in one object.
    around: &'s [Field],
    /// Fields that a success has; a failure may have them.
    perhaps: &'s [Field],
    /// A key that is no field: the tag of a union.
    tag: Option<&'s str>,
    /// Where the spec says so.
    spec: Span,
}

impl<'w> Walk<'w> {
    /// A walk that begins at a place such as `body`.
    pub(crate) fn new(api: &'w Api, side: Side, start: &str) -> Self {
        let side_name = match side {
            Side::Request => "request",
            Side::Response => "response",
        };
        let at = format!("{side_name} {start}");
        Self { api, side, place: at.clone(), at, around: Vec::new(), secret: false, findings: Vec::new() }
    }

    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Notes what is wrong with the value at which the walk is.
    pub(crate) fn note(&mut self, kind: Kind, spec: Option<Span>, message: impl Into<String>) {
        self.findings.push(Finding {
            kind,
            at: self.at.clone(),
            place: self.place.clone(),
            message: message.into(),
            limit: None,
            spec,
        });
    }

    /// Goes on at the value under a key, and comes back.
    pub(crate) fn key(&mut self, key: &str, visit: impl FnOnce(&mut Self)) {
        self.step(Step::Key(key), visit);
    }

    fn step(&mut self, step: Step<'_>, visit: impl FnOnce(&mut Self)) {
        let (at, place) = (self.at.len(), self.place.len());
        self.around.push((at, place));
        match step {
            Step::Key(key) => {
                self.at.extend([".", key]);
                self.place.extend([".", key]);
            }
            Step::Entry(key) => {
                self.at.extend([".", key]);
                self.place.push_str("{}");
            }
            Step::Item(index) => {
                self.at.push_str(&format!("[{index}]"));
                self.place.push_str("[]");
            }
        }
        visit(self);
        self.at.truncate(at);
        self.place.truncate(place);
        self.around.pop();
    }

    /// Notes what is wrong with the tag of a union, which stands inside the value at which the walk is, or beside it.
    fn note_tag(&mut self, kind: Kind, (tag, placed): (&str, TagPlace), spec: Span, message: impl Into<String>) {
        let (at, place) = (self.at.clone(), self.place.clone());
        let (inside, beside) = ((at.len(), place.len()), self.around.last().copied());
        let end = match placed {
            TagPlace::Inside => inside,
            TagPlace::Beside => beside.unwrap_or(inside),
        };
        self.at.truncate(end.0);
        self.place.truncate(end.1);
        self.key(tag, |walk| walk.note(kind, Some(spec), message));
        (self.at, self.place) = (at, place);
    }

    /// Holds an object against its fields and those of what surrounds it.
    pub(crate) fn fields(&mut self, value: &Value<'_>, fields: &[Field], around: &[Field], spec: Span) {
        self.object(value, Shape { fields, around, perhaps: &[], tag: None, spec });
    }

    fn object(&mut self, value: &Value<'_>, shape: Shape<'_>) {
        let Value::Object(entries) = value else { return self.mismatch("object", value, shape.spec) };
        for field in shape.fields.iter().chain(shape.around) {
            let value = json::get(entries, &field.wire).filter(|it| !it.is_null());
            self.key(&field.wire, |walk| walk.member(field, value, entries));
        }
        for field in shape.perhaps.iter().filter(|it| !shape.fields.iter().any(|other| other.wire == it.wire)) {
            if let Some(value) = json::get(entries, &field.wire).filter(|it| !it.is_null()) {
                self.key(&field.wire, |walk| walk.present(field, value, Some(entries)));
            }
        }
        let all = || shape.fields.iter().chain(shape.around).chain(shape.perhaps);
        let is_known = |key: &str| {
            shape.tag == Some(key) || all().any(|it| it.wire == key || self.api.tag_beside(&it.type_) == Some(key))
        };
        let unknown: Vec<_> = entries.iter().map(|(key, _)| key).filter(|it| !is_known(it)).collect();
        for key in unknown {
            let message = "the spec does not know this field";
            self.key(key, |walk| walk.note(Kind::UnknownField, Some(shape.spec), message));
        }
    }

    /// Holds a field against the value that stands there.
    fn member(&mut self, field: &Field, value: Option<&Value<'_>>, beside: &Entries<'_>) {
        let Some(value) = value else { return self.absent(field, beside) };
        self.present(field, value, Some(beside));
    }

    pub(crate) fn present(&mut self, field: &Field, value: &Value<'_>, beside: Option<&Entries<'_>>) {
        let outer = self.secret;
        self.secret |= field.secret;
        match &field.presence {
            Presence::Constant(constant) if !is_equal(constant, value) => {
                self.note(Kind::WrongType, Some(field.at), format!("expected {constant}, always"));
            }
            Presence::Constant(_) => {}
            Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => {
                self.either(&field.type_, field.also.as_ref(), value, beside, field.at);
            }
        }
        self.secret = outer;
    }

    fn absent(&mut self, field: &Field, beside: &Entries<'_>) {
        let is_missing = match (&field.presence, self.side) {
            (Presence::Required, _) | (Presence::Constant(_), Side::Request) => true,
            // Clients do not read constants, so no example has to show them.
            (Presence::Optional, _) | (Presence::Constant(_), Side::Response) => false,
            // What a request must hold under a condition is one of its limits.
            (Presence::RequiredWhen(_), Side::Request) => false,
            (Presence::RequiredWhen(condition), Side::Response) => holds(condition, beside),
        };
        if is_missing {
            self.note(Kind::Missing, Some(field.at), "the spec says that this is always there");
        }
    }

    /// Holds a value against a type, or against what comes instead.
    pub(crate) fn either(
        &mut self,
        type_: &Type,
        also: Option<&Type>,
        value: &Value<'_>,
        beside: Option<&Entries<'_>>,
        spec: Span,
    ) {
        let type_ = match also {
            Some(also) if !self.is_kind(type_, value) && self.is_kind(also, value) => also,
            Some(_) | None => type_,
        };
        self.value(type_, value, beside, &[], spec);
    }

    /// Holds a value against a type. `beside` is the object that holds the value, `around` are fields of the same object
    /// that are not the type's.
    pub(crate) fn value(
        &mut self,
        type_: &Type,
        value: &Value<'_>,
        beside: Option<&Entries<'_>>,
        around: &[Field],
        spec: Span,
    ) {
        match type_ {
            Type::Scalar(scalar) => self.scalar(*scalar, value, spec),
            Type::Named(id) => {
                let api = self.api;
                self.named(&api[*id], value, beside, around);
            }
            Type::List(item) => match value {
                Value::Array(items) => {
                    for (index, value) in items.iter().enumerate() {
                        self.step(Step::Item(index), |walk| walk.value(item, value, None, &[], spec));
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Object(_) => {
                    self.mismatch("array", value, spec);
                }
            },
            Type::Map(inner) => match value {
                Value::Object(entries) => {
                    for (key, value) in entries.iter().filter(|(key, _)| !around.iter().any(|it| it.wire == *key)) {
                        self.step(Step::Entry(key), |walk| walk.value(inner, value, None, &[], spec));
                    }
                    self.around(entries, around);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Array(_) => {
                    self.mismatch("object", value, spec);
                }
            },
            Type::Json => {
                if let Value::Object(entries) = value {
                    self.around(entries, around);
                }
            }
            Type::File => {}
        }
    }

    /// Holds the fields of what surrounds a map or free JSON against its entries.
    fn around(&mut self, entries: &Entries<'_>, around: &[Field]) {
        for field in around {
            let value = json::get(entries, &field.wire).filter(|it| !it.is_null());
            self.key(&field.wire, |walk| walk.member(field, value, entries));
        }
    }

    fn named(&mut self, definition: &TypeDef, value: &Value<'_>, beside: Option<&Entries<'_>>, around: &[Field]) {
        let spec = definition.at;
        match &definition.kind {
            TypeKind::Newtype(inner) => self.value(inner, value, beside, around, spec),
            TypeKind::Enum { of, values } => {
                self.scalar(*of, value, spec);
                let is_known = |text: &str| values.iter().any(|it| it.wire == text);
                if let Some(text) = value.to_text()
                    && is_scalar(*of, value)
                    && !is_known(&text)
                {
                    let message = format!("{} does not know {}", definition.name, self.shown(&text));
                    self.note(Kind::UnknownValue, Some(spec), message);
                }
            }
            TypeKind::Flag { .. } => self.scalar(Scalar::Boolean, value, spec),
            TypeKind::Object { fields } => {
                let failed = definition.verdict.as_ref().filter(|it| !succeeds(&it.outcome, value));
                let shape = match failed {
                    None => Shape { fields, around, perhaps: &[], tag: None, spec },
                    Some(verdict) => {
                        let failure = &self.api[verdict.otherwise];
                        Shape { fields: object_fields(failure), around, perhaps: fields, tag: None, spec: failure.at }
                    }
                };
                self.object(value, shape);
            }
            TypeKind::Union { tag, placed, variants } => {
                let Value::Object(entries) = value else { return self.mismatch("object", value, spec) };
                let around_tag = match placed {
                    TagPlace::Inside => Some(entries),
                    TagPlace::Beside => beside,
                };
                let found = around_tag.and_then(|it| json::get(it, tag)).filter(|it| !it.is_null());
                self.union_(definition, (tag, *placed), found, variants, value, around);
            }
        }
    }

    /// Holds an object against the shape that its tag selects.
    fn union_(
        &mut self,
        definition: &TypeDef,
        tag: (&str, TagPlace),
        found: Option<&Value<'_>>,
        variants: &[Variant],
        value: &Value<'_>,
        around: &[Field],
    ) {
        let spec = definition.at;
        let inside = match tag.1 {
            TagPlace::Inside => Some(tag.0),
            TagPlace::Beside => None,
        };
        let Some(found) = found else {
            return self.note_tag(Kind::Missing, tag, spec, "nothing tells which shape the value has");
        };
        let Some(text) = found.as_str() else {
            return self.note_tag(Kind::WrongType, tag, spec, format!("expected string, found {}", found.kind()));
        };
        match variants.iter().find(|it| it.tag == text) {
            Some(Variant { fields, .. }) => {
                self.object(value, Shape { fields, around, perhaps: &[], tag: inside, spec });
            }
            None => {
                let message = format!("{} does not know the shape {}", definition.name, self.shown(text));
                self.note_tag(Kind::UnknownValue, tag, spec, message);
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar, value: &Value<'_>, spec: Span) {
        if !is_scalar(scalar, value) {
            self.mismatch(expected(scalar), value, spec);
        } else if scalar == Scalar::LocalHour && value.as_str().is_some_and(|it| self.api.utc_hour(it).is_none()) {
            self.note(Kind::WrongType, Some(spec), "expected an hour as yyyyMMddHH");
        }
    }

    fn mismatch(&mut self, expected: &str, value: &Value<'_>, spec: Span) {
        self.note(Kind::WrongType, Some(spec), format!("expected {expected}, found {}", value.kind()));
    }

    /// Whether a value has the JSON kind of a type, whatever is inside.
    fn is_kind(&self, type_: &Type, value: &Value<'_>) -> bool {
        match type_ {
            Type::Scalar(scalar) => is_scalar(*scalar, value),
            Type::Named(id) => match &self.api[*id].kind {
                TypeKind::Newtype(inner) => self.is_kind(inner, value),
                TypeKind::Enum { of, .. } => is_scalar(*of, value),
                TypeKind::Flag { .. } => is_scalar(Scalar::Boolean, value),
                TypeKind::Object { .. } | TypeKind::Union { .. } => matches!(value, Value::Object(_)),
            },
            Type::List(_) => matches!(value, Value::Array(_)),
            Type::Map(_) => matches!(value, Value::Object(_)),
            Type::Json => true,
            Type::File => false,
        }
    }

    /// A value in a message: short, and hidden when it is secret.
    fn shown(&self, text: &str) -> String {
        if self.secret { "this value".to_owned() } else { format!("{:?}", shortened(text)) }
    }
}

/// The fields of an object; other types have none.
fn object_fields(definition: &TypeDef) -> &[Field] {
    match &definition.kind {
        TypeKind::Object { fields } => fields,
        TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Union { .. } => &[],
    }
}

/// The beginning of a text.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A value of the spec as text without quotes.
pub(crate) fn plain(value: &serde_json::Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

/// Whether a test of success passes; it is lenient as clients are.
pub(crate) fn succeeds(outcome: &apigen_model::ir::Outcome, value: &Value<'_>) -> bool {
    use apigen_model::ir::OutcomeTest;
    let found = value.path(&outcome.path).filter(|it| !it.is_null());
    match (&outcome.test, found) {
        (_, None) => true,
        (OutcomeTest::Absent, Some(_)) => false,
        (OutcomeTest::Equals(values), Some(found)) => {
            found.to_text().is_none_or(|found| values.iter().any(|it| plain(it).eq_ignore_ascii_case(&found)))
        }
    }
}

/// Whether a value is that of the spec; numbers are compared as numbers.
fn is_equal(constant: &serde_json::Value, value: &Value<'_>) -> bool {
    Value::from(constant) == *value
}

fn holds(condition: &Condition, beside: &Entries<'_>) -> bool {
    match condition {
        Condition::State(_) => false,
        Condition::Field { field, test, default } => {
            let found = json::get(beside, field).filter(|it| !it.is_null());
            match (test, found) {
                (Test::Present, found) => found.is_some(),
                (Test::Equals(expected), Some(found)) => found.to_text().is_some_and(|it| it == plain(expected)),
                (Test::Equals(expected), None) => expected == default,
            }
        }
    }
}

/// Whether a value has the JSON kind of a scalar. `3.0` is a whole number, as JSON Schema has it.
fn is_scalar(scalar: Scalar, value: &Value<'_>) -> bool {
    match scalar {
        Scalar::String | Scalar::LocalHour => matches!(value, Value::Str(_)),
        Scalar::Boolean => matches!(value, Value::Bool(_)),
        Scalar::Number => matches!(value, Value::Number(_)),
        Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
            match value {
                Value::Number(Number::Int(_) | Number::Unsigned(_)) => true,
                Value::Number(Number::Float(number)) => number.is_finite() && number.fract() == 0.0,
                Value::Null | Value::Bool(_) | Value::Str(_) | Value::Array(_) | Value::Object(_) => false,
            }
        }
    }
}

fn expected(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String | Scalar::LocalHour => "string",
        Scalar::Boolean => "boolean",
        Scalar::Number => "number",
        Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => "integer",
    }
}
