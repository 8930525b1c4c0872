//! Clients and how they are built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use apigen_core::limit::Settings;
use http::Uri;
use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::address;
use crate::api::{Api, Operation};
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::hour::UtcOffset;
use crate::limiter::{Limiter, RateLimits};
use crate::middleware::{Context, Middleware, Next};
use crate::network::{HttpTransport, HttpTransportBuilder, Proxy};
use crate::retry::{Budget, Retry};
use crate::token::{Source, TokenProvider, Tokens};
use crate::transport::{BoxFuture, Request, Response, Transport, TransportError};
use crate::values::Secret;

/// A client; clones share connections and token. Generated clients wrap it.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) api: &'static Api,
    pub(crate) server: Uri,
    pub(crate) headers: HeaderMap,
    /// `None` leaves the choice to what is transferred.
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Retry,
    pub(crate) budget: Budget,
    pub(crate) limiter: Limiter,
    pub(crate) idle_timeout: Duration,
    pub(crate) settings: Settings,
    pub(crate) max_reply: u64,
    pub(crate) utc_offset: UtcOffset,
    transport: Arc<dyn Transport>,
    middleware: Vec<Arc<dyn Middleware>>,
    pub(crate) tokens: Tokens,
}

impl Client {
    /// Starts a call.
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call::new(self.clone(), operation)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// Sends a request through the middleware.
    pub(crate) fn send<'a>(
        &'a self,
        request: Request,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Response, TransportError>> {
        Next::new(&self.middleware, &*self.transport, context).run(request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { api, server, tokens, .. } = self.shared();
        f.debug_struct("Client")
            .field("api", &api.name)
            .field("server", &format_args!("{server}"))
            .field("tokens", tokens)
            .finish_non_exhaustive()
    }
}

/// Collects what a [`Client`] needs. Generated builders wrap it by [`client_builder!`](crate::client_builder), where the
/// options are documented.
pub struct ClientBuilder {
    api: &'static Api,
    server: Vec<(&'static str, String)>,
    server_url: Option<String>,
    source: Source,
    headers: Vec<(String, String)>,
    user_agent: String,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Retry,
    retry_reserve: u32,
    rate_limits: RateLimits,
    idle_timeout: Duration,
    token_interval: Duration,
    settings: Settings,
    max_reply: u64,
    utc_offset: UtcOffset,
    allow_plain_http: bool,
    network: HttpTransportBuilder,
    transport: Option<Arc<dyn Transport>>,
    middleware: Vec<Arc<dyn Middleware>>,
}

impl ClientBuilder {
    /// Starts a client of an API.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            server: Vec::new(),
            server_url: None,
            source: Source::None,
            headers: Vec::new(),
            user_agent: api.user_agent.to_owned(),
            timeout: None,
            attempt_timeout: None,
            retry: Retry::default(),
            retry_reserve: 20,
            rate_limits: RateLimits::default(),
            idle_timeout: Duration::from_secs(60),
            token_interval: Duration::from_secs(10),
            settings: Settings::default(),
            max_reply: 64 * 1024 * 1024,
            utc_offset: UtcOffset::minutes(api.utc_offset),
            allow_plain_http: false,
            network: HttpTransport::builder(),
            transport: None,
            middleware: Vec::new(),
        }
    }

    /// Sets a parameter of the server's URL.
    pub fn server(&mut self, name: &'static str, value: String) {
        self.server.push((name, value));
    }

    /// See [`client_builder!`](crate::client_builder), as for all setters.
    pub fn server_url(&mut self, url: String) {
        self.server_url = Some(url);
    }

    /// Credentials to obtain tokens for.
    pub fn credentials(&mut self, id: String, secret: Secret) {
        if let Some(operation) = &self.api.token {
            self.source = Source::Credentials { operation, id, secret };
        }
    }

    /// A token of one's own.
    pub fn access_token(&mut self, token: Secret) {
        self.source = Source::Fixed(token);
    }

    /// Tokens from elsewhere.
    pub fn token_provider(&mut self, provider: Arc<dyn TokenProvider>) {
        self.source = Source::Provider(provider);
    }

    /// Least time between two requests for a token.
    pub fn token_interval(&mut self, interval: Duration) {
        self.token_interval = interval;
    }

    /// Limit of a call.
    pub fn timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    /// Limit of an attempt.
    pub fn attempt_timeout(&mut self, timeout: Duration) {
        self.attempt_timeout = Some(timeout);
    }

    /// How calls are repeated.
    pub fn retry(&mut self, retry: Retry) {
        self.retry = retry;
    }

    /// How many repetitions there are in reserve.
    pub fn retry_reserve(&mut self, repetitions: u32) {
        self.retry_reserve = repetitions;
    }

