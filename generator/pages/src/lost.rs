//! What a page said when it was accepted and says no longer, although the spec would not have missed it.
//!
//! The spec alone cannot tell that a page once said more: that a row is gone of which an example is left, or one of several
//! rows with the same name, or a number that prose may tell anywhere. Nor does it know what a page says of names that the
//! ledger explains away.

use std::collections::BTreeMap;

use crate::compare::{Comparison, EVERY, ends_with, is_below, name_of};
use crate::expected::{At, Expected, Operation, lists};
use crate::facts::{Claim, Facet, Fact, Name, Page, Place};
use crate::finding::{Change, Finding, Moved};
use crate::matching::Told;

/// Finds what the accepted pages said, the spec says, and the pages no longer say.
pub(crate) fn lost(
    (pages, now): (&[Page], &Comparison),
    (accepted, then): (&[Page], &Comparison),
    expected: &Expected,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, operation) in expected.operations.iter().enumerate() {
        if !now.told.contains(&operation.id) || !then.told.contains(&operation.id) {
            continue;
        }
        let (page, place) = now.matches[index][0];
        let at = At { file: pages[page].file.clone(), line: pages[page].operations[place].line };
        let loss = Loss {
            id: &operation.id,
            operation: Some(operation),
            at,
            before: counted(facts(accepted, &then.matches[index])),
            after: counted(facts(pages, &now.matches[index])),
            then: then.findings.iter().filter(|it| it.operation == operation.id).collect(),
            now: now.findings.iter().filter(|it| it.operation == operation.id).collect(),
        };
        found.extend(loss.find());
    }
    // A part of a page that was split repeats what all its parts have in common, or does not.
    if then.pages.is_subset(&now.pages) {
        let loss = Loss {
            id: EVERY,
            operation: None,
            at: At { file: pages.first().map(|it| it.file.clone()).unwrap_or_default(), line: 1 },
            before: counted(accepted.iter().flat_map(|it| &it.common)),
            after: counted(pages.iter().flat_map(|it| &it.common)),
            then: then.findings.iter().filter(|it| it.operation == EVERY).collect(),
            now: now.findings.iter().filter(|it| it.operation == EVERY).collect(),
        };
        found.extend(loss.find());
    }
    found
}

fn facts<'p>(pages: &'p [Page], told: &'p [Told]) -> impl Iterator<Item = &'p Fact> {
    told.iter().flat_map(|(page, index)| &pages[*page].operations[*index].facts)
}

/// How often each claim stands there, what examples show aside.
fn counted<'p>(facts: impl Iterator<Item = &'p Fact>) -> BTreeMap<&'p Claim, usize> {
    let mut counts = BTreeMap::new();
    for fact in facts.filter(|it| !matches!(it.claim, Claim::Shown(..))) {
        *counts.entry(&fact.claim).or_default() += 1;
    }
    counts
}

/// The comparison of what is said of an operation with what was.
struct Loss<'a> {
    id: &'a str,
    operation: Option<&'a Operation>,
    /// Where it should be said.
    at: At,
    before: BTreeMap<&'a Claim, usize>,
    after: BTreeMap<&'a Claim, usize>,
    then: Vec<&'a Finding>,
    now: Vec<&'a Finding>,
}

