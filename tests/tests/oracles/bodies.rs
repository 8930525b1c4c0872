//! The bodies of an operation, systematic ones first.

use apigen_model::ir::{
    Api, Bound, Field, Operation, Place, PlacedLimit, PreconditionTest, Presence, Rule, Scalar, TagPlace, Type, TypeId,
    TypeKind,
};
use serde_json::{Map, Value, json};

use crate::random::Random;

/// Characters of one, two, three and four bytes, and one that is two code points.
const LETTERS: [&str; 5] = ["x", "é", "猫", "😀", "e\u{301}"];

/// Sizes beyond these are left to the bounds of other limits: bodies would take too long.
const LARGEST: i64 = 20_000;

/// Random bodies are shorter than this, in bytes.
const LONG: usize = 2_000;

/// The bodies of an operation.
pub(crate) struct Bodies<'b> {
    api: &'b Api,
    operation: &'b Operation,
    fields: &'b [Field],
}

/// Where a value stands in a body.
type Path = Vec<Step>;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Item(usize),
}

impl<'b> Bodies<'b> {
    pub(crate) fn of(api: &'b Api, operation: &'b Operation, fields: &'b [Field]) -> Self {
        Self { api, operation, fields }
    }

    /// Hands all bodies over: what is systematic, and random changes of it.
    pub(crate) fn each(&self, random: usize, judge: &mut dyn FnMut(&Value)) {
        let seeds = self.seeds();
        let mut bounds = Vec::new();
        for limit in self.operation.limits.iter().filter(|it| it.place == Place::Body) {
            bounds.extend(self.at_bound(limit));
        }
        seeds.iter().chain(&bounds).for_each(&mut *judge);
        for seed in &seeds {
            for path in paths(seed) {
                for change in Change::ALL {
                    if let Some(body) = change.apply(seed, &path) {
                        judge(&body);
                    }
                }
            }
        }
        [json!(null), json!([]), json!("text"), json!(7), json!({ "": {} })].iter().for_each(&mut *judge);
        let small: Vec<_> = seeds.into_iter().chain(bounds).filter(|it| size(it) < LONG).collect();
        let mut numbers = Random(self.operation.id.bytes().map(u64::from).sum());
        for _ in 0..random {
            let mut body = numbers.pick(&small).clone();
            for _ in 0..=numbers.below(3) {
                let paths = paths(&body);
                let Some(path) = (!paths.is_empty()).then(|| numbers.pick(&paths)) else { break };
                body = numbers.pick(&Change::ALL).apply(&body, path).unwrap_or(body);
            }
            // Changes of changes may grow; the large ones are judged above.
            if size(&body) < LONG {
                judge(&body);
            }
        }
    }

    /// The examples, and full, sparse and empty bodies with every shape of every union.
    fn seeds(&self) -> Vec<Value> {
        let mut seeds = vec![json!({})];
        for example in &self.operation.examples {
            let value = |(index, value): &(usize, Value)| (self.fields[*index].wire.clone(), value.clone());
            let mut body: Map<_, _> = example.request.body.iter().map(value).collect();
            body.extend(example.request.tags.iter().map(|(tag, value)| (tag.clone(), json!(value))));
            seeds.push(Value::Object(body));
        }
        for shape in 0..self.shapes() {
            for is_full in [true, false] {
                seeds.push(Sample { api: self.api, is_full, shape, arm: None, open: Vec::new() }.body(self.fields));
            }
        }
        seeds
    }

    /// The most shapes that a union of the body has.
    fn shapes(&self) -> usize {
        let mut found = std::collections::BTreeSet::new();
        self.fields.iter().for_each(|it| self.api.reach(&it.type_, &mut found));
        let shapes = found.iter().map(|id| match &self.api[*id].kind {
            TypeKind::Union { variants, .. } => variants.len(),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Object { .. } => 1,
        });
        shapes.max().unwrap_or(1)
    }

