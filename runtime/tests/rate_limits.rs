//! Budgets: no call goes before all that it draws on suffice, nobody waits in vain, nothing is taken for nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::{
    BoxError, BoxFuture, Charge, ErrorKind, HeaderMap, MemoryStore, RateLimits, RateStore, Request, Response, Retry,
    StatusCode, Throttle, Transport, TransportError, Verdict,
};
use tokio::time::{Instant, sleep};

use post::{Client, ClientBuilder, rates};

pub mod post {
    //! A post office that counts.

    pub mod rates {
        //! Budgets.

        apigen_runtime::rates! {
            DEFAULT = "default" 100 per 1,
                docs: "What one may do unless something else is said.";
            LETTERS = "letters" 6000 per 60,
                cost: Items("to"),
                error: "too_many_letters",
                docs: "Letters; each receiver counts.";
            LETTER_CALLS = "letter_calls" 100 per 1,
                docs: "Calls that send letters.";
            PARCELS = "parcels" 20 per 1,
                cost: Items("to"),
                docs: "Parcels; each receiver counts.";
            BOXES_OF_USER = "boxes_of_user" 5 per 60,
                user: "user",
                docs: "Boxes of a user that are emptied.";
            BOXES = "boxes" 100 per 1,
                docs: "Boxes that are emptied.";
            COUNTER = "counter" 1 per 10,
                sharing: Shared,
                docs: "The counter, where one is served at a time.";
        }
    }

    use apigen_runtime::limit::{Bound, Limit, Place, Rule};
    use apigen_runtime::{Call, Value};

    apigen_runtime::api! {
        name: "post",
        user_agent: "post/1.0.0",
        server: "{host}",
        server_params: ["host": "Scheme and host."],
        errors: [],
        rates: [rates::DEFAULT],
        error_body: "code" "message",
    }

    apigen_runtime::operation!(READ = GET "/letters" { id: "letters.read", auth: None, });
    apigen_runtime::operation!(WRITE = POST "/letters" {
        id: "letters.write",
        auth: None,
        body: Json,
        rates: [rates::LETTERS, rates::LETTER_CALLS],
    });
    apigen_runtime::operation!(SEND = POST "/parcels" {
        id: "parcels.send",
        auth: None,
        body: Json,
        limits: &[Limit::new("parcels.send.to.max_items", Place::Body, "to", Rule::MaxItems(Bound::Int(3)))],
        rates: [rates::PARCELS],
    });
    apigen_runtime::operation!(EMPTY = DELETE "/users/{user}/box" {
        id: "boxes.empty",
        auth: None,
        rates: [rates::BOXES_OF_USER, rates::BOXES],
    });
    apigen_runtime::operation!(ASK = GET "/counter" { id: "counter.ask", auth: None, rates: [rates::COUNTER], });
    apigen_runtime::operation!(PAY = PUT "/counter" { id: "counter.pay", auth: None, rates: [rates::COUNTER], });

    /// A client of the post office.
    #[derive(Debug, Clone)]
    pub struct Client(pub apigen_runtime::Client);

    /// Collects what a [`Client`] needs.
    pub struct ClientBuilder(pub apigen_runtime::ClientBuilder);

    apigen_runtime::client_builder!(ClientBuilder -> Client);

    /// Any call.
    pub struct Posting(Call);

    apigen_runtime::request!(Posting -> serde_json::Value);

    impl Client {
        /// Starts a client.
        pub fn builder() -> ClientBuilder {
            let mut builder = apigen_runtime::ClientBuilder::new(&API);
            builder.server("host", "https://post.example".to_owned());
            ClientBuilder(builder)
        }

        /// Reads a letter.
        pub fn read(&self) -> Posting {
            Posting(self.0.call(&READ))
        }

        /// Writes to so many receivers.
        pub fn write(&self, receivers: usize) -> Posting {
            Posting(self.0.call(&WRITE).field("to", everybody(receivers)))
        }

        /// Sends a parcel to so many receivers.
        pub fn send(&self, receivers: usize) -> Posting {
            Posting(self.0.call(&SEND).field("to", everybody(receivers)))
        }

        /// Empties the box of a user.
        pub fn empty(&self, user: &str) -> Posting {
            Posting(self.0.call(&EMPTY).path("user", user.to_owned()))
        }

        /// Asks at the counter.
        pub fn ask(&self) -> Posting {
            Posting(self.0.call(&ASK))
        }

        /// Pays at the counter.
        pub fn pay(&self) -> Posting {
            Posting(self.0.call(&PAY))
        }
    }