impl Loss<'_> {
    fn find(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let is_less = |claim: &Claim, count: &usize| self.after.get(claim).is_none_or(|it| it < count);
        let less: Vec<&Claim> =
            self.before.iter().filter(|(it, count)| is_less(it, count)).map(|(it, _)| *it).collect();
        // A request line still has the name, but the row is gone.
        let rows = less.iter().filter_map(|it| if let Claim::Type(name, _) = it { Some(name) } else { None });
        let rows = rows.filter(|name| {
            let of_name = |it: &&&Claim| lists(it) && it.name() == Some(*name);
            less.iter().filter(of_name).count() > 1
                && !self.after.keys().any(|it| matches!(it, Claim::Type(other, _) if other == *name))
        });
        let rows: Vec<_> = rows.map(|name| Claim::Field(name.clone())).collect();
        for claim in rows.iter().chain(less) {
            if self.is_ours(claim) && !self.is_known(claim) && !self.stays(claim) {
                let covered = found.iter().any(|it| it.expected.as_ref().is_some_and(|it| covers(it, claim)));
                if !covered {
                    found.push(self.finding(Change::Removed, None, Some((*claim).clone())));
                }
            }
        }
        for claim in self.after.keys().filter(|it| !self.before.contains_key(*it)) {
            if self.is_foreign(claim) {
                let change =
                    if self.before.keys().any(|it| is_instead(it, claim)) { Change::Changed } else { Change::Added };
                found.push(self.finding(change, Some((*claim).clone()), None));
            }
        }
        found
    }

    /// Whether the spec agreed with what was said.
    fn is_ours(&self, claim: &Claim) -> bool {
        let disagreed =
            self.then.iter().any(|it| it.told.as_ref().is_some_and(|told| told == claim || covers(told, claim)));
        // Names in paths are the page's own.
        !disagreed && claim.name().is_none_or(|it| it.place != Place::Path)
    }

    /// Whether a finding says already what happened to it.
    fn is_known(&self, claim: &Claim) -> bool {
        self.now.iter().any(|it| {
            let expected = it.expected.as_ref().is_some_and(|it| it == claim || covers(it, claim));
            let told = it.told.as_ref().is_some_and(|it| is_instead(it, claim));
            expected || told
        })
    }

    /// Whether it is said in another way: a number of a parameter in the prose, or a row in another table.
    fn stays(&self, claim: &Claim) -> bool {
        match claim {
            Claim::Limit(_, amount) => {
                self.after.keys().any(|it| matches!(it, Claim::Limit(_, other) if other.number == amount.number))
            }
            Claim::Field(_) | Claim::Type(..) | Claim::Required(..) | Claim::Default(..) | Claim::Value(..) => false,
            // Rows are missed by the spec, unless the whole table is gone.
            Claim::Error(_) => self.after.keys().any(|it| matches!(it, Claim::Error(_))),
            Claim::Shown(..) => true,
        }
    }

    /// Whether it is said of something that only the page has, then as now.
    fn is_foreign(&self, claim: &Claim) -> bool {
        let Some(name) = claim.name() else { return false };
        let new = Claim::Field(name.clone());
        let has = |findings: &[&Finding]| findings.iter().any(|it| it.told.as_ref() == Some(&new));
        *claim != new && has(&self.then) && has(&self.now)
    }

    fn finding(&self, change: Change, told: Option<Claim>, expected: Option<Claim>) -> Finding {
        let claim = told.as_ref().or(expected.as_ref());
        let fields = self.operation.map_or(&[][..], |it| it.fields.as_slice());
        let is_it = |name: &Name, path: &str| ends_with(path, &name.path);
        let field = claim
            .and_then(Claim::name)
            .and_then(|name| fields.iter().find(|it| it.name.place == name.place && is_it(name, &it.name.path)));
        Finding {
            operation: self.id.to_owned(),
            facet: claim.map_or(Facet::Operation, Claim::facet),
            change,
            name: claim.map(name_of).unwrap_or_default(),
            page: Some(self.at.clone()),
            spec: field.map(|it| it.at.clone()).or_else(|| self.operation.map(|it| it.at.clone())),
            told,
            expected,
            explained: None,
            moved: Some(Moved::Vendor),
        }
    }
}

/// Leaves out what goes without saying when a row is gone.
pub(crate) fn without_rows(findings: &mut Vec<Finding>, lost: &[Finding]) {
    findings.retain(|finding| {
        let same = lost.iter().filter(|it| it.operation == finding.operation && finding.change == Change::Removed);
        let mut rows = same.filter_map(|it| it.expected.as_ref());
        !rows.any(|row| finding.expected.as_ref().is_some_and(|it| covers(row, it)))
    });
}

/// Whether a claim that is gone takes another with it: a field takes what is said of it and of all below it.
fn covers(gone: &Claim, claim: &Claim) -> bool {
    match (gone, claim.name()) {
        (Claim::Field(field), Some(name)) => {
            field.place == name.place && (ends_with(&field.path, &name.path) || is_below(&name.path, &field.path))
        }
        _ => false,
    }
}

/// Whether a claim stands where another one stood: of the same kind, about the same thing.
fn is_instead(new: &Claim, old: &Claim) -> bool {
    new.facet() == old.facet() && new.name().is_some() && new.name() == old.name() && lists(new) == lists(old)
}
