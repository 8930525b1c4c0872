//! Access tokens: fetched by one task at a time, kept until shortly before they expire, replaced when refused.
//!
//! Vendors ban accounts that ask for tokens too often, so there is a floor between two requests, whatever happens. A
//! refresh runs in a task of its own: no caller that gives up can cancel what others wait for. A refresh that fails leaves
//! a token that is still valid where it is.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apigen_core::json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::api::TokenOperation;
use crate::client::{Client, Shared};
use crate::decode::{Decode, DecodeError, Fields};
use crate::error::{Error, ErrorKind};
use crate::exchange;
use crate::request;
use crate::retry::Retry;
use crate::transport::{BoxError, BoxFuture};
use crate::values::Secret;

/// A token is replaced when a tenth of its life is left, but at most this long before its end.
const MARGIN: Duration = Duration::from_secs(60);

/// A token from elsewhere: from a service of one's own, say, that several programs share.
pub trait TokenProvider: Send + Sync + 'static {
    /// Obtains a token. The client keeps it until shortly before it expires, or until the server refuses it, and never
    /// asks for two at once.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, BoxError>>;
}

/// A token and how long it is valid.
#[derive(Debug, Clone)]
pub struct AccessToken {
    secret: Secret,
    lifetime: Option<Duration>,
}

impl AccessToken {
    /// A token that is used until the server refuses it.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self { secret: secret.into(), lifetime: None }
    }

    /// How long the token is valid, counted from now. Zero means that nobody knows.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime).filter(|lifetime| !lifetime.is_zero()), ..self }
    }
}

/// Where tokens come from.
pub(crate) enum Source {
    /// From nowhere: only calls that bring a token of their own can be made.
    None,
    /// One that is never replaced.
    Fixed(Secret),
    /// From the API's own operation.
    Credentials { operation: &'static TokenOperation, id: String, secret: Secret },
    /// From elsewhere.
    Provider(Arc<dyn TokenProvider>),
}

/// The token of a client and all its clones.
pub(crate) struct Tokens {
    source: Source,
    /// Least time between two requests for a token.
    floor: Duration,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    current: Option<Current>,
    /// When a token was last asked for.
    asked: Option<Instant>,
    /// Why that failed.
    failure: Option<Error>,
    /// There while a token is being asked for; its sender is dropped at the end.
    refreshing: Option<watch::Receiver<()>>,
    /// Whether the task that asked ended without an answer, because the runtime that ran it did.
    is_cut_off: bool,
}

/// A token in use.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) secret: Secret,
    /// Counts the tokens, so that those who were refused can tell whether there is another one.
    pub(crate) generation: u64,
    stale: Option<Instant>,
    expired: Option<Instant>,
}

/// Why there is no token.
pub(crate) enum NoToken {
    /// None could be obtained.
    Failed(Error),
    /// The only one there is has been refused. Another one can be asked for after so long, if ever.
    Refused(Option<Duration>),
}

