//! Requests as a test looks at them.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;

/// Bytes of a body that are kept.
const KEPT: usize = 8 * 1024 * 1024;

/// A request that was received whole.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Bytes,
    length: u64,
}

/// A part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The name of its file, if it is one.
    pub file_name: Option<String>,
    /// Its media type, if it has one.
    pub content_type: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Path and query, as they came.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path, as it came.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// Names and values of the query, decoded, in their order.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pairs =
            query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.map(|(name, value)| (decode(name), decode(value))).collect()
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; of a body beyond 8 MiB only the start.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Bytes of the whole body.
    pub fn body_length(&self) -> u64 {
        self.length
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body should be JSON")
    }

    /// Compares the method, the path as it came, and the decoded query, in the order of its names.
    ///
    /// # Panics
    /// They are others.
    #[track_caller]
    pub fn assert_is(&self, method: &str, path: &str, query: &[(&str, &str)]) {
        assert_eq!((self.method(), self.path()), (method, path));
        let mut pairs = self.query_pairs();
        pairs.sort();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, query);
    }

    /// Compares headers, and no others.
    ///
    /// # Panics
    /// One has another value, or is not there.
    #[track_caller]
    pub fn assert_headers(&self, headers: &[(&str, &str)]) {
        headers.iter().for_each(|(name, value)| assert_eq!((*name, self.header(name)), (*name, Some(*value))));
    }

    /// Compares the token that the request carries, if it is to carry one.
    ///
    /// # Panics
    /// It carries another one, or one that it should not carry.
    #[track_caller]
    pub fn assert_token(&self, token: Option<&str>) {
        let found = self.header("authorization").map(|it| it.strip_prefix("Bearer ").unwrap_or(it));
        assert_eq!(found, token);
    }

    /// Compares the body with JSON text, by value.
    ///
    /// # Panics
    /// It is another value, or one of the two is no JSON.
    #[track_caller]
    pub fn assert_json(&self, expected: &str) {
        assert_eq!(self.json(), expected.parse::<serde_json::Value>().expect("the documented body is JSON"));
    }

    /// The parts of a multipart body.
    ///
    /// # Panics
    /// It is none.
    pub async fn parts(&self) -> Vec<Part> {
        let content_type = self.header("content-type").expect("the request should say what its body is");
        let boundary = multer::parse_boundary(content_type).expect("the body should be multipart");
        let body = http_body_util::BodyDataStream::new(http_body_util::Full::new(self.body.clone()));
        let mut form = multer::Multipart::new(body, boundary);
        let mut parts = Vec::new();
        while let Some(field) = form.next_field().await.expect("the body should be well-formed") {
            parts.push(Part {
                name: field.name().unwrap_or_default().to_owned(),
                file_name: field.file_name().map(str::to_owned),
                content_type: field.content_type().map(ToString::to_string),
                content: field.bytes().await.expect("the part should be whole"),
            });
        }
        parts
    }

    pub(crate) async fn receive(request: hyper::Request<Incoming>) -> Result<Self, hyper::Error> {
        let (head, mut incoming) = request.into_parts();
        let mut body = BytesMut::new();
        let mut length = 0;
        while let Some(frame) = incoming.frame().await {
            if let Ok(chunk) = frame?.into_data() {
                length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                let room = KEPT - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
        }
        Ok(Self {
            method: head.method.to_string(),
            target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: head.headers,
            body: body.freeze(),
            length,
        })
    }
}
