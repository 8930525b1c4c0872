//! Recorded traffic against an API: where reality and spec part.
//!
//! Most of what a browser records is none of the API's. Exchanges count as the API's when they go to a server that was
//! named; without a name, when they go where an exchange of the same recording was recognised. What the server refused
//! proves nothing about the request, so only requests that were taken are held against the spec.

mod form;
mod har;
mod secrets;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use apigen_core::json::Value;
use apigen_model::ir::{Enforcement, Operation, ServerParameter};

use crate::finding::{Finding, Kind};
use crate::reply::Reply;
use crate::request::{Content, Part, Request, is_json};
use crate::route::{Route, Unrouted};
use crate::{Interpreter, values};
use har::{Entry, Sent};

use secrets::Secrets;

pub use har::HarError;

/// Holds recorded traffic against an API.
///
/// ```
/// use apigen_interpret::{Interpreter, verify::Verifier};
/// # fn example(api: apigen_model::ir::Api, har: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::new(Interpreter::new(api)).server("https://eu.lantern.example/v2/shops/riverside")?;
/// let report = verifier.verify(&[har])?;
/// for recorded in &report.findings {
///     println!("exchange {}: {}", recorded.exchange, recorded.finding);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    interpreter: Interpreter,
    servers: Vec<Base>,
}

/// What was found in recorded traffic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// All exchanges, those of other servers included.
    pub exchanges: usize,
    /// Those that an operation was recognised in.
    pub matched: usize,
    /// The findings, by exchange.
    pub findings: Vec<Recorded>,
}

/// A finding in an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Index of the exchange over all files.
    pub exchange: usize,
    /// Index of the file.
    pub file: usize,
    /// Index of the exchange in its file.
    pub entry: usize,
    /// Id of the operation; `None` when there is none.
    pub operation: Option<String>,
    /// Method and path of the request.
    pub request: String,
    /// Status of the reply; `None` when there was none.
    pub status: Option<u16>,
    /// What was found.
    pub finding: Finding,
}

/// Where a server answers: scheme and host, and the path below which the operations are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Base {
    origin: String,
    path: String,
}

/// The parts of a URL that matter here.
#[derive(Debug, Clone)]
struct Address<'u> {
    origin: String,
    path: &'u str,
    query: Option<&'u str>,
}

/// An exchange with its place in the recording.
struct Exchange<'h> {
    number: usize,
    file: usize,
    index: usize,
    address: Option<Address<'h>>,
    entry: Entry<'h>,
}

impl Verifier {
    /// Holds traffic against an API, wherever it is served.
    pub fn new(interpreter: Interpreter) -> Self {
        Self { interpreter, servers: Vec::new() }
    }

    /// Holds only what goes below a URL against the API: one with the server's path, its parameters filled in. May be said
    /// of several.
    ///
    /// # Errors
    /// This is no URL that begins with `http://` or `https://`.
    pub fn server(mut self, url: &str) -> Result<Self, String> {
        let address = Address::of(url).filter(|it| it.query.is_none());
        let address = address.ok_or_else(|| format!("`{url}` is no address such as https://api.example.com/v1"))?;
        self.servers.push(Base { path: address.path.trim_end_matches('/').to_owned(), origin: address.origin });
        Ok(self)
    }

    /// Holds the exchanges of HAR files against the API. Touches nothing but what it is given, and cannot panic.
    ///
    /// # Errors
    /// The first file that cannot be read, and where it is broken.
    pub fn verify(&self, files: &[&[u8]]) -> Result<Report, HarError> {
        let broken = |file, (at, message)| HarError { file, at, message };
        let mut parsed = Vec::new();
        for (file, bytes) in files.iter().enumerate() {
            parsed.push(har::parse(bytes).map_err(|it| broken(file, it))?);
        }
        let mut exchanges = Vec::new();
        for (file, har) in parsed.iter().enumerate() {
            for (index, entry) in har::entries(har).map_err(|it| broken(file, it))?.into_iter().enumerate() {
                let address = Address::of(entry.url).filter(|_| is_call(&entry));
                exchanges.push(Exchange { number: exchanges.len(), file, index, address, entry });
            }
        }
        let bases = if self.servers.is_empty() { self.bases(&exchanges) } else { self.servers.clone() };
        let mut report = Report { exchanges: exchanges.len(), ..Report::default() };
        for exchange in &exchanges {
            self.exchange(exchange, &bases, &mut report);
        }
        Ok(report)
    }