    /// Bodies with a value at the bound of a limit and to either side, under every state of its conditions.
    fn at_bound(&self, placed: &PlacedLimit) -> Vec<Value> {
        let mut bodies = Vec::new();
        for is_full in [true, false] {
            let sample = Sample { api: self.api, is_full, shape: 0, arm: placed.arm.clone(), open: Vec::new() };
            let base = sample.body(self.fields);
            for base in self.conditions(placed, &base) {
                for value in self.values(placed) {
                    bodies.push(match &placed.limit.rule {
                        Rule::BodySize { of, .. } => filled(&base, of, &value),
                        _ => put(&base, &placed.wire, Some(&value)),
                    });
                }
                if !placed.wire.is_empty() {
                    bodies.push(put(&base, &placed.wire, None));
                }
                bodies.extend(self.beside_field(placed, &base));
            }
        }
        bodies
    }

    /// The body with the conditions of a limit met, not met, and not to be told.
    fn conditions(&self, placed: &PlacedLimit, base: &Value) -> Vec<Value> {
        let mut bodies = vec![base.clone()];
        for condition in placed.preconditions() {
            let values = match &condition.test {
                PreconditionTest::Present => vec![json!(1), json!("there")],
                PreconditionTest::Equals(text) | PreconditionTest::EqualsOrAbsent(text) => {
                    let typed = serde_json::from_str(text).unwrap_or(json!(text));
                    vec![json!(text), typed, json!("another"), json!(77)]
                }
            };
            bodies.extend(values.iter().map(|it| put(base, &condition.field, Some(it))));
            bodies.push(put(base, &condition.field, None));
        }
        bodies
    }

    /// The bound of a limit as a number, where it has one.
    fn number(placed: &PlacedLimit) -> Option<f64> {
        match placed.limit.rule.bound()? {
            #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
            Bound::Integer(number) => Some(*number as f64),
            Bound::Number(number) => Some(*number),
            Bound::Field { .. } => None,
        }
    }

    /// Values at the bound and to either side.
    fn values(&self, placed: &PlacedLimit) -> Vec<Value> {
        let Some(bound) = Self::number(placed) else {
            let Rule::Pattern(pattern) = &placed.limit.rule else { return Vec::new() };
            let texts = ["", "a", "A-1", "r-1", "a b", "猫", "a\n", "\n", "x/y.z_", "9783161484100", "a@b", pattern];
            return texts.iter().map(|it| json!(it)).collect();
        };
        #[expect(clippy::cast_possible_truncation, reason = "bounds are small")]
        let whole = bound as i64;
        if whole > LARGEST {
            return vec![json!(bound + 1.0), json!(whole), json!(whole - 1), json!(whole + 1)];
        }
        let mut values = Vec::new();
        for near in [whole - 1, whole, whole + 1] {
            let count = usize::try_from(near).unwrap_or(0);
            match &placed.limit.rule {
                Rule::MinChars(_) | Rule::MaxChars(_) => {
                    values.extend(LETTERS.iter().map(|it| json!(it.repeat(count))));
                    values.push(json!("e\u{301}".repeat(count / 2) + &"x".repeat(count % 2)));
                }
                Rule::MaxBytes(_) | Rule::BodySize { .. } => {
                    values.extend([json!("x".repeat(count)), json!("猫".repeat(count / 3) + &"x".repeat(count % 3))]);
                    values.push(json!({ "a": "x".repeat(count.saturating_sub(8)) }));
                    values.push(json!(vec!["\"".repeat(count.saturating_sub(4) / 2)]));
                }
                Rule::MinItems(_) | Rule::MaxItems(_) => values.extend(self.lists(placed, count)),
                Rule::Min(_) | Rule::Max(_) => {
                    #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
                    let fraction = near as f64 + 0.5;
                    values.extend([json!(near), json!(fraction), json!(bound), json!(near.to_string())]);
                }
                Rule::Pattern(_) | Rule::MaxSize(_) | Rule::Required => {}
            }
        }
        values
    }

