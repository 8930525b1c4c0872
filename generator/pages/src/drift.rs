//! What changed: pages against the spec, against what they said when they were accepted, and against each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Comparison, EVERY, compare, counts_like, name_of};
use crate::digest::Digest;
use crate::expected::{At, Expected};
use crate::explain::{Expired, explain};
use crate::facts::{Amount, Claim, Facet, Name, Page};
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
    pair_numbers(&mut now.findings);
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
    let Comparison { mut findings, mut told, .. } = comparison;
    pair_numbers(&mut findings);
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

/// Makes one finding of a number that came and one that went: prose tells of an operation what the spec says of a parameter,
/// or the other way round.
fn pair_numbers(findings: &mut Vec<Finding>) {
    let mut gone = BTreeSet::new();
    for index in 0..findings.len() {
        let Some((name, amount)) = number(&findings[index], Change::Added) else { continue };
        let went = findings.iter().enumerate().find_map(|(other, finding)| {
            let (old_name, old) = number(finding, Change::Removed)?;
            let same_name = name.is_none() || old_name.is_none() || name == old_name;
            let is_it =
                finding.operation == findings[index].operation && same_name && counts_like(old.unit, amount.unit);
            (is_it && !gone.contains(&other)).then_some((other, old))
        });
        let Some((other, old)) = went else { continue };
        // The page may have told it of the operation as well as of the parameter.
        gone.extend((0..findings.len()).filter(|it| {
            findings[*it].operation == findings[index].operation
                && number(&findings[*it], Change::Removed).is_some_and(|(_, amount)| amount == old)
        }));
        let (spec, expected) = (findings[other].spec.clone(), findings[other].expected.clone());
        let finding = &mut findings[index];
        finding.change = Change::Changed;
        finding.name = expected.as_ref().map(name_of).unwrap_or_default();
        (finding.spec, finding.expected) = (spec, expected);
    }
    let mut index = 0..;
    findings.retain(|_| index.next().is_none_or(|it| !gone.contains(&it)));
}

/// The number that a finding is about, where it is one that came or went and nothing explains it.
fn number(finding: &Finding, change: Change) -> Option<(Option<Name>, Amount)> {
    match finding.told.as_ref().or(finding.expected.as_ref()) {
        Some(Claim::Limit(name, amount)) if finding.change == change && finding.explained.is_none() => {
            Some((name.clone(), *amount))
        }
        _ => None,
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
