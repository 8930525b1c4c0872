//! HAR files as browsers and proxies write them: tolerant of what they leave out, strict about what nobody could read.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use apigen_core::json::{Number, Value};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::form;
use crate::request::is_json;

/// An exchange as it was recorded.
#[derive(Debug)]
pub(super) struct Entry<'h> {
    pub(super) method: &'h str,
    pub(super) url: &'h str,
    pub(super) headers: Vec<(&'h str, &'h str)>,
    /// The query, when the recorder took it off the URL.
    pub(super) query: Vec<(&'h str, &'h str)>,
    pub(super) sent: Sent<'h>,
    /// Content type of the body that was sent.
    pub(super) sent_type: &'h str,
    /// The answer; `None` when there was none, as for a request that was cut off or a socket that was opened.
    pub(super) answer: Option<Answer<'h>>,
}

/// The body of a request.
#[derive(Debug)]
pub(super) enum Sent<'h> {
    /// None.
    Empty,
    /// Its bytes.
    Bytes(Cow<'h, [u8]>),
    /// The parts of a form.
    Form(Vec<form::Part<'h>>),
    /// There was one, and nobody recorded it.
    Unrecorded,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer<'h> {
    pub(super) status: u16,
    pub(super) content_type: &'h str,
    /// The body, unpacked; `None` when nobody recorded it.
    pub(super) body: Option<Cow<'h, [u8]>>,
}

/// A file that is no HAR file, or a broken one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarError {
    /// Which of the files, from 0.
    pub file: usize,
    /// The place in it, as in `log.entries[3].request.url`; empty for the file as a whole.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for HarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, message, .. } = self;
        if at.is_empty() { f.write_str(message) } else { write!(f, "{at}: {message}") }
    }
}

impl std::error::Error for HarError {}

/// Bytes that a packed body may unpack to.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Some recorders break lines, and leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is wrong, and where.
type Broken = (String, String);

/// The JSON of a file.
pub(super) fn parse(bytes: &[u8]) -> Result<Value<'_>, Broken> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Value::parse(bytes).map_err(|error| (String::new(), format!("this is not JSON: {error}")))
}

/// The entries of a file.
pub(super) fn entries<'h>(har: &'h Value<'_>) -> Result<Vec<Entry<'h>>, Broken> {
    let Some(log) = har.get("log") else {
        return Err((String::new(), "this is JSON, and no HAR file: it has no `log`".to_owned()));
    };
    let Some(entries) = log.get("entries").and_then(Value::as_array) else {
        return Err(("log.entries".to_owned(), "expected a list of exchanges".to_owned()));
    };
    let entry = |(index, it)| entry(it).map_err(|(at, message)| (format!("log.entries[{index}].{at}"), message));
    entries.iter().enumerate().map(entry).collect()
}

fn entry<'h>(entry: &'h Value<'_>) -> Result<Entry<'h>, Broken> {
    let required = |path: &str| {
        let text = entry.path(path).and_then(Value::as_str).filter(|it| !it.is_empty());
        text.ok_or_else(|| (path.to_owned(), "expected text".to_owned()))
    };
    let (method, url) = (required("request.method")?, required("request.url")?);
    let headers = pairs(entry.path("request.headers"));
    let sent_type = text(entry.path("request.postData.mimeType"));
    let sent_type = if sent_type.is_empty() { header(&headers, "content-type").unwrap_or_default() } else { sent_type };
    let request = entry.get("request").unwrap_or(&Value::Null);
    Ok(Entry {
        method,
        url,
        query: pairs(request.get("queryString")),
        sent: sent(method, request, sent_type, &headers)?,
        sent_type,
        headers,
        answer: answer(entry)?,
    })
}

