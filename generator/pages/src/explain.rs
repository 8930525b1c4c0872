//! The ledger: which findings it answers for, and which of its lines no page bears out any more.

use apigen_model::ir::Side;

use crate::compare::{Comparison, EVERY};
use crate::expected::{At, Expected, Explained};
use crate::facts::Claim;
use crate::finding::{Change, Finding};

/// A line of the ledger that explains nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// Id of the entry.
    pub entry: String,
    /// The line.
    pub line: String,
    /// What it is about.
    pub fact: Claim,
    /// Where it stands.
    pub at: At,
}

/// Marks the findings that the ledger explains, and returns the lines that should have explained one. A line speaks of
/// pages: it is expired only when all that it concerns was told.
pub fn explain(comparison: &mut Comparison, expected: &Expected) -> Vec<Expired> {
    let mut expired = Vec::new();
    for entry in &expected.explained {
        for (explanation, at) in entry.facts.iter().zip(&entry.at) {
            let mut is_used = false;
            for finding in comparison.findings.iter_mut().filter(|it| concerns(entry, it)) {
                let is_it = match explanation.side {
                    Side::Page => finding.told.as_ref() == Some(&explanation.fact),
                    Side::Spec => {
                        finding.change == Change::Removed && finding.expected.as_ref() == Some(&explanation.fact)
                    }
                };
                if is_it {
                    is_used = true;
                    finding.explained.get_or_insert_with(|| entry.entry.clone());
                }
            }
            let is_told = if entry.operations.is_empty() {
                entry.pages.iter().all(|it| comparison.pages.contains(it))
            } else {
                entry.operations.iter().all(|it| comparison.told.contains(it))
            };
            if !is_used && is_told {
                let no = match explanation.side {
                    Side::Page => "",
                    Side::Spec => "no ",
                };
                let line = format!("{no}{}", explanation.fact);
                expired.push(Expired {
                    entry: entry.entry.clone(),
                    line,
                    fact: explanation.fact.clone(),
                    at: at.clone(),
                });
            }
        }
    }
    expired
}

/// Whether an entry speaks of the operation of a finding. What is common to a page is everybody's.
fn concerns(entry: &Explained, finding: &Finding) -> bool {
    entry.operations.is_empty() || finding.operation == EVERY || entry.operations.contains(&finding.operation)
}
