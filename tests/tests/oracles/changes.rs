//! Changes of a body: at a wire path, or to any value inside it.

use serde_json::{Map, Value, json};

/// Where a value stands in a body.
pub(crate) type Path = Vec<Step>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

/// A change of one value.
#[derive(Clone, Copy)]
pub(crate) enum Change {
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
    pub(crate) const ALL: [Self; 19] = [
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
    pub(crate) fn apply(self, body: &Value, path: &Path) -> Option<Value> {
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
pub(crate) fn paths(body: &Value) -> Vec<Path> {
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
pub(crate) fn put(body: &Value, wire: &str, value: Option<&Value>) -> Value {
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
        if place.as_object().is_none_or(Map::is_empty) {
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
pub(crate) fn get(body: &Value, wire: &str) -> Option<Value> {
    let steps = wire.replace("[]", ".[]").replace("{}", ".{}");
    let found = steps.split('.').filter(|it| !it.is_empty()).try_fold(body, |value, step| match step {
        "[]" => value.as_array()?.first(),
        "{}" => value.as_object()?.values().next(),
        key => value.get(key),
    });
    found.cloned()
}
