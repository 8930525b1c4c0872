//! All suites of the runtime in one program: real sockets on loopback, through the client of `contract.rs`.

mod access;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod building;
mod connections;
pub mod contract;
mod decoding;
mod errors;
mod hours;
mod middleware;
pub mod orders;
mod paging;
mod proxies;
pub mod rate_limits;
mod records;
mod requests;
mod retries;
mod secrets;
mod tokens;
mod transfers;
mod transports;
mod unions;
mod validation;

use std::sync::LazyLock;

use apigen_testing::Server;
use contract::{Client, ClientBuilder};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

/// A builder of a client of the server, with a token of its own.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder().host(server.url()).shop("demo").access_token("the-token")
}

/// A client of the server, with a token of its own.
fn client(server: &Server) -> Client {
    builder(server).build().expect("nothing is missing")
}

/// Shows spans and events of this thread to a layer.
fn traced(layer: impl Layer<tracing_subscriber::Registry> + Send + Sync) -> tracing::subscriber::DefaultGuard {
    /// While there is just one subscriber, a place in the code that is reached for the first time on another thread counts
    /// as of no interest ever after. A second one that does nothing makes both be asked.
    static OTHER: LazyLock<tracing::Dispatch> = LazyLock::new(|| tracing::Dispatch::new(registry()));
    LazyLock::force(&OTHER);
    tracing::subscriber::set_default(registry().with(layer))
}
