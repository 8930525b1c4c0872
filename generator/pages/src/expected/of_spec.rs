//! What a spec expects of pages: its operations with everything that a page may say of them.

use std::collections::BTreeMap;

use apigen_model::flat::{self, Entry};
use apigen_model::ir::{
    self, Api, Bound, Outcome, OutcomeTest, Paging, PathSegment, Period, Presence, Response, Rule, Scalar, Type,
    TypeKind,
};
use apigen_model::source::Span;
use serde_json::Value;

use super::{At, Field, Number, Operation, Row, extend};
use crate::facts::{Amount, ErrorRow, Name, Place, Shape, Unit};
use crate::message::Message;

/// Turns the operations of a spec into what is expected.
pub(super) struct Reader<'a> {
    pub(super) api: &'a Api,
    /// Where a span is.
    pub(super) at: &'a dyn Fn(Span) -> At,
}

impl Reader<'_> {
    pub(super) fn operation(&self, operation: &ir::Operation) -> Operation {
        let at = (self.at)(operation.at);
        Operation {
            id: operation.id.clone(),
            method: operation.method.as_str().to_owned(),
            path: path(operation),
            page: self.api[operation.source.page].name.clone(),
            fields: self.fields(operation, &at),
            numbers: self.numbers(operation, &at),
            errors: operation.errors.iter().map(|it| self.row(*it)).collect(),
            at,
        }
    }

    /// Every error of the API: those of other operations are no news on a page of errors.
    pub(super) fn all_errors(&self) -> Vec<Row> {
        let all = self.api.errors.iter().flat_map(|error| &error.variants);
        all.map(|it| self.variant(it)).collect()
    }

    pub(super) fn row(&self, reference: ir::ErrorRef) -> Row {
        self.variant(self.api.error(reference).1)
    }

    fn variant(&self, variant: &ir::ErrorVariant) -> Row {
        let ir::ErrorVariant { status, code, message, at, .. } = variant;
        let row = ErrorRow { status: *status, code: code.clone(), message: message.clone() };
        Row { message: Message::of_spec(message), row, at: (self.at)(*at) }
    }

    fn fields(&self, operation: &ir::Operation, at: &At) -> Vec<Field> {
        let mut found = Found::default();
        for place in ir::Place::ALL {
            let place_ = match place {
                ir::Place::Path => Place::Path,
                ir::Place::Query => Place::Query,
                ir::Place::Header => Place::Header,
                ir::Place::Body | ir::Place::Form => Place::Body,
            };
            self.take(&mut found, place_, flat::fields(self.api, operation.parameters_in(place)), at);
        }
        let envelope = match &operation.response {
            Response::Json { envelope, .. } | Response::Empty { envelope } => *envelope,
            Response::Binary { .. } => None,
        };
        self.take(&mut found, Place::Response, flat::payload(self.api, operation), at);
        if let Response::Json { also: Some(also), at: payload, .. } = &operation.response {
            let below =
                |path: &str| [flat::payload_key(payload), path].join(".").trim_matches('.').replace(".[]", "[]");
            let also = flat::value(self.api, also).into_iter().map(|it| Entry { path: below(&it.path), ..it });
            self.take(&mut found, Place::Response, also.collect(), at);
        }
        if let Some(follow_up) = &operation.follow_up {
            self.take(&mut found, Place::Response, flat::value(self.api, &follow_up.records), at);
        }
        for outcome in &operation.outcomes {
            found.outcome(outcome);
        }
        let start = found.fields.len();
        if let Some(id) = envelope {
            self.take(&mut found, Place::Response, flat::fields(self.api, &self.api[id].fields), at);
        }
        self.take(&mut found, Place::Response, flat::fields(self.api, &self.api.error_body.fields), at);
        for key in [&self.api.error_body.code, &self.api.error_body.message] {
            let name = Name { place: Place::Response, path: key.clone() };
            let shapes = vec![Shape::String];
            found.add(Field { types: shapes.clone(), shown: shapes, ..Field::new(name, at.clone()) });
        }
        found.fields[start..].iter_mut().for_each(|it| it.is_envelope = true);
        found.fields
    }

    /// Takes up a flat list. What stands below a map is left out: the map is open.
    fn take(&self, found: &mut Found, place: Place, entries: Vec<Entry<'_>>, operation: &At) {
        let mut tags: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (tag, value) in entries.iter().filter_map(|it| it.arm.clone()) {
            extend(tags.entry(tag).or_default(), vec![value]);
        }
        for entry in entries.into_iter().filter(|it| !it.path.is_empty() && !it.path.contains("{}")) {
            let values = tags.get(&entry.path).cloned().unwrap_or_default();
            let name = Name { place, path: entry.path.replace("[]", "") };
            let field = self.field(name, &entry, values, operation);
            if entry.path.ends_with("[]") {
                // The items of a list are told by the list, but for the values that they may have.
                let values = field.values;
                found.add(Field { values, ..Field::new(field.name, field.at) });
            } else {
                found.add(field);
            }
        }
    }

    fn field(&self, name: Name, entry: &Entry<'_>, tags: Vec<String>, operation: &At) -> Field {
        let api = self.api;
        let at = match (entry.field, entry.type_) {
            (Some(field), _) => (self.at)(field.at),
            (None, Type::Named(id)) => (self.at)(api[*id].at),
            (None, Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File) => operation.clone(),
        };
        let mut types = shapes(api, entry.type_);
        if let Some(also) = entry.field.and_then(|it| it.also.as_ref()) {
            extend(&mut types, shapes(api, also));
        }
        let default = entry.field.and_then(|it| default(api, it));
        let mut known = tags;
        extend(
            &mut known,
            match entry.presence {
                Presence::Constant(value) => vec![plain(value)],
                Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => values(api, entry.type_),
            },
        );
        Field {
            shown: types.clone(),
            types,
            required: match entry.presence {
                Presence::Required | Presence::Constant(_) => vec![true],
                Presence::Optional => vec![false],
                // A column of marks cannot tell a condition.
                Presence::RequiredWhen(_) => vec![false, true],
            },
            defaults: default.into_iter().collect(),
            values: known,
            is_open: matches!(api.underlying(entry.type_), Type::Map(_) | Type::Json),
            is_envelope: false,
            is_listed: true,
            name,
            at,
        }
    }

    fn numbers(&self, operation: &ir::Operation, at: &At) -> Vec<Number> {
        let mut numbers: Vec<Number> = operation.limits.iter().filter_map(|it| self.limit(operation, it)).collect();
        let whole = |number: u64, unit: Unit, at: At, is_due: bool| {
            let amount = Amount { number, unit };
            Number { name: None, amount, also: Vec::new(), any_unit: false, at, is_due }
        };
        for quota in &operation.quotas {
            // Prose may tell it anywhere.
            let number = whole(quota.amount, Unit::Items, (self.at)(quota.at), false);
            let also = [60, 3600, 86400, 1024, 1024 * 1024].into_iter().flat_map(|factor| {
                let number = quota.amount.saturating_mul(factor);
                [Amount { number, unit: Unit::Seconds }, Amount { number, unit: Unit::Bytes }]
            });
            numbers.push(Number { also: also.collect(), any_unit: true, ..number });
        }
        for limit in operation.rate_limits.iter().map(|id| &self.api[*id]) {
            let unit = match limit.per {
                Period::Second => Unit::PerSecond,
                Period::Minute => Unit::PerMinute,
                Period::Hour => Unit::PerHour,
                Period::Day => Unit::PerDay,
            };
            let is_due = limit.source.is_none_or(|it| it == operation.source.page);
            numbers.push(whole(limit.amount, unit, (self.at)(limit.at), is_due));
        }
        let sizes = match &operation.paging {
            Paging::None | Paging::Cursor { .. } => Vec::new(),
            Paging::PageNumber { first, default_size, max_size, .. } => {
                vec![u64::from(*first), *default_size, *max_size]
            }
        };
        let messages = operation.errors.iter().flat_map(|it| numbers_in(&self.api.error(*it).1.message));
        let defaults = operation.parameters().filter_map(|(_, field)| field.default.as_u64());
        let known = sizes.into_iter().chain(messages).chain(defaults);
        numbers.extend(known.map(|it| Number { any_unit: true, ..whole(it, Unit::Value, at.clone(), false) }));
        numbers
    }

    fn limit(&self, operation: &ir::Operation, placed: &ir::PlacedLimit) -> Option<Number> {
        let rule = &placed.limit.rule;
        let number = match rule.bound()? {
            Bound::Integer(number) => u64::try_from(*number).ok()?,
            Bound::Number(_) | Bound::Field { .. } => return None,
        };
        let unit = match rule {
            Rule::MinChars(_) | Rule::MaxChars(_) => Unit::Characters,
            Rule::MaxBytes(_) | Rule::MaxSize(_) | Rule::BodySize { .. } => Unit::Bytes,
            Rule::MinItems(_) | Rule::MaxItems(_) => Unit::Items,
            Rule::Min(_) | Rule::Max(_) | Rule::Pattern(_) | Rule::Required => Unit::Value,
        };
        let is_least = matches!(rule, Rule::MinChars(_) | Rule::MinItems(_) | Rule::Min(_));
        let also = match unit {
            // The value of a size of pages counts items, and that of a duration seconds.
            Unit::Value => vec![
                Amount { number, unit: Unit::Items },
                Amount { number, unit: Unit::Seconds },
                Amount { number: number / 1000, unit: Unit::Seconds },
            ],
            Unit::Characters | Unit::Bytes | Unit::Items | Unit::Seconds => Vec::new(),
            Unit::PerSecond | Unit::PerMinute | Unit::PerHour | Unit::PerDay => Vec::new(),
        };
        let place = match placed.place {
            ir::Place::Path => Place::Path,
            ir::Place::Query => Place::Query,
            ir::Place::Header => Place::Header,
            ir::Place::Body | ir::Place::Form => Place::Body,
        };
        let path = placed.wire.replace("[]", "").replace("{}", "");
        Some(Number {
            name: Some(Name { place, path }).filter(|it| !it.path.is_empty()),
            amount: Amount { number, unit },
            also,
            any_unit: false,
            at: (self.at)(placed.limit.at),
            is_due: !is_least && placed.limit.source.is_none_or(|it| it == operation.source.page),
        })
    }
}

