//! Which operation a request means.
//!
//! Operations may share a path: one takes a list where another takes a single value, or carries a constant header. A
//! literal beats a parameter, from left to right; a comma makes a segment a list; constant headers must agree.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use apigen_model::ir::{Api, Method, Operation, PathSegment, Presence, Type};
use percent_encoding::percent_decode_str;

use crate::Interpreter;
use crate::values::plain;

/// The operation that a request means, with the values of its path.
#[derive(Debug, Clone)]
pub struct Route<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Its index in the operations of the API.
    pub index: usize,
    /// The operation that takes a list where this one takes a single value: for a list of one, the request may mean it.
    pub twin: Option<&'a Operation>,
    /// The parameters of the server's path, by name, decoded; empty for a path without the server's.
    pub server: ServerValues<'a>,
    /// The path below the server's, as on the wire, with its first slash.
    pub below: &'a str,
    /// The values of the path parameters, in the order of [`Operation::path_parameters`], as on the wire.
    pub(crate) segments: Vec<&'a str>,
}

/// Parameters of the server's path, by name, decoded.
pub type ServerValues<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// Why a request means no operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrouted {
    /// No operation has the path.
    UnknownPath,
    /// Operations have the path with these methods only.
    WrongMethod(Vec<Method>),
}

/// The operations by number of segments, the most literal ones first.
#[derive(Debug)]
pub(crate) struct Routes {
    /// Segments of the server's path.
    server: Vec<ServerSegment>,
    by_length: BTreeMap<usize, Vec<usize>>,
}

#[derive(Debug)]
enum ServerSegment {
    Literal(String),
    /// Index of the parameter in [`apigen_model::ir::Server::parameters`].
    Parameter(usize),
}

/// How telling a segment is, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Literal,
    /// A list, where there is a comma.
    List,
    Value,
    /// A list of one, which looks like a single value and is one where there is a choice.
    Single,
}

impl Interpreter {
    /// The operation that a request means. `path` stands as on the wire, with that of the server and without query; each
    /// parameter of the server's path takes one segment. `header` looks a header up, in any case of letters.
    ///
    /// # Errors
    /// Why there is none.
    pub fn route<'a>(
        &'a self,
        method: &str,
        path: &'a str,
        header: &dyn Fn(&str) -> Option<&'a str>,
    ) -> Result<Route<'a>, Unrouted> {
        let (server, below) = self.server_values(path).ok_or(Unrouted::UnknownPath)?;
        Ok(Route { server, ..self.route_below(method, below, header)? })
    }

    /// The operation that a request means, from the path below that of the server.
    ///
    /// # Errors
    /// Why there is none.
    pub fn route_below<'a>(
        &'a self,
        method: &str,
        below: &'a str,
        header: &dyn Fn(&str) -> Option<&'a str>,
    ) -> Result<Route<'a>, Unrouted> {
        let api = self.api();
        let segments: Vec<&str> = below.strip_prefix('/').ok_or(Unrouted::UnknownPath)?.split('/').collect();
        if segments.len() > MAX_SEGMENTS {
            return Err(Unrouted::UnknownPath);
        }
        let decoded: Vec<_> = segments.iter().map(|it| decode(it)).collect();
        let candidates = self.0.routes.by_length.get(&segments.len()).map_or(&[][..], Vec::as_slice);
        let fitting = candidates.iter().copied().filter(|it| fits(&api.operations[*it], &decoded));
        let (mut best, mut methods): (Option<(_, usize)>, _) = (None, Vec::new());
        for index in fitting {
            let operation = &api.operations[index];
            if operation.method.as_str() != method {
                methods.push(operation.method);
                continue;
            }
            let rank = (ranks(operation, &decoded), disagreement(operation, header));
            if best.as_ref().is_none_or(|(best, _)| rank < *best) {
                best = Some((rank, index));
            }
        }
        let Some((_, index)) = best else {
            methods.sort_unstable();
            methods.dedup();
            return Err(if methods.is_empty() { Unrouted::UnknownPath } else { Unrouted::WrongMethod(methods) });
        };
        let operation = &api.operations[index];
        let mut values = vec![""; operation.path_parameters.len()];
        for (segment, text) in operation.segments.iter().zip(&segments) {
            match segment {
                PathSegment::Literal(_) => {}
                PathSegment::Parameter(parameter) => values[*parameter] = text,
            }
        }
        let twin = candidates.iter().map(|it| &api.operations[*it]).find(|it| is_batch_of(it, operation));
        Ok(Route { operation, index, twin, server: Vec::new(), below, segments: values })
    }

    /// Takes the server's path off a path.
    pub(crate) fn server_values<'a>(&'a self, path: &'a str) -> Option<(ServerValues<'a>, &'a str)> {
        let mut values = Vec::new();
        let mut rest = path;
        for expected in &self.0.routes.server {
            let after = rest.strip_prefix('/')?;
            let end = after.find('/').unwrap_or(after.len());
            let (segment, below) = after.split_at(end);
            let segment = decode(segment);
            match expected {
                ServerSegment::Literal(literal) if *literal == segment => {}
                ServerSegment::Literal(_) => return None,
                ServerSegment::Parameter(_) if segment.is_empty() => return None,
                ServerSegment::Parameter(index) => {
                    values.push((self.api().server.parameters[*index].name.as_str(), segment));
                }
            }
            rest = below;
        }
        Some((values, rest))
    }
}

