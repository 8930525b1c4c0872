//! Request lines: method, path and query, written as such or as a command.

use super::is_same_name;
use crate::facts::{Claim, Name, Place};

/// A line with more segments and parameters is none of a request.
const PARTS: usize = 100;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// What a request line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Segments below the server's URL.
    segments: Vec<Segment>,
    /// Names of the query, with the placeholders for their values.
    query: Vec<(String, Option<String>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// Whether a line holds a method and a URL, or a command for a URL whose host is a placeholder.
pub(crate) fn is_request_line(line: &str) -> bool {
    parts(line).is_some()
}

/// Whether a line is a command for a URL.
pub(crate) fn is_command(line: &str) -> bool {
    command(line).is_some()
}

/// Method and URL of a request line.
fn parts(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_matches('`').trim();
    let (method, rest) = line.split_once(char::is_whitespace)?;
    if METHODS.contains(&method) {
        let url = rest.rsplit_once(" HTTP/").map_or(rest, |it| it.0).trim();
        // A sentence may begin with a method; a URL has no spaces outside its placeholders.
        return is_url(url).then_some((method, url));
    }
    command(line).filter(|(_, url)| host(url).is_some_and(|it| it.starts_with('{')))
}

/// Method and URL of a command in one line.
fn command(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim().strip_prefix("curl ")?;
    let words: Vec<_> = rest.split_whitespace().map(|it| it.trim_matches(['\'', '"'])).collect();
    let method = words.iter().zip(words.iter().skip(1)).find(|(it, _)| matches!(**it, "-X" | "--request"));
    let method = method.map_or("GET", |it| it.1);
    let url = words.iter().find(|it| it.starts_with("http://") || it.starts_with("https://"))?;
    METHODS.contains(&method).then_some((method, url))
}

fn is_url(text: &str) -> bool {
    let has_start = ["http://", "https://", "/"].iter().any(|it| text.starts_with(it))
        || text.starts_with('{') && text.contains("}/");
    let mut depth = 0_usize;
    has_start
        && text.len() > 1
        && text.chars().all(|it| {
            match it {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 || !it.is_whitespace()
        })
}

fn host(url: &str) -> Option<&str> {
    url.split_once("://").map(|it| it.1.split('/').next().unwrap_or_default())
}

impl Request {
    /// Reads a request line. The first segments of the path are those of the server's URL.
    pub(crate) fn read(line: &str, server_segments: usize) -> Option<Self> {
        let (method, url) = parts(line).or_else(|| command(line))?;
        Self::of(method, url, server_segments)
    }

    /// Reads method and URL.
    pub(crate) fn of(method: &str, url: &str, server_segments: usize) -> Option<Self> {
        let url = url.trim().trim_matches(['`', '"', '\'']);
        let path = match url.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?.1,
            None => url.strip_prefix('/').or_else(|| url.split_once('/').map(|it| it.1))?,
        };
        let (path, query) = split_query(path);
        let segments = path.split('/').skip(server_segments).filter(|it| !it.is_empty()).map(segment).collect();
        let query = query.split('&').filter_map(parameter).collect();
        let request = Self { method: method.to_ascii_uppercase(), segments, query };
        let is_request = METHODS.contains(&request.method.as_str());
        (is_request && request.segments.len() + request.query.len() <= PARTS).then_some(request)
    }

    /// The path, with parameters in braces.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => path.push_str(&format!("/{text}")),
                Segment::Parameter(name) => path.push_str(&format!("/{{{name}}}")),
            }
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }

    /// That there are these parameters.
    pub(crate) fn claims(&self) -> Vec<Claim> {
        let path = self.placeholders().map(|it| Name { place: Place::Path, path: it.to_owned() });
        let query = self.query.iter().map(|it| Name { place: Place::Query, path: it.0.clone() });
        path.chain(query).map(Claim::Field).collect()
    }

    /// Names that parameters go by, as pages spell them.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        let query = self.query.iter().flat_map(|(name, value)| [Some(name.as_str()), value.as_deref()]);
        self.placeholders().chain(query.flatten())
    }

    /// The parameter that is called like this anywhere in the line, as the wire knows it.
    pub(crate) fn parameter(&self, name: &str) -> Option<Name> {
        let found = |place| self.parameter_in(place, name).map(|path| Name { place, path });
        found(Place::Path).or_else(|| found(Place::Query))
    }

    /// The parameter in a place that is called like this, as the wire knows it.
    pub(crate) fn parameter_in(&self, place: Place, name: &str) -> Option<String> {
        match place {
            Place::Path => {
                let exact = self.placeholders().find(|it| *it == name);
                exact.or_else(|| self.placeholders().find(|it| is_same_name(it, name))).map(str::to_owned)
            }
            Place::Query => {
                let wire = |it: &&(String, Option<String>)| it.0 == name;
                let placeholder = |it: &&(String, Option<String>)| it.1.as_deref() == Some(name);
                let like = |it: &&(String, Option<String>)| {
                    is_same_name(&it.0, name) || it.1.as_deref().is_some_and(|it| is_same_name(it, name))
                };
                let query = || self.query.iter();
                let found = query().find(wire).or_else(|| query().find(placeholder)).or_else(|| query().find(like));
                found.map(|it| it.0.clone())
            }
            Place::Header | Place::Body | Place::Response => None,
        }
    }

    /// Names of the parameters in the path.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|it| match it {
            Segment::Parameter(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }
}

/// Path and query; a question mark within a placeholder is none.
fn split_query(url: &str) -> (&str, &str) {
    url.split_once('?').unwrap_or((url, ""))
}

/// A segment of a path: `{id}`, `${id}` and `{id}(,{id2},…)` are parameters.
fn segment(text: &str) -> Segment {
    let text = text.trim_matches('`');
    match text.trim_start_matches('$').strip_prefix('{').and_then(|it| it.split_once('}')) {
        Some((name, _)) => Segment::Parameter(name.trim().to_owned()),
        None => Segment::Literal(text.to_owned()),
    }
}

/// A parameter of a query, with the placeholder of its value.
fn parameter(text: &str) -> Option<(String, Option<String>)> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let name = name.trim().trim_matches(['`', '{', '}', '[', ']']);
    let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
    let placeholder = value.trim_start_matches('$').strip_prefix('{').and_then(|it| it.split_once('}'));
    let placeholder = placeholder.map(|it| it.0.to_owned()).filter(|it| !it.is_empty());
    is_name.then(|| (name.to_owned(), placeholder))
}