    /// A list and a map with so many items like those of the bounded value.
    fn lists(&self, placed: &PlacedLimit, count: usize) -> Vec<Value> {
        let sample = Sample { api: self.api, is_full: false, shape: 0, arm: placed.arm.clone(), open: Vec::new() };
        let base = sample.body(self.fields);
        let full = Sample { api: self.api, is_full: true, shape: 0, arm: placed.arm.clone(), open: Vec::new() };
        let found = get(&base, &placed.wire).or_else(|| get(&full.body(self.fields), &placed.wire));
        let item = match &found {
            Some(Value::Array(items)) => items.first().cloned(),
            Some(Value::Object(map)) => map.values().next().cloned(),
            Some(_) | None => None,
        };
        let item = item.unwrap_or(json!("x"));
        let map: Map<_, _> = (0..count).map(|index| (format!("k{index}"), item.clone())).collect();
        vec![Value::Array(vec![item; count]), Value::Object(map)]
    }

    /// Where another field is the bound: values around several of its values.
    fn beside_field(&self, placed: &PlacedLimit, base: &Value) -> Vec<Value> {
        let Some(Bound::Field { field, default }) = placed.limit.rule.bound() else { return Vec::new() };
        let other = placed.beside(field);
        let is_items = matches!(placed.limit.rule, Rule::MinItems(_) | Rule::MaxItems(_));
        let mut bodies = Vec::new();
        for (bound, stated) in [(3, Some(json!(3))), (3, Some(json!("3"))), (default.unwrap_or(1), None)] {
            for near in [bound - 1, bound, bound + 1] {
                let values =
                    if is_items { self.lists(placed, usize::try_from(near).unwrap_or(0)) } else { vec![json!(near)] };
                bodies.extend(values.iter().map(|it| put(&put(base, &placed.wire, Some(it)), &other, stated.as_ref())));
            }
        }
        bodies
    }
}

/// About the bytes of a value.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + size(value)).sum(),
    }
}

/// A made-up body.
struct Sample<'s> {
    api: &'s Api,
    /// Whether optional fields are there.
    is_full: bool,
    /// Which shape unions have, modulo their number.
    shape: usize,
    /// The tag of a union that has a certain shape, and that shape.
    arm: Option<(String, String)>,
    open: Vec<TypeId>,
}

impl Sample<'_> {
    fn body(mut self, fields: &[Field]) -> Value {
        Value::Object(self.object(fields, ""))
    }

    fn object(&mut self, fields: &[Field], above: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for field in fields {
            let wire = if above.is_empty() { field.wire.clone() } else { format!("{above}.{}", field.wire) };
            let value = match &field.presence {
                Presence::Constant(value) => Some(value.clone()),
                Presence::Required => Some(self.value(&field.type_, &wire, &mut object)),
                Presence::Optional | Presence::RequiredWhen(_) if self.is_full => {
                    Some(self.value(&field.type_, &wire, &mut object))
                }
                Presence::Optional | Presence::RequiredWhen(_) => None,
            };
            object.extend(value.map(|it| (field.wire.clone(), it)));
        }
        object
    }

    fn value(&mut self, type_: &Type, wire: &str, beside: &mut Map<String, Value>) -> Value {
        match type_ {
            Type::Scalar(scalar) => match scalar {
                Scalar::String => json!("text"),
                Scalar::LocalHour => json!("2026030109"),
                Scalar::Boolean => json!(true),
                Scalar::Number => json!(1.5),
                Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
                    json!(7)
                }
            },
            Type::Named(id) if self.open.contains(id) => json!({}),
            Type::Named(id) => {
                self.open.push(*id);
                let value = self.named(*id, wire, beside);
                self.open.pop();
                value
            }
            Type::List(item) => json!([self.value(item, &format!("{wire}[]"), beside)]),
            Type::Map(value) => json!({ "key": self.value(value, &format!("{wire}{{}}"), beside) }),
            Type::Json => json!({ "any": [1, "thing"] }),
            Type::File => Value::Null,
        }
    }

    fn named(&mut self, id: TypeId, wire: &str, beside: &mut Map<String, Value>) -> Value {
        let api = self.api;
        match &api[id].kind {
            TypeKind::Newtype(inner) if api[id].example.is_null() => self.value(inner, wire, beside),
            TypeKind::Newtype(_) => api[id].example.clone(),
            TypeKind::Enum { of: Scalar::Integer, values } => {
                values[0].wire.parse::<i64>().map_or(json!(7), |it| json!(it))
            }
            TypeKind::Enum { values, .. } => json!(values[0].wire),
            TypeKind::Flag { .. } => json!(true),
            TypeKind::Object { fields } => Value::Object(self.object(fields, wire)),
            TypeKind::Union { tag, placed, variants } => {
                let place = match placed {
                    TagPlace::Inside => format!("{wire}.{tag}"),
                    TagPlace::Beside => {
                        wire.rsplit_once('.').map_or_else(|| tag.clone(), |(above, _)| format!("{above}.{tag}"))
                    }
                };
                let wanted = self.arm.as_ref().filter(|(it, _)| *it == place).map(|(_, tag)| tag.clone());
                let variant = wanted.and_then(|it| variants.iter().find(|variant| variant.tag == it));
                let variant = variant.unwrap_or(&variants[self.shape % variants.len()]);
                let mut object = self.object(&variant.fields, wire);
                match placed {
                    TagPlace::Inside => object.insert(tag.clone(), json!(variant.tag)),
                    TagPlace::Beside => beside.insert(tag.clone(), json!(variant.tag)),
                };
                Value::Object(object)
            }
        }
    }
}

