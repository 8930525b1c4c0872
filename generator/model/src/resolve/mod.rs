//! From what the maintainer wrote to what it means: names bound, inheritance applied, defaults filled, policies decided.
//!
//! Resolving never stops at the first problem. Where a name dangles, the problem is recorded and something harmless
//! stands in for it; the barrier after this stage keeps such an API from going any further.

mod cycles;
mod errors;
mod examples;
mod fields;
mod limits;
mod operations;
mod outcomes;
mod replies;
mod scope;
mod types;
mod vocabulary;

use self::scope::Scope;
use crate::codes::Code;
use crate::diagnostics::Diagnostics;
use crate::ir;
use crate::load::{Entries, Spanned};
use crate::spec;

/// All files of a spec.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `api.yaml`.
    pub api: spec::ApiFile,
    /// `pages.yaml`.
    pub pages: spec::PagesFile,
    /// `resources/*.yaml`, by name of the file.
    pub resources: Vec<(Spanned<String>, spec::ResourceFile)>,
}

impl Spec {
    /// Every documented error: the shared ones first, then by resource.
    fn errors(&self) -> impl Iterator<Item = (&Spanned<String>, &spec::ErrorDef)> {
        self.api.errors.iter().chain(self.resources.iter().flat_map(|(_, file)| file.errors.iter()))
    }

    /// Every rate limit: the shared ones first, then by resource.
    fn rate_limits(&self) -> impl Iterator<Item = (&Spanned<String>, &spec::RateLimit)> {
        self.api.rate_limits.iter().chain(self.resources.iter().flat_map(|(_, file)| file.rate_limits.iter()))
    }
}

/// Resolves a spec. The result is only meaningful when no error was recorded.
pub fn resolve(spec: &Spec, diagnostics: &mut Diagnostics) -> ir::Api {
    let vocabulary = vocabulary::vocabulary(spec, diagnostics);
    let mut scope = Scope::new(spec, diagnostics);
    package(&mut scope);
    let errors = errors::errors(&mut scope);
    let mut types = types::types(&mut scope);
    cycles::break_cycles(&mut scope, &mut types);
    let envelopes = envelopes(&mut scope);
    let rate_limits = rate_limits(&mut scope);
    let discrepancies = discrepancies(&mut scope);
    let mut api = ir::Api {
        name: text(&spec.api.api.name),
        title: text(&spec.api.api.title),
        version: text(&spec.api.api.version),
        version_at: spec.api.api.version.span,
        summary: text(&spec.api.api.summary),
        description: optional(spec.api.api.description.as_ref()),
        server: server(&mut scope),
        auth: ir::Auth::None,
        error_body: ir::ErrorBody {
            code: text(&spec.api.error_body.code),
            message: text(&spec.api.error_body.message),
            fields: scope.fields(&spec.api.error_body.fields),
            at: spec.api.error_body.code.span,
        },
        envelopes,
        pages: pages(spec),
        vocabulary,
        types,
        common_errors: scope.error_refs(&spec.api.common_errors),
        errors,
        rate_limits,
        discrepancies,
        resources: resources(&mut scope),
        operations: Vec::new(),
    };
    api.operations = operations::operations(&mut scope, &api);
    let auth = auth(&mut scope, &api);
    api.auth = auth;
    api
}

/// The text of a scalar: without the line break that a block scalar ends with.
fn text(value: &Spanned<String>) -> String {
    value.value.trim().to_owned()
}

/// The text of an optional scalar; empty when it is not there.
fn optional(value: Option<&Spanned<String>>) -> String {
    value.map(text).unwrap_or_default()
}

/// What package managers take for a name and a version.
fn package(scope: &mut Scope<'_>) {
    let api = &scope.spec.api.api;
    let word = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_lowercase()) && it.chars().all(|it| it.is_ascii_alphanumeric())
    };
    if !api.name.split('-').all(|it| word(it) && *it == it.to_ascii_lowercase()) {
        let message = format!("`{}` is not the name of a package", api.name.value);
        scope.report(
            Code::E0407,
            api.name.span,
            message,
            "write it in kebab case: words of a-z and 0-9, joined by `-`",
        );
    }
    let number = |it: &str| it.parse::<u64>().is_ok_and(|number| number.to_string() == it);
    if api.version.split('.').count() != 3 || !api.version.split('.').all(number) {
        let message = format!("`{}` is not the version of a package", api.version.value);
        scope.report(Code::E0407, api.version.span, message, "write three numbers, as in `1.0.0`");
    }
}