fn sent<'h>(
    method: &str,
    request: &'h Value<'_>,
    content_type: &'h str,
    headers: &[(&str, &str)],
) -> Result<Sent<'h>, Broken> {
    let Some(data) = request.get("postData").filter(|it| !it.is_null()) else {
        let size = request.get("bodySize").and_then(whole).filter(|it| *it >= 0);
        let length = header(headers, "content-length").and_then(|it| it.trim().parse().ok());
        let is_usual = matches!(method, "POST" | "PUT" | "PATCH");
        return Ok(match size.or(length) {
            Some(0) => Sent::Empty,
            None if !is_usual => Sent::Empty,
            Some(_) | None => Sent::Unrecorded,
        });
    };
    let recorded = data.get("text").and_then(Value::as_str).filter(|it| !it.is_empty());
    let params = data.get("params").and_then(Value::as_array).filter(|it| !it.is_empty());
    if crate::request::is_form(content_type) {
        return Ok(match (params, recorded) {
            (Some(params), _) => Sent::Form(params.iter().map(parameter).collect()),
            (None, Some(text)) => form::parts(content_type, text).map_or(Sent::Unrecorded, Sent::Form),
            (None, None) => Sent::Unrecorded,
        });
    }
    let Some(text) = recorded else { return Ok(Sent::Unrecorded) };
    let is_packed = data.get("encoding").and_then(Value::as_str) == Some("base64");
    let bytes = if is_packed { unpacked(text, "request.postData.text")? } else { Some(Cow::Borrowed(text.as_bytes())) };
    Ok(bytes.map_or(Sent::Unrecorded, Sent::Bytes))
}

/// A field of a form that the recorder took apart.
fn parameter<'h>(parameter: &'h Value<'_>) -> form::Part<'h> {
    let value = parameter.get("value").and_then(Value::as_str);
    let is_file = parameter.get("fileName").is_some_and(|it| !it.is_null());
    form::Part {
        name: text(parameter.get("name")),
        // Recorders leave the content of files out, or garble it.
        size: value.filter(|_| !is_file).map(|it| it.len() as u64),
        text: value,
    }
}

fn answer<'h>(entry: &'h Value<'_>) -> Result<Option<Answer<'h>>, Broken> {
    let Some(response) = entry.get("response").filter(|it| !it.is_null()) else { return Ok(None) };
    let status = response.get("status").and_then(whole).and_then(|it| u16::try_from(it).ok()).unwrap_or(0);
    if !(200..600).contains(&status) {
        return Ok(None);
    }
    let content = response.get("content").unwrap_or(&Value::Null);
    let headers = pairs(response.get("headers"));
    let content_type = text(content.get("mimeType"));
    let content_type =
        if content_type.is_empty() { header(&headers, "content-type").unwrap_or_default() } else { content_type };
    Ok(Some(Answer { status, content_type, body: body(content)? }))
}

/// The body of an answer, unless the recorder left it out.
fn body<'h>(content: &'h Value<'_>) -> Result<Option<Cow<'h, [u8]>>, Broken> {
    let Some(text) = content.get("text").and_then(Value::as_str) else { return Ok(None) };
    if text.is_empty() {
        let is_empty = content.get("size").and_then(whole) == Some(0) && content.get("comment").is_none();
        return Ok(is_empty.then_some(Cow::Borrowed(&[])));
    }
    match content.get("encoding").and_then(Value::as_str) {
        Some("base64") => unpacked(text, "response.content.text"),
        Some(_) | None => Ok(Some(Cow::Borrowed(text.as_bytes()))),
    }
}

/// The bytes that Base64 stands for, which some proxies store as they came: packed with gzip. `None` when those cannot be
/// unpacked.
fn unpacked<'h>(text: &str, at: &str) -> Result<Option<Cow<'h, [u8]>>, Broken> {
    let stripped: String = text.chars().filter(|it| !it.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(stripped).map_err(|error| (at.to_owned(), format!("this is not Base64: {error}")))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Some(Cow::Owned(bytes)));
    }
    let mut plain = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(LARGEST + 1).read_to_end(&mut plain);
    let is_whole = read.is_ok_and(|it| it as u64 <= LARGEST);
    Ok(is_whole.then_some(Cow::Owned(plain)))
}

/// Pairs such as headers; what is no pair of texts is left out.
fn pairs<'h>(list: Option<&'h Value<'_>>) -> Vec<(&'h str, &'h str)> {
    let items = list.and_then(Value::as_array).unwrap_or_default();
    items.iter().filter_map(|it| Some((it.get("name")?.as_str()?, it.get("value")?.as_str()?))).collect()
}

/// A header, in any case of letters.
pub(super) fn header<'h>(headers: &[(&str, &'h str)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

fn text<'h>(value: Option<&'h Value<'_>>) -> &'h str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(number) => Number::as_i64(*number),
        Value::Null | Value::Bool(_) | Value::Str(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Entry<'_> {
    /// Whether either side is JSON, as the sides of an API are.
    pub(super) fn speaks_json(&self) -> bool {
        is_json(self.sent_type) || self.answer.as_ref().is_some_and(|it| is_json(it.content_type))
    }
}
