//! What the mock answers: a refusal as the spec documents it, or a documented success with the caller's own values.

use std::time::{Duration, Instant};

use apigen_model::ir::{Auth, ErrorRef, Operation, Payload, Response};
use bytes::Bytes;
use serde_json::Value;

use crate::asked::{Asked, Decoded};
use crate::check::No;
use crate::errors::{self, Filling, Refusal};
use crate::fault::{Fault, RetryAfter};
use crate::files;
use crate::pages;
use crate::prepared::{Prepared, Sample, SampleReply};
use crate::reply::Scene;
use crate::spot::Caller;
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

/// A request with all that an answer is made from.
pub(crate) struct Desk<'d> {
    pub(crate) world: &'d World,
    pub(crate) asked: &'d Asked<'d>,
    pub(crate) operation: &'d Operation,
    pub(crate) prepared: &'d Prepared,
    pub(crate) decoded: &'d Decoded,
    pub(crate) caller: Caller<'d>,
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

impl Desk<'_> {
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
        let page = pages::page(self.operation, self.prepared, &self.caller);
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
            Response::Json { at: Payload::Key(key), .. } => body.get_mut(key),
            Response::Json { at: Payload::Whole, .. } | Response::Empty { .. } | Response::Binary { .. } => Some(body),
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
