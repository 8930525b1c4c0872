//! The transport over the network: connections that are kept, and requests over them.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, Client};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::connect::Connector;
use crate::error::{Error, ErrorKind};
use crate::transport::{Body, BoxFuture, Request, Response, Stage, Transport, TransportError};
use crate::values::Secret;

/// How long an unused connection is kept: less than servers and gateways usually do, since a request that meets the end of
/// its connection may be lost.
const IDLE: Duration = Duration::from_secs(30);

/// The transport that a client uses unless it is given another: HTTP/1.1 over pooled connections. Clones share them.
///
/// A transport of one's own can wrap it, and clients of several servers can share it. Where it is enough to look at
/// requests and answers, [`Middleware`](crate::Middleware) is less work.
///
/// The crate that it is made of is not part of the promise of this one and cannot be configured beyond the options of the
/// builder: a client of that crate in the signature would make each of its major versions one of ours. Who needs more
/// implements [`Transport`] over another HTTP crate, in about thirty lines.
#[derive(Clone)]
pub struct HttpTransport {
    client: Client<Connector, Outgoing>,
    proxies: Arc<Matcher>,
}

/// Collects what an [`HttpTransport`] needs.
pub struct HttpTransportBuilder {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: Proxy,
}

/// What requests go through.
pub(crate) enum Proxy {
    /// What the environment says.
    Environment,
    None,
    Url(Secret),
}

impl HttpTransport {
    /// Starts a transport.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder { connect_timeout: Duration::from_secs(10), proxy: Proxy::Environment }
    }
}

impl HttpTransportBuilder {
    /// Limits the time in which a connection must be made, TLS included, 10 seconds unless set.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// Sends all requests through a proxy, such as `http://user:password@proxy.example:3128`, rather than what the
    /// environment variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say. `https` requests go through a
    /// tunnel in which the proxy reads nothing. `socks5://` looks names of servers up itself, `socks5h://` leaves it to the proxy.
    #[must_use]
    pub fn proxy(self, url: impl Into<Secret>) -> Self {
        Self { proxy: Proxy::Url(url.into()), ..self }
    }

    /// Sends requests to the server itself, whatever the environment says about proxies.
    #[must_use]
    pub fn no_proxy(self) -> Self {
        Self { proxy: Proxy::None, ..self }
    }

    /// Builds the transport. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: the proxy makes no sense, or TLS cannot be set up.
    pub fn build(self) -> Result<HttpTransport, Error> {
        let failed =
            |message: &str| Error::new(ErrorKind::Configuration, format!("cannot build the transport: {message}"));
        let proxies = match &self.proxy {
            Proxy::Environment => Matcher::from_env(),
            Proxy::None => Matcher::builder().build(),
            Proxy::Url(url) => proxy(url.expose()).map_err(|problem| failed(&problem))?,
        };
        let proxies = Arc::new(proxies);
        let connector = Connector::new(Arc::clone(&proxies), self.connect_timeout)
            .map_err(|error| failed("TLS cannot be set up").with_source(error))?;
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(HttpTransport { client, proxies })
    }

    /// Whether a proxy, or none, was asked for.
    pub(crate) fn has_proxy(&self) -> bool {
        !matches!(self.proxy, Proxy::Environment)
    }
}

/// Everything through one proxy. The problem names no part of the URL, which may hold a password.
fn proxy(url: &str) -> Result<Matcher, String> {
    let parsed = url.parse::<Uri>().map_err(|error| format!("the URL of the proxy cannot be read: {error}"))?;
    match parsed.scheme_str() {
        Some("http" | "https" | "socks5" | "socks5h") => {}
        _ => return Err("the URL of a proxy starts with `http://`, `https://` or `socks5://`".to_owned()),
    }
    if parsed.host().is_none_or(str::is_empty) {
        return Err("the URL of the proxy has no host".to_owned());
    }
    Ok(Matcher::builder().all(url).build())
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let Request { method, uri, mut headers, body } = request;
        // What goes through a tunnel, or is no HTTP to the proxy, proves to the proxy itself who sends it.
        if uri.scheme() == Some(&http::uri::Scheme::HTTP)
            && let Some(proxy) = self.proxies.intercept(&uri)
            && let Some(credentials) = proxy.basic_auth()
        {
            headers.insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let mut request = http::Request::new(Outgoing(body));
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
        let answer = self.client.request(request);
        Box::pin(async move {
            let (head, body) = answer.await.map_err(unanswered)?.into_parts();
            Ok(Response::streaming(head.status, head.headers, Box::pin(Chunks(body))))
        })
    }
}

fn unanswered(error: legacy::Error) -> TransportError {
    let stage = if error.is_connect() { Stage::Connect } else { Stage::Exchange };
    TransportError::new(stage, Cause(error))
}

/// An error of the HTTP crate that leaves out what the stage says.
#[derive(Debug)]
struct Cause(legacy::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.source() {
            Some(cause) => write!(f, "{cause}"),
            None => write!(f, "{}", self.0),
        }
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()?.source()
    }
}

/// The body of a request, as the HTTP crate wants it.
struct Outgoing(Body);

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let chunk = match &mut self.0 {
            Body::Empty => None,
            Body::Bytes(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()).map(Ok),
            Body::Stream { chunks, .. } => ready!(chunks.as_mut().poll_next(cx)),
        };
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Body::Empty => true,
            Body::Bytes(bytes) => bytes.is_empty(),
            Body::Stream { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Body::Empty => SizeHint::with_exact(0),
            Body::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Body::Stream { length, .. } => length.map_or_else(SizeHint::default, SizeHint::with_exact),
        }
    }
}

/// The body of a response as it comes in.
struct Chunks(Incoming);

impl Stream for Chunks {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(TransportError::new(Stage::Exchange, error)))),
                // What is no data are trailers, which nothing of an API stands in.
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder").field("connect_timeout", &self.connect_timeout).finish_non_exhaustive()
    }
}
