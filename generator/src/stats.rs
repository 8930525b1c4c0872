//! How much the spec says, page by page: one count for the command line, programs and the site.

use std::collections::BTreeSet;
use std::iter::Sum;

use apigen_model::ir::{Api, DiscrepancyId, EnvelopeId, Operation, Page, Place, RateLimitId, Response};
use serde_json::{Value, json};

use apigen_model::flat::{self, Entry};

/// The counts of an API.
pub struct Stats<'a> {
    /// The vendor's pages that operations are taken from, in the order of the spec, with the counts of these operations.
    pub pages: Vec<(&'a Page, Counts)>,
    /// The counts of the whole API.
    pub total: Counts,
}

/// How many facts there are of each kind.
///
/// What belongs to one operation is counted with each. What operations share is counted once per page and once in total:
/// envelopes, rate limits and contradictions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations.
    pub operations: usize,
    /// Parameters and everything inside them, by place in the order of [`Place::ALL`].
    pub parameters: [usize; Place::ALL.len()],
    /// Fields of payloads, and of the records in files that replies name.
    pub response_fields: usize,
    /// Fields beside payloads, of each envelope once.
    pub envelope_fields: usize,
    /// Documented errors: each as often as an operation lists it.
    pub errors: usize,
    /// Limits of parameters.
    pub limits: usize,
    /// Numbers of the service that no parameter carries.
    pub quotas: usize,
    /// Budgets.
    pub rate_limits: usize,
    /// Requests with their replies.
    pub examples: usize,
    /// Contradictions that are decided.
    pub settled: usize,
    /// Contradictions whose decision is a guess.
    pub open: usize,
}

impl<'a> Stats<'a> {
    /// Counts the facts of an API.
    pub fn of(api: &'a Api) -> Self {
        let of_page = |page: &'a Page| {
            let operations = api.operations.iter().filter(|it| api[it.source.page].name == page.name);
            let operations: Vec<_> = operations.collect();
            let shared = Shared::of(&operations);
            (page, operations.iter().map(|it| own(api, it)).sum::<Counts>().with(api, &shared))
        };
        let pages = api.pages.iter().map(of_page).filter(|(_, counts)| counts.operations > 0).collect();
        let all: Vec<_> = api.operations.iter().collect();
        let mut total = all.iter().map(|it| own(api, it)).sum::<Counts>().with(api, &Shared::of(&all));
        // An entry of the ledger need not concern an operation.
        total.open = api.discrepancies.iter().filter(|it| it.open).count();
        total.settled = api.discrepancies.len() - total.open;
        Self { pages, total }
    }

    /// The counts for programs: `{pages: [{page, title, …}], total: {…}}`.
    pub fn to_json(&self) -> Value {
        let page = |(page, counts): &(&Page, Counts)| {
            let mut value = json!({ "page": page.name, "title": page.title, "revision": page.revision });
            if let (Some(value), Value::Object(counts)) = (value.as_object_mut(), counts.to_json()) {
                value.extend(counts);
            }
            value
        };
        json!({ "pages": self.pages.iter().map(page).collect::<Vec<_>>(), "total": self.total.to_json() })
    }

    /// The counts for people: a table with a page per line.
    pub fn to_text(&self) -> String {
        let row = |name: &str, counts: &Counts| {
            let numbers = counts.columns().into_iter().map(|(_, count)| count.to_string());
            std::iter::once(name.to_owned()).chain(numbers).collect::<Vec<_>>()
        };
        let headings = self.total.columns().into_iter().map(|(heading, _)| heading.to_owned());
        let mut rows: Vec<Vec<String>> = vec![std::iter::once("page".to_owned()).chain(headings).collect()];
        rows.extend(self.pages.iter().map(|(page, counts)| row(&page.name, counts)));
        rows.push(row("total", &self.total));
        let columns = 0..rows[0].len();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<_> = columns.map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ") + "\n"
        };
        rows.iter().map(line).collect()
    }
}

