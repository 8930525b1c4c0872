//! The same calls by the generated client and by code that is written by hand, through a transport that answers at once.

pub mod byhand;

use std::hint::black_box;

use easemob_im::runtime::{
    BoxFuture, HeaderMap, HeaderName, HeaderValue, RateLimits, Request, Response, StatusCode, Transport, TransportError,
};
use easemob_im::{Client, Error};

/// The reply to a question, as the server writes it.
pub const ANSWER: &str = r#"{"action": "get", "uri": "https://a1.example.com/reading-club/demo/chatgroups/66016455491585/user/jonas/is_joined", "data": true, "duration": 3, "timestamp": 1541587920710, "organization": "reading-club", "applicationName": "demo"}"#;

/// The reply to a message.
pub const RECEIPT: &str = r#"{"path": "/messages/users", "uri": "https://a1.example.com/reading-club/demo/messages/users", "timestamp": 1541587920710, "organization": "reading-club", "application": "8be024f0-e978-11e8-b697-5d598d5f8402", "action": "post", "data": {"jonas": "1029457500870543736"}, "duration": 3, "applicationName": "demo"}"#;

/// The refusal of a message by a documented error that any operation may answer.
pub const REFUSAL: &str = r#"{"error": "unauthorized", "exception": "EasemobSecurityException", "timestamp": 1541587920710, "duration": 0, "error_description": "Unable to authenticate due to expired access token"}"#;

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

/// A client that never has to wait for a budget.
///
/// # Errors
/// None: everything is given.
pub fn client(null: Null) -> Result<Client, Error> {
    Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .access_token("token")
        .rate_limits(RateLimits::default().scale(1e6))
        .transport(null)
        .build()
}
