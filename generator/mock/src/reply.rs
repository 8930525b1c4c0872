//! A documented reply, prepared: text that never changes, and places that repeat the caller's values.

use std::fmt::Write as _;

use serde_json::Value;

use crate::spot::{Caller, Spot};

/// A part of a prepared reply.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// JSON text as it is documented.
    Text(String),
    /// The caller's value in a place, written like the documented value, which stands there without one.
    Echo {
        spot: Spot,
        documented: Value,
    },
    /// A string that is put together.
    Words(Vec<Word>),
    /// An id that the server made up: another one for each repetition.
    Made(Value),
    Object(Vec<(Key, Node)>),
    Array(Vec<Node>),
    /// One result for each item of a list that the caller sent, as a map by item or as a list.
    PerItem {
        list: Spot,
        documented: Vec<(String, Node)>,
        usual: usize,
        keyed: bool,
    },
    /// The items of a page.
    Items,
    /// Where the next page starts; its key is left out on the last one.
    Next,
    /// How many items the page has.
    Count,
    /// How many items all pages have.
    Total,
}

/// A key of an object.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) String);

/// A piece of a string.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    Text(String),
    /// The caller's value in a place, or else the documented one.
    Echo(Spot, String),
    /// The item of the caller's list that a result is for.
    Item,
    /// A value of a server parameter.
    Server(usize),
    /// The path of the request, below that of the server.
    Path,
    /// The URL of the server that was called.
    Url,
}

/// What a reply is rendered for.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'s> {
    pub(crate) caller: &'s Caller<'s>,
    /// The path below that of the server, decoded.
    pub(crate) path: &'s str,
    /// URL of the server with the caller's values.
    pub(crate) url: &'s str,
    /// The item of a list that is being answered, and how many came before.
    pub(crate) item: Option<&'s str>,
    pub(crate) ordinal: u64,
    pub(crate) page: Option<&'s Page<'s>>,
}

/// A page of a list.
pub(crate) struct Page<'s> {
    /// The items that the documentation shows.
    pub(crate) documented: &'s [Node],
    /// Index of the first item, among all pages.
    pub(crate) from: u64,
    pub(crate) count: u64,
    pub(crate) total: u64,
    pub(crate) next: Option<String>,
}

impl Node {
    /// Writes the JSON text.
    pub(crate) fn render(&self, scene: &Scene<'_>, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Echo { spot, documented } => push_like(documented, scene.caller.text(spot).as_deref(), out),
            Self::Words(words) => push_string(&joined(words, scene), out),
            Self::Made(documented) => push_json(&varied(documented, scene.ordinal), out),
            Self::Object(fields) => {
                let there = fields.iter().filter(|(_, node)| node.is_there(scene));
                braced('{', '}', there, out, |(key, node), out| {
                    push_string(&key.0, out);
                    out.push(':');
                    node.render(scene, out);
                });
            }
            Self::Array(items) => braced('[', ']', items.iter(), out, |item, out| item.render(scene, out)),
            Self::PerItem { list, documented, usual, keyed } => {
                let items = scene.caller.items(list);
                let known = |item: &String| documented.iter().find(|(text, _)| text == item);
                let results: Vec<_> = if items.len() == documented.len() && items.iter().all(|it| known(it).is_some()) {
                    // The documentation may have them in another order.
                    documented.iter().map(|(item, node)| (item, node, 0)).collect()
                } else {
                    // What is documented for this very item stands as it is; others get ids of their own.
                    let usual = documented.get(*usual).map(|(_, node)| node);
                    let result = |(ordinal, item)| match known(item) {
                        Some((_, node)) => Some((item, node, 0)),
                        None => Some((item, usual?, ordinal)),
                    };
                    (0..).zip(&items).filter_map(result).collect()
                };
                let (open, close) = if *keyed { ('{', '}') } else { ('[', ']') };
                braced(open, close, results.into_iter(), out, |(item, node, ordinal), out| {
                    if *keyed {
                        push_string(item, out);
                        out.push(':');
                    }
                    node.render(&Scene { item: Some(item), ordinal, ..*scene }, out);
                });
            }
            Self::Items => push_items(scene, out),
            Self::Next => push_string(scene.page.and_then(|it| it.next.as_deref()).unwrap_or_default(), out),
            Self::Count => push_number(scene.page.map(|it| it.count), out),
            Self::Total => push_number(scene.page.map(|it| it.total), out),
        }
    }

    /// Whether the key of the node is there at all.
    fn is_there(&self, scene: &Scene<'_>) -> bool {
        !matches!(self, Self::Next) || scene.page.is_some_and(|it| it.next.is_some())
    }

    /// The JSON text, if it is the same for every caller.
    pub(crate) fn fixed(&self) -> Option<String> {
        let mut text = String::new();
        match self {
            Self::Text(text) => return Some(text.clone()),
            Self::Object(fields) => {
                let fields: Option<Vec<_>> = fields.iter().map(|(key, node)| Some((key, node.fixed()?))).collect();
                braced('{', '}', fields?.into_iter(), &mut text, |(key, node), out| {
                    push_string(&key.0, out);
                    out.push(':');
                    out.push_str(&node);
                });
            }
            Self::Array(items) => {
                let items: Option<Vec<_>> = items.iter().map(Self::fixed).collect();
                braced('[', ']', items?.into_iter(), &mut text, |item, out| out.push_str(&item));
            }
            Self::Echo { .. }
            | Self::Words(_)
            | Self::Made(_)
            | Self::PerItem { .. }
            | Self::Items
            | Self::Next
            | Self::Count
            | Self::Total => return None,
        }
        Some(text)
    }
}