impl Counts {
    /// The counts with a word for each, in the order of a table.
    pub fn columns(&self) -> Vec<(&'static str, usize)> {
        let parameters = Place::ALL.iter().map(|it| it.name()).zip(self.parameters);
        let replies = [("payload", self.response_fields), ("envelope", self.envelope_fields)];
        let rest = [
            ("errors", self.errors),
            ("limits", self.limits),
            ("quotas", self.quotas),
            ("rates", self.rate_limits),
            ("examples", self.examples),
            ("settled", self.settled),
            ("open", self.open),
        ];
        std::iter::once(("operations", self.operations)).chain(parameters).chain(replies).chain(rest).collect()
    }

    fn to_json(&self) -> Value {
        let parameters = Place::ALL.iter().map(|it| it.name().to_owned()).zip(self.parameters.map(Value::from));
        json!({
            "operations": self.operations,
            "parameters": Value::Object(parameters.collect()),
            "response_fields": self.response_fields,
            "envelope_fields": self.envelope_fields,
            "errors": self.errors,
            "limits": self.limits,
            "quotas": self.quotas,
            "rate_limits": self.rate_limits,
            "examples": self.examples,
            "contradictions": { "settled": self.settled, "open": self.open },
        })
    }

    fn with(self, api: &Api, shared: &Shared) -> Self {
        let open = shared.discrepancies.iter().filter(|id| api[**id].open).count();
        Self {
            envelope_fields: shared.envelopes.iter().map(|id| keyed(&flat::fields(api, &api[*id].fields))).sum(),
            rate_limits: shared.rate_limits.len(),
            settled: shared.discrepancies.len() - open,
            open,
            ..self
        }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, it| Self {
            operations: sum.operations + it.operations,
            parameters: std::array::from_fn(|place| sum.parameters[place] + it.parameters[place]),
            response_fields: sum.response_fields + it.response_fields,
            envelope_fields: sum.envelope_fields + it.envelope_fields,
            errors: sum.errors + it.errors,
            limits: sum.limits + it.limits,
            quotas: sum.quotas + it.quotas,
            rate_limits: sum.rate_limits + it.rate_limits,
            examples: sum.examples + it.examples,
            settled: sum.settled + it.settled,
            open: sum.open + it.open,
        })
    }
}

/// What several operations have in common, each once.
struct Shared {
    envelopes: BTreeSet<EnvelopeId>,
    rate_limits: BTreeSet<RateLimitId>,
    discrepancies: BTreeSet<DiscrepancyId>,
}

impl Shared {
    fn of(operations: &[&Operation]) -> Self {
        let envelope = |it: &&Operation| match &it.response {
            Response::Json { envelope, .. } | Response::Empty { envelope, .. } => *envelope,
            Response::Binary { .. } => None,
        };
        Self {
            envelopes: operations.iter().filter_map(envelope).collect(),
            rate_limits: operations.iter().flat_map(|it| it.rate_limits.iter().copied()).collect(),
            discrepancies: operations.iter().flat_map(|it| it.discrepancies.iter().copied()).collect(),
        }
    }
}

/// What belongs to one operation.
fn own(api: &Api, operation: &Operation) -> Counts {
    let records = operation.follow_up.as_ref().map_or(0, |it| keyed(&flat::value(api, &it.records)));
    Counts {
        operations: 1,
        parameters: Place::ALL.map(|place| keyed(&flat::fields(api, operation.parameters_in(place)))),
        response_fields: keyed(&flat::payload(api, operation)) + records,
        errors: operation.errors.len(),
        limits: operation.limits.len(),
        quotas: operation.quotas.len(),
        examples: operation.examples.len(),
        ..Counts::default()
    }
}

/// How many of the values have a name; items of lists and values of maps are part of these.
fn keyed(entries: &[Entry<'_>]) -> usize {
    entries.iter().filter(|it| !it.path.is_empty() && !it.path.ends_with("[]") && !it.path.ends_with("{}")).count()
}
