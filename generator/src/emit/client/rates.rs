//! `rates.rs`: every rate limit once.

use apigen_model::ir::{Api, Cost, Period, RateLimit, RateScope, Sharing};
use askama::Template;

use crate::emit::rust::{docs, layout, literals, names};
use crate::emit::templates::rendered;

#[derive(Template)]
#[template(path = "client/src/rates.rs.jinja")]
struct RatesView {
    rates: Vec<RateView>,
}

struct RateView {
    constant: String,
    id: String,
    amount: String,
    seconds: u32,
    /// What differs from the usual, line by line.
    lines: Vec<String>,
    docs: String,
}

/// Renders the module.
pub(super) fn module(api: &Api) -> String {
    let view = RatesView { rates: api.rate_limits.iter().map(|it| rate(api, it)).collect() };
    layout::file(&layout::header("spec/"), &rendered(&view))
}

/// The name of the static of a rate limit, within its module.
pub(super) fn constant(limit: &RateLimit) -> String {
    names::constant(&limit.name)
}

fn rate(api: &Api, limit: &RateLimit) -> RateView {
    let mut lines = Vec::new();
    match &limit.cost {
        Cost::Call => {}
        Cost::Items(list) => lines.push(format!("cost: Items({})", literals::string(list))),
    }
    match &limit.scope {
        RateScope::Application => {}
        RateScope::User(parameter) => lines.push(format!("user: {}", literals::string(parameter))),
    }
    match limit.sharing {
        Sharing::PerOperation => {}
        Sharing::Shared => lines.push("sharing: Shared".to_owned()),
    }
    if let Some(error) = limit.error {
        lines.push(format!("error: {}", literals::string(&api.error(error).0.name)));
    }
    RateView {
        constant: constant(limit),
        id: literals::string(&limit.name),
        amount: literals::integer(limit.amount),
        seconds: match limit.per {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3600,
            Period::Day => 86_400,
        },
        lines,
        docs: literals::string(&docs::line(&format!(
            "{} {}",
            crate::prose::rate(&crate::words::ENGLISH, limit),
            limit.description
        ))),
    }
}
