//! A server on loopback that plays an API from its spec: for `apigen mock`, and for tests of whatever uses a client.
//!
//! It interprets the API that apigen has read; no code is generated in between. Every operation is there, below any values
//! of the server's parameters. A request is held against the spec as generated validation code would, and is refused with
//! the documented error, its placeholders filled in; else it gets a documented reply with its own values where the reply
//! repeats them, a result for each receiver of a call to many, and pages that can be walked. Tokens are issued and expire,
//! budgets are counted, faults are played on demand, and a log says what was asked and what was taken.
//!
//! ```no_run
//! use apigen_mock::{Fault, Mock};
//!
//! let mock = Mock::from_dir("spec")?;
//! // A client that was given `mock.url()` as its host makes calls here.
//! mock.fault(Fault::Html(502));
//! assert!(mock.requests().iter().all(|it| it.taken));
//! # Ok::<(), apigen_mock::StartError>(())
//! ```
//!
//! The mock runs in a thread of its own, whatever the test runs in, and stops when it is dropped.

mod answer;
mod asked;
mod budgets;
mod check;
mod compile;
mod control;
mod directory;
mod errors;
mod exchange;
mod fault;
mod files;
mod known;
mod log;
mod pages;
mod play;
mod prepared;
mod reply;
mod server;
mod shape;
mod spot;
mod tokens;
mod twist;
mod world;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use apigen_interpret::Interpreter;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::Api;
use apigen_model::source::Sources;
use camino::Utf8PathBuf;
use tokio::sync::oneshot;

pub use fault::{Fault, Plan, RetryAfter, Stage, UnknownFault};
pub use log::{Part, Request};

use crate::log::Log;
use crate::tokens::Tokens;
use crate::world::{Settings, World};

/// A running mock. It stops when it is dropped.
pub struct Mock {
    url: String,
    address: SocketAddr,
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A mock that is to be started, with what can be set before.
#[derive(Debug, Clone)]
pub struct Builder {
    api: Arc<Api>,
    listen: String,
    settings: Settings,
    tokens: Vec<String>,
    log_capacity: usize,
    threads: usize,
}

/// Why a mock could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The directory could not be read, or the address could not be had.
    Io(io::Error),
    /// The spec has errors: the report, as the command line prints it.
    Spec(String),
}

impl Mock {
    /// Starts a mock of an API that was read, on any free port of loopback.
    ///
    /// # Errors
    /// No socket can be had.
    pub fn start(api: impl Into<Arc<Api>>) -> Result<Self, StartError> {
        Self::builder(api).start()
    }

    /// Starts a mock of the spec in a directory.
    ///
    /// # Errors
    /// The directory cannot be read, its spec has errors, or no socket can be had.
    pub fn from_dir(spec: impl Into<Utf8PathBuf>) -> Result<Self, StartError> {
        Self::builder_from_dir(spec)?.start()
    }

    /// Starts a mock of a spec whose files are at hand: embedded in a test, say.
    ///
    /// # Errors
    /// The spec has errors, or no socket can be had.
    pub fn from_sources(spec: &Sources) -> Result<Self, StartError> {
        Self::start(read(spec)?)
    }

    /// A mock of the spec in a directory that is to be started with other settings than the usual ones.
    ///
    /// # Errors
    /// The directory cannot be read, or its spec has errors.
    pub fn builder_from_dir(spec: impl Into<Utf8PathBuf>) -> Result<Builder, StartError> {
        let sources = directory::read(&spec.into()).map_err(StartError::Io)?;
        Ok(Self::builder(read(&sources)?))
    }

    /// A mock that is to be started with other settings than the usual ones.
    pub fn builder(api: impl Into<Arc<Api>>) -> Builder {
        Builder {
            api: api.into(),
            listen: "127.0.0.1:0".to_owned(),
            settings: Settings { budgets: Some(1.0), token_lifetime: None },
            tokens: Vec::new(),
            log_capacity: 10_000,
            threads: 1,
        }
    }

    /// Where the mock is, such as `http://127.0.0.1:40123`: the host for a client. Help stands below it, at `/_mock`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that the mock listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Plans a fault. Plans are asked in the order in which they came; the first that concerns a request is played.
    pub fn fault(&self, plan: impl Into<Plan>) {
        self.world.plan(plan.into());
    }

