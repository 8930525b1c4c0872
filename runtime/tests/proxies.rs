//! Proxies, and the transport over the network as a part of another one.

use apigen_runtime::{
    BoxFuture, ErrorKind, HttpTransport, Request, Response, Retry, Secret, Transport, TransportError,
};
use apigen_testing::Server;

use crate::contract::Client;

const NOTE: &str = r#"{"data": {"note": "through the proxy"}}"#;

/// The address of a server as a proxy's, with credentials.
fn with_password(server: &Server) -> String {
    server.url().replace("http://", "http://porter:s3cret@")
}

#[tokio::test]
async fn requests_go_through_the_proxy_with_its_credentials() {
    let proxy = Server::replying([apigen_testing::Response::json(200, NOTE)]).await;
    let builder = Client::builder().host("http://shop.invalid").shop("demo").access_token("t").allow_plain_http();
    let builder = builder.proxy(with_password(&proxy));
    assert!(!format!("{builder:?}").contains("s3cret"));
    let client = builder.build().unwrap();
    assert_eq!(client.notes().get("7").await.unwrap().note, "through the proxy");
    let request = proxy.request(0).await;
    assert_eq!(request.header("host"), Some("shop.invalid"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic cG9ydGVyOnMzY3JldA=="));
    assert!(!format!("{client:?}").contains("s3cret"));
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_refuses_is_an_error_without_its_password() {
    let proxy = Server::answering(|_| apigen_testing::Response::text(407, "who are you?")).await;
    let builder = Client::builder().host("https://shop.invalid").shop("demo").access_token("t");
    let client = builder.proxy(with_password(&proxy)).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "the server has seen nothing: {error}");
    let mut said = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        said += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    assert!(!said.contains("s3cret") && !said.contains("cG9ydGVyOnMzY3JldA"), "{said}");
    assert!(proxy.requests().iter().all(|request| request.header("authorization").is_none()), "the token stays here");
}

#[tokio::test]
async fn a_proxy_that_makes_no_sense_is_refused_without_its_password() {
    for (url, problem) in [
        ("porter:s3cret@proxy", "cannot build the transport: the URL of a proxy starts with"),
        ("ftp://porter:s3cret@proxy", "the URL of a proxy starts with `http://`, `https://` or `socks5://`"),
        ("http://porter:s3cret@", "the URL of the proxy cannot be read: invalid authority"),
        ("//s3cret", "the URL of a proxy starts with `http://`"),
    ] {
        let builder = Client::builder().host("https://shop.invalid").shop("demo").access_token("t").proxy(url);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(problem) && !format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn the_last_word_about_proxies_counts() {
    let server = Server::replying([apigen_testing::Response::json(200, NOTE)]).await;
    let client = crate::builder(&server).proxy("http://127.0.0.1:1").no_proxy().build().unwrap();
    client.notes().get("7").await.unwrap();
}

/// Set where this program is to play the client.
const PROXIED: &str = "APIGEN_TEST_PROXIED";

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_says_which_proxy_unless_the_client_does() {
    if std::env::var_os(PROXIED).is_some() {
        let builder = || {
            let builder = Client::builder().host("http://127.0.0.1:1").shop("demo").access_token("t");
            builder.retry(Retry::never())
        };
        assert_eq!(builder().build().unwrap().notes().get("7").await.unwrap().note, "through the proxy");
        let error = builder().no_proxy().build().unwrap().notes().get("7").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "nobody listens there");
        return;
    }
    let proxy = Server::replying([apigen_testing::Response::json(200, NOTE)]).await;
    let mut client = std::process::Command::new(std::env::current_exe().unwrap());
    client.args(["--exact", "proxies::the_environment_says_which_proxy_unless_the_client_does"]);
    client.env_clear().env(PROXIED, "yes").env("HTTP_PROXY", proxy.url());
    let output = tokio::task::spawn_blocking(move || client.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(proxy.requests().len(), 1);
    assert_eq!(proxy.request(0).await.header("host"), Some("127.0.0.1:1"));
}

/// Wraps the transport over the network.
struct Wrapped(HttpTransport);

impl Transport for Wrapped {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        request.headers.insert("x-wrapped", apigen_runtime::HeaderValue::from_static("yes"));
        self.0.send(request)
    }
}

#[tokio::test]
async fn a_transport_may_wrap_that_over_the_network() {
    let server = Server::replying([apigen_testing::Response::json(200, NOTE)]).await;
    let http = HttpTransport::builder().no_proxy().build().unwrap();
    let client = crate::builder(&server).transport(Wrapped(http.clone())).build().unwrap();
    client.notes().get("7").await.unwrap();
    assert_eq!(server.request(0).await.header("x-wrapped"), Some("yes"));

    let error = crate::builder(&server).transport(Wrapped(http)).proxy(Secret::from("http://p:1")).build().unwrap_err();
    assert!(error.to_string().contains("proxies are the business of the transport"), "{error}");
}
