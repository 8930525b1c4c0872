//! The transport over the network: connections, proxies, TLS.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use url::Url;

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
/// implements [`Transport`] over it, in about thirty lines.
#[derive(Clone)]
pub struct HttpTransport(reqwest::Client);

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
    /// tunnel in which the proxy reads nothing. With the feature `socks`, `socks5://` and `socks5h://` are understood too.
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
        // Without a provider the HTTP crate panics. One that the program has installed is left in place.
        #[cfg(feature = "rustls")]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // An error means that another thread was faster, which serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE);
        let builder = match &self.proxy {
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => builder.proxy(proxy(url.expose()).map_err(|problem| failed(&problem))?),
        };
        let client = builder.build().map_err(|error| failed("TLS cannot be set up").with_source(error))?;
        Ok(HttpTransport(client))
    }

    /// Whether a proxy, or none, was asked for.
    pub(crate) fn has_proxy(&self) -> bool {
        !matches!(self.proxy, Proxy::Environment)
    }
}

/// The problem names no part of the URL, which may hold a password.
fn proxy(url: &str) -> Result<reqwest::Proxy, String> {
    let url = Url::parse(url).map_err(|error| format!("the URL of the proxy cannot be read: {error}"))?;
    match url.scheme() {
        "http" | "https" => {}
        "socks5" | "socks5h" if cfg!(feature = "socks") => {}
        "socks5" | "socks5h" => return Err("a SOCKS proxy needs the feature `socks`".to_owned()),
        _ => return Err("the URL of a proxy starts with `http://` or `https://`".to_owned()),
    }
    if !url.has_host() {
        return Err("the URL of the proxy has no host".to_owned());
    }
    reqwest::Proxy::all(url).map_err(|_| "the HTTP crate does not accept the URL of the proxy".to_owned())
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let Request { method, url, mut headers, body } = request;
            let body = match body {
                Body::Empty => None,
                Body::Bytes(bytes) => Some(reqwest::Body::from(bytes)),
                Body::Stream { chunks, length } => {
                    if let Some(length) = length {
                        headers.insert(http::header::CONTENT_LENGTH, length.into());
                    }
                    Some(reqwest::Body::wrap_stream(chunks))
                }
            };
            let mut builder = self.0.request(method, url).headers(headers);
            if let Some(body) = body {
                builder = builder.body(body);
            }
            let mut response = builder.send().await.map_err(failure)?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            Ok(Response::streaming(status, headers, Box::pin(Incoming(Box::pin(response.bytes_stream())))))
        })
    }
}

/// The URL is left out: the error that reports this names it already, without its query.
fn failure(error: reqwest::Error) -> TransportError {
    let stage = if error.is_connect() { Stage::Connect } else { Stage::Exchange };
    TransportError::new(stage, error.without_url())
}

/// The body of a response, with errors of ours.
struct Incoming<S>(Pin<Box<S>>);

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Incoming<S> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map_err(failure)))
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
