//! What names mean: every id that the spec defines, and the look-ups that report the ones it does not.

use std::collections::BTreeMap;

use super::types::{self, Form};
use super::{Spec, text};
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{self, DiscrepancyId, EnvelopeId, ErrorId, ErrorRef, OperationId, PageId, RateLimitId, TypeId};
use crate::load::{List, Spanned};
use crate::source::Span;

/// The names of a spec, and the place where problems with them are recorded.
pub(super) struct Scope<'a> {
    pub(super) spec: &'a Spec,
    pub(super) diagnostics: &'a mut Diagnostics,
    pages: Names<PageId>,
    envelopes: Names<EnvelopeId>,
    rate_limits: Names<RateLimitId>,
    errors: Names<ErrorId>,
    types: Names<TypeId>,
    /// What the spec says of each.
    pub(super) forms: Vec<Form<'a>>,
    operations: Names<OperationId>,
    discrepancies: Names<DiscrepancyId>,
    /// The names of each error's variants; the main spelling has none.
    variants: BTreeMap<ErrorId, Vec<String>>,
}

/// Ids by name, each with the place of its definition.
struct Names<Id> {
    kind: &'static str,
    ids: BTreeMap<String, (Id, Span)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(spec: &'a Spec, diagnostics: &'a mut Diagnostics) -> Self {
        let api = &spec.api;
        let mut names = Collector { diagnostics };
        let pages = names.collect("page", PageId, spec.pages.pages.keys().map(own));
        let envelopes = names.collect("envelope", EnvelopeId, api.envelopes.keys().map(own));
        let rate_limits = names.collect("rate limit", RateLimitId, spec.rate_limits().map(|(name, _)| own(name)));
        let errors = names.collect("error", ErrorId, spec.errors().map(|(name, _)| own(name)));
        let resource_types = spec
            .resources
            .iter()
            .flat_map(|(_, file)| types::definitions(file).into_iter().map(|definition| own(definition.name)));
        let type_names = names.collect("type", TypeId, api.types.keys().map(own).chain(resource_types));
        let operations =
            spec.resources.iter().flat_map(|(name, file)| file.operations.keys().map(|key| within(name, key)));
        let operations = names.collect("operation", OperationId, operations);
        let api_discrepancies = api.discrepancies.keys().map(|key| (format!("api.{}", key.value), key.span));
        let discrepancies =
            spec.resources.iter().flat_map(|(name, file)| file.discrepancies.keys().map(|key| within(name, key)));
        let discrepancies = names.collect("discrepancy", DiscrepancyId, api_discrepancies.chain(discrepancies));
        let mut variants = BTreeMap::new();
        for (name, error) in spec.errors() {
            let spellings = std::iter::once(String::new()).chain(error.variants.keys().map(|it| it.value.clone()));
            variants.entry(errors.ids[&text(name)].0).or_insert_with(|| spellings.collect());
        }
        let forms = types::forms(spec);
        Self {
            spec,
            diagnostics,
            pages,
            envelopes,
            rate_limits,
            errors,
            types: type_names,
            forms,
            operations,
            discrepancies,
            variants,
        }
    }

    pub(super) fn page(&mut self, name: &Spanned<String>) -> Option<PageId> {
        self.pages.find(name, self.diagnostics)
    }

    pub(super) fn envelope(&mut self, name: &Spanned<String>) -> Option<EnvelopeId> {
        self.envelopes.find(name, self.diagnostics)
    }

    pub(super) fn rate_limit(&mut self, name: &Spanned<String>) -> Option<RateLimitId> {
        self.rate_limits.find(name, self.diagnostics)
    }

    pub(super) fn type_named(&mut self, name: &str, at: Span) -> Option<TypeId> {
        self.types.find(&Spanned { value: name.to_owned(), span: at }, self.diagnostics)
    }

    /// The ids of the types that a resource defines, in the author's order.
    pub(super) fn types_of(&self, resource: &Spanned<String>) -> Vec<TypeId> {
        let file = self.spec.resources.iter().find(|(name, _)| name.value == resource.value);
        let definitions = file.map(|(_, file)| types::definitions(file)).unwrap_or_default();
        definitions.iter().filter_map(|it| self.types.ids.get(&it.name.value).map(|(id, _)| *id)).collect()
    }

    /// The operation `name`, or `resource.name` when the name alone is within a resource.
    pub(super) fn operation(&mut self, resource: &str, name: &Spanned<String>) -> Option<OperationId> {
        let full = if name.value.contains('.') { name.value.clone() } else { format!("{resource}.{}", name.value) };
        self.operations.find(&Spanned { value: full, span: name.span }, self.diagnostics)
    }

    /// The operation with a key that stands in the file of the resource itself.
    pub(super) fn known_operation(&self, resource: &Spanned<String>, key: &Spanned<String>) -> Option<OperationId> {
        self.operations.ids.get(&within(resource, key).0).map(|(id, _)| *id)
    }