/// The fields of an operation, each name once.
#[derive(Default)]
struct Found {
    fields: Vec<Field>,
    known: BTreeMap<Name, usize>,
}

impl Found {
    fn add(&mut self, field: Field) {
        if let Some(index) = self.known.get(&field.name) {
            self.fields[*index].merge(field);
        } else {
            self.known.insert(field.name.clone(), self.fields.len());
            self.fields.push(field);
        }
    }
}

impl Found {
    /// The values that tell success are values of a field, where its type lists none.
    fn outcome(&mut self, outcome: &Outcome) {
        let path = outcome.path.split(['[', ']']).filter(|it| it.parse::<usize>().is_err()).collect::<String>();
        let name = Name { place: Place::Response, path };
        if let (Some(index), OutcomeTest::Equals(values)) = (self.known.get(&name), &outcome.test)
            && self.fields[*index].values.is_empty()
        {
            self.fields[*index].values = values.iter().map(plain).collect();
        }
    }
}

/// The path with the parameters by their names on the wire.
fn path(operation: &ir::Operation) -> String {
    let segment = |it: &PathSegment| match it {
        PathSegment::Literal(text) => format!("/{text}"),
        PathSegment::Parameter(index) => format!("/{{{}}}", operation.path_parameters[*index].wire),
    };
    operation.segments.iter().map(segment).collect()
}