    /// Where the API is served: wherever an operation is recognised, and where the spec's own examples have it. When none is
    /// recognised, wherever JSON goes below a path like that of the server.
    fn bases(&self, exchanges: &[Exchange<'_>]) -> Vec<Base> {
        let mut recognised = BTreeSet::new();
        let mut alike = BTreeSet::new();
        for Exchange { address, entry, .. } in exchanges {
            let Some(address) = address else { continue };
            let Some((_, below)) = self.interpreter.server_values(address.path) else { continue };
            let path = address.path.strip_suffix(below).unwrap_or_default().to_owned();
            let base = Base { origin: address.origin.clone(), path };
            let header = |name: &str| har::header(&entry.headers, name);
            if self.interpreter.route_below(entry.method, below, &header).is_ok() {
                recognised.insert(base);
            } else if entry.speaks_json() {
                alike.insert(base);
            }
        }
        let mut bases = if recognised.is_empty() { alike } else { recognised };
        bases.extend(self.exemplary());
        bases.into_iter().collect()
    }

    /// The server as the spec's own examples have it.
    fn exemplary(&self) -> Option<Base> {
        let server = &self.interpreter.api().server;
        let fill = |url: String, it: &ServerParameter| url.replace(&format!("{{{}}}", it.name), &it.example);
        let url = server.parameters.iter().fold(server.url.clone(), fill);
        let address = Address::of(&url)?;
        Some(Base { path: address.path.trim_end_matches('/').to_owned(), origin: address.origin })
    }

    fn exchange(&self, exchange: &Exchange<'_>, bases: &[Base], report: &mut Report) {
        let Exchange { address: Some(address), entry, .. } = exchange else { return };
        let header = |name: &str| har::header(&entry.headers, name);
        let below = bases.iter().find_map(|it| it.strip(address));
        let Some(below) = below else { return };
        let (operation, findings) = match self.interpreter.route_below(entry.method, below, &header) {
            Ok(route) => {
                report.matched += 1;
                self.routed(&route, entry, address)
            }
            Err(unrouted) => (None, vec![self.unrouted(entry, below, &unrouted)]),
        };
        if findings.is_empty() {
            return;
        }
        let secrets = Secrets::of(self.interpreter.api(), entry);
        let request = format!("{} {}", entry.method, values::shortened(address.path));
        let request = secrets.hide(&request);
        for finding in once_each(findings) {
            report.findings.push(Recorded {
                exchange: exchange.number,
                file: exchange.file,
                entry: exchange.index,
                operation: operation.clone(),
                request: request.clone(),
                status: entry.answer.as_ref().map(|it| it.status),
                finding: secrets.hidden(&finding),
            });
        }
    }

    fn unrouted(&self, entry: &Entry<'_>, below: &str, unrouted: &Unrouted) -> Finding {
        let answered = match &entry.answer {
            Some(answer) => format!("the server answered {}", answer.status),
            None => "there was no answer".to_owned(),
        };
        let api = self.interpreter.api();
        let known = |it: &&Operation| self.interpreter.route_below(it.method.as_str(), below, &|_| None).is_ok();
        let (at, spec) = match unrouted {
            Unrouted::UnknownPath => ("request path", None),
            Unrouted::WrongMethod(_) => ("request method", api.operations.iter().find(known).map(|it| it.at)),
        };
        let message = format!("{} {}: {unrouted}; {answered}", entry.method, values::shortened(below));
        Finding { kind: Kind::UnknownOperation, at: at.to_owned(), place: at.to_owned(), message, limit: None, spec }
    }

    /// The operation, and what is wrong with an exchange that means it.
    fn routed(&self, route: &Route<'_>, entry: &Entry<'_>, address: &Address<'_>) -> (Option<String>, Vec<Finding>) {
        let Some(answer) = &entry.answer else { return (Some(route.operation.id.clone()), Vec::new()) };
        let reply = Reply { status: answer.status, body: answer.body.as_deref() };
        let mut operation = route.operation;
        let mut replied = self.interpreter.reply(operation, &reply);
        if let Some(twin) = route.twin.filter(|_| !replied.is_empty()) {
            // A list of one looks like a single value; the reply tells which was meant.
            let as_twin = self.interpreter.reply(twin, &reply);
            let strangeness = |it: &[Finding]| (it.iter().filter(|it| it.kind == Kind::WrongType).count(), it.len());
            if strangeness(&as_twin) < strangeness(&replied) {
                (operation, replied) = (twin, as_twin);
            }
        }
        let mut findings = Vec::new();
        if self.interpreter.accepted(operation, &reply) {
            findings = self.sent(route, entry, address);
        }
        findings.extend(replied);
        (Some(operation.id.clone()), findings)
    }

    /// What is wrong with a request that the server took.
    fn sent(&self, route: &Route<'_>, entry: &Entry<'_>, address: &Address<'_>) -> Vec<Finding> {
        let written: Cow<'_, str> = match address.query {
            Some(query) => Cow::Borrowed(query),
            None => Cow::Owned(form_urlencoded::Serializer::new(String::new()).extend_pairs(&entry.query).finish()),
        };
        let header = |name: &str| har::header(&entry.headers, name);
        let parts: Vec<_> = match &entry.sent {
            Sent::Form(parts) => parts.iter().map(part).collect(),
            Sent::Empty | Sent::Bytes(_) | Sent::Unrecorded => Vec::new(),
        };
        let content = match &entry.sent {
            Sent::Empty => Content::Empty,
            Sent::Unrecorded => Content::Unrecorded,
            Sent::Form(_) => Content::Form(&parts),
            Sent::Bytes(bytes) if is_json(entry.sent_type) => Content::Json(bytes),
            Sent::Bytes(bytes) if entry.sent_type.is_empty() && Value::parse(bytes).is_ok() => Content::Json(bytes),
            Sent::Bytes(_) => Content::Other(entry.sent_type),
        };
        let checked = self.interpreter.request(route, &Request { query: &written, header: &header, content });
        let operation = route.operation;
        // What lies beyond a limit of which nobody knows what the server does is no contradiction.
        let is_rejected = |it: usize| operation.limits[it].limit.enforcement == Enforcement::Rejected;
        let is_contradiction = |it: &Finding| it.limit.is_none_or(is_rejected);
        let accepted = |mut finding: Finding| {
            if finding.limit.is_some() {
                finding.message.push_str(", and the server took it");
            }
            finding
        };
        checked.findings.into_iter().filter(is_contradiction).map(accepted).collect()
    }
}

