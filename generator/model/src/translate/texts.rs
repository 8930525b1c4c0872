//! Every text of a spec that is written for people, with its address: the one list that checking, translating and
//! rewriting share.
//!
//! Every mapping of the spec language is taken apart by name, so that a new field does not compile until it is decided
//! here whether it is a text. Names, ids, headings of the vendor's pages, wire names, messages of the server and values of
//! examples are none.

use std::fmt;

use crate::load::{Entries, List, Spanned};
use crate::resolve::Spec;
use crate::spec;

/// Where a text stands: the file, and the keys that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// Path of the file below the spec.
    pub file: String,
    /// The ids that lead to the text, joined by dots. Claims are counted from 1; a limit is named by its rule, and the
    /// second of a rule has `#2` behind it.
    pub path: String,
}

/// What is done with each text.
type Visit<'v> = &'v mut dyn FnMut(&Address, &mut Spanned<String>);

/// Visits every text, in the author's order. A text with nothing in it is left out.
pub fn texts(spec: &mut Spec, visit: &mut dyn FnMut(&Address, &mut Spanned<String>)) {
    let Spec { api, pages, resources } = spec;
    Walk::new("api.yaml", visit).api_file(api);
    let mut walk = Walk::new("pages.yaml", visit);
    let spec::PagesFile { pages, vocabulary: _ } = pages;
    walk.entries("pages", pages, Walk::page);
    for (name, file) in resources {
        Walk::new(&format!("resources/{}.yaml", name.value), visit).resource(file);
    }
}

