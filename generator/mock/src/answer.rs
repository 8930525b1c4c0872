//! What the mock answers: a refusal as the spec documents it, or a documented success with the caller's own values.

use std::time::{Duration, Instant};

use apigen_interpret::{Finding, Kind, Request};
use apigen_model::ir::{
    Auth, Body, Cost, Enforcement, ErrorRef, Operation, Paging, Presence, RateLimit, RateScope, Response, Rule, Sharing,
};
use bytes::Bytes;
use hyper::header::AUTHORIZATION;
use serde_json::Value;

use crate::asked::{Asked, Decoded};
use crate::budgets::{self, Charge, Key};
use crate::errors::{self, Filling, Refusal};
use crate::fault::{Fault, RetryAfter};
use crate::files;
use crate::prepared::{Prepared, Sample, SampleReply};
use crate::reply::{Page, Scene};
use crate::spot::{Caller, Spot, Step};
use crate::twist;
use crate::world::World;

pub(crate) const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";
const HTML: &str = "text/html";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// An answer, before faults are played on its way.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<String>,
    /// The methods that the path has.
    pub(crate) allow: Option<String>,
    pub(crate) example: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) taken: bool,
    pub(crate) receivers: Vec<String>,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
            retry_after: None,
            allow: None,
            example: None,
            reason: None,
            taken: false,
            receivers: Vec::new(),
        }
    }

    /// A problem of the test rather than of the API.
    pub(crate) fn mistake(reason: String) -> Self {
        Self { reason: Some(reason.clone()), ..Self::new(400, TEXT, reason + "\n") }
    }
}

/// What a request is refused with: a documented row, or what comes nearest.
enum No {
    Row(ErrorRef, String),
    Refusal(Refusal, Option<String>),
}

/// A request with all that an answer is made from.
struct Desk<'d> {
    world: &'d World,
    asked: &'d Asked<'d>,
    operation: &'d Operation,
    prepared: &'d Prepared,
    decoded: &'d Decoded,
    caller: Caller<'d>,
}

/// The answer to a request that means no operation.
pub(crate) fn unrouted(world: &World, refusal: &Refusal) -> Answer {
    let filling = Filling { caller: None, operation: None, detail: None, shown: &[] };
    refused(world, None, refusal, None, &filling)
}

/// The answer to a request that means an operation.
pub(crate) fn answer(world: &World, asked: &Asked<'_>, faults: &[Fault]) -> Answer {
    let decoded = Decoded::new(world.api(), &world.base, asked);
    let desk = Desk {
        world,
        asked,
        operation: asked.route.operation,
        prepared: &world.prepared[asked.route.index],
        decoded: &decoded,
        caller: decoded.caller(asked),
    };
    let instead = faults.iter().find_map(|it| desk.instead(it));
    match instead {
        Some(answer) if faults.contains(&Fault::Taken) => {
            Answer { taken: true, receivers: desk.receivers(usize::MAX), ..answer }
        }
        Some(answer) => answer,
        None => match desk.check() {
            Err(no) => desk.refuse(&no),
            Ok(()) => desk.accept(faults),
        },
    }
}

impl<'d> Desk<'d> {
    /// What a fault answers instead of what the request asks for.
    fn instead(&self, fault: &Fault) -> Option<Answer> {
        match fault {
            Fault::Error(name) => Some(match errors::find(self.world.api(), name) {
                Some(error) => self.row(error, &[], None),
                None => Answer::mistake(format!("the spec documents no error `{name}`")),
            }),
            Fault::Html(status) => Some(page_of_gateway(*status)),
            Fault::Throttle(retry_after) => {
                let retry_after = match retry_after {
                    RetryAfter::None => None,
                    RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
                    RetryAfter::Date(seconds) => Some(date_in(*seconds)),
                };
                Some(Answer { retry_after, ..self.refuse(&self.throttled(true)) })
            }
            Fault::ThrottleAfter(count) => {
                let receivers = self.receivers(*count);
                Some(Answer { taken: !receivers.is_empty(), receivers, ..self.refuse(&self.throttled(false)) })
            }
            Fault::Delay(_)
            | Fault::Slow(_)
            | Fault::Reset(_)
            | Fault::Truncate
            | Fault::ExpireTokens
            | Fault::WrongTypes
            | Fault::UnknownValues
            | Fault::Empty
            | Fault::Huge(_)
            | Fault::Taken => None,
        }
    }

