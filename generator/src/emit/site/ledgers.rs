//! The pages that list one kind of fact across all operations: errors, limits, contradictions.

use apigen_model::ir::{Api, Discrepancy, Enforcement, ErrorDef, ErrorId, ErrorRef, Operation, PlacedLimit, RateLimit};
use serde::Serialize;

use super::operation::{self, SourceView};
use super::text::{Inline, Link, anchor, inline};
use super::{Page, error_link, fields, operation_link, page, resource_page};
use crate::prose as words;

#[derive(Serialize)]
pub(super) struct ErrorsPage {
    page: Page,
    errors: Vec<ErrorView>,
}

#[derive(Serialize)]
struct ErrorView {
    id: String,
    name: String,
    spellings: Vec<SpellingView>,
    placeholders: Vec<PlaceholderView>,
    cause: Inline,
    remedy: Inline,
    advice: &'static str,
    is_common: bool,
    operations: Vec<Link>,
}

#[derive(Serialize)]
struct SpellingView {
    status: u16,
    code: String,
    message: String,
}

#[derive(Serialize)]
struct PlaceholderView {
    name: String,
    description: Inline,
    example: String,
}

#[derive(Serialize)]
pub(super) struct LimitsPage {
    page: Page,
    limits: Vec<LimitRow>,
    rates: Vec<RateRow>,
    quotas: Vec<QuotaRow>,
}

#[derive(Serialize)]
struct LimitRow {
    id: String,
    name: String,
    operation: Link,
    parameter: Link,
    bound: Inline,
    enforcement: &'static str,
    raisable: &'static str,
    error: Link,
    description: Inline,
}

#[derive(Serialize)]
struct RateRow {
    id: String,
    name: String,
    rate: Inline,
    description: Inline,
    error: Link,
    operations: Vec<Link>,
}

#[derive(Serialize)]
struct QuotaRow {
    operation: Link,
    name: String,
    amount: String,
    description: Inline,
    raisable: &'static str,
    error: Link,
}

#[derive(Serialize)]
pub(super) struct ContradictionsPage {
    page: Page,
    contradictions: Vec<ContradictionView>,
}

#[derive(Serialize)]
struct ContradictionView {
    id: String,
    title: Inline,
    state: &'static str,
    claims: Vec<ClaimView>,
    decision: Inline,
    reason: Inline,
    operations: Vec<Link>,
}

#[derive(Serialize)]
struct ClaimView {
    says: Inline,
    source: SourceView,
}

pub(super) fn errors(api: &Api) -> ErrorsPage {
    let mut errors: Vec<_> = api.errors.iter().collect();
    errors.sort_by_key(|it| it.variants.first().map_or(0, |it| it.status));
    ErrorsPage {
        page: page(api, "errors.html", "Errors", "Every documented error with its cause and what to do about it."),
        errors: errors.into_iter().map(|it| error(api, it)).collect(),
    }
}

pub(super) fn limits(api: &Api) -> LimitsPage {
    let limits =
        api.operations.iter().flat_map(|operation| operation.limits.iter().map(|it| limit(api, operation, it)));
    let quotas =
        api.operations.iter().flat_map(|operation| operation.quotas.iter().map(|it| quota(api, operation, it)));
    LimitsPage {
        page: page(api, "limits.html", "Limits", "Every bound of a value, every rate limit and every quota."),
        limits: limits.collect(),
        rates: api.rate_limits.iter().map(|it| rate(api, it)).collect(),
        quotas: quotas.collect(),
    }
}

pub(super) fn contradictions(api: &Api) -> ContradictionsPage {
    let description = "Where the vendor's pages contradict themselves, and what was decided.";
    ContradictionsPage {
        page: page(api, "contradictions.html", "Contradictions", description),
        contradictions: api.discrepancies.iter().map(|it| contradiction(api, it)).collect(),
    }
}