impl Tokens {
    pub(crate) fn new(source: Source, floor: Duration) -> Self {
        Self { source, floor, slot: Mutex::default() }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // Nothing panics while it holds the lock, and every state of the slot is a good one.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a token may be asked for again, if that is not now.
    fn too_early(&self, slot: &Slot, now: Instant) -> Option<Instant> {
        Some(slot.asked?.checked_add(self.floor).unwrap_or_else(|| exchange::after(Duration::MAX)))
            .filter(|end| *end > now)
    }
}

/// How long a request for a token can last; one that lasts longer runs on a runtime that nobody drives any more.
fn longest_refresh(client: &Client) -> Duration {
    client.shared().timeout.unwrap_or(request::TIMEOUT).saturating_add(Duration::from_secs(1))
}

/// A token, other than the refused one if there is one.
pub(crate) async fn acquire(client: &Client, refused: Option<u64>) -> Result<Current, NoToken> {
    let tokens = &client.shared().tokens;
    if let Source::Fixed(secret) = &tokens.source {
        return if refused.is_none() { Ok(Current::fixed(secret.clone())) } else { Err(NoToken::Refused(None)) };
    }
    loop {
        let mut refreshing = match look(client, refused)? {
            Look::Token(current) => return Ok(current),
            Look::Later(moment) => {
                tokio::time::sleep_until(moment).await;
                continue;
            }
            Look::Wait(refreshing) => refreshing,
        };
        // Its sender never sends: an error means that the refresh is over.
        drop(tokio::time::timeout(longest_refresh(client), refreshing.changed()).await);
        let slot = tokens.slot();
        match (&slot.failure, &slot.current) {
            (None, Some(current)) if Some(current.generation) != refused => return Ok(current.clone()),
            (Some(failure), _) => {
                let now = Instant::now();
                return Err(failed(failure, tokens.too_early(&slot, now).map(|end| end - now)));
            }
            // It was cut off: this task, which is alive, asks itself.
            (None, _) => {}
        }
    }
}

enum Look {
    Token(Current),
    Wait(watch::Receiver<()>),
    /// There may be one after a moment.
    Later(Instant),
}

/// Takes the token that is there, or joins or starts a refresh.
fn look(client: &Client, refused: Option<u64>) -> Result<Look, NoToken> {
    let mut begun = None;
    let look = seek(client, refused, &mut begun);
    // The slot must not be locked here: a runtime that is about to end drops the task at once, and with it the refresh,
    // which then locks the slot itself.
    if let Some(refresh) = begun {
        tokio::spawn(async move {
            let fetched = fetch(&refresh.client).await;
            refresh.end(fetched);
        });
    }
    look
}

fn seek(client: &Client, refused: Option<u64>, begun: &mut Option<Refresh>) -> Result<Look, NoToken> {
    let tokens = &client.shared().tokens;
    let now = Instant::now();
    let mut slot = tokens.slot();
    let longest = longest_refresh(client);
    if slot.refreshing.is_some() && slot.asked.is_some_and(|asked| now.duration_since(asked) >= longest) {
        (slot.refreshing, slot.is_cut_off) = (None, true);
    }
    let too_early = tokens.too_early(&slot, now);
    let current = slot.current.clone().filter(|current| Some(current.generation) != refused);
    let passed = |moment: Option<Instant>| moment.is_some_and(|moment| moment <= now);
    match current {
        Some(current) if !passed(current.expired) => {
            if passed(current.stale) && slot.refreshing.is_none() && too_early.is_none() {
                drop(begin(client, &mut slot, now, begun));
            }
            Ok(Look::Token(current))
        }
        expired => match (&slot.refreshing, too_early, &slot.failure, expired) {
            (Some(refreshing), _, _, _) => Ok(Look::Wait(refreshing.clone())),
            (None, None, _, _) => Ok(Look::Wait(begin(client, &mut slot, now, begun))),
            (None, Some(end), Some(failure), _) => Err(failed(failure, Some(end - now))),
            (None, Some(end), None, _) if slot.is_cut_off => Ok(Look::Later(end)),
            // Its life is shorter than the floor: the server decides whether it is still good.
            (None, Some(_), None, Some(expired)) => Ok(Look::Token(expired)),
            (None, Some(end), None, None) => Err(NoToken::Refused(Some(end - now))),
        },
    }
}

/// The last failure, with the time after which a token can be asked for again.
fn failed(failure: &Error, wait: Option<Duration>) -> NoToken {
    NoToken::Failed(failure.clone().with_retry_after(wait.max(failure.retry_after())))
}

/// Takes note of a refresh that is to be started.
fn begin(client: &Client, slot: &mut Slot, now: Instant, begun: &mut Option<Refresh>) -> watch::Receiver<()> {
    let (done, refreshing) = watch::channel(());
    *slot = Slot {
        current: slot.current.take(),
        asked: Some(now),
        refreshing: Some(refreshing.clone()),
        ..Slot::default()
    };
    *begun = Some(Refresh { client: client.clone(), asked: now, fetched: None, _done: done });
    refreshing
}

/// A refresh under way. Wherever and however it ends, what came of it is kept, and those who wait for it are woken.
struct Refresh {
    client: Client,
    asked: Instant,
    fetched: Option<Result<AccessToken, Error>>,
    _done: watch::Sender<()>,
}

impl Refresh {
    fn end(mut self, fetched: Result<AccessToken, Error>) {
        match &fetched {
            Ok(token) => tracing::debug!(name: "apigen.token", lifetime = ?token.lifetime, "a new token"),
            Err(error) => tracing::warn!(name: "apigen.token_failed", %error, "no token"),
        }
        self.fetched = Some(fetched);
    }
}

impl Drop for Refresh {
    fn drop(&mut self) {
        let mut slot = self.client.shared().tokens.slot();
        // One that was given up may come to life again after the next one has begun.
        let is_last = slot.asked == Some(self.asked);
        match self.fetched.take() {
            // A token that is newer stays.
            Some(Ok(_)) if !is_last && slot.current.is_some() => {}
            Some(Ok(token)) => {
                let generation = slot.current.as_ref().map_or(0, |current| current.generation) + 1;
                slot.current = Some(Current::new(token, generation, self.asked));
                slot.failure = None;
            }
            Some(Err(error)) => slot.failure = Some(error).filter(|_| is_last),
            None if std::thread::panicking() => {
                slot.failure = Some(Error::new(ErrorKind::Token, "the request for a token panicked"));
            }
            None => slot.is_cut_off = is_last,
        }
        if is_last {
            slot.refreshing = None;
        }
    }
}

impl Current {
    /// One that is never replaced.
    pub(crate) fn fixed(secret: Secret) -> Self {
        Self { secret, generation: 0, stale: None, expired: None }
    }

