//! The page of all limits of values and of all quotas, with where each is enforced.

use apigen_model::ir::{Condition, Enforcement, ErrorRef, Operation, PlacedLimit, Quota};

use super::text::{Inline, Link, anchor, inline};
use super::{Page, PageName, Site, error_link, fields, operation_link, page, resource_page};
use crate::prose as phrases;

pub(super) struct LimitsPage {
    pub(super) page: Page,
    pub(super) resources: Vec<ResourceLimits>,
    pub(super) quotas: Vec<QuotaRow>,
}

pub(super) struct ResourceLimits {
    pub(super) id: String,
    pub(super) link: Link,
    pub(super) limits: Vec<LimitRow>,
}

/// A limit of values that are called alike, and all places where it holds.
pub(super) struct LimitRow {
    pub(super) fact: LimitFact,
    pub(super) places: Vec<PlaceView>,
}

#[derive(PartialEq)]
pub(super) struct LimitFact {
    pub(super) parameter: String,
    pub(super) bound: Inline,
    /// What the server does beyond it, and what the client and the validation crate do before.
    pub(super) server: &'static str,
    pub(super) client: &'static str,
    /// `rejected`, `clamped` or `unknown`.
    pub(super) enforcement: &'static str,
    pub(super) is_raisable: bool,
    pub(super) error: Link,
    pub(super) description: Inline,
}

/// Where a limit holds: its id there, and the parameter.
pub(super) struct PlaceView {
    pub(super) id: String,
    pub(super) link: Link,
}

pub(super) struct QuotaRow {
    pub(super) id: String,
    pub(super) operation: Link,
    pub(super) name: String,
    pub(super) amount: String,
    pub(super) description: Inline,
    pub(super) is_raisable: bool,
    pub(super) error: Link,
}

pub(super) fn limits(site: &Site<'_>) -> LimitsPage {
    let api = site.api;
    let of = |resource: &apigen_model::ir::Resource| {
        let limits = api.operations_of(resource).flat_map(|it| it.limits.iter().map(move |limit| (it, limit)));
        ResourceLimits {
            id: format!("of.{}", resource.name),
            link: Link { text: resource.title.clone(), href: resource_page(resource) },
            limits: together(limits.map(|(operation, it)| limit(site, operation, it))),
        }
    };
    let quotas = api.operations.iter().flat_map(|operation| operation.quotas.iter().map(move |it| (operation, it)));
    let (title, lead) = PageName::Limits.words(site);
    let resources: Vec<_> = api.resources.iter().map(of).filter(|it| !it.limits.is_empty()).collect();
    let parts = resources.iter().map(|it| (it.link.text.clone(), it.id.clone()));
    LimitsPage {
        page: page(site, PageName::Limits.stem(), &title, &lead).with_parts(parts),
        resources,
        quotas: quotas.map(|(operation, it)| quota(site, operation, it)).collect(),
    }
}

/// The id of a quota in the page.
pub(super) fn quota_anchor(operation: &Operation, quota: &Quota) -> String {
    format!("quota.{}.{}", operation.id, anchor(&quota.name))
}

/// The link to the error of a limit; none when it is not documented.
pub(super) fn optional_error(site: &Site<'_>, error: Option<ErrorRef>) -> Link {
    error.map_or_else(Link::none, |it| error_link(site.api.error(it).0))
}

/// One row for limits that differ in nothing but their place.
fn together(limits: impl Iterator<Item = LimitRow>) -> Vec<LimitRow> {
    let mut rows: Vec<LimitRow> = Vec::new();
    for limit in limits {
        match rows.iter_mut().find(|it| it.fact == limit.fact) {
            Some(row) => row.places.extend(limit.places),
            None => rows.push(limit),
        }
    }
    rows
}

fn limit(site: &Site<'_>, operation: &Operation, placed: &PlacedLimit) -> LimitRow {
    let (limit, label) = (&placed.limit, &site.words.label);
    let page = resource_page(&site.api.resources[operation.resource]);
    let place = match placed.path.first() {
        Some(top) => fields::parameter_anchor(operation, top),
        None => operation.name.clone(),
    };
    let (enforcement, server, client) = match limit.enforcement {
        Enforcement::Rejected => ("rejected", label.server_rejects, label.client_checks),
        Enforcement::Clamped => ("clamped", label.server_clamps, label.client_passes),
        Enforcement::Unknown => ("unknown", label.server_unknown, label.client_warns),
    };
    let fact = LimitFact {
        parameter: phrases::bounded(site.words, placed).to_owned(),
        bound: inline(&phrases::placed_rule(site.words, placed)),
        server,
        client: if matches!(limit.when, Some(Condition::State(_))) { label.client_cannot } else { client },
        enforcement,
        is_raisable: limit.raisable,
        error: optional_error(site, limit.error),
        description: inline(&limit.description),
    };
    let link = Link { text: placed.id.clone(), href: format!("{page}#{place}") };
    LimitRow { fact, places: vec![PlaceView { id: anchor(&placed.id), link }] }
}

fn quota(site: &Site<'_>, operation: &Operation, quota: &Quota) -> QuotaRow {
    QuotaRow {
        id: quota_anchor(operation, quota),
        operation: operation_link(site.api, operation),
        name: quota.name.clone(),
        amount: format!("{} {}", phrases::amount(quota.amount), quota.unit),
        description: inline(&quota.description),
        is_raisable: quota.raisable,
        error: optional_error(site, quota.error),
    }
}
