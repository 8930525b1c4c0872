//! One request and its answer, with the faults that are played on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use apigen_interpret::Unrouted;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

use crate::answer::{self, Answer};
use crate::asked::{Asked, Head, Sent};
use crate::control;
use crate::errors::Refusal;
use crate::fault::{self, Fault, Plan, Stage};
use crate::log::Request;
use crate::play::{Cut, Played};
use crate::world::World;

static EXAMPLE: HeaderName = HeaderName::from_static("x-mock-example");
static REASON: HeaderName = HeaderName::from_static("x-mock-reason");

/// Answers a request. `reset` tells the socket to reset the connection when it is closed.
pub(crate) async fn exchange(
    world: Arc<World>,
    reset: Arc<AtomicBool>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Played>, Cut> {
    let (parts, incoming) = request.into_parts();
    let head = Head {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
    };
    if head.path == control::ROOT || head.path.starts_with(control::BELOW) {
        let sent = Sent::receive(&head, incoming).await.map_err(|_| Cut)?;
        return Ok(response(&control::answer(&world, &head, &sent), None));
    }
    #[expect(clippy::disallowed_methods, reason = "a log says when")]
    let time = SystemTime::now();
    let route = world.interpreter.route(&head.method, &head.path, &|name| head.header(name));
    let Ok(mut route) = route else {
        let answer = unrouted(&world, route.err());
        let sent = Sent::receive(&head, incoming).await.map_err(|_| Cut)?;
        record(&world, time, &head, sent, None, &answer, Outcome { status: Some(answer.status), faults: &[] });
        return Ok(response(&answer, None));
    };
    if let Some(twin) = head.header("x-mock-example").and_then(|it| world.twin(route.index, it)) {
        (route.operation, route.index) = (&world.api().operations[twin], twin);
    }
    let faults = match head.header("x-mock-fault").map(str::parse::<Plan>) {
        None => world.strike(route.index),
        Some(Ok(plan)) => plan.faults,
        Some(Err(unknown)) => return Ok(response(&Answer::mistake(unknown.to_string()), None)),
    };
    let id = Some(route.operation.id.as_str());
    if faults.contains(&Fault::Reset(Stage::Before)) {
        let answer = Answer::new(0, answer::TEXT, "");
        record(&world, time, &head, Sent::default(), id, &answer, Outcome { status: None, faults: &faults });
        return Err(cut(&reset));
    }
    let sent = Sent::receive(&head, incoming).await.map_err(|_| Cut)?;
    if faults.contains(&Fault::ExpireTokens) {
        world.tokens().expire();
    }
    let answer = answer::answer(&world, &Asked { head: &head, sent: &sent, route: &route }, &faults);
    let is_cut = faults.contains(&Fault::Reset(Stage::Taken));
    let status = if is_cut { None } else { Some(answer.status) };
    record(&world, time, &head, sent, id, &answer, Outcome { status, faults: &faults });
    let delay = faults.iter().find_map(|it| if let Fault::Delay(time) = it { Some(*time) } else { None });
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    if is_cut {
        return Err(cut(&reset));
    }
    if faults.contains(&Fault::Reset(Stage::Body)) {
        reset.store(true, Ordering::Relaxed);
    }
    Ok(response(&answer, Some(&faults)))
}

/// How a request ended.
#[derive(Clone, Copy)]
struct Outcome<'o> {
    status: Option<u16>,
    faults: &'o [Fault],
}

fn unrouted(world: &World, unrouted: Option<Unrouted>) -> Answer {
    match unrouted {
        Some(Unrouted::WrongMethod(methods)) => {
            let methods: Vec<_> = methods.iter().map(|it| it.as_str()).collect();
            Answer { allow: Some(methods.join(", ")), ..answer::unrouted(world, &Refusal::Method) }
        }
        Some(Unrouted::UnknownPath) | None => answer::unrouted(world, &Refusal::Path),
    }
}

fn cut(reset: &AtomicBool) -> Cut {
    reset.store(true, Ordering::Relaxed);
    Cut
}

/// Writes a request into the log, before anybody hears of its answer.
fn record(
    world: &World,
    time: SystemTime,
    head: &Head,
    sent: Sent,
    operation: Option<&str>,
    answer: &Answer,
    outcome: Outcome<'_>,
) {
    world.log().push(Request {
        index: 0,
        time,
        method: head.method.clone(),
        path: head.path.clone(),
        query: head.query.clone(),
        operation: operation.map(str::to_owned),
        headers: head.headers.clone(),
        body: sent.bytes,
        parts: sent.parts,
        status: outcome.status,
        fault: (!outcome.faults.is_empty()).then(|| fault::joined(outcome.faults)),
        example: answer.example.clone(),
        reason: answer.reason.clone(),
        taken: answer.taken,
        receivers: answer.receivers.clone(),
    });
}

/// The answer as it is sent, by the faults that concern its body.
fn response(answer: &Answer, faults: Option<&[Fault]>) -> Response<Played> {
    let mut response = Response::new(body(answer, faults.unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    let texts = [
        (&RETRY_AFTER, &answer.retry_after),
        (&ALLOW, &answer.allow),
        (&EXAMPLE, &answer.example),
        (&REASON, &answer.reason),
    ];
    for (name, text) in texts {
        if let Some(value) = text.as_deref().and_then(header) {
            headers.insert(name, value);
        }
    }
    response
}

/// Text as a header: on one line, and in letters that headers may have.
fn header(text: &str) -> Option<HeaderValue> {
    let line = text.lines().next().unwrap_or_default();
    if line.bytes().all(|it| (0x20..0x7f).contains(&it)) {
        return HeaderValue::from_str(line).ok();
    }
    HeaderValue::from_str(&line.escape_default().to_string()).ok()
}

fn body(answer: &Answer, faults: &[Fault]) -> Played {
    let body = &answer.body;
    for fault in faults {
        match fault {
            Fault::Truncate | Fault::Reset(Stage::Body) => return Played::half(body),
            Fault::Slow(wait) => return Played::slow(body, *wait),
            Fault::Huge(bytes) if answer.taken => return Played::padded(body.clone(), *bytes),
            Fault::Huge(_)
            | Fault::Error(_)
            | Fault::Delay(_)
            | Fault::Reset(Stage::Before | Stage::Taken)
            | Fault::Html(_)
            | Fault::Throttle(_)
            | Fault::ThrottleAfter(_)
            | Fault::ExpireTokens
            | Fault::WrongTypes
            | Fault::UnknownValues
            | Fault::Empty
            | Fault::Taken => {}
        }
    }
    Played::whole(body.clone())
}