fn error(api: &Api, error: &ErrorDef) -> ErrorView {
    let is_meant = |id: ErrorId| api[id].name == error.name;
    let spelling = |it: &apigen_model::ir::ErrorVariant| SpellingView {
        status: it.status,
        code: it.code.clone(),
        message: it.message.clone(),
    };
    let placeholder = |it: &apigen_model::ir::Placeholder| PlaceholderView {
        name: format!("{{{}}}", it.name),
        description: inline(&it.description),
        example: it.example.clone(),
    };
    let operations = api.operations.iter().filter(|it| it.errors.iter().any(|it| is_meant(it.error)));
    ErrorView {
        id: anchor(&error.name),
        name: error.name.clone(),
        spellings: error.variants.iter().map(spelling).collect(),
        placeholders: error.placeholders.iter().map(placeholder).collect(),
        cause: inline(&error.cause),
        remedy: inline(&error.remedy),
        advice: operation::advice(error.advice),
        is_common: api.common_errors.iter().any(|it| is_meant(it.error)),
        operations: operations.map(|it| operation_link(api, it)).collect(),
    }
}

fn limit(api: &Api, operation: &Operation, placed: &PlacedLimit) -> LimitRow {
    let limit = &placed.limit;
    let mut bound = words::rule(&limit.rule);
    if let Some(condition) = &limit.when {
        bound.push_str(&format!(" {}", words::condition(condition)));
    }
    if let Some((tag, value)) = &placed.arm {
        bound.push_str(&format!(" when `{tag}` is `{value}`"));
    }
    let page = resource_page(&api.resources[operation.resource]);
    let place = match placed.path.first() {
        Some(top) => fields::parameter_anchor(operation, top),
        None => operation.name.clone(),
    };
    LimitRow {
        id: anchor(&placed.id),
        name: placed.id.clone(),
        operation: operation_link(api, operation),
        parameter: Link { text: crate::prose::bounded(placed).to_owned(), href: format!("{page}#{place}") },
        bound: inline(&bound),
        enforcement: match limit.enforcement {
            Enforcement::Rejected => "rejected",
            Enforcement::Clamped => "nearest allowed value taken",
            Enforcement::Unknown => "unknown",
        },
        raisable: yes_or_no(limit.raisable),
        error: optional_error(api, limit.error),
        description: inline(&limit.description),
    }
}

fn rate(api: &Api, limit: &RateLimit) -> RateRow {
    let draws = |it: &&Operation| it.rate_limits.iter().any(|id| api[*id].name == limit.name);
    RateRow {
        id: format!("rate-{}", anchor(&limit.name)),
        name: limit.name.clone(),
        rate: inline(&words::rate(limit)),
        description: inline(&limit.description),
        error: optional_error(api, limit.error),
        operations: api.operations.iter().filter(draws).map(|it| operation_link(api, it)).collect(),
    }
}

fn quota(api: &Api, operation: &Operation, quota: &apigen_model::ir::Quota) -> QuotaRow {
    let amount = words::grouped(i64::try_from(quota.amount).unwrap_or(i64::MAX));
    QuotaRow {
        operation: operation_link(api, operation),
        name: quota.name.clone(),
        amount: format!("{amount} {}", quota.unit),
        description: inline(&quota.description),
        raisable: yes_or_no(quota.raisable),
        error: optional_error(api, quota.error),
    }
}

fn contradiction(api: &Api, discrepancy: &Discrepancy) -> ContradictionView {
    let claim =
        |it: &apigen_model::ir::Claim| ClaimView { says: inline(&it.says), source: operation::source(api, &it.source) };
    let concerns = |it: &&Operation| api.discrepancies_of(it).any(|it| it.id == discrepancy.id);
    ContradictionView {
        id: anchor(&discrepancy.id),
        title: inline(&discrepancy.title),
        state: operation::state(discrepancy.open),
        claims: discrepancy.claims.iter().map(claim).collect(),
        decision: inline(&discrepancy.decision),
        reason: inline(&discrepancy.reason),
        operations: api.operations.iter().filter(concerns).map(|it| operation_link(api, it)).collect(),
    }
}

fn optional_error(api: &Api, error: Option<ErrorRef>) -> Link {
    error.map_or_else(|| Link { text: String::new(), href: String::new() }, |it| error_link(api.error(it).0))
}

fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
