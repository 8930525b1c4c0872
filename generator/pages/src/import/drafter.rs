//! The work of drafting: operations by resource, each from its facts.

use std::collections::{BTreeMap, BTreeSet};

use apigen_model::ir::Method;

use super::candidates::{Candidate, Segment, candidates};
use super::errors::Errors;
use super::fields::{Common, Maker};
use super::ledger::{Contradiction, Ledger};
use super::limits::{budgets, period, upper};
use super::names::{Names, snake};
use super::reply::{is_of_envelope, reply, without_failures};
use super::resource::{Operation, Resource};
use super::types::{Definitions, Field, Kind, Limit};
use super::usage::Usage;
use super::values::{Value, collect};
use super::visible::visible_claim;
use super::yaml::Written;
use super::{At, Draft, Drafted, Note, NoteKind, Notes, Source, Spot, Target, pages};
use crate::facts::{Claim, ErrorRow, Place, Shape};

/// What all operations are drafted with.
struct Drafter<'a> {
    target: &'a Target<'a>,
    usage: Usage,
    /// What each page says of names wherever they stand.
    common: Vec<Common>,
    /// The rows of the tables of errors of each page that belong to no operation.
    common_errors: Vec<Vec<(ErrorRow, At)>>,
    names: Names,
    notes: Notes,
    errors: Errors<'a>,
    /// Ids of the pages.
    pages: Vec<String>,
}

pub(super) fn draft(sources: &[Source<'_>], target: &Target<'_>) -> Draft {
    let mut notes = Notes::default();
    let mut draft = Draft::default();
    for (page, source) in sources.iter().enumerate() {
        for unread in &source.page.unread {
            notes.push(NoteKind::Unread, At { page, line: unread.line }, unread.reason.clone());
        }
    }
    let (candidates, known) = candidates(sources, target.api, &mut notes);
    draft.known = known;
    let mut drafter = Drafter::new(sources, target, notes);
    let used: BTreeSet<_> = candidates.iter().map(|it| it.at.page).collect();
    drafter.name_pages(sources, &used, &mut draft);
    let mut resources = Vec::new();
    for (key, group) in grouped(candidates) {
        resources.push(drafter.resource(resources.len(), &key, group));
    }
    drafter.finish(&resources, &mut draft);
    draft
}

/// Operations by the word of their paths that tells resources of the page apart, in the order of the pages.
fn grouped(candidates: Vec<Candidate>) -> Vec<(String, Vec<(Candidate, usize)>)> {
    let mut groups: Vec<(String, Vec<(Candidate, usize)>)> = Vec::new();
    let mut shared: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for it in &candidates {
        let lead = lead(it);
        shared
            .entry(it.at.page)
            .and_modify(|prefix| {
                let same = prefix.iter().zip(&lead).take_while(|(a, b)| a == b).count();
                prefix.truncate(same);
            })
            .or_insert(lead);
    }
    let mut strips = BTreeMap::new();
    for (page, prefix) in &shared {
        let of_page = candidates.iter().filter(|it| it.at.page == *page);
        let is_longer = of_page.clone().all(|it| lead(it).len() > prefix.len());
        strips.insert(*page, if is_longer { prefix.len() } else { 0 });
    }
    for it in candidates {
        let strip = strips.get(&it.at.page).copied().unwrap_or_default();
        let lead = lead(&it);
        let key = lead.get(strip).cloned().or_else(|| it.words().next().map(str::to_owned)).unwrap_or_default();
        // The words that are left name the operation.
        let named = if lead.is_empty() { 1 } else { strip + 1 };
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push((it, named)),
            None => groups.push((key, vec![(it, named)])),
        }
    }
    groups
}

/// The words before the first parameter of a path.
fn lead(candidate: &Candidate) -> Vec<String> {
    let words = candidate.segments.iter().map_while(|it| match it {
        Segment::Literal(text) => Some(text.clone()),
        Segment::Parameter { .. } => None,
    });
    words.collect()
}