    fn everybody(receivers: usize) -> Vec<Value<'static>> {
        (0..receivers).map(|number| Value::from(format!("u{number}"))).collect()
    }
}

/// Takes note of when which path was asked for, and answers with one status.
#[derive(Clone)]
struct Office {
    seen: Arc<Mutex<Vec<(Instant, String)>>>,
    status: StatusCode,
    start: Instant,
}

impl Transport for Office {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.seen.lock().expect("nothing panics under the lock").push((Instant::now(), request.uri.path().to_owned()));
        Box::pin(std::future::ready(Ok(Response::new(self.status, HeaderMap::new(), "{}"))))
    }
}

impl Office {
    fn new() -> Self {
        Self { seen: Arc::default(), status: StatusCode::OK, start: Instant::now() }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder().transport(self.clone()).retry(Retry::never())
    }

    fn client(&self) -> Client {
        self.builder().build().expect("nothing is missing")
    }

    fn limited(&self, limits: RateLimits) -> Client {
        self.builder().rate_limits(limits).build().expect("nothing is missing")
    }

    /// Milliseconds from the start to each request.
    fn millis(&self) -> Vec<u128> {
        self.seen
            .lock()
            .expect("nothing panics under the lock")
            .iter()
            .map(|(at, _)| at.duration_since(self.start).as_millis())
            .collect()
    }

