//! The same calls by the generated client and by code that is written by hand, through a transport that answers at once.

pub mod byhand;

use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use apigen_core::documented::{Answer, Row};
use easemob_im::messages::Body;
use easemob_im::runtime::{
    Api, BoxFuture, Context, ErrorRow, HeaderMap, HeaderName, HeaderValue, Middleware, Next, Operation, RateLimits,
    Request, Response, StatusCode, Transport, TransportError,
};
use easemob_im::{Client, ClientBuilder, Error};

/// The reply to a question, as the server writes it.
pub const ANSWER: &str = r#"{"action": "get", "uri": "https://a1.example.com/reading-club/demo/chatgroups/66016455491585/user/jonas/is_joined", "data": true, "duration": 3, "timestamp": 1541587920710, "organization": "reading-club", "applicationName": "demo"}"#;

/// The reply to a message.
pub const RECEIPT: &str = r#"{"path": "/messages/users", "uri": "https://a1.example.com/reading-club/demo/messages/users", "timestamp": 1541587920710, "organization": "reading-club", "application": "8be024f0-e978-11e8-b697-5d598d5f8402", "action": "post", "data": {"jonas": "1029457500870543736"}, "duration": 3, "applicationName": "demo"}"#;

/// The refusal of a message by a documented error that any operation may answer.
pub const REFUSAL: &str = r#"{"error": "unauthorized", "exception": "EasemobSecurityException", "timestamp": 1541587920710, "duration": 0, "error_description": "Unable to authenticate due to expired access token"}"#;

/// What is said by that refusal.
pub const DOCUMENTED: Answer<'static> = Answer {
    status: 401,
    reason: Some("Unauthorized"),
    code: Some("unauthorized"),
    message: Some("Unable to authenticate due to expired access token"),
};

/// What is said by a refusal that nobody documents.
pub const UNDOCUMENTED: Answer<'static> = Answer {
    status: 403,
    reason: Some("Forbidden"),
    code: Some("closed"),
    message: Some("Unfortunately the library is closed on Mondays"),
};

/// The body of a message.
pub const MESSAGE: &str =
    r#"{"to": ["jonas", "wei"], "from": "lea", "type": "txt", "body": {"msg": "The library opens at nine."}}"#;

/// The text of the message.
pub const TEXT: &str = "The library opens at nine.";

/// Answers at once.
#[derive(Debug, Clone, Copy)]
pub struct Null {
    /// The status.
    pub status: u16,
    /// The body.
    pub reply: &'static str,
}

impl Transport for Null {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        black_box(request);
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("content-type"),
            HeaderValue::from_static("application/json"),
        )]);
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY);
        Box::pin(std::future::ready(Ok(Response::new(status, headers, self.reply))))
    }
}

/// The tables in which the client looks up why a message was refused.
#[derive(Debug, Clone, Copy)]
pub struct Tables {
    api: &'static Api,
    operation: &'static Operation,
}

impl Tables {
    /// The row of a refusal, as the client finds it.
    pub fn find(&self, answer: &Answer<'_>) -> Option<&'static ErrorRow> {
        let row = |it: &'static ErrorRow| Row { error: it.id, status: it.status, code: it.code, message: it.message };
        answer.documented(self.operation.errors, self.api.errors, row).map(|(row, _)| row)
    }
}

/// Takes note of the tables that a call comes with.
struct Look(Arc<OnceLock<Tables>>);

impl Middleware for Look {
    fn handle<'a>(
        &'a self,
        request: Request,
        context: &'a Context,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, TransportError>> {
        self.0.get_or_init(|| Tables { api: context.api(), operation: context.operation() });
        next.run(request)
    }
}

/// The tables of the client.
pub fn tables() -> Option<Tables> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok()?;
    let found = Arc::new(OnceLock::new());
    let null = Null { status: 200, reply: RECEIPT };
    let client = builder(null).middleware(Look(Arc::clone(&found))).build().ok()?;
    runtime.block_on(async { client.messages().to_users(["jonas"], Body::text(TEXT)).await }).ok()?;
    found.get().copied()
}

/// A client that never has to wait for a budget.
///
/// # Errors
/// None: everything is given.
pub fn client(null: Null) -> Result<Client, Error> {
    builder(null).build()
}

fn builder(null: Null) -> ClientBuilder {
    Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .access_token("token")
        .rate_limits(RateLimits::default().scale(1e6))
        .transport(null)
}
