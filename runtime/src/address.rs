//! URLs: where the server is, and where an operation stands below it. No value can change the route.

use std::fmt;
use std::net::IpAddr;

use apigen_core::json::{Entries, Value};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use http::uri::{Parts, PathAndQuery, Scheme, Uri};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::api::{Api, Operation};
use crate::error::shortened;

/// Everything but the characters that mean themselves anywhere in a URL.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What can stand nowhere in a URL, not even where it means itself.
const FORBIDDEN: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');

/// Bytes of path and query of usual values.
const USUAL: usize = 128;

/// The URL of the server, from the values of its parameters.
pub(crate) fn server(api: &Api, values: &[(&'static str, String)]) -> Result<Uri, String> {
    let value = |name: &str| values.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    let mut text = String::new();
    for piece in Pieces(api.server) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Parameter { name, .. } => {
                let value = value(name).ok_or_else(|| format!("`{name}` is missing"))?;
                if text.is_empty() {
                    text.push_str(origin(name, value)?);
                } else {
                    push_segment(&mut text, value).map_err(|problem| format!("`{name}` {problem}"))?;
                }
            }
        }
    }
    text.parse().map_err(|error| format!("`{text}` is no URL: {error}"))
}

/// The URL of the server, said as a whole under a name.
pub(crate) fn given(name: &str, url: &str) -> Result<Uri, String> {
    origin(name, url)?.parse().map_err(|error| format!("`{name}` is no URL: {error}"))
}

/// Scheme and host, perhaps with a path below which the server answers.
fn origin<'v>(name: &str, value: &'v str) -> Result<&'v str, String> {
    let value = value.trim_end_matches('/');
    // Without a scheme, a host is a URL to this parser.
    let url = value.parse::<Uri>().ok().filter(|url| url.scheme().is_some());
    let hint =
        if value.is_ascii() { "" } else { "; hosts and paths of other letters are written as xn--… and %E4…" };
    let url = url.ok_or_else(|| format!("`{name}` must be a URL such as https://api.example.com{hint}"))?;
    if !is_web(&url) {
        return Err(format!("`{name}` must start with https:// and name a host"));
    }
    let has_user = url.authority().is_some_and(|authority| authority.as_str().contains('@'));
    if has_user || value.contains(['?', '#']) {
        return Err(format!("`{name}` must hold neither user, password, query nor fragment"));
    }
    Ok(value)
}

/// Whether a URL names a host, to be asked by HTTP.
fn is_web(url: &Uri) -> bool {
    matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|host| !host.is_empty())
}

/// The URL of a file that a server names, and the header that its user and password become. What no URL may hold is escaped,
/// as browsers do it.
pub(crate) fn file(text: &str) -> Result<(Uri, HeaderMap), String> {
    let escaped = utf8_percent_encode(text.trim(), FORBIDDEN).to_string();
    let mut headers = HeaderMap::new();
    let url = escaped.parse::<Uri>().ok().filter(is_web).and_then(|url| {
        let mut parts = url.into_parts();
        let whole = parts.authority.take()?;
        let (user, host) = whole.as_str().rsplit_once('@').unwrap_or(("", whole.as_str()));
        if !user.is_empty() {
            headers.insert(AUTHORIZATION, basic(user)?);
        }
        parts.authority = Some(host.parse().ok()?);
        Uri::from_parts(parts).ok()
    });
    // A query may hold a signature, which is a secret, and what precedes the host a password.
    let shown =
        |text: &str| shortened(text.split(['?', '#']).next().and_then(|text| text.rsplit('@').next()).unwrap_or(""));
    url.map(|url| (url, headers)).ok_or_else(|| format!("{:?} is no URL of a file", shown(text)))
}

/// What proves to a server that a user asks, from `user:password` as it stands in a URL.
fn basic(user: &str) -> Option<HeaderValue> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let mut pair: Vec<u8> = percent_decode_str(user).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password));
    let mut header = HeaderValue::try_from(["Basic ", &BASE64_STANDARD.encode(pair)].concat()).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// Whether what is sent there can be read on the way.
pub(crate) fn is_exposed(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_loopback = address.map_or(host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback());
    server.scheme() != Some(&Scheme::HTTPS) && !is_loopback
}

/// Scheme and host of a URL, with its port if it names one.
pub(crate) fn host(url: &Uri) -> String {
    let host = url.authority().and_then(|authority| authority.as_str().rsplit('@').next());
    [url.scheme_str().unwrap_or_default(), "://", host.unwrap_or_default()].concat()
}

/// Where a redirect leads: to a URL, perhaps one without its scheme, or to another path of the server itself.
pub(crate) fn target(here: &Uri, location: &str) -> Option<Uri> {
    if location.starts_with("//") {
        return [here.scheme_str()?, ":", location].concat().parse().ok();
    }
    let is_whole = location.split(['/', '?', '#']).next().is_some_and(|scheme| scheme.ends_with(':'));
    if is_whole { location.parse().ok() } else { Some(here.clone()) }
}

/// A URL of which nothing is shown that may be a secret: neither user nor query.
#[derive(Clone)]
pub(crate) struct Shown(pub(crate) Uri);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", host(&self.0), self.0.path())
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The URL of a call below the server. The error says which value cannot stand in it.
pub(crate) fn call(
    server: &Uri,
    operation: &Operation,
    path: &Entries<'_>,
    query: &Entries<'_>,
) -> Result<Uri, String> {
    let mut text = String::with_capacity(USUAL);
    text.push_str(server.path().trim_end_matches('/'));
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
    for (index, (name, value)) in query.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        push_escaped(&mut text, name);
        text.push('=');
        push_query(&mut text, value).map_err(|problem| format!("`{name}` {problem}"))?;
    }
    // Scheme and host have been read already.
    let mut parts = Parts::default();
    parts.scheme = server.scheme().cloned();
    parts.authority = server.authority().cloned();
    parts.path_and_query =
        Some(PathAndQuery::try_from(text.into_bytes()).map_err(|error| format!("the URL of the call: {error}"))?);
    Uri::from_parts(parts).map_err(|error| format!("the URL of the call: {error}"))
}

fn push_value(text: &mut String, operation: &Operation, name: &str, value: &Value<'_>) -> Result<(), String> {
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

fn push_list(text: &mut String, value: &Value<'_>) -> Result<(), String> {
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

fn push_segment(text: &mut String, segment: &str) -> Result<(), &'static str> {
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

fn push_query(text: &mut String, value: &Value<'_>) -> Result<(), &'static str> {
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

fn push_escaped(text: &mut String, raw: &str) {
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
