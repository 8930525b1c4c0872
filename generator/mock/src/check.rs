//! Whether a request is one that the server would carry out: token, budgets, content, values.

use std::time::Instant;

use apigen_interpret::{Finding, Kind, Request};
use apigen_model::ir::{Auth, Body, Cost, Enforcement, ErrorRef, RateLimit, RateScope, Rule, Sharing};
use hyper::header::AUTHORIZATION;

use crate::answer::Desk;
use crate::budgets::{self, Charge, Key};
use crate::errors::Refusal;
use crate::spot::{Spot, Step};

/// What a request is refused with: a documented row, or what comes nearest.
pub(crate) enum No {
    Row(ErrorRef, String),
    Refusal(Refusal, Option<String>),
}

impl Desk<'_> {
    /// Whether the request is one that the server would carry out.
    pub(crate) fn check(&self) -> Result<(), No> {
        if self.asked.sent.is_too_large {
            return Err(No::Refusal(Refusal::TooLarge, None));
        }
        if self.operation.authenticated && matches!(self.world.api().auth, Auth::TokenOperation(_)) && !self.has_token()
        {
            return Err(No::Refusal(Refusal::Token, None));
        }
        self.spend()?;
        self.content()?;
        self.values()
    }

    fn has_token(&self) -> bool {
        let header = self.asked.head.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        let token =
            header.and_then(|it| it.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.is_some_and(|(_, token)| self.world.tokens().is_valid(token.trim(), Instant::now()))
    }

    /// Takes what the call costs of its budgets.
    fn spend(&self) -> Result<(), No> {
        let Some(factor) = self.world.settings().budgets else { return Ok(()) };
        let charges: Vec<_> = self.prepared.budgets.iter().map(|limit| self.charge(*limit, factor)).collect();
        self.world.budgets().take(&charges, Instant::now()).map_err(|index| {
            let limit = &self.world.api().rate_limits[self.prepared.budgets[index]];
            limited(limit, format!("the budget `{}` is spent", limit.name))
        })
    }

    fn charge(&self, limit: usize, factor: f64) -> Charge {
        let rate = &self.world.api().rate_limits[limit];
        let application = self.caller.server.join("/");
        let owner = match &rate.scope {
            RateScope::Application => application,
            RateScope::User(wire) => {
                let index = self.operation.path_parameters.iter().position(|it| it.wire == *wire);
                let user = index.and_then(|it| self.caller.parameters.get(it)).map_or("", String::as_str);
                format!("{application} {user}")
            }
        };
        let cost = match &rate.cost {
            Cost::Call => 1,
            Cost::Items(wire) => u64::try_from(self.items(wire)).unwrap_or(u64::MAX),
        };
        let operation = match rate.sharing {
            Sharing::PerOperation => Some(self.asked.route.index),
            Sharing::Shared => None,
        };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "budgets are small numbers"
        )]
        let amount = (rate.amount as f64 * factor).ceil() as u64;
        Charge { key: Key { limit, operation, owner }, cost, amount, period: budgets::duration(rate.per) }
    }

    /// How many items a list parameter has, wherever it stands.
    fn items(&self, wire: &str) -> usize {
        let path = self.operation.path_parameters.iter().position(|it| it.wire == wire).map(Spot::Path);
        let query = || self.operation.query.iter().any(|it| it.wire == wire).then(|| Spot::Query(wire.to_owned()));
        let spot = path.or_else(query).unwrap_or_else(|| Spot::Body(vec![Step::Key(wire.to_owned())]));
        self.caller.items(&spot).len()
    }

    /// Whether the body is of the kind that the operation takes, and can be read.
    fn content(&self) -> Result<(), No> {
        let sent = self.asked.sent;
        let is_empty = sent.bytes.is_empty() && !sent.is_form;
        let is_fitting = match &self.operation.body {
            Body::None => true,
            Body::Json(_) => {
                is_empty || apigen_interpret::is_json(self.asked.head.header("content-type").unwrap_or_default())
            }
            Body::Multipart(_) => is_empty || sent.is_form,
        };
        if !is_fitting {
            return Err(No::Refusal(Refusal::ContentType, None));
        }
        match self.decoded.problem.as_ref().or(sent.malformed.as_ref()) {
            Some(problem) if !matches!(self.operation.body, Body::None) => {
                Err(No::Refusal(Refusal::NotJson(problem.clone()), None))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the values are what the spec says. What it does not know, and what nobody knows to be refused, passes.
    fn values(&self) -> Result<(), No> {
        let head = self.asked.head;
        let header = |name: &str| head.header(name);
        let parts = self.asked.sent.form_parts();
        let request = Request { query: &head.query, header: &header, content: self.asked.sent.content(head, &parts) };
        let checked = self.world.interpreter.request(self.asked.route, &request);
        checked.findings.iter().find_map(|it| self.objection(it)).map_or(Ok(()), Err)
    }

    fn objection(&self, finding: &Finding) -> Option<No> {
        let reason = finding.to_string();
        if let Some(placed) = finding.limit.and_then(|it| self.operation.limits.get(it)) {
            let limit = &placed.limit;
            return match (limit.enforcement, limit.error) {
                (Enforcement::Rejected, Some(error)) => Some(No::Row(error, reason)),
                (Enforcement::Rejected, None) => {
                    let name = || placed.wire.rsplit('.').next().unwrap_or_default().to_owned();
                    let refusal = match limit.rule {
                        Rule::Required => Refusal::Invalid(name()),
                        Rule::MaxSize(_) | Rule::BodySize { .. } => Refusal::TooLarge,
                        Rule::MinChars(_)
                        | Rule::MaxChars(_)
                        | Rule::MaxBytes(_)
                        | Rule::MinItems(_)
                        | Rule::MaxItems(_)
                        | Rule::Min(_)
                        | Rule::Max(_)
                        | Rule::Pattern(_) => Refusal::Limit,
                    };
                    Some(No::Refusal(refusal, Some(reason)))
                }
                (Enforcement::Clamped | Enforcement::Unknown, _) => None,
            };
        }
        match finding.kind {
            Kind::Missing | Kind::WrongType | Kind::WrongContent => {
                let name = finding.at.rsplit([' ', '.']).next().unwrap_or_default();
                let name = name.split('[').next().unwrap_or_default().to_owned();
                Some(No::Refusal(Refusal::Invalid(name), Some(reason)))
            }
            Kind::UnknownOperation
            | Kind::UnknownParameter
            | Kind::UnknownField
            | Kind::UnknownValue
            | Kind::LimitExceeded
            | Kind::UndocumentedError => None,
        }
    }
}

/// What answers a spent budget.
fn limited(limit: &RateLimit, reason: String) -> No {
    match limit.error {
        Some(error) => No::Row(error, reason),
        None => No::Refusal(Refusal::Budget, Some(reason)),
    }
}
