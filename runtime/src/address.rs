//! URLs: where the server is, and where an operation stands below it. No value can change the route.

use apigen_core::json::{Entries, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use smallvec::SmallVec;
use url::{Host, Url};

use crate::api::{Api, Operation};

/// Everything but the characters that mean themselves anywhere in a URL.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Bytes of a path of usual values.
const USUAL: usize = 256;

/// Text of a URL in the making, which needs no memory of its own as long as it is a usual one.
#[derive(Default)]
struct Text(SmallVec<[u8; USUAL]>);

impl Text {
    fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("only text is pushed")
    }
}

/// The URL of the server, from the values of its parameters.
pub(crate) fn server(api: &Api, values: &[(&'static str, String)]) -> Result<Url, String> {
    let value = |name: &str| values.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    let mut text = Text::default();
    for piece in Pieces(api.server) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Parameter { name, .. } => {
                let value = value(name).ok_or_else(|| format!("`{name}` is missing"))?;
                if text.0.is_empty() {
                    text.push_str(origin(name, value)?);
                } else {
                    push_segment(&mut text, value).map_err(|problem| format!("`{name}` {problem}"))?;
                }
            }
        }
    }
    parse(text.as_str())
}

/// The URL of the server, said as a whole under a name.
pub(crate) fn given(name: &str, url: &str) -> Result<Url, String> {
    parse(origin(name, url)?)
}

fn parse(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| format!("`{text}` is no URL: {error}"))
}

/// Scheme and host, perhaps with a path below which the server answers.
fn origin<'v>(name: &str, value: &'v str) -> Result<&'v str, String> {
    let value = value.trim_end_matches('/');
    let url = Url::parse(value).map_err(|_| format!("`{name}` must be a URL such as https://api.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(format!("`{name}` must start with https:// and name a host"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{name}` must hold neither user, password, query nor fragment"));
    }
    Ok(value)
}

/// Whether what is sent there can be read on the way.
pub(crate) fn is_exposed(server: &Url) -> bool {
    let loopback = match server.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    server.scheme() != "https" && !loopback
}

/// The server with nothing but room in the place of its path: a copy of it need not grow to the URL of a call.
pub(crate) fn roomy(server: &Url) -> Url {
    let mut url = server.clone();
    url.set_path(&"/".repeat(USUAL));
    url
}

/// The URL of a call below a path of the [`roomy`] server. The error says which value cannot stand in it.
pub(crate) fn call(
    roomy: &Url,
    base: &str,
    operation: &Operation,
    path: &Entries<'_>,
    query: &Entries<'_>,
) -> Result<Url, String> {
    let mut text = Text::default();
    text.push_str(base.trim_end_matches('/'));
    for piece in Pieces(operation.path) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Parameter { name, list } => {
                let value = apigen_core::json::get(path, name).unwrap_or(&Value::Null);
                let pushed =
                    if list { push_list(&mut text, value) } else { push_value(&mut text, operation, name, value) };
                pushed.map_err(|problem| format!("`{name}` {problem}"))?;
            }
        }
    }
    // Scheme and host have been read already, and reading them again would take longest.
    let mut url = roomy.clone();
    url.set_path(text.as_str());
    text = Text::default();
    for (index, (name, value)) in query.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "&" });
        push_escaped(&mut text, name);
        text.push_str("=");
        push_query(&mut text, value).map_err(|problem| format!("`{name}` {problem}"))?;
    }
    url.set_query(Some(text.as_str()).filter(|query| !query.is_empty()));
    Ok(url)
}

fn push_value(text: &mut Text, operation: &Operation, name: &str, value: &Value<'_>) -> Result<(), String> {
    let value = value.to_text().ok_or("is missing")?;
    let reserved = operation.reserved.iter().filter(|(parameter, _)| *parameter == name).flat_map(|(_, words)| *words);
    for word in reserved {
        if *word == value {
            return Err(format!("must not be `{word}`, which would name another operation"));
        }
        if *word == "," && value.contains(',') {
            return Err("must not hold a comma, which would name several".to_owned());
        }
    }
    push_segment(text, &value).map_err(str::to_owned)
}

fn push_list(text: &mut Text, value: &Value<'_>) -> Result<(), String> {
    let items = value.as_array().filter(|items| !items.is_empty()).ok_or("must not be empty")?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str("%2C");
        }
        let item = list_item(item)?;
        push_segment(text, &item)?;
    }
    Ok(())
}

fn list_item<'v>(item: &'v Value<'_>) -> Result<std::borrow::Cow<'v, str>, &'static str> {
    let item = item.to_text().ok_or("must hold single values only")?;
    if item.contains(',') { Err("must not hold an item with a comma, which would be read as two") } else { Ok(item) }
}

fn push_segment(text: &mut Text, segment: &str) -> Result<(), &'static str> {
    if segment.is_empty() {
        return Err("must not be empty");
    }
    if matches!(segment, "." | "..") {
        return Err("must not be `.` or `..`, which would change the path");
    }
    if !is_plain(segment) && segment.chars().any(char::is_control) {
        return Err("must not hold control characters");
    }
    push_escaped(text, segment);
    Ok(())
}

fn push_query(text: &mut Text, value: &Value<'_>) -> Result<(), &'static str> {
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str("%2C");
            }
            push_escaped(text, &list_item(item)?);
        }
    } else {
        push_escaped(text, &value.to_text().ok_or("must be a single value or a list of them")?);
    }
    Ok(())
}

fn push_escaped(text: &mut Text, raw: &str) {
    if is_plain(raw) {
        return text.push_str(raw);
    }
    utf8_percent_encode(raw, ESCAPED).for_each(|piece| text.push_str(piece));
}

/// Whether nothing is to be escaped, as in most ids.
fn is_plain(raw: &str) -> bool {
    raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

enum Piece {
    Text(&'static str),
    Parameter { name: &'static str, list: bool },
}

/// The pieces of a path or URL with parameters in braces.
struct Pieces(&'static str);

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let brace = |text: &str, brace| text.bytes().position(|byte| byte == brace);
        if let Some(text) = self.0.strip_prefix('{')
            && let Some(end) = brace(text, b'}')
        {
            self.0 = &text[end + 1..];
            let (name, list) = (&text[..end], text[..end].strip_suffix(','));
            return Some(Piece::Parameter { name: list.unwrap_or(name), list: list.is_some() });
        }
        let end = brace(self.0, b'{').filter(|end| *end > 0).unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest;
        (!text.is_empty()).then_some(Piece::Text(text))
    }
}
