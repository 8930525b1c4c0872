//! Measures what a client costs per request beside the network: build, validate, limit, decode, through a transport that
//! answers at once. Prints rows of the table in `benches/README.md`.

use std::future::IntoFuture;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use easemob_im::messages::Body;
use easemob_im::runtime::{
    BoxFuture, HeaderMap, HeaderValue, RateLimits, Request, Response, StatusCode, Transport, TransportError,
};
use easemob_im::{Client, Error};

/// Calls per measurement, and measurements of which the fastest counts: the machine has other things to do.
const CALLS: u32 = 100;
const RUNS: u32 = 2_000;

/// What a call may cost.
const MOST: Duration = Duration::from_micros(5);

/// Answers at once.
struct Null(&'static str);

impl Transport for Null {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        black_box(request);
        let headers = HeaderMap::from_iter([(
            easemob_im::runtime::HeaderName::from_static("content-type"),
            HeaderValue::from_static("application/json"),
        )]);
        Box::pin(std::future::ready(Ok(Response::new(StatusCode::OK, headers, self.0))))
    }
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let (Ok(runtime), Ok(reading), Ok(sending)) = (
        runtime,
        client(r#"{"data": true, "duration": 3, "timestamp": 1541587920710}"#),
        client(r#"{"path": "/messages/users", "data": {"jonas": "1029457500870543736"}, "duration": 3}"#),
    ) else {
        return ExitCode::FAILURE;
    };
    let is_member = || reading.groups().is_member("66016455491585", "jonas").into_future();
    let to_users = || sending.messages().to_users(["jonas"], Body::text("The library opens at nine.")).into_future();
    let slowest = measured(&runtime, "a small GET", is_member).max(measured(&runtime, "a message", to_users));
    if slowest <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A client that never has to wait for a budget.
fn client(reply: &'static str) -> Result<Client, Error> {
    Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .access_token("token")
        .rate_limits(RateLimits::default().scale(1e6))
        .transport(Null(reply))
        .build()
}

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn measured<T, F>(runtime: &tokio::runtime::Runtime, name: &str, call: impl Fn() -> F) -> Duration
where
    F: Future<Output = Result<T, Error>>,
{
    let time = |_| {
        let start = Instant::now();
        runtime.block_on(async {
            for _ in 0..CALLS {
                black_box(call().await).expect("the transport answers");
            }
        });
        start.elapsed() / CALLS
    };
    let least = (0..RUNS).map(time).min().unwrap_or_default();
    let allocations = allocation_counter::measure(|| drop(black_box(runtime.block_on(call()))));
    let (count, bytes) = (allocations.count_total, allocations.bytes_total);
    println!("| overhead of {name}, µs (allocations, bytes) | {:.2} ({count}, {bytes}) |", least.as_secs_f64() * 1e6);
    least
}
