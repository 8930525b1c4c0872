//! One call in several: which calls are made, and what is said of each receiver. Everything in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::limit::{Bound, Limit, Place, Rule};
use apigen_runtime::{
    Body, BoxFuture, Call, ErrorKind, HeaderMap, Request, Response, Secret, Settings, Stage, StatusCode, Transport,
    TransportError,
};

apigen_runtime::api! {
    name: "post",
    user_agent: "post/1",
    server: "{host}",
    server_params: ["host": "Scheme and host."],
    token: TOKEN {
        id: "id",
        secret: "secret",
        constants: &[],
        access_token: "token",
        expires_in: "ttl",
    },
    errors: [],
    error_body: "error" "message",
}

apigen_runtime::operation!(TOKEN = POST "/token" { id: "tokens.issue", auth: None, body: Json, });

static MOST: Limit = Limit::new("notices.send.to.max_items", Place::Body, "to", Rule::MaxItems(Bound::Int(600)));

apigen_runtime::operation!(SEND = POST "/notices" {
    id: "notices.send",
    body: Json,
    payload: "data",
    limits: &[MOST],
    split: Body "to",
});

apigen_runtime::operation!(GET = GET "/readers/{names,}" {
    id: "readers.get",
    limits: &[Limit::new("readers.get.names.max_items", Place::Path, "names", Rule::MaxItems(Bound::Int(2)))],
    split: Path "names",
});

/// Sends a notice to readers.
#[derive(Debug)]
struct Send(Call);

apigen_runtime::request!(Send -> BTreeMap<String, i64>);
apigen_runtime::split!(Send -> BTreeMap<String, i64>);

/// Reads readers.
#[derive(Debug)]
struct Get(Call);

apigen_runtime::request!(Get -> Vec<String>);
apigen_runtime::split!(Get -> Vec<String>);

apigen_runtime::operation!(REMOVE = POST "/removals" {
    id: "readers.remove",
    body: Json,
    payload: "data",
    limits: &[Limit::new("readers.remove.to.max_items", Place::Body, "to", Rule::MaxItems(Bound::Int(2)))],
    split: Body "to",
});

/// Removes readers.
#[derive(Debug)]
struct Remove(Call);

/// A reader who was removed, or was not.
#[derive(Debug)]
struct Removal;

apigen_runtime::decode_fields!(Removal {});
apigen_runtime::judged!(Removal, Removal; "result" = ["true"]);
apigen_runtime::request!(Remove -> Vec<Result<Removal, Removal>>);
apigen_runtime::split!(Remove -> Vec<Result<Removal, Removal>>);

/// A post office in memory: keeps what it was asked for, and answers the n-th request in its own way.
#[derive(Clone)]
struct Office {
    seen: Arc<Mutex<Vec<String>>>,
    answer: fn(usize, &[String]) -> Result<Response, TransportError>,
}

impl Transport for Office {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let (text, receivers) = match &request.body {
                Body::Bytes(body) => {
                    let body: serde_json::Value = serde_json::from_slice(body).expect("bodies are JSON");
                    let to: Vec<String> = serde_json::from_value(body["to"].clone()).unwrap_or_default();
                    (format!("{} receivers from {}", to.len(), to.first().map_or("-", String::as_str)), to)
                }
                _ => (request.uri.path().to_owned(), Vec::new()),
            };
            tokio::time::sleep(Duration::from_millis(100)).await;
            let index = {
                let mut seen = self.seen.lock().expect("nothing panics under the lock");
                seen.push(text);
                seen.len() - 1
            };
            (self.answer)(index, &receivers)
        })
    }
}

impl Office {
    fn answering(answer: fn(usize, &[String]) -> Result<Response, TransportError>) -> Self {
        Self { seen: Arc::default(), answer }
    }

    fn client(&self) -> apigen_runtime::Client {
        self.builder(|builder| builder.access_token(Secret::from("t")))
    }

    fn builder(&self, adjust: impl FnOnce(&mut apigen_runtime::ClientBuilder)) -> apigen_runtime::Client {
        let mut builder = apigen_runtime::ClientBuilder::new(&API);
        builder.server("host", "https://post.example".to_owned());
        builder.transport(Arc::new(self.clone()));
        adjust(&mut builder);
        builder.build().expect("nothing is missing")
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("nothing panics under the lock").clone()
    }
}

fn notice(client: &apigen_runtime::Client, to: Vec<String>) -> Send {
    Send(client.call(&SEND).field("to", to))
}

