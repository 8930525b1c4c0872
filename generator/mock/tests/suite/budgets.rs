//! Rate limits: the spec's numbers are held, scaled or switched off.

use apigen_mock::Mock;
use serde_json::json;

use crate::http::{Connection, Sent};
use crate::shown::{self, TOKEN};

/// How many of so many equal calls are answered before one is refused.
fn taken(mock: &Mock, request: &Sent, tries: usize) -> usize {
    let mut connection = Connection::to(mock);
    let mut statuses = (0..tries).map(|_| connection.send(request).expect("there is an answer").status);
    statuses.position(|it| it != 200).unwrap_or(tries)
}

#[test]
fn what_is_beyond_a_budget_is_refused() {
    let api = shown::api();
    let to: Vec<_> = (0..600).map(|it| format!("u{it}")).collect();
    let many = Sent::new("POST", "/acme/chat/messages/users").token(TOKEN);
    let many = many.json(&json!({"to": to, "type": "txt", "body": {"msg": "x"}}));
    let budget = api.rate_limits.iter().find(|it| it.name == "messages_to_users").expect("there is this budget");
    let calls = usize::try_from(budget.amount / 600).expect("it is small");

    let mock = Mock::builder(api.clone()).token(TOKEN).start().expect("it starts");
    assert_eq!(taken(&mock, &many, calls + 5), calls, "600 receivers cost 600");
    let got = crate::http::send(&mock, &many).expect("there is an answer");
    let (_, row) = api.error(budget.error.expect("its error is documented"));
    assert_eq!((got.status, got.header("retry-after")), (row.status, None));
    assert!(got.header("x-mock-reason").unwrap_or_default().contains("messages_to_users"), "{got:?}");
    let last = mock.requests().pop().expect("it is in the log");
    assert!(!last.taken && last.receivers.is_empty());
    let other = Sent { target: "/acme/other/messages/users".to_owned(), ..many.clone() };
    assert_eq!(taken(&mock, &other, 1), 1, "another application has a budget of its own");

    let mock = Mock::builder(api.clone()).token(TOKEN).rate_factor(2.0).start().expect("it starts");
    assert_eq!(taken(&mock, &many, 2 * calls + 5), 2 * calls);
    let mock = Mock::builder(api).token(TOKEN).rate_limits(false).start().expect("it starts");
    assert_eq!(taken(&mock, &many, calls + 5), calls + 5);
}
