//! What stands between a client and its transport: code of the application's own, run for each attempt.

use std::fmt;
use std::sync::Arc;

use crate::api::{Api, Operation};
use crate::error::Attempt;
use crate::transport::{BoxFuture, Request, Response, Transport, TransportError};

/// Code that sees each request before it is sent and each answer before it is read: to sign, to record, to measure.
///
/// It runs once per attempt, so a call that is repeated comes by several times, each time with a body and a token of its
/// own. Requests for tokens come by as those of any operation; so do requests for files that a reply names, which
/// carry nothing of the client's, for which see [`Context::is_follow_up`]. Several are run in the order in which the builder was given them,
/// the first one being the first to see a request and the last to see its answer.
///
/// It must not send a request twice, since only the client knows what may be repeated. An error of
/// [`Stage::Connect`](crate::Stage::Connect) says that nothing was sent, so the client may make another attempt.
///
/// # A signature on each request, and a record of each answer
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use apigen_runtime::{
///     Body, BoxFuture, Context, HeaderValue, Middleware, Next, Request, Response, Stage, TransportError,
/// };
///
/// struct Sign {
///     key: u64,
/// }
///
/// impl Middleware for Sign {
///     fn handle<'a>(
///         &'a self,
///         mut request: Request,
///         context: &'a Context,
///         next: Next<'a>,
///     ) -> BoxFuture<'a, Result<Response, TransportError>> {
///         if !context.is_follow_up() {
///             let body = if let Body::Bytes(bytes) = &request.body { bytes.len() } else { 0 };
///             let signature = format!("{:x}", self.key ^ (request.uri.path().len() + body) as u64);
///             let signature = HeaderValue::try_from(signature);
///             match signature {
///                 Ok(signature) => drop(request.headers.insert("x-signature", signature)),
///                 Err(error) => return Box::pin(async { Err(TransportError::new(Stage::Connect, error)) }),
///             }
///         }
///         next.run(request)
///     }
/// }
///
/// #[derive(Clone, Default)]
/// struct Record(Arc<Mutex<Vec<String>>>);
///
/// impl Middleware for Record {
///     fn handle<'a>(
///         &'a self,
///         request: Request,
///         context: &'a Context,
///         next: Next<'a>,
///     ) -> BoxFuture<'a, Result<Response, TransportError>> {
///         Box::pin(async move {
///             let asked = format!("{} {}", request.method, request.uri.path());
///             let (response, body) = next.run(request).await?.buffered(1024 * 1024).await?;
///             let answered = format!("{}: {} bytes", response.status, body.len());
///             let mut records = self.0.lock().expect("nothing panics under the lock");
///             records.push(format!("{} {asked} -> {answered}", context.operation().id));
///             Ok(response)
///         })
///     }
/// }
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Handles a request, usually by handing it on to what comes next, perhaps changed, and answers it.
    ///
    /// # Errors
    /// Those of what comes next, or one of its own.
    fn handle<'a>(
        &'a self,
        request: Request,
        context: &'a Context,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, TransportError>>;
}

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    api: &'static Api,
    operation: &'static Operation,
    attempt: u32,
    is_follow_up: bool,
}

/// What comes after a middleware: the next one, or the transport.
pub struct Next<'a> {
    rest: &'a [Arc<dyn Middleware>],
    transport: &'a dyn Transport,
    context: &'a Context,
}

impl Context {
    pub(crate) fn new(api: &'static Api, attempt: &Attempt) -> Self {
        Self { api, operation: attempt.operation, attempt: attempt.number, is_follow_up: false }
    }

    /// A request for a file that a reply of the operation names.
    pub(crate) fn follow_up(self) -> Self {
        Self { is_follow_up: true, ..self }
    }

    /// The API.
    pub fn api(&self) -> &'static Api {
        self.api
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// How many requests the call has made, this one included.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the request is for a file that a reply of the operation names. It may go to any server, so nothing that
    /// only the server of the API may see belongs into it.
    pub fn is_follow_up(&self) -> bool {
        self.is_follow_up
    }
}

impl<'a> Next<'a> {
    pub(crate) fn new(rest: &'a [Arc<dyn Middleware>], transport: &'a dyn Transport, context: &'a Context) -> Self {
        Self { rest, transport, context }
    }

    /// Hands the request on, and waits for the head of the answer.
    ///
    /// # Errors
    /// What the transport reports, or a middleware in between.
    pub fn run(self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        match self.rest {
            [] => self.transport.send(request),
            [first, rest @ ..] => first.handle(request, self.context, Self { rest, ..self }),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("context", self.context).finish_non_exhaustive()
    }
}