    /// Whether the request is one that the server would carry out.
    fn check(&self) -> Result<(), No> {
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

    /// What answers too many calls: what the spec says of the operation's own budgets, or a row with the status for it.
    fn throttled(&self, wants_status: bool) -> No {
        let api = self.world.api();
        let reason = "a fault that was asked for".to_owned();
        let own = self.operation.rate_limits.iter().filter_map(|id| api[*id].error);
        let has_status = |it: &ErrorRef| api.error(*it).1.status == 429;
        match own.clone().find(|it| !wants_status || has_status(it)) {
            Some(error) => No::Row(error, reason),
            None => No::Refusal(Refusal::Budget, Some(reason)),
        }
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

    fn filling<'f>(&'f self, detail: Option<&'f str>, shown: &'f [(String, String)]) -> Filling<'f> {
        Filling { caller: Some(&self.caller), operation: Some((self.operation, self.prepared)), detail, shown }
    }

    fn row(&self, error: ErrorRef, shown: &[(String, String)], reason: Option<String>) -> Answer {
        let api = self.world.api();
        let body = errors::body(api, error, &self.filling(None, shown)).to_string();
        Answer { reason, ..Answer::new(api.error(error).1.status, JSON, body) }
    }

    fn refuse(&self, no: &No) -> Answer {
        match no {
            No::Row(error, reason) => self.row(*error, &[], Some(reason.clone())),
            No::Refusal(refusal, reason) => {
                let detail = if let Refusal::NotJson(problem) = refusal { Some(problem.as_str()) } else { None };
                refused(self.world, Some(self.operation), refusal, reason.clone(), &self.filling(detail, &[]))
            }
        }
    }

    /// A success, or what else the example says that the request is.
    fn accept(&self, faults: &[Fault]) -> Answer {
        let wanted = self.asked.head.header("x-mock-example");
        let Some((sample, is_shown)) = self.prepared.choose(&self.caller, wanted) else {
            let names: Vec<_> = self.prepared.examples.iter().map(|it| it.name.as_str()).collect();
            return Answer::mistake(format!(
                "`{}` has no such example; it has {}",
                self.operation.id,
                names.join(", ")
            ));
        };
        let succeeds = sample.reply.succeeds();
        let answer = match &sample.reply {
            SampleReply::Error { error, values } => self.row(*error, values, None),
            SampleReply::Binary(content) => Answer::new(200, BYTES, content.clone()),
            SampleReply::Json { .. } => Answer::new(200, JSON, self.json(sample, is_shown, faults)),
        };
        let body = if faults.contains(&Fault::Empty) { Bytes::new() } else { answer.body };
        let receivers = if succeeds { self.receivers(usize::MAX) } else { Vec::new() };
        Answer { body, example: Some(sample.name.clone()), taken: succeeds, receivers, ..answer }
    }

    fn receivers(&self, count: usize) -> Vec<String> {
        let mut items = self.prepared.list.as_ref().map(|it| self.caller.items(it)).unwrap_or_default();
        items.truncate(count);
        items
    }

    /// The text of a JSON reply.
    fn json(&self, sample: &Sample, is_shown: bool, faults: &[Fault]) -> String {
        let SampleReply::Json { shown, paged, records, .. } = &sample.reply else { return String::new() };
        let page = self.page();
        let node = paged.as_ref().filter(|_| !is_shown).unwrap_or(shown);
        let url = self.url();
        let scene = Scene {
            caller: &self.caller,
            path: self.caller.path,
            url: &url,
            item: None,
            ordinal: 0,
            page: page.as_ref(),
        };
        let mut text = String::with_capacity(512);
        node.render(&scene, &mut text);
        let hands_out = self.world.hands_out_tokens(self.asked.route.index) && sample.reply.succeeds();
        let wrong = faults.contains(&Fault::WrongTypes);
        let unknown = faults.contains(&Fault::UnknownValues);
        let follow_up = self.operation.follow_up.as_ref().filter(|_| !records.is_empty());
        if !(hands_out || wrong || unknown || follow_up.is_some()) {
            return text;
        }
        let Ok(mut body) = serde_json::from_str(&text) else { return text };
        if let Some(follow_up) = follow_up {
            files::rename(&self.world.base, &self.operation.id, &sample.name, &follow_up.url, &mut body);
        }
        if hands_out {
            self.issue(&mut body);
        }
        if unknown {
            twist::unknown_values(self.world.api(), self.operation, &mut body);
        }
        if wrong {
            twist::wrong_types(self.operation, &mut body);
        }
        body.to_string()
    }

    /// URL of the server with the caller's values.
    fn url(&self) -> String {
        let path = self.asked.head.path.strip_suffix(self.asked.route.below).unwrap_or_default();
        format!("{}{path}", self.world.base)
    }

