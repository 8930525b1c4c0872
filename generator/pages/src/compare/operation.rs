//! Holds what pages say of one operation against what is expected of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{counts_like, ends_with, fits, is_below, last, name_of, only_numbers, same_value};
use crate::expected::{At, Expected, Field, Number, Operation, Row, lists};
use crate::facts::{Amount, Claim, ErrorRow, Facet, Name, Page, Place, Shape};
use crate::finding::{Change, Finding};
use crate::matching::Told;
use crate::names::{Known, Names};

/// The comparison of one operation.
pub(super) struct Comparing<'a> {
    operation: &'a Operation,
    expected: &'a Expected,
    /// Each claim once, with its place.
    facts: Vec<(At, &'a Claim)>,
    /// The types that tables say.
    types: BTreeSet<(&'a Name, Shape)>,
    /// What the pages say of all their operations.
    common: Vec<&'a Claim>,
    names: Names<'a>,
    /// Where the operation stands on the first page that has it.
    at: At,
    /// Whether it stands elsewhere than in a table of numbers.
    described: bool,
    /// The fields that tables tell of.
    listed: BTreeSet<usize>,
    told_numbers: Vec<bool>,
    told_errors: Vec<bool>,
    /// Numbers and errors that nobody expects.
    numbers: Vec<(At, Option<Name>, Amount)>,
    errors: Vec<(At, &'a ErrorRow)>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Comparing<'a> {
    pub(super) fn new(pages: &'a [Page], told: &[Told], operation: &'a Operation, expected: &'a Expected) -> Self {
        let (mut facts, mut types) = (Vec::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        for (page, index) in told {
            let file = &pages[*page].file;
            for fact in &pages[*page].operations[*index].facts {
                if let Claim::Type(name, shape) = &fact.claim {
                    types.insert((name, *shape));
                }
                if seen.insert(&fact.claim) {
                    facts.push((At { file: file.clone(), line: fact.line }, &fact.claim));
                }
            }
        }
        let (page, index) = told[0];
        let first = &pages[page].operations[index];
        let on: BTreeSet<_> = told.iter().map(|it| it.0).collect();
        Self {
            operation,
            expected,
            facts,
            types,
            common: on.into_iter().flat_map(|it| &pages[it].common).map(|it| &it.claim).collect(),
            names: Names::new(&first.path, operation),
            at: At { file: pages[page].file.clone(), line: first.line },
            described: told.iter().any(|(page, index)| !only_numbers(&pages[*page].operations[*index])),
            listed: BTreeSet::new(),
            told_numbers: vec![false; operation.numbers.len()],
            told_errors: vec![false; operation.errors.len()],
            numbers: Vec::new(),
            errors: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Goes through what the pages say.
    pub(super) fn facts(&mut self) {
        let (mut unknown, mut new) = (BTreeSet::new(), Vec::new());
        let listed: BTreeSet<&Name> = self.facts.iter().filter(|it| lists(it.1)).filter_map(|it| it.1.name()).collect();
        for (at, claim) in std::mem::take(&mut self.facts) {
            match claim {
                Claim::Limit(name, amount) => self.limit(&at, name.as_ref(), *amount),
                Claim::Error(row) => self.error(&at, row),
                Claim::Field(name)
                | Claim::Shown(name, _)
                | Claim::Type(name, _)
                | Claim::Required(name, _)
                | Claim::Default(name, _)
                | Claim::Value(name, _) => match self.names.resolve(name) {
                    // In another revision only an example had it, so that all that a table says of it is new.
                    Known::Fields(found)
                        if listed.contains(name) && !found.iter().any(|it| self.operation.fields[*it].is_listed) =>
                    {
                        if unknown.insert(name) {
                            let told = Claim::Field(name.clone());
                            self.found(Change::Added, Some(at.clone()), None, Some(told), None);
                        }
                    }
                    Known::Fields(found) => {
                        if listed.contains(name) {
                            self.listed.extend(&found);
                        }
                        self.field(&at, claim, &found);
                    }
                    Known::Inside => {}
                    Known::Unknown => {
                        if unknown.insert(name) {
                            new.push((at.clone(), name));
                        }
                    }
                },
            }
            self.facts.push((at, claim));
        }
        // What is new as a whole is reported as a whole.
        for (at, name) in &new {
            let is_within = |it: &&Name| it.place == name.place && is_below(&name.path, &it.path);
            if !new.iter().any(|(_, it)| is_within(it)) {
                self.found(Change::Added, Some(at.clone()), None, Some(Claim::Field((*name).clone())), None);
            }
        }
        for claim in self.common.clone() {
            match claim {
                Claim::Limit(name, amount) => drop(self.is_known(name.as_ref(), *amount)),
                Claim::Field(name) | Claim::Shown(name, _) => drop(self.names.resolve(name)),
                Claim::Type(..) | Claim::Required(..) | Claim::Default(..) | Claim::Value(..) | Claim::Error(_) => {}
            }
        }
    }

    /// What is told of fields that are expected: one of them must agree.
    fn field(&mut self, at: &At, claim: &Claim, found: &[usize]) {
        let fields: Vec<&Field> = found.iter().map(|it| &self.operation.fields[*it]).collect();
        let Some(first) = fields.first() else { return };
        // A request line says all there is to say of a parameter in the path; a table may repeat it.
        let is_repeated = self.expected.strict && first.name.place == Place::Path;
        let (agrees, expected) = match claim {
            Claim::Field(_) | Claim::Limit(..) | Claim::Error(_) => return,
            Claim::Type(..) if is_repeated && first.types.is_empty() => return,
            Claim::Required(..) if is_repeated && first.required.is_empty() => return,
            Claim::Type(_, shape) => (
                fields.iter().any(|it| fits(*shape, it, &it.types)),
                first.types.first().map(|it| Claim::Type(first.name.clone(), *it)),
            ),
            Claim::Shown(name, shape) => {
                // What the table says as well is reported there.
                let nothing = fields.iter().all(|it| it.shown.is_empty());
                let agrees = nothing
                    || self.types.contains(&(name, *shape))
                    || fields.iter().any(|it| fits(*shape, it, &it.shown));
                (agrees, first.shown.first().map(|it| Claim::Shown(first.name.clone(), *it)))
            }
            // Replies are as they are, whatever a table of marks says.
            Claim::Required(name, _) if name.place == Place::Response => return,
            Claim::Required(_, required) => (
                fields.iter().any(|it| it.required.contains(required)),
                first.required.first().map(|it| Claim::Required(first.name.clone(), *it)),
            ),
            Claim::Default(_, value) => (
                fields.iter().any(|it| it.defaults.iter().any(|it| same_value(it, value))),
                first.defaults.first().map(|it| Claim::Default(first.name.clone(), it.clone())),
            ),
            Claim::Value(_, value) => (fields.iter().any(|it| it.values.iter().any(|it| same_value(it, value))), None),
        };
        if !agrees {
            let change = if expected.is_some() { Change::Changed } else { Change::Added };
            self.found(change, Some(at.clone()), Some(first.at.clone()), Some(claim.clone()), expected);
        }
    }

    fn limit(&mut self, at: &At, name: Option<&Name>, amount: Amount) {
        let known = name.map(|it| self.names.resolve(it));
        let is_listed = |found: &Vec<usize>| found.iter().any(|it| self.operation.fields[*it].is_listed);
        let is_new = match &known {
            Some(Known::Fields(found)) => !is_listed(found),
            Some(Known::Inside | Known::Unknown) => true,
            None => false,
        };
        // A name that nobody expects is a finding of its own; its number may be that of the name that was expected.
        if is_new {
            self.is_known(None, amount);
            return;
        }
        if !self.is_known(name, amount) {
            self.numbers.push((at.clone(), name.cloned(), amount));
        }
    }

    /// Whether a number is expected of what it is told of. What is told of the operation may be that of any parameter.
    fn is_known(&mut self, name: Option<&Name>, amount: Amount) -> bool {
        let mut known = false;
        for (number, told) in self.operation.numbers.iter().zip(&mut self.told_numbers) {
            if number.is(amount) && number.is_of(name) {
                *told = true;
                known = true;
            }
        }
        known
    }

    fn error(&mut self, at: &At, row: &'a ErrorRow) {
        let mut known = self.expected.common.iter().any(|it| it.is(row));
        for (expected, told) in self.operation.errors.iter().zip(&mut self.told_errors) {
            if expected.is(row) {
                *told = true;
                known = true;
            }
        }
        if !known {
            self.errors.push((at.clone(), row));
        }
    }

    /// Whether more than numbers is told.
    pub(super) fn is_described(&self) -> bool {
        self.expected.strict || self.described
    }

    /// The numbers that nobody expects; others are told elsewhere.
    pub(super) fn only_numbers(mut self) -> Vec<Finding> {
        self.pair_numbers();
        self.findings.retain(|it| it.change != Change::Removed);
        self.findings
    }

    /// Goes through what is expected and was not told.
    pub(super) fn rest(&mut self) {
        self.missing_fields();
        self.missing_values();
        self.pair_numbers();
        self.pair_errors();
    }

    fn missing_fields(&mut self) {
        let operation = self.operation;
        let mut has_told_child = BTreeSet::new();
        let mut places = BTreeSet::new();
        for index in (0..operation.fields.len()).filter(|it| self.names.is_told(*it)) {
            has_told_child.extend(self.names.parent(index));
            if !operation.fields[index].is_envelope {
                places.insert(operation.fields[index].name.place);
            }
        }
        for (index, field) in operation.fields.iter().enumerate() {
            let parent = self.names.parent(index);
            // What misses as a whole is reported as a whole.
            let is_below_missing = parent.is_some_and(|it| !self.names.is_told(it));
            let is_unlisted = self.expected.strict
                && field.is_listed
                && !self.listed.contains(&index)
                && !has_told_child.contains(&index);
            let is_told = self.names.is_told(index) && !is_unlisted;
            if is_told || is_below_missing || field.name.place == Place::Path {
                continue;
            }
            let is_unopened = parent.is_some_and(|it| !has_told_child.contains(&it));
            let is_undescribed = field.name.place == Place::Response && !places.contains(&Place::Response);
            if self.expected.strict || !(field.is_envelope || is_unopened || is_undescribed) {
                self.missing(&field.at, Claim::Field(field.name.clone()));
            }
        }
    }

    /// Defaults and values of fields that were told without them; in another revision of a page types and marks, too.
    fn missing_values(&mut self) {
        let operation = self.operation;
        let told: BTreeMap<&Name, Vec<&Claim>> = self.by_name();
        let mut missing = Vec::new();
        let is_listed =
            |index: usize| self.names.is_told(index) && (!self.expected.strict || self.listed.contains(&index));
        for (_, field) in operation.fields.iter().enumerate().filter(|(index, _)| is_listed(*index)) {
            let of_name = |it: &&&Name| it.place == field.name.place && ends_with(&field.name.path, &it.path);
            let mut claims = told.keys().filter(of_name).flat_map(|it| &told[*it]);
            let claims: Vec<_> = claims.by_ref().collect();
            let has = |test: fn(&Claim) -> bool| claims.iter().any(|it| test(it));
            if !field.defaults.is_empty() && !has(|it| matches!(it, Claim::Default(..))) {
                let claims = field.defaults.first().map(|it| Claim::Default(field.name.clone(), it.clone()));
                missing.extend(claims.map(|it| (field, it)));
            }
            let listed =
                claims.iter().filter_map(|it| if let Claim::Value(_, value) = it { Some(value) } else { None });
            let listed: Vec<_> = listed.collect();
            // Who lists some values lists all of them, but hardly those of a boolean.
            if self.expected.strict || !(listed.is_empty() || field.types.contains(&Shape::Boolean)) {
                let untold = field.values.iter().filter(|it| !listed.iter().any(|told| same_value(told, it)));
                missing.extend(untold.map(|it| (field, Claim::Value(field.name.clone(), it.clone()))));
            }
            if self.expected.strict && field.name.place != Place::Path {
                if !has(|it| matches!(it, Claim::Type(..))) {
                    let claims = field.types.first().map(|it| Claim::Type(field.name.clone(), *it));
                    missing.extend(claims.map(|it| (field, it)));
                }
                if !has(|it| matches!(it, Claim::Required(..))) {
                    let claims = field.required.first().map(|it| Claim::Required(field.name.clone(), *it));
                    missing.extend(claims.map(|it| (field, it)));
                }
            }
        }
        for (field, claim) in missing {
            self.missing(&field.at, claim);
        }
    }

    fn by_name(&self) -> BTreeMap<&'a Name, Vec<&'a Claim>> {
        let mut told: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (_, claim) in &self.facts {
            if let Some(name) = claim.name() {
                told.entry(name).or_default().push(*claim);
            }
        }
        told
    }

    /// Numbers that nobody expects, with those that were expected of the same thing.
    fn pair_numbers(&mut self) {
        let operation = self.operation;
        let numbers = operation.numbers.iter().zip(self.told_numbers.clone());
        let mut due: Vec<&Number> = numbers.filter(|(it, told)| it.is_due && !told).map(|(it, _)| it).collect();
        for (at, name, amount) in std::mem::take(&mut self.numbers) {
            let same = |it: &&Number| {
                let same_name = match (&it.name, &name) {
                    (Some(own), Some(other)) => own.place == other.place && ends_with(&own.path, &other.path),
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                };
                same_name && counts_like(it.amount.unit, amount.unit)
            };
            let told = Some(Claim::Limit(name.clone(), amount));
            match due.iter().position(same) {
                Some(index) => {
                    let number = due.remove(index);
                    let expected = Claim::Limit(number.name.clone(), number.amount);
                    self.found(Change::Changed, Some(at), Some(number.at.clone()), told, Some(expected));
                }
                None => self.found(Change::Added, Some(at), None, told, None),
            }
        }
        let fields = &operation.fields;
        let has_field = |it: &&Number| match fields.iter().position(|field| Some(&field.name) == it.name.as_ref()) {
            Some(index) => self.names.is_told(index),
            None => true,
        };
        for number in due.into_iter().filter(has_field).collect::<Vec<_>>() {
            self.missing(&number.at, Claim::Limit(number.name.clone(), number.amount));
        }
    }

    /// Errors that nobody expects, with those that were expected and are most like them.
    fn pair_errors(&mut self) {
        let operation = self.operation;
        let shows_errors = self.told_errors.contains(&true) || !self.errors.is_empty();
        let rows = operation.errors.iter().zip(self.told_errors.clone());
        let mut missing: Vec<&Row> = rows.filter(|(_, told)| !told).map(|(it, _)| it).collect();
        for (at, row) in std::mem::take(&mut self.errors) {
            let told = Some(Claim::Error(row.clone()));
            let same_code = |it: &&Row| it.row.status == row.status && it.row.code == row.code;
            let same_message = |it: &&Row| !row.message.is_empty() && it.message.is(&row.message);
            let like = missing.iter().position(same_message).or_else(|| missing.iter().position(same_code));
            match like {
                Some(index) => {
                    let expected = missing.remove(index);
                    let claim = Claim::Error(expected.row.clone());
                    self.found(Change::Changed, Some(at), Some(expected.at.clone()), told, Some(claim));
                }
                None => self.found(Change::Added, Some(at), None, told, None),
            }
        }
        for row in missing.into_iter().filter(|_| shows_errors || self.expected.strict).collect::<Vec<_>>() {
            self.missing(&row.at, Claim::Error(row.row.clone()));
        }
    }

    /// Something that is expected and not there.
    fn missing(&mut self, at: &At, claim: Claim) {
        self.found(Change::Removed, None, Some(at.clone()), None, Some(claim));
    }

    fn found(
        &mut self,
        change: Change,
        page: Option<At>,
        spec: Option<At>,
        told: Option<Claim>,
        expected: Option<Claim>,
    ) {
        let Some(claim) = told.as_ref().or(expected.as_ref()) else { return };
        self.findings.push(Finding {
            operation: self.operation.id.clone(),
            facet: match claim {
                Claim::Shown(..) => Facet::Type,
                other => other.facet(),
            },
            change,
            name: name_of(claim),
            page: Some(page.unwrap_or_else(|| self.at.clone())),
            spec: Some(spec.unwrap_or_else(|| self.operation.at.clone())),
            told,
            expected,
            explained: None,
            moved: None,
        });
    }

    /// The places of the spec that were told here, with the last step of the path.
    pub(super) fn told_places(&self) -> impl Iterator<Item = (At, String)> {
        let fields = self.operation.fields.iter().enumerate().filter(|(index, _)| self.names.is_told(*index));
        let fields = fields.map(|(_, it)| (it.at.clone(), last(&it.name.path)));
        let numbers = self.operation.numbers.iter().zip(&self.told_numbers).filter(|(_, told)| **told);
        let numbers = numbers.map(|(it, _)| (it.at.clone(), last(&name_of(&Claim::Limit(it.name.clone(), it.amount)))));
        fields.chain(numbers)
    }
}