fn readers(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("reader-{number}")).collect()
}

/// The notice of every receiver has the same number.
fn delivered(receivers: &[String]) -> Response {
    let data: BTreeMap<&str, i64> = receivers.iter().map(|receiver| (receiver.as_str(), 7)).collect();
    Response::new(StatusCode::OK, HeaderMap::new(), serde_json::json!({ "data": data }).to_string())
}

fn refused(status: u16) -> Response {
    let body = r#"{"error": "no", "message": "not today"}"#;
    Response::new(StatusCode::from_u16(status).expect("it is a status"), HeaderMap::new(), body)
}

#[tokio::test(start_paused = true)]
async fn a_long_list_is_sent_in_several_calls_and_the_replies_become_one() {
    let office = Office::answering(|_, to| Ok(delivered(to)));
    let mut batches = notice(&office.client(), readers(1700)).in_batches();
    assert_eq!((batches.done(), batches.total()), (0, 1700));
    let mut progress = Vec::new();
    while let Some(batch) = batches.next().await {
        assert_eq!(batch.result().unwrap().len(), batch.receivers().len());
        progress.push((batches.done(), batch.receivers().len()));
    }
    assert_eq!(progress, [(600, 600), (1200, 600), (1700, 500)]);
    let expected = ["600 receivers from reader-0", "600 receivers from reader-600", "500 receivers from reader-1200"];
    assert_eq!(office.seen(), expected);

    let report = notice(&office.client(), readers(1700)).in_batches().await;
    assert!(report.is_complete());
    assert_eq!(report.fates().count(), 1700);
    assert_eq!(report.into_merged().len(), 1700);
}