    /// How budgets are kept.
    pub fn rate_limits(&mut self, limits: RateLimits) {
        self.rate_limits = limits;
    }

    /// Limit of a connection attempt.
    pub fn connect_timeout(&mut self, timeout: Duration) {
        self.network.connect_timeout = timeout;
    }

    /// Limit of a pause within a download.
    pub fn idle_timeout(&mut self, timeout: Duration) {
        self.idle_timeout = timeout;
    }

    /// The `User-Agent` header.
    pub fn user_agent(&mut self, user_agent: String) {
        self.user_agent = user_agent;
    }

    /// A header of every request.
    pub fn default_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// How limits are applied.
    pub fn validation(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Largest reply in bytes, downloads excepted.
    pub fn max_reply_bytes(&mut self, bytes: u64) {
        self.max_reply = bytes;
    }

    /// Clock of the server.
    pub fn utc_offset(&mut self, offset: UtcOffset) {
        self.utc_offset = offset;
    }

    /// Allows `http://` beyond this machine.
    pub fn allow_plain_http(&mut self) {
        self.allow_plain_http = true;
    }

    /// Another transport.
    pub fn transport(&mut self, transport: Arc<dyn Transport>) {
        self.transport = Some(transport);
    }

    /// A proxy.
    pub fn proxy(&mut self, url: Secret) {
        self.network.proxy = Proxy::Url(url);
    }

    /// No proxy.
    pub fn no_proxy(&mut self) {
        self.network.proxy = Proxy::None;
    }

    /// What sees each attempt, after what was given before.
    pub fn middleware(&mut self, middleware: Arc<dyn Middleware>) {
        self.middleware.push(middleware);
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], naming everything that is missing or wrong.
    pub fn build(self) -> Result<Client, Error> {
        let mut problems = self.problems();
        let server =
            if problems.is_empty() { self.address().map_err(|problem| problems.push(problem)).ok() } else { None };
        let headers = self.default_headers().map_err(|problem| problems.push(problem)).ok();
        let (Some(server), Some(headers)) = (server, headers) else {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("cannot build the client: {}", problems.join("; ")),
            ));
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(self.network.build()?),
        };
        let limiter = Limiter::new(self.rate_limits, self.api, &server);
        Ok(Client(Arc::new(Shared {
            api: self.api,
            server,
            headers,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry,
            budget: Budget::new(self.retry_reserve),
            limiter,
            idle_timeout: self.idle_timeout,
            settings: self.settings,
            max_reply: self.max_reply,
            utc_offset: self.utc_offset,
            transport,
            middleware: self.middleware,
            tokens: Tokens::new(self.source, self.token_interval),
        })))
    }

    fn problems(&self) -> Vec<String> {
        let is_set = |name: &str| self.server_url.is_some() || self.server.iter().any(|(other, _)| *other == name);
        let parameters = self.api.server_params.iter().filter(|param| !is_set(param.name));
        let mut problems: Vec<_> =
            parameters.map(|param| format!("`{}` is missing ({})", param.name, param.docs)).collect();
        if self.api.token.is_some() && matches!(self.source, Source::None) {
            problems.push("`credentials`, `access_token` or `token_provider` is missing".to_owned());
        }
        problems.extend(self.utc_offset.problem());
        if self.transport.is_some() && self.network.has_proxy() {
            problems.push("proxies are the business of the transport that it was given".to_owned());
        }
        problems.extend(self.rate_limits.problem());
        problems
    }

    fn address(&self) -> Result<Uri, String> {
        let server = match &self.server_url {
            Some(url) => address::given("server_url", url)?,
            None => address::server(self.api, &self.server)?,
        };
        if address::is_exposed(&server) && !self.allow_plain_http {
            return Err(format!(
                "{} is plain http, over which everyone on the way can read the token; `allow_plain_http` allows it",
                address::host(&server)
            ));
        }
        Ok(server)
    }

    fn default_headers(&self) -> Result<HeaderMap, String> {
        let agent = (USER_AGENT.as_str(), self.user_agent.as_str());
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut headers = HeaderMap::new();
        for (name, value) in std::iter::once(agent).chain(given) {
            let (name, value) = header(name, value)?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api.name)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// Headers that frame a message: another value than the transport's would let one request look like two.
const FRAMING: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

/// A header. Neither its name nor its value can add another one.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed = HeaderName::try_from(name).map_err(|_| format!("{name:?} is no name of a header"))?;
    if FRAMING.contains(&parsed.as_str()) {
        return Err(format!("the header `{parsed}` is set by the transport"));
    }
    let value = HeaderValue::from_str(value).map_err(|_| format!("the header `{parsed}` cannot hold this value"));
    let mut value = value?;
    // Nobody but the caller knows whether it is a secret.
    value.set_sensitive(true);
    Ok((parsed, value))
}
