//! Budgets in a real Redis server, which each test starts for itself on a socket of its own and ends.
//!
//! Without a `redis-server` in the path the tests say so and do nothing, unless `APIGEN_REDIS=require` is set.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use apigen_runtime::rate::{Bucket, Claim, Rate, take};
use apigen_runtime::{
    BoxFuture, Charge, ClientBuilder, ErrorKind, HeaderMap, RateLimits, RateStore, RedisStore, Request, Response,
    StatusCode, Throttle, Transport, TransportError,
};
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, Script};
use tempfile::TempDir;

apigen_runtime::rates! {
    CALLS = "calls" 50 per 1,
        docs: "Calls a second.";
    RARE = "rare" 1 per 3600,
        docs: "Calls an hour.";
}

apigen_runtime::operation!(CALL = GET "/call" { id: "calls.call", auth: None, rates: [CALLS], });
apigen_runtime::operation!(RARELY = GET "/rarely" { id: "calls.rarely", auth: None, rates: [RARE], });

apigen_runtime::api! {
    name: "hotline",
    user_agent: "hotline/1.0.0",
    server: "{host}",
    server_params: ["host": "Scheme and host."],
    errors: [],
    error_body: "code" "message",
}

struct Calling(apigen_runtime::Call);

apigen_runtime::request!(Calling -> serde_json::Value);

/// A server on a socket in a directory of its own.
struct Server {
    directory: TempDir,
    child: Child,
}

impl Server {
    /// `None` without a server to start.
    async fn start() -> Option<Self> {
        let directory = tempfile::tempdir().expect("the directory of temporary files can be written");
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]);
        command.arg(directory.path().join("socket")).arg("--dir").arg(directory.path()).stdout(Stdio::null());
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                assert!(std::env::var_os("APIGEN_REDIS").is_none(), "no redis-server: {error}");
                // Not `eprintln!`, which is shown only when a test fails.
                drop(writeln!(std::io::stderr(), "SKIPPED: there is no redis-server ({error})"));
                return None;
            }
        };
        let server = Self { directory, child };
        for _ in 0..500 {
            match server.client().get_multiplexed_async_connection().await {
                Ok(_) => return Some(server),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        panic!("redis-server does not answer");
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.directory.path().join("socket").display())
    }

    fn client(&self) -> Client {
        Client::open(self.url()).expect("the URL is one")
    }

    async fn connection(&self) -> MultiplexedConnection {
        self.client().get_multiplexed_async_connection().await.expect("the server answers")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().expect("it runs until here");
        self.child.wait().expect("it has been killed");
    }
}

/// Takes note of when something was sent.
#[derive(Clone, Default)]
struct Line(Arc<Mutex<Vec<Instant>>>);

impl Transport for Line {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.0.lock().expect("nothing panics under the lock").push(Instant::now());
        Box::pin(std::future::ready(Ok(Response::new(StatusCode::OK, HeaderMap::new(), "{}"))))
    }
}

impl Line {
    fn client(&self, url: &str) -> apigen_runtime::Client {
        let mut builder = ClientBuilder::new(&API);
        builder.server("host", "https://hotline.example".to_owned());
        builder.transport(Arc::new(self.clone()));
        builder.rate_limits(RateLimits::default().store(RedisStore::new(url).expect("the URL is one")));
        builder.build().expect("nothing is missing")
    }
}

/// A budget with an amount, a period in seconds and a burst.
#[derive(Debug, Clone, Copy)]
struct Budget(u64, u64, u64);

const BUDGETS: [Budget; 7] = [
    Budget(1, 10, 1),
    Budget(5, 60, 1),
    Budget(20, 10, 3),
    Budget(20, 10, 2),
    Budget(100, 10, 10),
    Budget(6_000, 60, 600),
    Budget(7, 11, 3),
];