impl<'a> Drafter<'a> {
    fn new(sources: &[Source<'_>], target: &'a Target<'a>, notes: Notes) -> Self {
        let (mut common, mut common_errors) = (Vec::new(), Vec::new());
        for (page, source) in sources.iter().enumerate() {
            let (mut names, mut rows) = (Common::default(), Vec::new());
            for fact in &source.page.common {
                let at = At { page, line: fact.line };
                match visible_claim(&fact.claim) {
                    Claim::Error(row) => rows.push((row, at)),
                    claim => names.add(&claim, at),
                }
            }
            common.push(names);
            common_errors.push(rows);
        }
        let (usage, names) = (Usage::of(target.api), Names::of(target.api, target.reserved));
        let errors = Errors::new(target.api);
        Self { target, usage, common, common_errors, names, notes, errors, pages: Vec::new() }
    }

    fn name_pages(&mut self, sources: &[Source<'_>], used: &BTreeSet<usize>, draft: &mut Draft) {
        for (page, source) in sources.iter().enumerate() {
            let (id, revision) = pages::identify(source);
            if !used.contains(&page) {
                self.pages.push(id);
                continue;
            }
            let (id, is_new) = self.names.page(&id);
            if is_new {
                draft.pages.push(pages::entry(id.clone(), revision.as_deref(), source.language));
            } else if !self.pages.contains(&id) {
                let message = format!("taken as a later reading of the page `{id}`; `NAME=FILE` gives it another id");
                self.notes.push(NoteKind::Guess, At { page, line: 0 }, message);
            }
            self.pages.push(id);
        }
    }

    fn resource(&mut self, index: usize, key: &str, group: Vec<(Candidate, usize)>) -> Resource {
        let name = self.names.resource(key);
        let page = group.first().map(|(it, _)| self.pages[it.at.page].clone()).unwrap_or_default();
        let mut resource = Resource {
            name,
            page,
            envelope: self.target.envelope.map(str::to_owned),
            operations: Vec::new(),
            definitions: Definitions::default(),
            errors: Vec::new(),
            rates: Vec::new(),
            ledger: Vec::new(),
        };
        let mut taken = BTreeSet::new();
        let names: Vec<_> = group.iter().map(|(it, strip)| self.operation_name(it, *strip, &mut taken)).collect();
        let mut entries = BTreeSet::new();
        for ((candidate, _), name) in group.into_iter().zip(names) {
            self.operation(&mut resource, index, &candidate, name, &mut entries);
        }
        resource
    }

    /// The method as a verb, and the words of the path that the resource is not called after.
    fn operation_name(&mut self, it: &Candidate, strip: usize, taken: &mut BTreeSet<String>) -> String {
        let words: Vec<_> = it.words().skip(strip).collect();
        let ends_with_parameter = matches!(it.segments.last(), Some(Segment::Parameter { .. }));
        let verb = match (it.method, words.is_empty()) {
            (Method::Get, true) if !ends_with_parameter => "list",
            (Method::Get, _) => "get",
            (Method::Post, true) => "create",
            (Method::Post, false) => "post",
            (Method::Put, true) => "update",
            (Method::Put, false) => "put",
            (Method::Patch, _) => "patch",
            (Method::Delete, _) => "delete",
        };
        let plain = snake(&format!("{verb} {}", words.join(" ")), "call");
        let last = it.parameters().last().map(|(name, _)| snake(name, "value"));
        let wanted = match last {
            Some(last) if taken.contains(&plain) && ends_with_parameter => format!("{plain}_by_{last}"),
            Some(_) | None => plain,
        };
        let name = self.names.operation(&wanted, taken);
        taken.insert(name.clone());
        name
    }

    fn operation(
        &mut self,
        resource: &mut Resource,
        index: usize,
        it: &Candidate,
        name: String,
        entries: &mut BTreeSet<String>,
    ) {
        let section = if it.title.is_empty() { it.http() } else { it.title.clone() };
        let mut ledger = Ledger { operation: &name, section: &section, taken: entries, found: Vec::new() };
        let mut maker = Maker {
            usage: &self.usage,
            common: &self.common[it.at.page],
            names: &mut self.names,
            definitions: &mut resource.definitions,
            notes: &mut self.notes,
            resource: (index, &resource.name),
            operation: &name,
            arguments: BTreeSet::new(),
        };
        let (path, http) = path(&mut maker, &mut ledger, it);
        let mut parameters = |place: Place| {
            let mut values = collect(place, &it.claims);
            ledger.reconcile(&mut values);
            ledger.compare(place, &values, it.at, &|_| false);
            maker.parameters(place, values)
        };
        let (query, headers) = (parameters(Place::Query), parameters(Place::Header));
        let body = parameters(Place::Body);
        let mut values = collect(Place::Response, &it.claims);
        without_failures(self.target.api, &mut values);
        ledger.reconcile(&mut values);
        let reply = reply(&mut maker, self.target.api, self.target.envelope, &values, it.at);
        ledger.compare(Place::Response, &values, it.at, &|wire| is_of_envelope(self.target.api, &reply, wire));
        let found = ledger.found;
        let (body, form) = self.bodies(it, index, &name, body);
        let mut operation = Operation {
            http,
            section: it.title.clone(),
            page: self.pages[it.at.page].clone(),
            path,
            query,
            headers,
            body,
            form,
            reply,
            errors: Vec::new(),
            rate_limits: None,
            at: it.at,
            name,
        };
        operation.errors = self.rows(it, resource);
        self.numbers(it, index, resource, &mut operation);
        self.settle(found, index, resource, &operation.page);
        resource.operations.push(operation);
    }

    /// The fields of a JSON body, or of a form if there is a file among them.
    fn bodies(&mut self, it: &Candidate, index: usize, name: &str, mut body: Vec<Field>) -> (Vec<Field>, Vec<Field>) {
        if it.method == Method::Get && !body.is_empty() {
            let message = format!("{} has a body, which a GET cannot have", it.http());
            let keys = ["operations", name].map(str::to_owned).to_vec();
            self.notes.add(NoteKind::LeftOut, body[0].at, message, index, &keys);
            return (Vec::new(), Vec::new());
        }
        if !body.iter().any(|it| it.kind == Kind::File) {
            return (body, Vec::new());
        }
        for field in &mut body {
            let is_single = !matches!(field.kind, Kind::List(_) | Kind::Map(_) | Kind::Json)
                && !matches!(field.kind, Kind::Drafted { shape: Shape::Object, .. });
            if !is_single {
                (field.kind, field.limits) = (Kind::String, Vec::new());
            }
        }
        (Vec::new(), body)
    }

    /// The errors of the rows that stand with the operation, and of those that the page gives for all of its operations.
    fn rows(&mut self, it: &Candidate, resource: &mut Resource) -> Vec<String> {
        let own = it.claims.iter().filter_map(|(claim, at)| match claim {
            Claim::Error(row) => Some((row.clone(), *at)),
            _ => None,
        });
        let rows: Vec<_> = own.chain(self.common_errors[it.at.page].iter().cloned()).collect();
        self.errors.ids(&rows, &mut resource.errors, &mut self.names, &mut self.notes)
    }

    /// Numbers of the operation as a whole: budgets, and what may bound its only list.
    fn numbers(&mut self, it: &Candidate, index: usize, resource: &mut Resource, operation: &mut Operation) {
        let mut stated = Vec::new();
        let keys = ["operations".to_owned(), operation.name.clone()].to_vec();
        for (claim, at) in &it.claims {
            let Claim::Limit(None, amount) = claim else { continue };
            if let Some(per) = period(amount.unit) {
                if !stated.contains(&(amount.number, per)) {
                    stated.push((amount.number, per));
                }
                continue;
            }
            let in_line = [&mut operation.path, &mut operation.query].into_iter().flatten().map(|it| (true, it));
            let in_body = [&mut operation.body, &mut operation.form].into_iter().flatten().map(|it| (false, it));
            let fields: Vec<_> = in_line.chain(in_body).collect();
            if fields.iter().any(|(_, it)| it.limits.iter().any(|it| it.bound == amount.number)) {
                continue;
            }
            let bounded = |(in_line, field)| upper(amount.unit, in_line, field);
            let mut bounded: Vec<_> = fields.into_iter().filter_map(bounded).collect();
            let message = match bounded.as_mut_slice() {
                [(rule, field)] if amount.number > 1 && field.limits.is_empty() => {
                    field.limits.push(Limit { rule, bound: amount.number, is_guess: true });
                    (NoteKind::Guess, format!("{amount}: taken for a bound of `{}`", field.wire))
                }
                _ => (NoteKind::LeftOut, format!("{amount}: perhaps a quota, or the bound of a parameter")),
            };
            self.notes.add(message.0, *at, message.1, index, &keys);
        }
        operation.rate_limits = budgets(self.target.api, &stated, &mut resource.rates, &mut self.names);
        if let Some(ids) = &operation.rate_limits {
            let message = format!("{}: taken for budgets of calls, each operation for itself", ids.join(", "));
            self.notes.add(NoteKind::Guess, it.at, message, index, &keys);
        }
    }

    fn settle(&mut self, found: Vec<Contradiction>, index: usize, resource: &mut Resource, page: &str) {
        for it in found {
            let keys = ["discrepancies".to_owned(), it.key.clone()].to_vec();
            let at = it.claims.first().map(|(_, at)| *at).unwrap_or_default();
            self.notes.add(NoteKind::Contradiction, at, it.title.trim_end_matches('?').to_owned() + "?", index, &keys);
            resource.ledger.push((it, page.to_owned()));
        }
    }

    fn finish(self, resources: &[Resource], draft: &mut Draft) {
        let written: Vec<Written> = resources.iter().map(Resource::written).collect();
        let spot = |file: usize, keys: &[String]| Spot { file, line: written[file].line_of(keys) };
        for (file, resource) in resources.iter().enumerate() {
            for operation in &resource.operations {
                let keys = ["operations".to_owned(), operation.name.clone()];
                draft.operations.push(Drafted {
                    operation: format!("{}.{}", resource.name, operation.name),
                    http: operation.http.clone(),
                    at: operation.at,
                    spec: spot(file, &keys),
                });
            }
        }
        let notes = self.notes.0.into_iter().map(|(kind, at, message, spec)| {
            let spec = spec.map(|(file, keys)| spot(file, &keys));
            Note { kind, message, at, spec }
        });
        draft.notes.extend(notes);
        draft.notes.sort_by(|a, b| (a.at, a.kind, &a.message).cmp(&(b.at, b.kind, &b.message)));
        draft.notes.dedup();
        let path = |it: &Resource| format!("resources/{}.yaml", it.name);
        draft.files = resources.iter().map(path).zip(written.into_iter().map(|it| it.text)).collect();
    }
}

/// The parameters of the path in its order, and the request line with their names.
fn path(maker: &mut Maker<'_>, ledger: &mut Ledger<'_>, it: &Candidate) -> (Vec<Field>, String) {
    let mut values = collect(Place::Path, &it.claims);
    let mut ordered: Vec<Value> = Vec::new();
    for (name, _) in it.parameters() {
        let own = values.iter().position(|it| it.wire == name).map(|index| values.remove(index));
        ordered.push(own.unwrap_or_else(|| Value { wire: name.to_owned(), path: name.to_owned(), ..Value::default() }));
    }
    // What a table calls otherwise is the parameter at the same place, if there is one for each.
    let silent: Vec<_> = (0..ordered.len()).filter(|index| !ordered[*index].is_described()).collect();
    if silent.len() == values.len() {
        for (index, table) in silent.into_iter().zip(values) {
            let (wire, path) = (ordered[index].wire.clone(), ordered[index].path.clone());
            ledger.path(&wire, it.at, &table);
            ordered[index] = Value { wire, path, ..table };
        }
    } else {
        for table in values {
            let message = format!("`{}`: the table has it, the request line has no place for it", table.wire);
            maker.notes.push(NoteKind::LeftOut, table.at(), message);
        }
    }
    for (value, (_, is_list)) in ordered.iter_mut().zip(it.parameters()) {
        if is_list && value.types.first().is_none_or(|it| it.0 != Shape::List) {
            value.types.insert(0, (Shape::List, value.at()));
        }
    }
    let fields = maker.parameters(Place::Path, ordered);
    let mut http = format!("{} ", it.method.as_str());
    let mut keys = fields.iter();
    for segment in &it.segments {
        match segment {
            Segment::Literal(text) => http.push_str(&format!("/{text}")),
            Segment::Parameter { .. } => {
                http.push_str(&format!("/{{{}}}", keys.next().map_or("", |it| it.key.as_str())));
            }
        }
    }
    (fields, http)
}