fn pages(spec: &Spec) -> Vec<ir::Page> {
    let page = |(name, page): (&Spanned<String>, &spec::Page)| ir::Page {
        name: text(name),
        title: text(&page.title),
        revision: text(&page.revision),
        language: text(&page.language),
        url: optional(page.url.as_ref()),
        at: name.span,
    };
    spec.pages.pages.iter().map(page).collect()
}

fn server(scope: &mut Scope<'_>) -> ir::Server {
    let server = &scope.spec.api.server;
    let names = scope.placeholders(&server.url);
    let mut parameters = Vec::new();
    for name in &names {
        match server.parameters.entry(name) {
            Some((key, parameter)) => parameters.push(ir::ServerParameter {
                name: name.clone(),
                description: text(&parameter.description),
                example: text(&parameter.example),
                at: key.span,
            }),
            None => scope.undefined("server parameter", name, server.url.span, server.parameters.keys()),
        }
    }
    for (key, _) in server.parameters.iter() {
        if !names.contains(&key.value) {
            scope.unused("server parameter", key, "the server's `url` does not mention it");
        }
    }
    let utc_offset = server
        .utc_offset
        .as_ref()
        .map(|it| ir::UtcOffset { minutes: scope.utc_offset(&it.default), description: text(&it.description) });
    let rate_limits = server.rate_limits.iter().filter_map(|it| scope.rate_limit(it)).collect();
    ir::Server { url: text(&server.url), parameters, rate_limits, utc_offset, at: server.url.span }
}

fn envelopes(scope: &mut Scope<'_>) -> Vec<ir::Envelope> {
    let mut envelopes: Vec<ir::Envelope> = Vec::new();
    for (name, envelope) in scope.spec.api.envelopes.iter() {
        let base = envelope.extends.as_ref().and_then(|base| {
            let found = envelopes.iter().find(|it| it.name == base.value).cloned();
            if found.is_none() {
                let known: Vec<_> = envelopes.iter().map(|it| it.name.as_str()).collect();
                scope.undefined_among("envelope above this one called", &base.value, base.span, &known);
            }
            found
        });
        let own = scope.fields(&envelope.fields);
        let (mut fields, mut payload, inherited) =
            base.map_or((Vec::new(), ir::Payload::Whole, None), |it| (it.fields, it.payload, it.outcome));
        fields.extend(own);
        if let Some(key) = &envelope.payload {
            payload = ir::Payload::Key(text(key));
        }
        let outcome = match &envelope.outcome {
            Some(outcome) => outcomes::of_envelope(scope, outcome, &fields),
            None => inherited,
        };
        envelopes.push(ir::Envelope {
            name: text(name),
            description: text(&envelope.description),
            payload,
            fields,
            outcome,
            at: name.span,
        });
    }
    envelopes
}

fn rate_limits(scope: &mut Scope<'_>) -> Vec<ir::RateLimit> {
    let mut limits = Vec::new();
    for (name, limit) in scope.spec.rate_limits() {
        let cost = match (limit.unit, &limit.items_of) {
            (Some(spec::RateUnit::Items), Some(field)) => ir::Cost::Items(text(field)),
            (None | Some(spec::RateUnit::Calls), None) => ir::Cost::Call,
            (Some(spec::RateUnit::Items), None) | (None | Some(spec::RateUnit::Calls), Some(_)) => {
                scope.bad_rate_limit(name, "`unit: items` and `items_of` go together");
                ir::Cost::Call
            }
        };
        let per_user = match (limit.scope, &limit.user) {
            (Some(spec::RateScope::User), Some(parameter)) => ir::RateScope::User(text(parameter)),
            (None | Some(spec::RateScope::Application), None) => ir::RateScope::Application,
            (Some(spec::RateScope::User), None) | (None | Some(spec::RateScope::Application), Some(_)) => {
                scope.bad_rate_limit(name, "`scope: user` and `user` go together");
                ir::RateScope::Application
            }
        };
        limits.push(ir::RateLimit {
            name: text(name),
            description: text(&limit.description),
            amount: limit.amount.value,
            cost,
            per: match limit.per.value {
                spec::Per::Second => ir::Period::Second,
                spec::Per::Minute => ir::Period::Minute,
                spec::Per::Hour => ir::Period::Hour,
                spec::Per::Day => ir::Period::Day,
            },
            scope: per_user,
            sharing: if limit.shared { ir::Sharing::Shared } else { ir::Sharing::PerOperation },
            raisable: limit.raisable,
            error: limit.error.as_ref().and_then(|id| scope.error_ref(id)),
            source: limit.page.as_ref().and_then(|id| scope.page(id)),
            at: name.span,
        });
    }
    limits
}