/// One call after the other, in memory and in the script.
#[tokio::test]
async fn the_script_decides_as_the_arithmetic_does() {
    let Some(server) = Server::start().await else { return };
    let mut connection = server.connection().await;
    let script = Script::new(include_str!("../src/limiter/take.lua"));
    let mut seen = [0; 2];
    for seed in 0..100 {
        let mut random = fastrand::Rng::with_seed(seed);
        let budgets: Vec<_> = (0..random.usize(1..=3)).map(|_| *random.choice(&BUDGETS).unwrap()).collect();
        let mut buckets = vec![Bucket::default(); budgets.len()];
        let mut now = 1_800_000_000_000_000;
        for step in 0..80 {
            now += if random.u8(0..10) == 0 { random.u64(0..90_000_000) } else { random.u64(0..20_000) };
            let longest = random.u64(0..40_000_000);
            // Some calls do not draw on all of the budgets.
            let drawn: Vec<_> = (0..budgets.len()).filter(|_| random.u8(0..4) > 0).collect();
            let mut claims = Vec::new();
            let mut invocation = script.prepare_invoke();
            invocation.arg(longest).arg(now);
            for index in &drawn {
                let Budget(amount, period, burst) = budgets[*index];
                let (period, cost) = (period * 1_000_000, random.u64(1..=amount.min(2 * burst + 1)));
                invocation.key(format!("{seed}:{index}")).arg(amount).arg(period).arg(burst).arg(cost);
                let bucket = std::mem::take(&mut buckets[*index]);
                claims.push(Claim::new(bucket, Rate::new(amount, period, burst), cost));
            }
            let expected = take(&mut claims, now, longest);
            for (index, claim) in drawn.iter().zip(claims) {
                buckets[*index] = claim.bucket;
            }
            let decided: (bool, u64, usize) = invocation.invoke_async(&mut connection).await.unwrap();
            assert_eq!(decided, (expected.granted, expected.wait, expected.bound_by), "seed {seed}, step {step}");
            seen[usize::from(expected.granted)] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 1_000), "refused and granted: {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clients_share_a_budget() {
    let Some(server) = Server::start().await else { return };
    let line = Line::default();
    let clients = [line.client(&server.url()), line.client(&server.url())];
    let calls: Vec<_> = (0..120).map(|number| Calling(clients[number % 2].call(&CALL)).send()).collect();
    let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let mut sent = line.0.lock().unwrap().clone();
    sent.sort();
    // A tenth less than the period, for a machine that has other things to do.
    let window = Duration::from_millis(900);
    let most = sent.iter().map(|start| sent.iter().filter(|at| (*start..*start + window).contains(at)).count()).max();
    assert!(most.is_some_and(|most| most <= 50), "{most:?} in a second");
    let took = sent[119] - sent[0];
    assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&took), "120 calls took {took:?}");
}

#[tokio::test]
async fn budgets_expire_when_they_are_full_again() {
    let Some(server) = Server::start().await else { return };
    let store = RedisStore::new(&server.url()).unwrap();
    let charge = Charge { key: "{a}:b".into(), amount: 5, period: Duration::from_secs(60), burst: 1, cost: 1 };
    for seconds in [72, 84] {
        let verdict = store.take(std::slice::from_ref(&charge), Duration::from_secs(60)).await.unwrap();
        assert!(verdict.granted);
        let life: u64 = server.connection().await.pttl("{a}:b").await.unwrap();
        assert!((seconds * 1_000 - 5_000..=seconds * 1_000).contains(&life), "{life}");
    }
    let verdict = store.take(&[charge], Duration::from_secs(1)).await.unwrap();
    assert!(!verdict.granted && verdict.wait > Duration::from_secs(20), "{verdict:?}");
}

#[tokio::test]
async fn calls_go_on_without_the_server() {
    let Some(server) = Server::start().await else { return };
    let line = Line::default();
    let url = server.url();
    let clients = [line.client(&url), line.client(&url)];
    let rarely = async |client: &apigen_runtime::Client| {
        let call = Calling(client.call(&RARELY)).throttle(Throttle::FailFast);
        call.send().await.map_err(|error| error.kind()).map(drop)
    };
    assert_eq!(rarely(&clients[0]).await, Ok(()));
    assert_eq!(rarely(&clients[1]).await, Err(ErrorKind::RateLimited));
    drop(server);
    assert_eq!(rarely(&clients[1]).await, Ok(()), "it counts for itself now");
    assert_eq!(rarely(&clients[1]).await, Err(ErrorKind::RateLimited));
}

#[test]
fn nothing_shows_the_password() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _guard = runtime.enter();
    let store = RedisStore::new("redis://:hush@localhost:6379/").unwrap();
    assert!(!format!("{store:?} {:?}", RateLimits::default().store(store.clone())).contains("hush"));
    let error = RedisStore::new("redis://:hush@local host:nowhere/").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
}
