//! All suites of the runtime in one program: real sockets on loopback, through the client of `contract.rs`.

mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod building;
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
mod tokens;
mod transfers;
mod transports;
mod unions;
mod validation;

use apigen_testing::Server;
use contract::{Client, ClientBuilder};

/// A builder of a client of the server, with a token of its own.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder().host(server.url()).shop("demo").access_token("the-token")
}

/// A client of the server, with a token of its own.
fn client(server: &Server) -> Client {
    builder(server).build().expect("nothing is missing")
}
