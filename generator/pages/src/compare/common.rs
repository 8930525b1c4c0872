//! Holds what pages say of all their operations against what these have.

use std::collections::BTreeSet;

use super::{EVERY, fits, name_of};
use crate::expected::{At, Expected, Field};
use crate::facts::{Claim, Fact, Page};
use crate::finding::{Change, Finding};
use crate::matching::{Matches, Told};
use crate::names::{Known, Names};

/// What pages say of all their operations, and none of these has.
pub(super) fn common(pages: &[Page], expected: &Expected, matches: &Matches) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let is_here = |told: &&Vec<Told>| told.iter().any(|it| it.0 == index);
        let here = matches.told.iter().zip(&expected.operations).filter(|(told, _)| is_here(told));
        let ids: BTreeSet<_> = here.map(|(_, it)| it.page.as_str()).collect();
        let of_page = expected.operations.iter().filter(|it| ids.contains(it.page.as_str()));
        let mut operations: Vec<_> = of_page.map(|it| (Names::new("", it), it)).collect();
        let mut unknown = BTreeSet::new();
        for Fact { claim, line } in &page.common {
            let is_known = match claim {
                Claim::Error(row) => expected.errors.iter().chain(&expected.common).any(|it| it.is(row)),
                Claim::Limit(_, amount) => {
                    operations.is_empty() || operations.iter().any(|(_, it)| it.numbers.iter().any(|it| it.is(*amount)))
                }
                Claim::Field(name) | Claim::Shown(name, _) => {
                    operations.is_empty()
                        || !unknown.insert(name)
                        || operations.iter_mut().any(|(names, _)| names.resolve(name).is_known())
                }
                Claim::Type(name, shape) => {
                    let mut known = operations.iter_mut().map(|(names, it)| (names.resolve(name), &it.fields));
                    let mut fits = |(known, fields): (Known, &Vec<Field>)| match known {
                        Known::Fields(found) => {
                            Some(found.iter().any(|it| fits(*shape, &fields[*it], &fields[*it].types)))
                        }
                        Known::Inside | Known::Unknown => None,
                    };
                    let verdicts: Vec<_> = known.by_ref().filter_map(&mut fits).collect();
                    verdicts.is_empty() || verdicts.contains(&true)
                }
                Claim::Required(..) | Claim::Default(..) | Claim::Value(..) => true,
            };
            if !is_known {
                let change = if matches!(claim, Claim::Type(..)) { Change::Changed } else { Change::Added };
                let page = Some(At { file: page.file.clone(), line: *line });
                let told = match claim {
                    Claim::Shown(name, _) => Claim::Field(name.clone()),
                    other => other.clone(),
                };
                findings.push(Finding {
                    operation: EVERY.to_owned(),
                    facet: told.facet(),
                    change,
                    name: name_of(&told),
                    page,
                    spec: None,
                    told: Some(told),
                    expected: None,
                    explained: None,
                    moved: None,
                });
            }
        }
    }
    findings
}