/// No operation comes near; what is longer is not even split up.
const MAX_SEGMENTS: usize = 64;

impl Routes {
    pub(crate) fn of(api: &Api) -> Self {
        let parameter = |segment: &str| {
            let name = segment.strip_prefix('{')?.strip_suffix('}')?;
            api.server.parameters.iter().position(|it| it.name == name)
        };
        let segment = |it: &str| match parameter(it) {
            Some(index) => ServerSegment::Parameter(index),
            None => ServerSegment::Literal(it.to_owned()),
        };
        let server = api.server.path().split('/').skip(1).map(segment).collect();
        let mut by_length: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, operation) in api.operations.iter().enumerate() {
            by_length.entry(operation.segments.len()).or_default().push(index);
        }
        Self { server, by_length }
    }
}

fn decode(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// Whether an operation has a path; a parameter is never empty.
fn fits(operation: &Operation, segments: &[Cow<'_, str>]) -> bool {
    operation.segments.iter().zip(segments).all(|(expected, segment)| match expected {
        PathSegment::Literal(literal) => literal == segment,
        PathSegment::Parameter(_) => !segment.is_empty(),
    })
}

/// How telling the segments of an operation are for a path, from left to right.
fn ranks(operation: &Operation, segments: &[Cow<'_, str>]) -> Vec<Rank> {
    let rank = |(expected, segment): (&PathSegment, &Cow<'_, str>)| match expected {
        PathSegment::Literal(_) => Rank::Literal,
        PathSegment::Parameter(index) => match &operation.path_parameters[*index].type_ {
            Type::List(_) if segment.contains(',') => Rank::List,
            Type::List(_) => Rank::Single,
            Type::Scalar(_) | Type::Named(_) | Type::Map(_) | Type::Json | Type::File => Rank::Value,
        },
    };
    operation.segments.iter().zip(segments).map(rank).collect()
}

/// Whether an operation is another one for several values of a path parameter.
fn is_batch_of(batch: &Operation, single: &Operation) -> bool {
    let is_list = |operation: &Operation, index: usize| matches!(operation.path_parameters[index].type_, Type::List(_));
    let mut segments = batch.segments.iter().zip(&single.segments);
    let mut lists = 0;
    let alike = segments.all(|it| match it {
        (PathSegment::Literal(left), PathSegment::Literal(right)) => left == right,
        (PathSegment::Parameter(left), PathSegment::Parameter(right)) => {
            lists += usize::from(is_list(batch, *left) && !is_list(single, *right));
            true
        }
        (PathSegment::Literal(_), PathSegment::Parameter(_)) | (PathSegment::Parameter(_), PathSegment::Literal(_)) => {
            false
        }
    });
    alike && lists > 0 && batch.method == single.method
}

/// How far the headers are from those that an operation always carries: those that disagree, then how few agree.
fn disagreement<'h>(
    operation: &Operation,
    header: &dyn Fn(&str) -> Option<&'h str>,
) -> (usize, std::cmp::Reverse<usize>) {
    let constants = operation.headers.iter().filter_map(|it| match &it.presence {
        Presence::Constant(value) => Some((it.wire.as_str(), value)),
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    });
    let (mut agree, mut disagree) = (0, 0);
    for (name, value) in constants {
        if header(name).is_some_and(|it| it == plain(value)) {
            agree += 1;
        } else {
            disagree += 1;
        }
    }
    (disagree, std::cmp::Reverse(agree))
}

impl fmt::Display for Unrouted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPath => f.write_str("no operation has this path"),
            Self::WrongMethod(methods) => {
                let methods: Vec<_> = methods.iter().map(|it| it.as_str()).collect();
                write!(f, "this path is known with {} only", methods.join(", "))
            }
        }
    }
}

impl std::error::Error for Unrouted {}