#[tokio::test(start_paused = true)]
async fn the_failure_of_a_call_concerns_its_receivers_only() {
    let office = Office::answering(|index, to| Ok(if index == 1 { refused(400) } else { delivered(to) }));
    let report = notice(&office.client(), readers(1700)).in_batches().await;
    assert!(!report.is_complete());
    assert_eq!(report.to_retry(), readers(1200)[600..]);
    assert!(report.unknown().is_empty());
    let errors: Vec<_> = report.errors().map(|error| (error.kind(), error.code())).collect();
    assert_eq!(errors, [(ErrorKind::Api, Some("no"))]);
    let said: Vec<_> = report.fates().map(|(receiver, fate)| format!("{receiver}: {fate}")).collect();
    assert_eq!(said[599], "reader-599: accepted");
    assert!(said[600].starts_with("reader-600: failed: notices.send: the server answered 400"), "{}", said[600]);
    assert_eq!(said[1200], "reader-1200: accepted");
    assert_eq!(report.into_merged().len(), 1100);
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_whether_the_receivers_of_a_lost_call_were_reached() {
    let office = Office::answering(|index, to| {
        if index == 1 { Err(TransportError::new(Stage::Exchange, "the line is dead")) } else { Ok(delivered(to)) }
    });
    let report = notice(&office.client(), readers(1700)).in_batches().await;
    assert_eq!(report.unknown(), readers(1200)[600..]);
    assert!(report.to_retry().is_empty());
    assert_eq!(office.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_a_notice_again_because_the_reply_makes_no_sense() {
    let office = Office::answering(|_, _| Ok(Response::new(StatusCode::OK, HeaderMap::new(), r#"{"data": "sent"}"#)));
    let report = notice(&office.client(), readers(1)).in_batches().await;
    assert!(!report.is_complete());
    assert!(report.to_retry().is_empty() && report.unknown().is_empty());
    let said: Vec<_> = report.fates().map(|(_, fate)| fate.to_string()).collect();
    assert!(said[0].starts_with("accepted, but the reply cannot be read: notices.send: "), "{}", said[0]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_the_reply_leaves_out_is_reported() {
    let office = Office::answering(|_, _| Ok(delivered(&["READER-0".to_owned(), "reader-2".to_owned()])));
    let report = notice(&office.client(), readers(3)).in_batches().await;
    let said: Vec<_> = report.fates().map(|(_, fate)| fate.to_string()).collect();
    assert_eq!(said, ["accepted", "accepted, but the reply does not mention it", "accepted"]);
    assert!(!report.is_complete());
    assert!(report.to_retry().is_empty(), "nobody is sent a notice twice");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_items_have_results_of_their_own_is_not_complete_when_some_failed() {
    let office = Office::answering(|_, receivers| {
        let data: Vec<_> = receivers.iter().map(|reader| serde_json::json!({"result": reader != "reader-3"})).collect();
        Ok(Response::new(StatusCode::OK, HeaderMap::new(), serde_json::json!({ "data": data }).to_string()))
    });
    let remove = |to| Remove(office.client().call(&REMOVE).field("to", to)).in_batches();
    assert!(remove(readers(2)).await.is_complete());
    let report = remove(readers(5)).await;
    let said: Vec<_> = report.fates().map(|(_, fate)| fate.to_string()).collect();
    let partly = "in a call that was accepted, with 1 failed among its results";
    assert_eq!(said, ["accepted", "accepted", partly, partly, "accepted"]);
    assert!(!report.is_complete());
    assert!(report.to_retry().is_empty(), "some of them were removed");
}

#[tokio::test(start_paused = true)]
async fn calls_are_as_large_as_the_settings_allow() {
    let office = Office::answering(|_, to| Ok(delivered(to)));
    let raised = Settings::deny().raise(&MOST, 1000);
    let client = office.builder(|builder| {
        builder.access_token(Secret::from("t"));
        builder.validation(raised);
    });
    let sizes = |settings: Option<Settings>, count: usize| {
        let call = notice(&client, readers(count));
        let call = match settings {
            Some(settings) => call.validation(settings),
            None => call,
        };
        async move { call.in_batches().await.batches().iter().map(|it| it.receivers().len()).collect::<Vec<_>>() }
    };
    assert_eq!(sizes(None, 1700).await, [1000, 700]);
    assert_eq!(sizes(Some(Settings::deny().raise(&MOST, 2)), 5).await, [2, 2, 1]);
    assert_eq!(sizes(Some(Settings::deny().raise(&MOST, 0)), 2).await, [1, 1]);
    assert_eq!(sizes(Some(Settings::deny().disable(MOST.id)), 1700).await, [1700]);
    assert_eq!(sizes(Some(Settings::off()), 601).await, [600, 1]);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_of_the_next_call_loses_nothing() {
    let office = Office::answering(|_, to| Ok(delivered(to)));
    let mut batches = notice(&office.client(), readers(1200)).in_batches();
    assert!(tokio::time::timeout(Duration::from_millis(50), batches.next()).await.is_err());
    assert_eq!(batches.done(), 0);
    assert_eq!(batches.not_attempted().collect::<Vec<_>>(), readers(1200)[600..]);
    let report = batches.finish().await;
    assert!(report.is_complete());
    assert_eq!(office.seen().len(), 2, "no call is made twice");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_concerns_all_calls_ends_them() {
    let office = Office::answering(|_, _| Ok(refused(401)));
    let client = office.builder(|builder| builder.credentials("id".to_owned(), Secret::from("wrong")));
    let report = notice(&client, readers(1300)).in_batches().await;
    assert_eq!(report.batches().len(), 1);
    assert_eq!(report.to_retry(), readers(1300), "nothing was sent for anyone");
    let said: Vec<_> = report.fates().map(|(_, fate)| fate.to_string()).collect();
    assert!(said[599].starts_with("failed: notices.send: "), "{}", said[599]);
    assert_eq!(said[600], "not attempted");
    assert_eq!(office.seen().len(), 1, "the token is asked for once");
}

#[tokio::test(start_paused = true)]
async fn each_receiver_is_sent_once_and_an_empty_list_is_one_call() {
    let office = Office::answering(|_, to| Ok(delivered(to)));
    let twice = [readers(400), readers(400)].concat();
    let report = notice(&office.client(), twice).in_batches().await;
    assert_eq!(report.fates().count(), 400);
    assert!(report.is_complete());
    let report = notice(&office.client(), Vec::new()).in_batches().await;
    assert!(report.is_complete());
    assert_eq!(report.batches().len(), 1);
    assert_eq!(office.seen(), ["400 receivers from reader-0", "0 receivers from -"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_in_the_path_is_divided_as_well() {
    let office = Office::answering(|_, _| Ok(Response::new(StatusCode::OK, HeaderMap::new(), r#"["x"]"#)));
    let client = office.client();
    let report = Get(client.call(&GET).path("names", readers(3))).in_batches().await;
    assert!(report.is_complete());
    assert_eq!(report.into_merged(), ["x", "x"]);
    assert_eq!(office.seen(), ["/readers/reader-0%2Creader-1", "/readers/reader-2"]);
}
