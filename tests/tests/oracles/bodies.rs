//! The bodies of an operation, systematic ones first.

use apigen_model::ir::{Api, Bound, Field, Operation, Place, PlacedLimit, PreconditionTest, Rule, TypeKind};
use serde_json::{Map, Value, json};

use crate::changes::{Change, get, paths, put};
use crate::random::Random;
use crate::samples::Sample;

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
            for base in Self::conditions(placed, &base) {
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
    fn conditions(placed: &PlacedLimit, base: &Value) -> Vec<Value> {
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
