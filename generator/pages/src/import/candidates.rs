//! Which operations of the pages the spec lacks: by method and path shape, those that stand several times put together.

use std::collections::{BTreeMap, BTreeSet};

use apigen_model::ir::{Api, Method, Operation, PathSegment, Type};

use super::visible::{visible, visible_claim};
use super::{At, Known, NoteKind, Notes, Source};
use crate::facts::{self, Claim, Name, Place, Shape, Unit};

/// An operation to be drafted.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) method: Method,
    pub(super) segments: Vec<Segment>,
    /// The heading that it stands under.
    pub(super) title: String,
    /// The request line.
    pub(super) at: At,
    /// What the pages say of it.
    pub(super) claims: Vec<(Claim, At)>,
}

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Literal(String),
    /// A parameter, by the name that the page gives it.
    Parameter {
        name: String,
        is_list: bool,
    },
}

/// Path without the names of parameters: `None` where one stands.
type Shaped = Vec<Option<String>>;

/// What tells operations apart: method, shape of the path, and for each parameter whether it is a list.
type Identity = (Method, Shaped, Vec<bool>);

/// An operation of the spec, with what tells it from others on its path.
type Twin<'a> = (Vec<bool>, &'a Operation);

/// The operations of the pages that the spec lacks, and those that it has.
pub(super) fn candidates(pages: &[Source<'_>], api: &Api, notes: &mut Notes) -> (Vec<Candidate>, Vec<Known>) {
    let (mut found, mut numbers) = (Vec::new(), Vec::new());
    for (page, source) in pages.iter().enumerate() {
        for operation in &source.page.operations {
            let at = At { page, line: operation.line };
            match candidate(at, operation) {
                Ok(it) if it.is_budget() => numbers.push(it),
                Ok(it) => found.push(it),
                Err(reason) => {
                    let message = format!("{} {} is not drafted: {reason}", operation.method, operation.path);
                    notes.push(NoteKind::LeftOut, at, message);
                }
            }
        }
    }
    let mut merged = merge(found, notes);
    let known = take_known(&mut merged, api);
    add_budgets(&mut merged, numbers, api, notes);
    (merged, known)
}

/// Gives budgets to the operations that they are for. Those of operations that nobody describes are counted.
fn add_budgets(candidates: &mut [Candidate], budgets: Vec<Candidate>, api: &Api, notes: &mut Notes) {
    let known: BTreeSet<_> = api.operations.iter().map(identity_of).map(|(method, shape, _)| (method, shape)).collect();
    let mut unknown: BTreeMap<usize, (At, usize)> = BTreeMap::new();
    for budget in budgets {
        let (method, shape, _) = budget.identity();
        match candidates.iter_mut().find(|it| it.method == method && it.identity().1 == shape) {
            Some(candidate) => candidate.claims.extend(budget.claims),
            None if known.contains(&(method, shape)) => {}
            None => unknown.entry(budget.at.page).or_insert((budget.at, 0)).1 += 1,
        }
    }
    for (at, count) in unknown.into_values() {
        let message = format!("budgets are all that is said of {count} operations; they are not drafted");
        notes.push(NoteKind::LeftOut, at, message);
    }
}

fn candidate(at: At, operation: &facts::Operation) -> Result<Candidate, &'static str> {
    let method = match operation.method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => return Err("specs know GET, POST, PUT, PATCH and DELETE"),
    };
    let claims = operation.facts.iter().map(|it| (visible_claim(&it.claim), At { page: at.page, line: it.line }));
    let claims: Vec<_> = claims.collect();
    let path = visible(&operation.path);
    let path = path.strip_prefix('/').ok_or("its path does not begin with a slash")?;
    let mut segments = Vec::new();
    for part in path.trim_end_matches('/').split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            segments.push(Segment::Parameter { name: name.to_owned(), is_list: is_list(name, &claims) });
        } else if part.is_empty() || part.contains(['{', '}', ' ', '?', '#']) {
            return Err("a segment of its path is neither text nor a parameter");
        } else {
            segments.push(Segment::Literal(part.to_owned()));
        }
    }
    Ok(Candidate { method, segments, title: visible(&operation.title), at, claims })
}

/// A parameter in the path is a list where the page says so, or how many items it may have.
fn is_list(name: &str, claims: &[(Claim, At)]) -> bool {
    let own = |it: &Name| it.place == Place::Path && it.path == name;
    claims.iter().any(|(claim, _)| match claim {
        Claim::Type(it, Shape::List) => own(it),
        Claim::Limit(Some(it), amount) => own(it) && amount.unit == Unit::Items,
        _ => false,
    })
}