/// A change of one value.
#[derive(Clone, Copy)]
enum Change {
    Remove,
    Null,
    Text,
    EmptyText,
    Digits,
    LongText,
    Letters,
    Zero,
    Negative,
    Large,
    Fraction,
    WholeFloat,
    True,
    EmptyList,
    List,
    EmptyObject,
    Strange,
    Double,
    Many,
}

impl Change {
    const ALL: [Self; 19] = [
        Self::Remove,
        Self::Null,
        Self::Text,
        Self::EmptyText,
        Self::Digits,
        Self::LongText,
        Self::Letters,
        Self::Zero,
        Self::Negative,
        Self::Large,
        Self::Fraction,
        Self::WholeFloat,
        Self::True,
        Self::EmptyList,
        Self::List,
        Self::EmptyObject,
        Self::Strange,
        Self::Double,
        Self::Many,
    ];

    /// The body after the change; `None` when it does not apply there.
    fn apply(self, body: &Value, path: &Path) -> Option<Value> {
        let mut body = body.clone();
        let (last, above) = path.split_last()?;
        let parent = above.iter().try_fold(&mut body, |value, step| match step {
            Step::Key(key) => value.get_mut(key),
            Step::Item(index) => value.get_mut(*index),
        })?;
        let value = match last {
            Step::Key(key) => parent.get_mut(key)?,
            Step::Item(index) => parent.get_mut(*index)?,
        };
        *value = match self {
            Self::Null if matches!(last, Step::Key(_)) => Value::Null,
            Self::Text => json!("other"),
            Self::EmptyText => json!(""),
            Self::Digits => json!("12"),
            Self::LongText => json!("y".repeat(700)),
            Self::Letters => json!("猫 é😀\n"),
            Self::Zero => json!(0),
            Self::Negative => json!(-3),
            Self::Large => json!(9_007_199_254_740_993_i64),
            Self::Fraction => json!(2.25),
            Self::WholeFloat => json!(3.0),
            Self::True => json!(true),
            Self::EmptyList => json!([]),
            Self::List => json!([1, "2", {}]),
            Self::EmptyObject => json!({}),
            Self::Strange => {
                value.as_object_mut()?.insert("strange".to_owned(), json!(1));
                return Some(body);
            }
            Self::Double => json!([value.clone(), value.clone()]),
            Self::Many => match value {
                Value::Array(items) => json!(items.iter().cycle().take(items.len() * 64).collect::<Vec<_>>()),
                Value::String(text) => json!(text.repeat(64)),
                _ => return None,
            },
            Self::Null | Self::Remove => {
                match (parent, last) {
                    (Value::Object(map), Step::Key(key)) => map.remove(key),
                    (Value::Array(items), Step::Item(index)) => Some(items.remove(*index)),
                    _ => None,
                }?;
                return Some(body);
            }
        };
        Some(body)
    }
}

