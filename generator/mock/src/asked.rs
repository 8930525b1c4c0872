//! A request as it arrives: read whole, its form taken apart, its values decoded.

use apigen_interpret::{Content, Part as FormPart, Route, is_form, is_json};
use apigen_model::ir::Api;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyDataStream, BodyExt};
use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::log::Part;
use crate::spot::Caller;

/// Bytes of a body that are read; what is longer is refused.
pub(crate) const MAX_BODY: usize = 32 * 1024 * 1024;

/// Bytes of a field of a form that are kept as text.
const MAX_TEXT: usize = 64 * 1024;

/// The head of a request.
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
}

/// The body of a request.
#[derive(Default)]
pub(crate) struct Sent {
    pub(crate) bytes: Bytes,
    pub(crate) parts: Vec<Part>,
    pub(crate) is_form: bool,
    pub(crate) is_too_large: bool,
    /// What is wrong with the form.
    pub(crate) malformed: Option<String>,
}

/// A request with the operation that it means.
pub(crate) struct Asked<'w> {
    pub(crate) head: &'w Head,
    pub(crate) sent: &'w Sent,
    pub(crate) route: &'w Route<'w>,
}

/// The decoded values of a request.
pub(crate) struct Decoded {
    pub(crate) path: String,
    server: Vec<String>,
    parameters: Vec<String>,
    query: Vec<(String, String)>,
    pub(crate) body: Value,
    /// What is wrong with a body that should be JSON.
    pub(crate) problem: Option<String>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

impl Sent {
    /// Reads a body to its end.
    pub(crate) async fn receive(head: &Head, incoming: Incoming) -> Result<Self, hyper::Error> {
        match multer::parse_boundary(head.content_type()) {
            Ok(boundary) if is_form(head.content_type()) => Ok(Self::form(boundary, incoming).await),
            Ok(_) | Err(_) => Self::whole(incoming).await,
        }
    }

    async fn whole(mut incoming: Incoming) -> Result<Self, hyper::Error> {
        let mut sent = Self::default();
        let mut bytes = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let Ok(chunk) = frame?.into_data() else { continue };
            // What comes one chunk at a time is read to the end, so that the caller hears why it is refused.
            sent.is_too_large |= bytes.len() + chunk.len() > MAX_BODY;
            if sent.is_too_large {
                bytes.clear();
            } else if bytes.is_empty() && incoming_is_done(&incoming) {
                return Ok(Self { bytes: chunk, ..sent });
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        Ok(Self { bytes: bytes.freeze(), ..sent })
    }

    async fn form(boundary: String, incoming: Incoming) -> Self {
        let mut form = multer::Multipart::new(BodyDataStream::new(incoming), boundary);
        let mut sent = Self { is_form: true, ..Self::default() };
        loop {
            match form.next_field().await {
                Ok(Some(field)) => match part(field).await {
                    Ok(part) => sent.parts.push(part),
                    Err(error) => sent.malformed = Some(error.to_string()),
                },
                Ok(None) => return sent,
                Err(error) => {
                    sent.malformed = Some(error.to_string());
                    return sent;
                }
            }
        }
    }

    pub(crate) fn content<'s>(&'s self, head: &'s Head, parts: &'s [FormPart<'s>]) -> Content<'s> {
        if self.is_form { Content::Form(parts) } else { Content::of(Some(head.content_type()), &self.bytes) }
    }

    pub(crate) fn form_parts(&self) -> Vec<FormPart<'_>> {
        let part = |it: &'_ Part| FormPart {
            name: it.name.clone().into(),
            size: u64::try_from(it.bytes).ok(),
            text: it.text.clone().map(Into::into),
        };
        self.parts.iter().map(part).collect()
    }
}

/// Whether nothing follows: most bodies are one chunk, which need not be copied.
fn incoming_is_done(incoming: &Incoming) -> bool {
    hyper::body::Body::is_end_stream(incoming)
}

/// Reads a part; of a file, the size is all that is kept.
async fn part(mut field: multer::Field<'_>) -> multer::Result<Part> {
    let file_name = field.file_name().map(str::to_owned);
    let mut part = Part { name: field.name().unwrap_or_default().to_owned(), file_name, bytes: 0, text: None };
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        part.bytes += chunk.len();
        if part.file_name.is_none() && part.bytes <= MAX_TEXT {
            text.extend_from_slice(&chunk);
        }
    }
    if part.file_name.is_none() && part.bytes <= MAX_TEXT {
        part.text = String::from_utf8(text).ok();
    }
    Ok(part)
}

impl Decoded {
    pub(crate) fn new(api: &Api, base: &str, asked: &Asked<'_>) -> Self {
        let Asked { head, sent, route } = asked;
        let server = api.server.parameters.iter().map(|parameter| {
            let value = route.server.iter().find(|(name, _)| *name == parameter.name);
            value.map_or_else(|| base.to_owned(), |(_, value)| value.clone().into_owned())
        });
        let mut parameters = vec![String::new(); route.operation.path_parameters.len()];
        for (name, value) in route.path_values() {
            if let Some(index) = route.operation.path_parameters.iter().position(|it| it.wire == name) {
                parameters[index] = value.into_owned();
            }
        }
        let (body, problem) = match sent.bytes.as_ref() {
            [] => (Value::Null, None),
            bytes if is_json(head.content_type()) => match serde_json::from_slice(bytes) {
                Ok(body) => (body, None),
                Err(error) => (Value::Null, Some(error.to_string())),
            },
            _ => (Value::Null, None),
        };
        Self {
            path: percent_decode_str(route.below).decode_utf8_lossy().into_owned(),
            server: server.collect(),
            parameters,
            query: pairs(&head.query),
            body,
            problem,
        }
    }

    pub(crate) fn caller<'c>(&'c self, asked: &Asked<'c>) -> Caller<'c> {
        Caller {
            path: &self.path,
            server: &self.server,
            parameters: &self.parameters,
            query: &self.query,
            headers: &asked.head.headers,
            body: &self.body,
            parts: &asked.sent.parts,
        }
    }
}

/// Names and values of a query, decoded.
fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|it| !it.is_empty());
    pairs.map(|it| it.split_once('=').unwrap_or((it, ""))).map(|(name, value)| (decode(name), decode(value))).collect()
}