/// An operation that stands several times is one operation.
fn merge(found: Vec<Candidate>, notes: &mut Notes) -> Vec<Candidate> {
    let mut merged: Vec<Candidate> = Vec::new();
    let mut known: BTreeMap<Identity, usize> = BTreeMap::new();
    for it in found {
        match known.get(&it.identity()) {
            Some(first) => {
                let message = format!("{} stands several times; what is said was put together", it.http());
                notes.push(NoteKind::Guess, it.at, message);
                let renamed = it.renamed_like(&merged[*first]);
                merged[*first].claims.extend(renamed.claims);
            }
            None => {
                known.insert(it.identity(), merged.len());
                merged.push(it);
            }
        }
    }
    merged
}

/// Takes out what the spec has. Twins on one path differ in a list: each takes its own twin, and what the spec has no exact
/// twin of takes one that is left.
fn take_known(candidates: &mut Vec<Candidate>, api: &Api) -> Vec<Known> {
    let wanted: BTreeSet<_> = candidates.iter().map(Candidate::identity).collect();
    let mut operations: BTreeMap<(Method, Shaped), Vec<Twin<'_>>> = BTreeMap::new();
    for operation in &api.operations {
        let (method, shape, lists) = identity_of(operation);
        operations.entry((method, shape)).or_default().push((lists, operation));
    }
    let mut known = Vec::new();
    candidates.retain(|it| {
        let (method, shape, lists) = it.identity();
        let Some(twins) = operations.get(&(method, shape.clone())) else { return true };
        let exact = twins.iter().find(|(other, _)| *other == lists);
        let free = twins.iter().find(|(other, _)| !wanted.contains(&(method, shape.clone(), other.clone())));
        let Some((_, operation)) = exact.or(free) else { return true };
        known.push(Known { operation: operation.id.clone(), at: it.at, spec: operation.at });
        false
    });
    known
}

fn identity_of(operation: &Operation) -> Identity {
    let (mut shape, mut lists) = (Vec::new(), Vec::new());
    for segment in &operation.segments {
        match segment {
            PathSegment::Literal(text) => shape.push(Some(text.clone())),
            PathSegment::Parameter(index) => {
                shape.push(None);
                lists.push(matches!(operation.path_parameters[*index].type_, Type::List(_)));
            }
        }
    }
    (operation.method, shape, lists)
}

impl Candidate {
    fn identity(&self) -> Identity {
        let (mut shape, mut lists) = (Vec::new(), Vec::new());
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => shape.push(Some(text.clone())),
                Segment::Parameter { is_list, .. } => {
                    shape.push(None);
                    lists.push(*is_list);
                }
            }
        }
        (self.method, shape, lists)
    }

    /// Whether a table of budgets names it, and nothing describes it.
    fn is_budget(&self) -> bool {
        !self.claims.is_empty() && self.claims.iter().all(|(claim, _)| matches!(claim, Claim::Limit(None, _)))
    }

    /// Method and path as the page has them.
    pub(super) fn http(&self) -> String {
        let mut http = format!("{} ", self.method.as_str());
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => http.push_str(&format!("/{text}")),
                Segment::Parameter { name, .. } => http.push_str(&format!("/{{{name}}}")),
            }
        }
        http
    }

    /// The names of the parameters in the path.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, bool)> {
        self.segments.iter().filter_map(|it| match it {
            Segment::Literal(_) => None,
            Segment::Parameter { name, is_list } => Some((name.as_str(), *is_list)),
        })
    }

    /// The literal segments.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|it| match it {
            Segment::Literal(text) => Some(text.as_str()),
            Segment::Parameter { .. } => None,
        })
    }

    /// With the names that another page gives the parameters of the path, which mean nothing but their position.
    fn renamed_like(mut self, other: &Self) -> Self {
        let names: BTreeMap<String, String> = self
            .parameters()
            .zip(other.parameters())
            .map(|((own, _), (other, _))| (own.into(), other.into()))
            .collect();
        for (claim, _) in &mut self.claims {
            if let Claim::Field(name)
            | Claim::Shown(name, _)
            | Claim::Type(name, _)
            | Claim::Value(name, _)
            | Claim::Required(name, _)
            | Claim::Default(name, _)
            | Claim::Limit(Some(name), _) = claim
                && name.place == Place::Path
                && let Some(renamed) = names.get(&name.path)
            {
                name.path.clone_from(renamed);
            }
        }
        self
    }
}