impl Base {
    /// What follows the base in an address; `None` for an address that is not below it.
    fn strip<'u>(&self, address: &Address<'u>) -> Option<&'u str> {
        let below = address.path.strip_prefix(self.path.as_str()).filter(|it| it.starts_with('/'));
        below.filter(|_| self.origin == address.origin)
    }
}

impl<'u> Address<'u> {
    /// Takes a URL of a web server apart.
    fn of(url: &'u str) -> Option<Self> {
        let url = url.split('#').next().unwrap_or_default();
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let port = match scheme.as_str() {
            "http" => ":80",
            "https" => ":443",
            _ => return None,
        };
        let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // Whoever put a name and a password there did not mean them to be shown.
        let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let host = host.strip_suffix(port).unwrap_or(&host);
        if host.is_empty() {
            return None;
        }
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        Some(Self { origin: format!("{scheme}://{host}"), path, query })
    }
}

/// Whether an exchange calls anything: a preflight of a browser does not, nor does what opens a socket.
fn is_call(entry: &Entry<'_>) -> bool {
    !matches!(entry.method, "OPTIONS" | "HEAD" | "CONNECT" | "TRACE")
}

fn part<'p>(part: &'p form::Part<'p>) -> Part<'p> {
    Part { name: Cow::Borrowed(part.name), size: part.size, text: part.text.map(Cow::Borrowed) }
}

/// One finding for all that have one cause: the first, which says how many there are.
fn once_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<(Finding, usize)> = Vec::new();
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for finding in findings {
        let cause = (finding.kind, finding.place.clone(), finding.limit, cause(&finding));
        match seen.get(&cause) {
            Some(index) => kept[*index].1 += 1,
            None => {
                seen.insert(cause, kept.len());
                kept.push((finding, 0));
            }
        }
    }
    let counted = |(mut finding, more): (Finding, usize)| {
        if more > 0 {
            finding.message.push_str(&format!(" (and {more} more like it)"));
        }
        finding
    };
    kept.into_iter().map(counted).collect()
}

/// What tells findings of one place apart; the message of a limit says how far it was exceeded, which does not.
fn cause(finding: &Finding) -> String {
    if finding.limit.is_some() { String::new() } else { finding.message.clone() }
}