/// What a type is on the wire; what is nearest first.
fn shapes(api: &Api, type_: &Type) -> Vec<Shape> {
    match api.underlying(type_) {
        Type::Scalar(scalar) => vec![match scalar {
            Scalar::String | Scalar::LocalHour => Shape::String,
            Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
                Shape::Integer
            }
            Scalar::Number => Shape::Number,
            Scalar::Boolean => Shape::Boolean,
        }],
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Newtype(inner) => shapes(api, inner),
            TypeKind::Enum { of, .. } => shapes(api, &Type::Scalar(*of)),
            TypeKind::Flag { .. } => vec![Shape::Boolean],
            TypeKind::Object { .. } | TypeKind::Union { .. } => vec![Shape::Object],
        },
        Type::List(_) => vec![Shape::List],
        Type::Map(_) => vec![Shape::Object],
        Type::Json => [&[Shape::Object], Shape::ALL.as_slice()].concat(),
        Type::File => vec![Shape::File],
    }
}

/// The values that a type lists.
fn values(api: &Api, type_: &Type) -> Vec<String> {
    match api.underlying(type_) {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Enum { values, .. } => values.iter().map(|it| it.wire.clone()).collect(),
            TypeKind::Flag { .. } => vec!["true".to_owned(), "false".to_owned()],
            TypeKind::Newtype(_) | TypeKind::Object { .. } | TypeKind::Union { .. } => Vec::new(),
        },
        Type::Scalar(Scalar::Boolean) => vec!["true".to_owned(), "false".to_owned()],
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => Vec::new(),
    }
}

/// What the server assumes, as it is on the wire.
fn default(api: &Api, field: &ir::Field) -> Option<String> {
    let text = match &field.default {
        Value::Null => return None,
        value => plain(value),
    };
    let flag = match api.underlying(&field.type_) {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Flag { on, off } if text == on.name => Some(true),
            TypeKind::Flag { on: _, off } if text == off.name => Some(false),
            TypeKind::Flag { .. } | TypeKind::Newtype(_) | TypeKind::Enum { .. } => None,
            TypeKind::Object { .. } | TypeKind::Union { .. } => None,
        },
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    };
    Some(flag.map_or(text, |it| it.to_string()))
}

/// A value as text without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The whole numbers in a text.
fn numbers_in(text: &str) -> impl Iterator<Item = u64> {
    text.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok())
}