    fn new(token: AccessToken, generation: u64, asked: Instant) -> Self {
        let fresh = |lifetime: Duration| lifetime.saturating_sub((lifetime / 10).min(MARGIN));
        let after = |lifetime: Duration| asked.checked_add(lifetime);
        Self {
            secret: token.secret,
            generation,
            stale: token.lifetime.and_then(|lifetime| after(fresh(lifetime))),
            expired: token.lifetime.and_then(after),
        }
    }
}

async fn fetch(client: &Client) -> Result<AccessToken, Error> {
    let no_token = || Error::new(ErrorKind::Token, "no token");
    let Shared { tokens, timeout, .. } = client.shared();
    match &tokens.source {
        Source::None | Source::Fixed(_) => Err(Error::new(
            ErrorKind::Configuration,
            "the client has neither credentials, access token nor token provider",
        )),
        Source::Credentials { operation, id, secret } => {
            issue(client, operation, id, secret).await.map_err(|error| no_token().because(error))
        }
        Source::Provider(provider) => {
            match tokio::time::timeout(timeout.unwrap_or(request::TIMEOUT), provider.token()).await {
                Ok(token) => token.map_err(|error| no_token().with_source(error)),
                Err(elapsed) => Err(no_token().with_source(elapsed)),
            }
        }
    }
}

async fn issue(
    client: &Client,
    operation: &'static TokenOperation,
    id: &str,
    secret: &Secret,
) -> Result<AccessToken, Error> {
    let mut call = client.call(operation.operation);
    for (name, value) in operation.constants {
        call = call.field(*name, *value);
    }
    let call = call.field(operation.id, id.to_owned()).secret(operation.secret, secret.clone());
    let mut call = call.retry(Retry::never());
    let received = exchange::execute(&mut call).await?;
    token(operation, &received.json()?).map_err(|error| received.misread(error))
}

/// Reads a token and its life. Numbers that make no sense mean that nobody knows.
fn token(operation: &TokenOperation, body: &Value<'_>) -> Result<AccessToken, DecodeError> {
    let secret: String = Fields::of(body)?.required(operation.access_token)?;
    if secret.is_empty() {
        return Err(DecodeError::new("empty").within(operation.access_token));
    }
    let seconds = body.get(operation.expires_in).and_then(|seconds| u64::decode(seconds).ok()).unwrap_or(0);
    Ok(AccessToken::new(secret).expires_in(Duration::from_secs(seconds)))
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::None => "no token",
            Source::Fixed(_) => "a fixed token",
            Source::Credentials { .. } => "tokens for credentials",
            Source::Provider(_) => "tokens from a provider",
        })
    }
}
