//! Connections: to the server itself or by a proxy, and TLS over either.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tower_service::Service;

use crate::transport::{BoxError, BoxFuture};

/// When the system begins to ask a silent peer whether it is still there, and how often it asks.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// How often a silent peer is asked before it is given up.
const PROBES: u32 = 3;

/// How long sent bytes may stay unacknowledged.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Makes connections within a limit of time, TLS included.
#[derive(Clone)]
pub(crate) struct Connector {
    route: tls::Connector<Route>,
    timeout: Duration,
}

/// Makes the connection that bytes for a server go over, which is that of a proxy where one is to be used.
#[derive(Clone)]
struct Route {
    proxies: Arc<Matcher>,
    /// To the server or proxy, with TLS where its URL says so.
    direct: tls::Connector<HttpConnector>,
    tcp: HttpConnector,
}

/// A connection, whatever it is made of, so that what speaks TLS and HTTP over it is compiled once.
pub(crate) struct Link {
    io: Pin<Box<dyn Io>>,
    /// Whether requests go to a proxy, which has to be told the whole URL.
    is_proxied: bool,
}

trait Io: Read + Write + Send {}

impl<T: Read + Write + Send> Io for T {}

impl Connector {
    /// Connections by whatever proxies there are for a URL.
    pub(crate) fn new(proxies: Arc<Matcher>, timeout: Duration) -> Result<Self, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(PROBES));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let tls = tls::config()?;
        let route = Route { proxies, direct: tls::over(tcp.clone(), &tls), tcp };
        Ok(Self { route: tls::over(route, &tls), timeout })
    }
}

impl Service<Uri> for Connector {
    type Response = tls::Stream<Link>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.route.poll_ready(cx)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        if let Err(problem) = secured(&server) {
            return Box::pin(std::future::ready(Err(problem)));
        }
        let (connecting, timeout) = (self.route.call(server), self.timeout);
        Box::pin(async move {
            tokio::time::timeout(timeout, connecting).await.unwrap_or_else(|_| {
                Err(io::Error::new(io::ErrorKind::TimedOut, format!("no connection within {timeout:?}")).into())
            })
        })
    }
}

impl Service<Uri> for Route {
    type Response = Link;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Link, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let Self { proxies, direct, mut tcp } = self.clone();
        Box::pin(async move {
            match proxies.intercept(&server) {
                None => Ok(Link::new(tcp.call(server).await?)),
                Some(proxy) => by_proxy(proxy, direct, tcp, server).await,
            }
        })
    }
}

/// A connection to a server that a proxy makes, or to a proxy that passes requests on.
async fn by_proxy(
    proxy: Intercept,
    mut direct: tls::Connector<HttpConnector>,
    tcp: HttpConnector,
    server: Uri,
) -> Result<Link, BoxError> {
    secured(proxy.uri())?;
    match proxy.uri().scheme_str() {
        Some("http" | "https") if server.scheme() == Some(&Scheme::HTTPS) => {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            Ok(Link::new(tunnel.call(server).await?))
        }
        Some("http" | "https") => {
            let link = Link::new(direct.call(proxy.uri().clone()).await?);
            Ok(Link { is_proxied: true, ..link })
        }
        Some(scheme @ ("socks5" | "socks5h")) => {
            let server = wanted(server, scheme == "socks5").await?;
            let mut socks = SocksV5::new(proxy.uri().clone(), tcp);
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            Ok(Link::new(socks.call(server).await?))
        }
        _ => Err("the proxy of the environment is neither HTTP nor SOCKS 5".into()),
    }
}

/// Refuses what asks for TLS where there is none.
fn secured(url: &Uri) -> Result<(), BoxError> {
    if cfg!(any(feature = "rustls", feature = "native-tls")) || url.scheme() != Some(&Scheme::HTTPS) {
        return Ok(());
    }
    Err("https needs the feature `rustls` or `native-tls`".into())
}

/// What a SOCKS proxy is told of a server: its port, and its address in the place of its name, unless the proxy looks names up.
async fn wanted(server: Uri, by_address: bool) -> Result<Uri, BoxError> {
    let port = server.port_u16().unwrap_or(if server.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 });
    let host = server.host().unwrap_or_default();
    let authority = if by_address {
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let address = tokio::net::lookup_host((name, port)).await?.next();
        address.ok_or("the server has no address")?.to_string()
    } else {
        format!("{host}:{port}")
    };
    let mut parts = server.into_parts();
    parts.authority = Some(authority.parse()?);
    Ok(Uri::from_parts(parts)?)
}

impl Link {
    fn new(io: impl Io + 'static) -> Self {
        Self { io: Box::pin(io), is_proxied: false }
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_proxied)
    }
}

impl Read for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        self.io.as_mut().poll_read(cx, buffer)
    }
}

impl Write for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.io.as_mut().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.as_mut().poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io.as_mut().poll_write_vectored(cx, slices)
    }
}

/// TLS in Rust, with the roots of the system.
#[cfg(feature = "rustls")]
mod tls {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::{CryptoProvider, ring};
    use rustls_platform_verifier::BuilderVerifierExt;

    use crate::transport::BoxError;

    pub(super) type Connector<T> = hyper_rustls::HttpsConnector<T>;
    pub(super) type Stream<T> = hyper_rustls::MaybeHttpsStream<T>;

    /// By the cryptography that the program has installed, if it has.
    pub(super) fn config() -> Result<Arc<ClientConfig>, BoxError> {
        let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Arc::new(config.with_platform_verifier()?.with_no_client_auth()))
    }

    pub(super) fn over<T>(connector: T, config: &Arc<ClientConfig>) -> Connector<T> {
        (connector, Arc::clone(config)).into()
    }
}

/// TLS of the system.
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
mod tls {
    use crate::transport::BoxError;

    pub(super) type Connector<T> = hyper_tls::HttpsConnector<T>;
    pub(super) type Stream<T> = hyper_tls::MaybeHttpsStream<T>;

    pub(super) fn config() -> Result<hyper_tls::native_tls::TlsConnector, BoxError> {
        Ok(hyper_tls::native_tls::TlsConnector::new()?)
    }

    pub(super) fn over<T>(connector: T, config: &hyper_tls::native_tls::TlsConnector) -> Connector<T> {
        (connector, config.clone().into()).into()
    }
}

/// No TLS: what asks for it has been refused.
#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
mod tls {
    use crate::transport::BoxError;

    pub(super) type Connector<T> = T;
    pub(super) type Stream<T> = T;

    #[expect(clippy::unnecessary_wraps, reason = "with TLS, it may fail")]
    pub(super) fn config() -> Result<(), BoxError> {
        Ok(())
    }

    pub(super) fn over<T>(connector: T, (): &()) -> Connector<T> {
        connector
    }
}
