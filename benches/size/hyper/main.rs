//! Asks one question by the crates that the runtime speaks HTTP with, without proxies.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

#[derive(serde::Deserialize)]
struct Reply {
    data: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.with_platform_verifier()?.with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(HttpsConnector::from((tcp, config)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reply: Reply = runtime.block_on(async {
        let url = "https://a1.example.com/reading-club/demo/chatgroups/1/user/lea/is_joined";
        let request = Request::get(url).header("authorization", "Bearer not-a-real-token").body(Empty::new())?;
        let response = tokio::time::timeout(Duration::from_secs(60), client.request(request)).await??;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        Ok::<_, Box<dyn std::error::Error>>(serde_json::from_slice(&body)?)
    })?;
    println!("{}", reply.data);
    Ok(())
}
