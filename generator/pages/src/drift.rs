//! What changed: pages against the spec, against what they said when they were accepted, and against each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Comparison, EVERY, compare};
use crate::digest::Digest;
use crate::expected::{At, Expected};
use crate::explain::{Expired, explain};
use crate::facts::{Claim, Facet, Page};
use crate::finding::{Change, Finding, Moved};
use crate::lost::{lost, without_rows};

/// What a comparison says.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// Where pages and spec part: by operation, in the order of the spec.
    pub findings: Vec<Finding>,
    /// What the ledger explains although no page says it.
    pub expired: Vec<Expired>,
    /// What could not be read, with reasons.
    pub unread: Vec<(At, String)>,
    /// How many operations were compared.
    pub operations: usize,
    /// Whether it was another revision of the pages rather than a spec that they were compared with.
    pub is_of_revisions: bool,
}

/// A page with the id that it has in the spec; empty when it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its id in the spec.
    pub id: String,
    /// What it says.
    pub page: Page,
}

/// Compares pages with a spec. With digests of pages that were accepted, it says who moved since.
pub fn drift(given: &[Given], expected: &Expected, digests: &[Digest]) -> Drift {
    let pages: Vec<_> = given.iter().map(|it| it.page.clone()).collect();
    let mut now = compare(&pages, expected);
    let ids: BTreeSet<_> = given.iter().map(|it| it.id.as_str()).collect();
    let accepted: Vec<_> = digests.iter().filter(|it| ids.contains(it.id.as_str())).collect();
    if !accepted.is_empty() {
        let then_pages: Vec<_> = accepted.iter().map(|it| it.page.clone()).collect();
        let then = compare(&then_pages, expected);
        let known: BTreeSet<_> = accepted.iter().map(|it| it.id.as_str()).collect();
        let files = given.iter().filter(|it| known.contains(it.id.as_str())).map(|it| it.page.file.as_str()).collect();
        who_moved(&mut now, &then, &files);
        let lost = lost((&pages, &now), (&then_pages, &then), expected);
        without_rows(&mut now.findings, &lost);
        now.findings.extend(lost);
        in_order(&mut now.findings);
    }
    let expired = explain(&mut now, expected);
    Drift {
        findings: now.findings,
        expired,
        unread: unread(&pages),
        operations: now.told.len(),
        is_of_revisions: false,
    }
}

/// Compares two revisions of pages with each other.
pub fn revisions(old: &[Page], new: &[Page]) -> Drift {
    let old: Vec<_> = old.iter().map(with_common).collect();
    let new: Vec<_> = new.iter().map(with_common).collect();
    let mut comparison = compare(&new, &Expected::of_pages(&old));
    for finding in &mut comparison.findings {
        if finding.operation.is_empty() {
            EVERY.clone_into(&mut finding.operation);
        }
    }
    // That a page has nothing in common for its operations is no operation less.
    comparison.findings.retain(|it| it.facet != Facet::Operation || it.operation != EVERY);
    let Comparison { findings, mut told, .. } = comparison;
    told.remove("");
    let operations = told.len();
    Drift { findings, expired: Vec::new(), unread: unread(&new), operations, is_of_revisions: true }
}

/// The id of the page that most of a page's operations are taken from; empty when it has none of the spec.
pub fn id_of(page: &Page, expected: &Expected) -> String {
    let told = compare(std::slice::from_ref(page), expected).told;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in expected.operations.iter().filter(|it| told.contains(&it.id)) {
        *counts.entry(&operation.page).or_default() += 1;
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(id, _)| id.to_owned()).unwrap_or_default()
}

/// The page with what is common to its operations as one more of them.
fn with_common(page: &Page) -> Page {
    let mut page = page.clone();
    if !page.common.is_empty() {
        page.operations.push(crate::facts::Operation {
            method: String::new(),
            path: String::new(),
            title: String::new(),
            line: page.common[0].line,
            facts: std::mem::take(&mut page.common),
        });
    }
    page
}

fn unread(pages: &[Page]) -> Vec<(At, String)> {
    let of_page = |page: &Page| {
        let at = |line: usize| At { file: page.file.clone(), line };
        page.unread.iter().map(|it| (at(it.line), it.reason.clone())).collect::<Vec<_>>()
    };
    pages.iter().flat_map(of_page).collect()
}

/// Says of each finding who moved since the pages were accepted.
fn who_moved(now: &mut Comparison, then: &Comparison, files: &BTreeSet<&str>) {
    let is_accepted = |it: &Finding| it.page.as_ref().is_some_and(|at| files.contains(at.file.as_str()));
    let before: BTreeSet<_> = then.findings.iter().map(whole).collect();
    let slots: BTreeSet<_> = then.findings.iter().map(slot).collect();
    for finding in now.findings.iter_mut().filter(|it| is_accepted(it)) {
        finding.moved = Some(if before.contains(&whole(finding)) {
            Moved::Spec
        } else if slots.contains(&slot(finding)) {
            Moved::Both
        } else {
            Moved::Vendor
        });
    }
}

/// Brings the findings of an operation together.
fn in_order(findings: &mut [Finding]) {
    let mut order = BTreeMap::new();
    for finding in findings.iter() {
        let next = order.len();
        order.entry(finding.operation.clone()).or_insert(next);
    }
    findings.sort_by_key(|it| order.get(&it.operation).copied());
}

/// What makes a finding the same one on two revisions of a page.
fn whole(finding: &Finding) -> (&str, Facet, Change, &str, Option<&Claim>, Option<&Claim>) {
    let Finding { operation, facet, change, name, told, expected, .. } = finding;
    (operation, *facet, *change, name, told.as_ref(), expected.as_ref())
}

/// What a finding is about.
fn slot(finding: &Finding) -> (&str, Facet, &str) {
    (&finding.operation, finding.facet, &finding.name)
}