    /// Forgets what was planned and has not been played.
    pub fn clear_faults(&self) {
        self.world.clear_plans();
    }

    /// The requests that are over, oldest first. One that was answered is here before its answer arrives.
    pub fn requests(&self) -> Vec<Request> {
        self.world.log().requests()
    }

    /// The same, which the log forgets: for who watches a server at work.
    pub fn take_requests(&self) -> Vec<Request> {
        self.world.log().take()
    }

    /// Empties the log.
    pub fn clear_requests(&self) {
        self.world.log().clear();
    }

    /// A token that the mock accepts as if it had been asked for it.
    pub fn issue_token(&self) -> String {
        self.world.tokens().issue(self.world.settings().token_lifetime, Instant::now())
    }

    /// Expires all tokens that were issued.
    pub fn expire_tokens(&self) {
        self.world.tokens().expire();
    }

    /// Waits until the mock stops, which it does not do by itself.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            // The thread does not panic, and if it did, it would be over too.
            drop(thread.join());
        }
    }
}

fn read(spec: &Sources) -> Result<Api, StartError> {
    let mut diagnostics = Diagnostics::default();
    let api = apigen_model::read(spec, &mut diagnostics);
    api.ok_or_else(|| StartError::Spec(diagnostics.render_text(spec, "spec", false)))
}

impl Builder {
    /// The address to listen at; port 0 is any free one. The usual one is `127.0.0.1:0`.
    #[must_use]
    pub fn listen(self, address: impl Into<String>) -> Self {
        Self { listen: address.into(), ..self }
    }

    /// Whether the documented rate limits are held; usually they are.
    #[must_use]
    pub fn rate_limits(mut self, are_held: bool) -> Self {
        self.settings.budgets = are_held.then(|| self.settings.budgets.unwrap_or(1.0));
        self
    }

    /// Holds so many times the documented rate limits, as a vendor does who was asked to raise them.
    #[must_use]
    pub fn rate_factor(mut self, factor: f64) -> Self {
        self.settings.budgets = Some(factor);
        self
    }

    /// How long tokens are valid. Without this, as long as the caller asks for, or else the documentation shows.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = Some(lifetime);
        self
    }

    /// Accepts a token that nobody asked for, and for ever.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push(token.into());
        self
    }

    /// How many requests the log keeps; usually 10,000. The oldest ones go first.
    #[must_use]
    pub fn log_capacity(self, requests: usize) -> Self {
        Self { log_capacity: requests, ..self }
    }

    /// How many threads serve connections; usually one.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: threads.max(1), ..self }
    }

    /// Starts the mock.
    ///
    /// # Errors
    /// The address cannot be had.
    pub fn start(self) -> Result<Mock, StartError> {
        let listener = TcpListener::bind(&self.listen).map_err(StartError::Io)?;
        self.serve(listener).map_err(StartError::Io)
    }

    fn serve(self, listener: TcpListener) -> io::Result<Mock> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        let tokens = Tokens::new(self.tokens, address.port().to_string());
        let log = Log::new(self.log_capacity);
        let world = Arc::new(World::new(Interpreter::new(self.api), url.clone(), tokens, log, self.settings));
        let mut runtime = match self.threads {
            1 => tokio::runtime::Builder::new_current_thread(),
            threads => {
                let mut runtime = tokio::runtime::Builder::new_multi_thread();
                runtime.worker_threads(threads);
                runtime
            }
        };
        let runtime = runtime.enable_all().build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = Arc::clone(&world);
        let run = move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                drop(tokio::spawn(server::serve(listener, served)));
                // The mock is dropped, which is all that the error says.
                drop(stopped.await);
            });
            // Connections that are still open are not waited for.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("apigen-mock".to_owned()).spawn(run)?;
        Ok(Mock { url, address, world, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may be over already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("url", &self.url).finish_non_exhaustive()
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot start the mock: {error}"),
            Self::Spec(report) => write!(f, "the spec has errors:\n{report}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Spec(_) => None,
        }
    }
}