/// A walk through a file: the address so far.
struct Walk<'v> {
    at: Address,
    visit: Visit<'v>,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl<'v> Walk<'v> {
    fn new(file: &str, visit: Visit<'v>) -> Self {
        Self { at: Address { file: file.to_owned(), path: String::new() }, visit }
    }

    /// Goes one step down, and back.
    fn within(&mut self, step: &str, walk: impl FnOnce(&mut Self)) {
        let length = self.at.path.len();
        if length > 0 {
            self.at.path.push('.');
        }
        self.at.path.push_str(step);
        walk(self);
        self.at.path.truncate(length);
    }

    fn text(&mut self, name: &str, text: &mut Spanned<String>) {
        if !text.trim().is_empty() {
            self.within(name, |walk| (walk.visit)(&walk.at, text));
        }
    }

    fn optional(&mut self, name: &str, text: &mut Option<Spanned<String>>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn entries<V>(&mut self, name: &str, entries: &mut Entries<V>, each: impl Fn(&mut Self, &mut V)) {
        self.within(name, |walk| {
            for (key, value) in entries.iter_mut() {
                walk.within(&key.value, |walk| each(walk, value));
            }
        });
    }

    fn fields(&mut self, name: &str, fields: &mut Entries<spec::FieldSpec>) {
        self.entries(name, fields, Self::field);
    }

    fn api_file(&mut self, file: &mut spec::ApiFile) {
        let spec::ApiFile {
            api,
            server,
            auth: _,
            envelopes,
            error_body,
            rate_limits,
            errors,
            common_errors: _,
            types,
            discrepancies,
        } = file;
        self.within("api", |walk| walk.api(api));
        self.within("server", |walk| walk.server(server));
        self.entries("envelopes", envelopes, Self::envelope);
        let spec::ErrorBody { code: _, message: _, fields } = error_body;
        self.within("error_body", |walk| walk.fields("fields", fields));
        self.entries("rate_limits", rate_limits, Self::rate_limit);
        self.entries("errors", errors, Self::error);
        self.entries("types", types, Self::type_);
        self.entries("discrepancies", discrepancies, Self::discrepancy);
    }

    fn api(&mut self, api: &mut spec::Api) {
        let spec::Api { name: _, title, version: _, summary, description, languages: _ } = api;
        self.text("title", title);
        self.text("summary", summary);
        self.optional("description", description);
    }

    fn server(&mut self, server: &mut spec::Server) {
        let spec::Server { url: _, parameters, envelope: _, rate_limits: _, utc_offset } = server;
        self.entries("parameters", parameters, |walk, parameter| {
            let spec::ServerParameter { description, example: _ } = parameter;
            walk.text("description", description);
        });
        if let Some(spec::UtcOffset { default: _, description }) = utc_offset {
            self.within("utc_offset", |walk| walk.text("description", description));
        }
    }

    fn envelope(&mut self, envelope: &mut spec::Envelope) {
        let spec::Envelope { description, extends: _, outcome: _, payload: _, fields } = envelope;
        self.text("description", description);
        self.fields("fields", fields);
    }

    fn rate_limit(&mut self, limit: &mut spec::RateLimit) {
        let spec::RateLimit {
            description,
            amount: _,
            unit: _,
            items_of: _,
            per: _,
            scope: _,
            user: _,
            shared: _,
            raisable: _,
            error: _,
            page: _,
        } = limit;
        self.text("description", description);
    }

    fn error(&mut self, error: &mut spec::ErrorDef) {
        let spec::ErrorDef { status: _, code: _, message: _, cause, remedy, advice: _, placeholders, variants } = error;
        self.text("cause", cause);
        self.text("remedy", remedy);
        self.entries("placeholders", placeholders, |walk, placeholder| {
            let spec::Placeholder { description, example: _ } = placeholder;
            walk.text("description", description);
        });
        self.entries("variants", variants, |_, variant| {
            let spec::ErrorVariant { status: _, code: _, message: _ } = variant;
        });
    }

    fn page(&mut self, page: &mut spec::Page) {
        let spec::Page { title, revision: _, language: _, url: _ } = page;
        self.text("title", title);
    }

    fn resource(&mut self, file: &mut spec::ResourceFile) {
        let spec::ResourceFile {
            title,
            summary,
            description,
            page: _,
            operations,
            types,
            errors,
            rate_limits,
            discrepancies,
        } = file;
        self.text("title", title);
        self.text("summary", summary);
        self.optional("description", description);
        self.entries("operations", operations, Self::operation);
        self.entries("types", types, Self::type_);
        self.entries("errors", errors, Self::error);
        self.entries("rate_limits", rate_limits, Self::rate_limit);
        self.entries("discrepancies", discrepancies, Self::discrepancy);
    }

    fn operation(&mut self, operation: &mut spec::Operation) {
        let spec::Operation {
            http: _,
            summary,
            description,
            section: _,
            page: _,
            auth: _,
            path,
            query,
            headers,
            body,
            form,
            response,
            follow_up,
            paging: _,
            errors: _,
            rate_limits: _,
            idempotent: _,
            split: _,
            limits,
            quotas,
            examples,
            deprecated,
            since: _,
        } = operation;
        self.text("summary", summary);
        self.optional("description", description);
        for (name, fields) in [("path", path), ("query", query), ("headers", headers), ("body", body), ("form", form)] {
            self.fields(name, fields);
        }
        self.within("response", |walk| walk.response(response));
        if let Some(spec::FollowUp { url: _, records: _, description }) = follow_up {
            self.within("follow_up", |walk| walk.text("description", description));
        }
        self.limits(limits, |_| "max_size", Self::body_limit);
        self.entries("quotas", quotas, Self::quota);
        self.entries("examples", examples, |walk, example| {
            let spec::Example { title, request: _, response: _ } = example;
            walk.text("title", title);
        });
        self.deprecation(deprecated);
    }

    fn response(&mut self, response: &mut spec::Response) {
        let spec::Response {
            envelope: _,
            at: _,
            data: _,
            also: _,
            name: _,
            description,
            fields,
            outcome: _,
            binary,
            nothing: _,
        } = response;
        self.optional("description", description);
        if let Some(fields) = fields {
            self.fields("fields", fields);
        }
        self.optional("binary", binary);
    }

    fn quota(&mut self, quota: &mut spec::Quota) {
        let spec::Quota { amount: _, unit, description, raisable: _, error: _, page: _ } = quota;
        self.text("unit", unit);
        self.text("description", description);
    }

    fn deprecation(&mut self, deprecation: &mut Option<spec::Deprecation>) {
        if let Some(spec::Deprecation { since: _, instead }) = deprecation {
            self.within("deprecated", |walk| walk.text("instead", instead));
        }
    }

    fn discrepancy(&mut self, discrepancy: &mut spec::Discrepancy) {
        let spec::Discrepancy { title, claims, decision, reason, state: _, concerns: _, explains: _ } = discrepancy;
        self.text("title", title);
        self.within("claims", |walk| {
            for (number, claim) in (1..).zip(claims.iter_mut()) {
                let spec::Claim { page: _, section: _, says } = claim;
                walk.within(&number.to_string(), |walk| walk.text("says", says));
            }
        });
        self.text("decision", decision);
        self.text("reason", reason);
    }

    fn type_(&mut self, type_: &mut spec::TypeDef) {
        let spec::TypeDef {
            description,
            newtype: _,
            values,
            of: _,
            flag,
            object,
            outcome: _,
            union_,
            limits,
            example: _,
        } = type_;
        self.text("description", description);
        for (name, values) in [("enum", values), ("flag", flag)] {
            if let Some(values) = values {
                self.entries(name, values, |walk, value| {
                    let spec::EnumValue { name: _, description } = value;
                    walk.text("description", description);
                });
            }
        }
        if let Some(fields) = object {
            self.fields("object", fields);
        }
        if let Some(spec::Union { tag: _, placed: _, variants }) = union_ {
            self.entries("union", variants, |walk, variant| {
                let spec::Variant { name: _, description, fields } = variant;
                walk.text("description", description);
                walk.fields("fields", fields);
            });
        }
        self.limits(limits, rule, Self::limit);
    }

    fn field(&mut self, field: &mut spec::FieldSpec) {
        let spec::Field {
            type_: _,
            also: _,
            forever: _,
            wire: _,
            description,
            required,
            constant: _,
            default: _,
            limits,
            example: _,
            secret: _,
            deprecated,
        } = &mut *field.0;
        self.optional("description", description);
        match required {
            Some(spec::Required::When(condition)) => self.within("required", |walk| walk.condition(condition)),
            Some(spec::Required::Fixed(_)) | None => {}
        }
        self.limits(limits, rule, Self::limit);
        self.deprecation(deprecated);
    }

    fn condition(&mut self, condition: &mut spec::Condition) {
        let spec::Condition { field: _, equals: _, state } = condition;
        self.within("when", |walk| walk.optional("state", state));
    }

    /// Limits have no ids: they are told apart by the rule that each has.
    fn limits<L>(&mut self, limits: &mut List<L>, rule: fn(&L) -> &'static str, each: impl Fn(&mut Self, &mut L)) {
        let mut rules: Vec<&str> = Vec::new();
        self.within("limits", |walk| {
            for limit in limits.iter_mut() {
                let rule = rule(limit);
                rules.push(rule);
                let step = match rules.iter().filter(|it| **it == rule).count() {
                    1 => rule.to_owned(),
                    count => format!("{rule}#{count}"),
                };
                walk.within(&step, |walk| each(walk, limit));
            }
        });
    }

    fn limit(&mut self, limit: &mut spec::Limit) {
        let spec::Limit {
            min_chars: _,
            max_chars: _,
            max_bytes: _,
            min_items: _,
            max_items: _,
            min: _,
            max: _,
            pattern: _,
            max_size: _,
            enforced: _,
            raisable: _,
            when,
            error: _,
            description,
            page: _,
        } = limit;
        if let Some(when) = when {
            self.condition(when);
        }
        self.optional("description", description);
    }

    fn body_limit(&mut self, limit: &mut spec::BodyLimit) {
        let spec::BodyLimit { of: _, max_size: _, enforced: _, raisable: _, error: _, description, page: _ } = limit;
        self.optional("description", description);
    }
}

/// The key that names the rule of a limit. One without a rule is an error, which does not matter here.
fn rule(limit: &spec::Limit) -> &'static str {
    let rules = [
        ("min_chars", limit.min_chars.is_some()),
        ("max_chars", limit.max_chars.is_some()),
        ("max_bytes", limit.max_bytes.is_some()),
        ("min_items", limit.min_items.is_some()),
        ("max_items", limit.max_items.is_some()),
        ("min", limit.min.is_some()),
        ("max", limit.max.is_some()),
        ("pattern", limit.pattern.is_some()),
        ("max_size", limit.max_size.is_some()),
    ];
    rules.into_iter().find(|(_, is_there)| *is_there).map_or("rule", |(name, _)| name)
}