/// Every value inside a body.
fn paths(body: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    collect(body, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, path: &mut Path, found: &mut Vec<Path>) {
    if !path.is_empty() {
        found.push(path.clone());
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                path.push(Step::Key(key.clone()));
                collect(value, path, found);
                path.pop();
            }
        }
        // The first items stand for all.
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate().take(2) {
                path.push(Step::Item(index));
                collect(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The body with a value at a wire path, or without one; lists and maps on the way get one item.
fn put(body: &Value, wire: &str, value: Option<&Value>) -> Value {
    let mut body = body.clone();
    if wire.is_empty() {
        return value.cloned().unwrap_or(body);
    }
    put_in(&mut body, wire, value);
    body
}

fn put_in(place: &mut Value, wire: &str, value: Option<&Value>) {
    if let Some(rest) = wire.strip_prefix("[]") {
        if !place.is_array() {
            *place = json!([{}]);
        }
        if let Some(items) = place.as_array_mut() {
            if items.is_empty() {
                items.push(json!({}));
            }
            put_in(&mut items[0], rest.trim_start_matches('.'), value);
        }
    } else if let Some(rest) = wire.strip_prefix("{}") {
        if !place.as_object().is_some_and(|it| !it.is_empty()) {
            *place = json!({ "key": {} });
        }
        if let Some((_, inner)) = place.as_object_mut().and_then(|it| it.iter_mut().next()) {
            put_in(inner, rest.trim_start_matches('.'), value);
        }
    } else if wire.is_empty() {
        if let Some(value) = value {
            *place = value.clone();
        }
    } else {
        let end = [".", "[]", "{}"].iter().filter_map(|it| wire.find(it)).min().unwrap_or(wire.len());
        let (key, rest) = wire.split_at(end);
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        if !place.is_object() {
            *place = json!({});
        }
        if let Some(map) = place.as_object_mut() {
            match (rest.is_empty(), value) {
                (true, None) => drop(map.remove(key)),
                (true, Some(_)) | (false, _) => put_in(map.entry(key).or_insert(json!({})), rest, value),
            }
        }
    }
}

/// The value at a wire path, through first items.
fn get(body: &Value, wire: &str) -> Option<Value> {
    let steps = wire.replace("[]", ".[]").replace("{}", ".{}");
    let found = steps.split('.').filter(|it| !it.is_empty()).try_fold(body, |value, step| match step {
        "[]" => value.as_array()?.first(),
        "{}" => value.as_object()?.values().next(),
        key => value.get(key),
    });
    found.cloned()
}

/// The body with fields that together have about the size of a text.
fn filled(body: &Value, of: &[String], value: &Value) -> Value {
    let mut body = body.clone();
    let Some(map) = body.as_object_mut() else { return body };
    let others: usize = of.iter().filter_map(|it| map.get(it)).map(|it| it.to_string().len()).sum();
    let size = value.as_str().map_or(0, str::len);
    let whole = Value::Object(map.clone()).to_string().len();
    let pad = "x".repeat(size.saturating_sub(if of.is_empty() { whole + 9 } else { others }));
    // Into a field that takes it, and into one that does not exist where the whole body is bounded.
    let key = of.last().cloned().unwrap_or_else(|| "filler".to_owned());
    match map.get_mut(&key) {
        Some(Value::Object(inner)) => drop(inner.insert("filler".to_owned(), json!(pad.get(12..).unwrap_or_default()))),
        _ => drop(map.insert(key, json!(pad))),
    }
    body
}