    /// Puts a token of the mock's own into the reply, and for how long it is valid.
    fn issue(&self, body: &mut Value) {
        let Auth::TokenOperation(names) = &self.world.api().auth else { return };
        let payload = match &self.operation.response {
            Response::Json { at: apigen_model::ir::Payload::Key(key), .. } => body.get_mut(key),
            Response::Json { at: apigen_model::ir::Payload::Whole, .. }
            | Response::Empty { .. }
            | Response::Binary { .. } => Some(body),
        };
        let Some(Value::Object(fields)) = payload else { return };
        let promised =
            fields.get(&names.expires_in).and_then(Value::as_u64).filter(|it| *it > 0).map(Duration::from_secs);
        let fixed = self.world.settings().token_lifetime;
        if let Some(lifetime) = fixed {
            // A lifetime of less than a second is told as one: zero would mean that nobody knows.
            let seconds = lifetime.as_secs() + u64::from(lifetime.subsec_nanos() > 0);
            fields.insert(names.expires_in.clone(), seconds.into());
        }
        let token = self.world.tokens().issue(fixed.or(promised), Instant::now());
        fields.insert(names.access_token.clone(), token.into());
    }

    /// The page that the caller asks for: of three, the last of which has a single item.
    fn page(&self) -> Option<Page<'_>> {
        let documented = &self.prepared.items;
        let number = |name: &str| self.caller.query(name).and_then(|it| it.parse::<u64>().ok());
        let (size, index) = match &self.operation.paging {
            Paging::None => return None,
            Paging::PageNumber { parameter, size, first, default_size, max_size, .. } => {
                let size = number(size).unwrap_or(*default_size).clamp(1, (*max_size).max(1));
                (size, number(parameter).unwrap_or_default().saturating_sub(u64::from(*first)))
            }
            Paging::Cursor { parameter, size, .. } => {
                let size = number(size).unwrap_or_else(|| self.default_size(size));
                (size.clamp(1, MAX_PAGE), self.caller.query(parameter).map_or(0, |it| self.cursor(it)))
            }
        };
        let total = if documented.is_empty() { 0 } else { size.saturating_mul(2).saturating_add(1) };
        let from = index.saturating_mul(size).min(total);
        let count = size.min(total - from);
        let next = (from + count < total).then(|| format!("{CURSOR}{}", index + 2));
        Some(Page { documented, from, count, total, next })
    }

    /// The size of a page that the spec says is assumed, or that of an example.
    fn default_size(&self, wire: &str) -> u64 {
        let field = self.operation.query.iter().find(|it| it.wire == wire && it.presence != Presence::Required);
        let documented = u64::try_from(self.prepared.items.len()).unwrap_or(MAX_PAGE);
        field.and_then(|it| it.default.as_u64()).unwrap_or(documented)
    }

    /// Index of the page that a cursor names: one of the mock's own, or one of an example, which is that of the second page.
    fn cursor(&self, cursor: &str) -> u64 {
        let own = cursor.strip_prefix(CURSOR).and_then(|it| it.parse::<u64>().ok()).map(|it| it.saturating_sub(1));
        own.unwrap_or(if self.prepared.cursors.iter().any(|it| it == cursor) { 1 } else { 2 })
    }
}

/// How cursors of the mock begin; the number of the page follows.
const CURSOR: &str = "page-";

/// Items of a page that a cursor leads to, at most.
const MAX_PAGE: u64 = 1000;

fn limited(limit: &RateLimit, reason: String) -> No {
    match limit.error {
        Some(error) => No::Row(error, reason),
        None => No::Refusal(Refusal::Budget, Some(reason)),
    }
}

fn refused(
    world: &World,
    operation: Option<&Operation>,
    refusal: &Refusal,
    reason: Option<String>,
    filling: &Filling<'_>,
) -> Answer {
    let api = world.api();
    let (status, body) = match errors::row(api, operation, refusal) {
        Some(error) => (api.error(error).1.status, errors::body(api, error, filling)),
        None => (errors::status(refusal), errors::undocumented(api, &errors::describe(refusal))),
    };
    let reason = reason.unwrap_or_else(|| errors::describe(refusal).into_owned());
    Answer { reason: Some(reason), ..Answer::new(status, JSON, body.to_string()) }
}

/// What a gateway in front of the service says.
fn page_of_gateway(status: u16) -> Answer {
    let name = hyper::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or("Error");
    let title = format!("{status} {name}");
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    );
    Answer::new(status, HTML, body)
}

fn date_in(seconds: u64) -> String {
    #[expect(clippy::disallowed_methods, reason = "a date of a header is one of the clock")]
    let now = std::time::SystemTime::now();
    httpdate::fmt_http_date(now + Duration::from_secs(seconds.min(100 * 365 * 86_400)))
}