fn resources(scope: &mut Scope<'_>) -> Vec<ir::Resource> {
    let mut resources = Vec::new();
    for (name, file) in &scope.spec.resources {
        let page = scope.page(&file.page).unwrap_or(ir::PageId(0));
        let resource = ir::Resource {
            at: name.span,
            name: text(name),
            title: text(&file.title),
            summary: text(&file.summary),
            description: optional(file.description.as_ref()),
            page,
            types: scope.types_of(name),
            operations: file.operations.keys().filter_map(|key| scope.known_operation(name, key)).collect(),
            discrepancies: scope.discrepancies_in(&name.value),
        };
        resources.push(resource);
    }
    resources
}

fn auth(scope: &mut Scope<'_>, api: &ir::Api) -> ir::Auth {
    let Some(auth) = &scope.spec.api.auth else { return ir::Auth::None };
    let Some(operation) = scope.operation("", &auth.token_operation) else { return ir::Auth::None };
    let token = &api[operation];
    let body = token.body.json_fields();
    let reply = match &token.response {
        ir::Response::Json { payload: ir::Type::Named(id), .. } => match &api[*id].kind {
            ir::TypeKind::Object { fields } => fields.as_slice(),
            ir::TypeKind::Newtype(_)
            | ir::TypeKind::Enum { .. }
            | ir::TypeKind::Flag { .. }
            | ir::TypeKind::Union { .. } => &[],
        },
        ir::Response::Json { .. } | ir::Response::Empty { .. } | ir::Response::Binary { .. } => &[],
    };
    ir::Auth::TokenOperation(ir::TokenOperation {
        operation,
        id_field: scope.wire_of("body field", body, &auth.credentials.id),
        secret_field: scope.wire_of("body field", body, &auth.credentials.secret),
        access_token: scope.wire_of("response field", reply, &auth.access_token),
        expires_in: scope.wire_of("response field", reply, &auth.expires_in),
    })
}

fn discrepancies(scope: &mut Scope<'_>) -> Vec<ir::Discrepancy> {
    let mut all = Vec::new();
    let spec = scope.spec;
    file_discrepancies(scope, "api", None, &spec.api.discrepancies, &mut all);
    for (name, file) in &spec.resources {
        file_discrepancies(scope, &name.value, Some(&file.page), &file.discrepancies, &mut all);
    }
    all
}

fn file_discrepancies(
    scope: &mut Scope<'_>,
    owner: &str,
    page: Option<&Spanned<String>>,
    entries: &Entries<spec::Discrepancy>,
    all: &mut Vec<ir::Discrepancy>,
) {
    for (name, entry) in entries.iter() {
        let mut claims = Vec::new();
        for claim in entry.claims.iter() {
            let source = match claim.page.as_ref().or(page) {
                Some(page) => scope.page(page),
                None => {
                    scope.claim_without_page(claim.section.span);
                    None
                }
            };
            if let Some(page) = source {
                let source = ir::Source { page, section: text(&claim.section) };
                claims.push(ir::Claim { source, says: text(&claim.says) });
            }
        }
        all.push(ir::Discrepancy {
            id: format!("{owner}.{}", name.value),
            title: text(&entry.title),
            claims,
            decision: text(&entry.decision),
            reason: text(&entry.reason),
            open: match entry.state.value {
                spec::State::Settled => false,
                spec::State::Open => true,
            },
            explains: entry.explains.iter().filter_map(|line| explanation(scope, line)).collect(),
            at: name.span,
        });
    }
}

/// A fact in the notation of `facts`, with `no` in front when it is the spec's.
fn explanation(scope: &mut Scope<'_>, line: &Spanned<String>) -> Option<ir::Explanation> {
    let (side, fact) = match line.value.strip_prefix("no ") {
        Some(fact) => (ir::Side::Spec, fact),
        None => (ir::Side::Page, line.value.as_str()),
    };
    match fact.parse() {
        Ok(fact) => Some(ir::Explanation { fact, side, at: line.span }),
        Err(reason) => {
            let help = "write it as `apigen drift` shows it, as in `type query page_size: string`";
            scope.report(Code::E0410, line.span, format!("`{fact}` is no fact: {reason}"), help);
            None
        }
    }
}