    /// The most requests in any window of a length.
    fn most(&self, window: Duration) -> usize {
        let seen = self.seen.lock().expect("nothing panics under the lock");
        let within = |start: Instant| seen.iter().filter(|(at, _)| (start..start + window).contains(at)).count();
        seen.iter().map(|(start, _)| within(*start)).max().unwrap_or(0)
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_never_exceed_the_budget() {
    let office = Office::new();
    let client = office.client();
    let tasks: Vec<_> = (0..1000)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { client.read().extra_query("number", number).send().await.map(|_| number) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let millis = office.millis();
    assert_eq!(millis.iter().filter(|at| **at == 0).count(), 10, "a tenth at once");
    assert_eq!(office.most(SECOND), 100);
    assert!((10_900..11_200).contains(millis.last().unwrap()), "nothing is wasted: {:?}", millis.last());
}

#[tokio::test(start_paused = true)]
async fn who_comes_first_goes_first() {
    let office = Office::new();
    let client = office.client();
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let (client, order) = (client.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                sleep(Duration::from_millis(2 * number)).await;
                client.read().await.unwrap();
                order.lock().unwrap().push(number);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..200).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_cannot_go_in_time_fails_at_once_and_takes_nothing() {
    let office = Office::new();
    let client = office.client();
    client.ask().await.unwrap();
    for _ in 0..3 {
        let error = client.ask().timeout(9 * SECOND).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_millis(10_010))));
        let said = "counter.ask: not sent, since the budget of the rate limit `counter` is spent for 10.01s";
        assert!(error.to_string().starts_with(said), "{error}");
    }
    assert_eq!(office.start.elapsed(), Duration::ZERO, "nobody waited");
    // A call keeps a twentieth of its time for itself.
    client.ask().timeout(Duration::from_millis(10_500)).await.unwrap_err();
    client.ask().timeout(Duration::from_millis(10_600)).await.unwrap();
    assert_eq!(office.millis(), [0, 10_010], "those who failed took nothing");
}

#[tokio::test(start_paused = true)]
async fn calls_fail_fast_wait_or_are_not_counted_as_client_and_call_say() {
    let office = Office::new();
    let client = office.limited(RateLimits::new(Throttle::FailFast));
    client.ask().await.unwrap();
    assert_eq!(client.ask().await.unwrap_err().kind(), ErrorKind::RateLimited);
    client.ask().throttle(Throttle::Off).await.unwrap();
    client.ask().throttle(Throttle::Wait).await.unwrap();
    assert_eq!(office.millis(), [0, 0, 10_010]);

    let office = Office::new();
    let client = office.limited(RateLimits::new(Throttle::Off));
    for _ in 0..500 {
        client.ask().await.unwrap();
    }
    client.ask().throttle(Throttle::FailFast).await.unwrap();
    assert_eq!(client.ask().throttle(Throttle::FailFast).await.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(office.start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_costs_as_much_as_it_has_receivers() {
    let office = Office::new();
    let client = office.client();
    for receivers in [600, 1, 600] {
        client.write(receivers).await.unwrap();
    }
    let millis = office.millis();
    assert!(millis[1] >= 11 && millis[1] <= 13, "a receiver more than a tenth: {millis:?}");
    assert!((6_600..6_700).contains(&millis[2]), "a tenth of a minute later: {millis:?}");

    let office = Office::new();
    let client = office.client();
    for _ in 0..60 {
        client.send(3).await.unwrap();
    }
    assert_eq!(office.most(SECOND) * 3, 18, "the next call would make it 21");
    let last = *office.millis().last().unwrap();
    assert!(last < 10_000, "{last}: a parcel for three, which the documentation allows, goes in one burst");
}

#[tokio::test(start_paused = true)]
async fn a_user_who_has_spent_his_budget_holds_up_nobody_else() {
    let office = Office::new();
    let client = office.client();
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(client.empty("ann").into_future())).collect();
    sleep(Duration::from_millis(1)).await;
    for user in ["bob", "cid", "dan"] {
        client.empty(user).throttle(Throttle::FailFast).await.unwrap();
    }
    assert_eq!(office.millis(), [0, 1, 1, 1]);
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    assert!(office.start.elapsed() >= Duration::from_secs(48), "five a minute");
}

#[tokio::test(start_paused = true)]
async fn all_budgets_of_a_call_are_charged_or_none() {
    let office = Office::new();
    let client = office.client();
    client.empty("ann").await.unwrap();
    // Ann's budget refuses, and the one of all users is not charged for it.
    for _ in 0..100 {
        assert!(client.empty("ann").throttle(Throttle::FailFast).await.is_err());
    }
    for number in 0..9 {
        client.empty(&format!("user-{number}")).throttle(Throttle::FailFast).await.unwrap();
    }
    // The one of all users refuses, and Bob's is not charged for it.
    let error = client.empty("bob").throttle(Throttle::FailFast).await.unwrap_err();
    assert!(error.to_string().contains("`boxes`"), "{error}");
    sleep(SECOND).await;
    client.empty("bob").throttle(Throttle::FailFast).await.unwrap();
    let error = client.empty("bob").throttle(Throttle::FailFast).await.unwrap_err();
    assert!(error.to_string().contains("`boxes_of_user`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_shared_budget_is_one_and_the_others_are_each_operations_own() {
    let office = Office::new();
    let client = office.limited(RateLimits::new(Throttle::FailFast));
    client.ask().await.unwrap();
    assert_eq!(client.pay().await.unwrap_err().kind(), ErrorKind::RateLimited);
    for _ in 0..10 {
        client.read().await.unwrap();
        client.write(1).await.unwrap();
    }
    assert!(client.read().await.is_err() && client.write(1).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn budgets_are_adjusted() {
    let at_once = async |limits: RateLimits| {
        let office = Office::new();
        let client = office.limited(limits);
        while client.read().await.is_ok() {}
        office.millis().len()
    };
    let fast = || RateLimits::new(Throttle::FailFast);
    assert_eq!(at_once(fast()).await, 10);
    assert_eq!(at_once(fast().amount(&rates::DEFAULT, 500)).await, 50);
    assert_eq!(at_once(fast().amount(&rates::LETTERS, 1)).await, 10, "another budget");
    assert_eq!(at_once(fast().scale(0.5)).await, 5);
    assert_eq!(at_once(fast().amount(&rates::DEFAULT, 500).scale(2.0)).await, 100);
    assert_eq!(at_once(fast().scale(1e-9)).await, 1);
    for limits in [fast().scale(0.0), fast().scale(f64::NAN), fast().scale(-1.0), fast().amount(&rates::DEFAULT, 0)] {
        let error = Office::new().builder().rate_limits(limits).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_counts() {
    let mut office = Office::new();
    office.status = StatusCode::SERVICE_UNAVAILABLE;
    let builder = office.builder().retry(Retry::default().base_delay(Duration::from_millis(1)));
    let client = builder.build().unwrap();
    client.ask().await.unwrap_err();
    assert_eq!(office.millis(), [0, 10_010, 20_020]);
    let error = client.ask().timeout(15 * SECOND).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1), "why it was to be repeated says more");
}

/// Collects the fields of events.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<String>>>);

impl tracing::field::Visit for Events {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().expect("nothing panics under the lock").push(format!("{field}={value:?}"));
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Events {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().name() == "apigen.rate_wait" {
            event.record(&mut self.clone());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_somebody_may_notice_is_reported() {
    let events = Events::default();
    let _guard = crate::traced(events.clone());
    let client = Office::new().client();
    for _ in 0..12 {
        client.read().await.unwrap();
    }
    assert_eq!(events.0.lock().unwrap().len(), 0, "a few milliseconds");
    client.ask().await.unwrap();
    client.ask().await.unwrap();
    let expected = [
        "message=waiting for the budget of a rate limit",
        "operation=\"counter.ask\"",
        "limit=\"counter\"",
        "wait_ms=10010",
    ];
    assert_eq!(*events.0.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_loses_what_was_reserved_and_no_more() {
    let office = Office::new();
    let client = office.client();
    client.ask().await.unwrap();
    let waiting = tokio::spawn(client.ask().into_future());
    sleep(SECOND).await;
    waiting.abort();
    client.ask().await.unwrap();
    assert_eq!(office.millis(), [0, 20_020]);
}

#[tokio::test(start_paused = true)]
async fn budgets_of_users_do_not_pile_up() {
    let office = Office::new();
    let store = MemoryStore::new();
    let client = office.limited(RateLimits::default().amount(&rates::BOXES, 40).store(store.clone()));
    let mut most = 0;
    for number in 0..8_000 {
        client.empty(&format!("user-{number}")).await.unwrap();
        most = most.max(store.budgets());
    }
    // A budget is full again after twelve seconds and forgotten a minute later; about 2,600 users come by in that time.
    assert!((2_600..5_400).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn clients_may_share_a_store() {
    let office = Office::new();
    let store = MemoryStore::new();
    let clients = [(); 2].map(|()| office.limited(RateLimits::new(Throttle::FailFast).store(store.clone())));
    clients[0].ask().await.unwrap();
    assert_eq!(clients[1].ask().await.unwrap_err().kind(), ErrorKind::RateLimited);
}

/// A store that takes note of what is asked of it, and answers as it is told to.
#[derive(Clone)]
struct Ledger {
    asked: Arc<Mutex<Vec<Vec<Charge>>>>,
    answer: fn() -> BoxFuture<'static, Result<Verdict, BoxError>>,
}

impl RateStore for Ledger {
    fn take<'a>(&'a self, charges: &'a [Charge], _: Duration) -> BoxFuture<'a, Result<Verdict, BoxError>> {
        self.asked.lock().expect("nothing panics under the lock").push(charges.to_vec());
        (self.answer)()
    }
}

impl Ledger {
    fn new(answer: fn() -> BoxFuture<'static, Result<Verdict, BoxError>>) -> Self {
        Self { asked: Arc::default(), answer }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_is_asked_once_for_all_that_a_call_takes() {
    let ledger = Ledger::new(|| {
        Box::pin(std::future::ready(Ok(Verdict { granted: true, wait: Duration::from_secs(2), bound_by: 7 })))
    });
    let office = Office::new();
    let client = office.limited(RateLimits::default().store(ledger.clone()));
    client.empty("ann:b}").await.unwrap();
    client.send(2).await.unwrap();
    assert_eq!(office.millis(), [2_000, 4_000], "it waits as the store says");
    let charge = |key: &str, amount, millis, burst, cost| Charge {
        key: format!("{{post https://post.example/}}:{key}").into(),
        amount,
        period: Duration::from_millis(millis),
        burst,
        cost,
    };
    assert_eq!(
        *ledger.asked.lock().unwrap(),
        [
            vec![
                charge("boxes_of_user:boxes.empty:ann:b}", 5, 60_010, 1, 1),
                charge("boxes:boxes.empty", 100, 1_010, 10, 1)
            ],
            vec![charge("parcels:parcels.send", 20, 1_010, 3, 2)],
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_fails_no_call() {
    let broken = || -> BoxFuture<'static, Result<Verdict, BoxError>> {
        Box::pin(std::future::ready(Err("the store is closed".into())))
    };
    let silent = || -> BoxFuture<'static, Result<Verdict, BoxError>> { Box::pin(std::future::pending()) };
    for (answer, patience) in [(broken as fn() -> _, Duration::ZERO), (silent, SECOND)] {
        let office = Office::new();
        let ledger = Ledger::new(answer);
        let client = office.limited(RateLimits::new(Throttle::FailFast).store(ledger.clone()));
        client.ask().await.unwrap();
        assert_eq!(office.start.elapsed(), patience);
        for _ in 0..50 {
            assert_eq!(client.ask().await.unwrap_err().kind(), ErrorKind::RateLimited, "the memory limits");
        }
        assert_eq!(ledger.asked.lock().unwrap().len(), 1, "it is left alone for a while");
        sleep(5 * SECOND).await;
        client.ask().await.unwrap_err();
        assert_eq!(ledger.asked.lock().unwrap().len(), 2);
    }
}