/// The items of a page: those of the documentation over and over, with ids of their own from the second round on.
fn push_items(scene: &Scene<'_>, out: &mut String) {
    let Some(page) = scene.page else { return out.push_str("[]") };
    let rounds = u64::try_from(page.documented.len()).unwrap_or(1).max(1);
    let items = (page.from..page.from + page.count).filter_map(|index| {
        Some((index / rounds * rounds, page.documented.get(usize::try_from(index % rounds).ok()?)?))
    });
    braced('[', ']', items, out, |(ordinal, node), out| node.render(&Scene { ordinal, ..*scene }, out));
}

/// The pieces of a string, put together.
pub(crate) fn joined(words: &[Word], scene: &Scene<'_>) -> String {
    let mut text = String::new();
    for word in words {
        match word {
            Word::Text(it) => text.push_str(it),
            Word::Echo(spot, documented) => text.push_str(scene.caller.text(spot).as_deref().unwrap_or(documented)),
            Word::Item => text.push_str(scene.item.unwrap_or_default()),
            Word::Server(index) => text.push_str(scene.caller.server.get(*index).map_or("", String::as_str)),
            Word::Path => text.push_str(scene.path),
            Word::Url => text.push_str(scene.url),
        }
    }
    text
}

/// An id like the documented one: the number at its end counted up, or a number put behind it.
pub(crate) fn varied(documented: &Value, ordinal: u64) -> Value {
    if ordinal == 0 {
        return documented.clone();
    }
    if let Some(number) = documented.as_i64() {
        return number.saturating_add_unsigned(ordinal).into();
    }
    let Some(text) = documented.as_str() else { return documented.clone() };
    let digits = text.len() - text.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    // More digits than these would not fit a number; the first ones stay as they are.
    let (stem, number) = text.split_at(text.len() - digits.min(18));
    match number.parse::<u64>() {
        Ok(value) => format!("{stem}{:0width$}", value + ordinal, width = number.len()).into(),
        Err(_) => format!("{text}{ordinal}").into(),
    }
}

/// A caller's text as JSON of the kind that the documented value has; else the documented value.
fn push_like(documented: &Value, text: Option<&str>, out: &mut String) {
    match (documented, text) {
        (Value::String(_), Some(text)) => push_string(text, out),
        (Value::Number(_), Some(text)) if text.parse::<serde_json::Number>().is_ok() => out.push_str(text),
        (Value::Bool(_), Some(text @ ("true" | "false"))) => out.push_str(text),
        (documented, _) => push_json(documented, out),
    }
}

fn push_json(value: &Value, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

fn push_number(number: Option<u64>, out: &mut String) {
    let _ = write!(out, "{}", number.unwrap_or_default());
}

/// A string as JSON.
pub(crate) fn push_string(text: &str, out: &mut String) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        push_json(&Value::from(text), out);
    }
}

fn braced<T>(
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    out: &mut String,
    mut push: impl FnMut(T, &mut String),
) {
    out.push(open);
    let mut is_first = true;
    for item in items {
        if !std::mem::take(&mut is_first) {
            out.push(',');
        }
        push(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_varied_at_their_end() {
        for (documented, ordinal, expected) in [
            (json!("1184520937461030007"), 0, json!("1184520937461030007")),
            (json!("1184520937461030007"), 5, json!("1184520937461030012")),
            (json!("r-0099"), 1, json!("r-0100")),
            (json!("mira"), 2, json!("mira2")),
            (json!("99"), 1, json!("100")),
            (json!("99999999999999999999999"), 1, json!("999991000000000000000000")),
            (json!(4711), 3, json!(4714)),
            (json!(i64::MAX), 3, json!(i64::MAX)),
            (json!(true), 3, json!(true)),
        ] {
            assert_eq!(varied(&documented, ordinal), expected, "{documented} {ordinal}");
        }
    }
}
