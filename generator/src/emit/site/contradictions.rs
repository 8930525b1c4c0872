//! The ledger: where the vendor's pages contradict themselves, and what was decided.

use std::collections::{BTreeMap, BTreeSet};

use apigen_model::ir::{Claim, Discrepancy, Operation};

use super::operation::{self, SourceView};
use super::text::{Inline, Link, anchor, inline};
use super::{Page, PageName, Site, operation_link, page, resource_page};
use crate::words::fill;

pub(super) struct ContradictionsPage {
    pub(super) page: Page,
    pub(super) counts: String,
    pub(super) groups: Vec<Group>,
}

/// The contradictions of a resource, or of all.
pub(super) struct Group {
    pub(super) id: String,
    pub(super) link: Link,
    pub(super) contradictions: Vec<ContradictionView>,
}

pub(super) struct ContradictionView {
    pub(super) id: String,
    pub(super) title: Inline,
    pub(super) is_open: bool,
    pub(super) claims: Vec<ClaimView>,
    pub(super) decision: Inline,
    pub(super) reason: Inline,
    pub(super) operations: Vec<Link>,
}

pub(super) struct ClaimView {
    pub(super) says: Inline,
    pub(super) source: SourceView,
}

pub(super) fn contradictions(site: &Site<'_>) -> ContradictionsPage {
    let api = site.api;
    let mut concerned: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &api.operations {
        for it in api.discrepancies_of(operation) {
            concerned.entry(&it.id).or_default().push(operation);
        }
    }
    let view = |it: &Discrepancy| contradiction(site, it, concerned.get(it.id.as_str()).map_or(&[], Vec::as_slice));
    let group = |id: &str, link: Link, mine: Vec<&Discrepancy>| Group {
        id: format!("of.{id}"),
        link,
        contradictions: mine.into_iter().map(view).collect(),
    };
    // Those of the API stand in the file of none of its resources.
    let of_resources: BTreeSet<_> =
        api.resources.iter().flat_map(|it| it.discrepancies.iter().map(|id| &api[*id].id)).collect();
    let shared = api.discrepancies.iter().filter(|it| !of_resources.contains(&it.id)).collect();
    let label = Link { text: site.words.label.all_resources.to_owned(), href: String::new() };
    let mut groups = vec![group("all", label, shared)];
    groups.extend(api.resources.iter().map(|resource| {
        let link = Link { text: resource.title.clone(), href: resource_page(resource) };
        group(&resource.name, link, resource.discrepancies.iter().map(|id| &api[*id]).collect())
    }));
    let open = api.discrepancies.iter().filter(|it| it.open).count();
    let settled = (api.discrepancies.len() - open).to_string();
    let (title, lead) = PageName::Contradictions.words(site);
    groups.retain(|it| !it.contradictions.is_empty());
    let page = page(site, PageName::Contradictions.stem(), &title, &lead);
    ContradictionsPage {
        page: page.with_parts(groups.iter().map(|it| (it.link.text.clone(), it.id.clone()))),
        counts: fill(site.words.label.state_counts, &[("settled", &settled), ("open", &open.to_string())]),
        groups,
    }
}

/// A contradiction, and the operations that it concerns.
fn contradiction(site: &Site<'_>, discrepancy: &Discrepancy, operations: &[&Operation]) -> ContradictionView {
    let api = site.api;
    let claim = |it: &Claim| ClaimView { says: inline(&it.says), source: operation::source(api, &it.source) };
    ContradictionView {
        id: anchor(&discrepancy.id),
        title: inline(&discrepancy.title),
        is_open: discrepancy.open,
        claims: discrepancy.claims.iter().map(claim).collect(),
        decision: inline(&discrepancy.decision),
        reason: inline(&discrepancy.reason),
        operations: operations.iter().map(|it| operation_link(api, it)).collect(),
    }
}