    /// The discrepancies that a file records, in the author's order.
    pub(super) fn discrepancies_in(&self, owner: &str) -> Vec<DiscrepancyId> {
        let prefix = format!("{owner}.");
        let from = self.discrepancies.ids.range(prefix.clone()..);
        let mut ids: Vec<_> = from.take_while(|(name, _)| name.starts_with(&prefix)).map(|(_, (id, _))| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// The error `name`, or its spelling `variant` when written as `name/variant`.
    pub(super) fn error_ref(&mut self, reference: &Spanned<String>) -> Option<ErrorRef> {
        let (name, variant) = reference.value.split_once('/').unwrap_or((&reference.value, ""));
        let error = self.errors.find(&Spanned { value: name.to_owned(), span: reference.span }, self.diagnostics)?;
        let spellings = &self.variants[&error];
        match spellings.iter().position(|it| it == variant) {
            Some(variant) => Some(ErrorRef { error, variant }),
            None => {
                let known: Vec<_> = spellings.iter().filter(|it| !it.is_empty()).cloned().collect();
                let diagnostic = Diagnostic::error(
                    Code::E0301,
                    reference.span,
                    format!("the error `{name}` has no variant `{variant}`"),
                );
                self.diagnostics.push(diagnostic.did_you_mean(variant, known.iter().map(String::as_str)));
                None
            }
        }
    }

    pub(super) fn error_refs(&mut self, references: &List<Spanned<String>>) -> Vec<ErrorRef> {
        references.iter().filter_map(|it| self.error_ref(it)).collect()
    }

    /// The wire name of the field with a key, among the fields given.
    pub(super) fn wire_of(&mut self, kind: &str, fields: &[ir::Field], key: &Spanned<String>) -> String {
        match fields.iter().find(|it| it.name == key.value) {
            Some(field) => field.wire.clone(),
            None => {
                let known: Vec<_> = fields.iter().map(|it| it.name.as_str()).collect();
                self.undefined_among(kind, &key.value, key.span, &known);
                String::new()
            }
        }
    }

    /// The names in braces of a template, in its order; unbalanced braces are reported.
    pub(super) fn placeholders(&mut self, template: &Spanned<String>) -> Vec<String> {
        let mut names = Vec::new();
        let mut rest = template.value.as_str();
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else { break };
            names.push(rest[open + 1..open + close].to_owned());
            rest = &rest[open + close + 1..];
        }
        if rest.contains(['{', '}']) || names.iter().any(|it| it.is_empty() || it.contains('{')) {
            self.report(Code::E0305, template.span, "the braces do not pair up around names", "write `{name}`");
        }
        names
    }

    /// Minutes east of UTC, from `+08:00`.
    pub(super) fn utc_offset(&mut self, offset: &Spanned<String>) -> i32 {
        let parts = offset.value.split_at_checked(1).and_then(|(sign, rest)| Some((sign, rest.split_once(':')?)));
        let minutes = parts.and_then(|(sign, (hours, minutes))| {
            let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
            let size = ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)?;
            match sign {
                "+" => Some(size),
                "-" => Some(-size),
                _ => None,
            }
        });
        if minutes.is_none() {
            let message = format!("`{}` is not an offset from UTC", offset.value);
            self.report(Code::E0317, offset.span, message, "write hours and minutes with a sign, as in `+08:00`");
        }
        minutes.unwrap_or_default()
    }

    pub(super) fn report(&mut self, code: Code, at: Span, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, at, message).help(help));
    }

    pub(super) fn undefined<'n>(
        &mut self,
        kind: &str,
        name: &str,
        at: Span,
        known: impl Iterator<Item = &'n Spanned<String>>,
    ) {
        let known: Vec<_> = known.map(|it| it.value.as_str()).collect();
        self.undefined_among(kind, name, at, &known);
    }

    pub(super) fn undefined_among(&mut self, kind: &str, name: &str, at: Span, known: &[&str]) {
        let diagnostic = Diagnostic::error(Code::E0301, at, format!("there is no {kind} `{name}`"));
        self.diagnostics.push(diagnostic.did_you_mean(name, known.iter().copied()));
    }

    pub(super) fn unused(&mut self, kind: &str, name: &Spanned<String>, why: &str) {
        let message = format!("the {kind} `{}` is not used: {why}", name.value);
        self.diagnostics.push(Diagnostic::warning(Code::W0501, name.span, message).help("delete it, or use it"));
    }

    pub(super) fn bad_rate_limit(&mut self, name: &Spanned<String>, why: &str) {
        self.report(Code::E0312, name.span, format!("the rate limit `{}` contradicts itself", name.value), why);
    }

    pub(super) fn claim_without_page(&mut self, at: Span) {
        let help = "add `page:` with the id of a page in pages.yaml";
        self.report(Code::E0311, at, "this claim does not say which page makes it", help);
    }
}

impl<Id: Copy> Names<Id> {
    fn find(&self, name: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Id> {
        let found = self.ids.get(name.value.trim());
        if found.is_none() {
            let diagnostic =
                Diagnostic::error(Code::E0301, name.span, format!("there is no {} `{}`", self.kind, name.value));
            diagnostics.push(diagnostic.did_you_mean(&name.value, self.ids.keys().map(String::as_str)));
        }
        found.map(|(id, _)| *id)
    }
}

/// Hands out ids in the order of definition and reports names that are defined twice.
struct Collector<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Collector<'_> {
    fn collect<Id: Copy>(
        &mut self,
        kind: &'static str,
        id: fn(u32) -> Id,
        names: impl Iterator<Item = (String, Span)>,
    ) -> Names<Id> {
        let mut ids: BTreeMap<String, (Id, Span)> = BTreeMap::new();
        for (index, (name, span)) in (0..).zip(names) {
            if let Some((_, first)) = ids.get(&name) {
                let message = format!("the {kind} `{name}` is defined twice");
                let diagnostic = Diagnostic::error(Code::E0302, span, message).secondary(*first, "first defined here");
                self.diagnostics.push(diagnostic.help("rename one of them: names are unique across all files"));
                continue;
            }
            ids.insert(name, (id(index), span));
        }
        Names { kind, ids }
    }
}

fn own(name: &Spanned<String>) -> (String, Span) {
    (text(name), name.span)
}

fn within(resource: &Spanned<String>, key: &Spanned<String>) -> (String, Span) {
    (format!("{}.{}", resource.value, key.value), key.span)
}
