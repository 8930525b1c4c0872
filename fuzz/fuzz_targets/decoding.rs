//! Replies of any form to calls of the generated client: a value or an error that can be printed, never a panic.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use easemob_im::runtime::{
    Body, BoxFuture, Bytes, HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Transport,
    TransportError,
};
use easemob_im::{Client, Hour};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
});

/// What the server answers, and to what.
#[derive(Debug, Clone, Arbitrary)]
struct Answer {
    operation: u8,
    status: Status,
    header: Option<(String, String)>,
    body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Status {
    Ok,
    Other(u16),
}

impl Transport for Answer {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        drop(matches!(request.body, Body::Empty));
        let status = match self.status {
            Status::Ok => StatusCode::OK,
            Status::Other(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
        };
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = &self.header
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            headers.insert(name, value);
        }
        let response = Response::new(status, headers, Bytes::from(self.body.clone()));
        Box::pin(async move { Ok(response) })
    }
}

fuzz_target!(|answer: Answer| {
    let operation = answer.operation;
    let client = Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .access_token("not-a-real-token")
        .transport(answer)
        .build()
        .expect("everything is given");
    let failure = RUNTIME.block_on(call(&client, operation));
    if let Some(error) = failure {
        assert!(!error.to_string().is_empty());
        assert!(!format!("{error:?}").contains("not-a-real-token"));
    }
});

/// One call of each form of reply: envelopes, lists, maps, outcomes, unions, pages, files, bytes.
async fn call(client: &Client, operation: u8) -> Option<easemob_im::Error> {
    let hour = Hour::utc(2026, 11, 21, 8).expect("there is such an hour");
    match operation % 9 {
        0 => client.groups().get(["1"]).await.err(),
        1 => client.messages().to_users(["jonas"], easemob_im::messages::Body::text("Hello")).await.err(),
        2 => client.chatroom_members().remove_many("1", ["jonas", "wei"]).await.err(),
        3 => client
            .messages()
            .recall("1", "jonas", easemob_im::messages::ChatType::OneToOne, easemob_im::messages::RecallMode::Forced)
            .await
            .err(),
        4 => client.messages().history(hour).await.err(),
        5 => {
            let mut records = client.messages().history(hour).records();
            let mut failure = None;
            for _ in 0..20 {
                match records.next().await {
                    Some(record) => drop(record.map_err(|error| failure = Some(error.to_string()))),
                    None => break,
                }
            }
            None
        }
        6 => {
            let mut members = client.chatroom_members().list("1").stream();
            for _ in 0..20 {
                match members.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Some(error),
                    None => break,
                }
            }
            None
        }
        7 => client.channels().get("1", "2").await.err(),
        _ => match client.group_files().download("1", "2").await {
            Ok(download) => download.bytes(1 << 16).await.err(),
            Err(error) => Some(error),
        },
    }
}
