//! What the generated tests do not show: lists over several pages, tokens, and requests that are never sent.
//!
//! The suite that compiles the cases puts this file beside the generated tests of the client.

use apigen_testing::{Request, Response, Server};
use futures_util::StreamExt;
use lantern_books::notices::Content;
use lantern_books::orders::{Delivery, DeliveryMethod, GiftWrap, NewLine};
use lantern_books::{Client, ErrorKind, Throttle};
use serde_json::{Value, json};

fn client(server: &Server) -> Client {
    let builder = Client::builder().host(server.url()).shop_id("riverside").access_token("a-token-for-tests");
    builder.build().expect("everything is given")
}

fn query(request: &Request, name: &str) -> Option<String> {
    request.query_pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn reply(result: &Value) -> Response {
    Response::json(200, json!({"request_id": "req-1", "result": result}))
}

fn book(id: usize) -> Value {
    json!({
        "id": id, "title": id.to_string(), "type": "novel", "condition": 1,
        "price": {"amount": 1, "currency": "EUR"}, "authors": [],
    })
}

fn order(id: usize) -> Value {
    json!({"id": id.to_string(), "state": "received", "lines": [], "total": {"amount": 1, "currency": "EUR"}})
}

#[tokio::test]
async fn pages_numbered_from_one_are_read_to_the_end() {
    let server = Server::answering(|request| {
        let page: usize = query(request, "page").map_or(1, |it| it.parse().expect("the client sends numbers"));
        let books: Vec<_> = (0..7).skip((page - 1) * 3).take(3).map(book).collect();
        reply(&json!(books))
    })
    .await;
    let books: Vec<_> =
        client(&server).books().list().stream().map(|it| it.expect("the shop answers").title).collect().await;
    assert_eq!(books, ["0", "1", "2", "3", "4", "5", "6"]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn pages_numbered_from_zero_are_read_to_the_end() {
    let server = Server::answering(|request| {
        let page: usize = query(request, "page").map_or(0, |it| it.parse().expect("the client sends numbers"));
        let orders: Vec<_> = (0..4).skip(page * 2).take(2).map(order).collect();
        reply(&json!({"items": orders, "total": 4}))
    })
    .await;
    let list = client(&server).orders().list();
    let orders: Vec<_> = list.stream().map(|it| it.expect("the shop answers").id.to_string()).collect().await;
    assert_eq!(orders, ["0", "1", "2", "3"]);
    assert_eq!(server.requests().len(), 2, "the last page of two was full, and the total is reached");
}

#[tokio::test]
async fn a_cursor_in_the_payload_is_followed() {
    let server = Server::answering(|request| {
        let wish = |id: u8| json!({"book_id": id, "since": 0});
        match query(request, "cursor").as_deref() {
            None => reply(&json!({"wishes": [wish(1), wish(2)], "next": "a+b/="})),
            Some("a+b/=") => reply(&json!({"wishes": [wish(3)]})),
            Some(_) => Response::json(500, "{}"),
        }
    })
    .await;
    let list = client(&server).readers().wishes("r-1815");
    let wishes: Vec<_> = list.stream().map(|it| it.expect("the shop answers").book_id.into_inner()).collect().await;
    assert_eq!(wishes, [1, 2, 3]);
}

#[tokio::test]
async fn a_cursor_in_the_envelope_is_followed() {
    let server = Server::answering(|request| {
        let review = json!([{"stars": 5, "reader_id": "r-1"}]);
        match query(request, "after").as_deref() {
            None => Response::json(200, json!({"request_id": "req-1", "result": review, "nextCursor": "二"})),
            Some("二") => Response::json(200, json!({"request_id": "req-2", "result": review})),
            Some(_) => Response::json(500, "{}"),
        }
    })
    .await;
    let pages: Vec<_> = client(&server).reviews().list(4711).pages().collect().await;
    let next: Vec<_> =
        pages.iter().map(|it| it.as_ref().expect("the shop answers").envelope().next_cursor.as_deref()).collect();
    assert_eq!(next, [Some("二"), None]);
}

#[tokio::test]
async fn a_token_is_fetched_once_with_the_constants_of_its_operation() {
    let token = Response::json(200, json!({"token": "fresh", "valid_for": 3600}));
    let server = Server::replying([token, reply(&json!(true)), reply(&json!(true))]).await;
    let builder = Client::builder().host(server.url()).shop_id("riverside").credentials("key", "secret");
    let client = builder.build().expect("everything is given");
    for id in [1, 2] {
        assert!(*client.books().remove(id).await.expect("the shop answers"));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].path(), "/v2/shops/riverside/tokens");
    assert_eq!(requests[0].json(), json!({"kind": "shop_key", "key_id": "key", "key_secret": "secret"}));
    assert_eq!(requests[2].header("authorization"), Some("Bearer fresh"));
}

#[tokio::test]
async fn what_breaks_a_limit_is_not_sent() {
    let server = Server::replying([]).await;
    let place = |lines: Vec<NewLine>, delivery| {
        client(&server).orders().place("basket-17", "r-1815", lines, GiftWrap::Wrapped, delivery)
    };
    let pickup = || Delivery::new(DeliveryMethod::Pickup);
    let refused = [
        (place(vec![], pickup()), "lines"),
        (place(vec![NewLine::new(1, 1), NewLine::new(2, 100)], pickup()), "lines[1].copies"),
        (place(vec![NewLine::new(1, 1)], Delivery::new(DeliveryMethod::Courier)), "delivery.address"),
        (place(vec![NewLine::new(1, 1)], pickup()).note("a note that no gift tag could hold"), "note"),
        (place(vec![NewLine::new(1, 1)], pickup()).note("short"), "phone"),
    ];
    for (request, field) in refused {
        let error = request.await.expect_err("the request breaks a limit");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{field}: {error}");
        assert!(error.to_string().contains(&format!("{field}:")), "{field}: {error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_reply_for_many_is_iterated_and_its_ids_compare_with_text() {
    let server = Server::answering(|_| {
        let arrivals = json!([
            {"reader": "r-1", "delivered": true, "notice_id": 1},
            {"reader": "r-2", "delivered": false, "why": "gone"},
        ]);
        Response::json(200, json!({"request_id": "1", "delivered": arrivals}))
    })
    .await;
    let readers = vec!["r-1".to_owned(), "r-2".to_owned()];
    let call = client(&server).notices().post(&readers, lantern_books::notices::Content::text("Hello."));
    let reply = call.await.expect("the shop answers");
    for arrival in &reply {
        match arrival {
            Ok(arrival) => assert_eq!(arrival.reader, "r-1"),
            Err(bounce) => assert!(bounce.reader == "r-2" && bounce.why == "gone"),
        }
    }
    let kept: Vec<_> = reply.into_iter().filter_map(Result::ok).collect();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn a_bound_within_a_union_looks_at_the_field_beside_it() {
    let server = Server::answering(|request| {
        assert_eq!(request.json()["content"]["edition"], 2, "constants are sent");
        Response::json(200, json!({"request_id": "1", "delivered": []}))
    })
    .await;
    let price = lantern_books::types::Money::new(990, lantern_books::types::Currency::Euro);
    let offer = lantern_books::notices::Content::special_offer(4711, price).gifts(["a pen", "a mug", "a bag"]);
    let post = |offer| client(&server).notices().post(["r-1"], offer);
    let error = post(offer.clone()).await.expect_err("two is what the shop assumes");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    post(offer.most(3)).await.expect("three may come with three");
}

#[tokio::test]
async fn a_list_that_is_too_long_for_a_call_goes_in_several() {
    let server = Server::answering(|request| {
        let body = request.json();
        let readers = body["to"].as_array().expect("the client sends a list");
        let arrival = |reader: &Value| json!({"reader": reader, "delivered": true, "notice_id": 77});
        let arrivals: Vec<_> = readers.iter().map(arrival).collect();
        Response::json(200, json!({"request_id": "req-1", "count": readers.len(), "delivered": arrivals}))
    })
    .await;
    let readers: Vec<_> = (0..450).map(|id| format!("r-{}", 100_000 + id)).collect();
    let notice = client(&server).notices().post(readers.clone(), Content::text("We close at noon."));
    // The budget of the shop lets so many notices go in half a minute.
    let report = notice.throttle(Throttle::Off).in_batches().await;
    assert!(report.is_complete(), "{:?}", report.errors().collect::<Vec<_>>());
    let arrivals = report.into_merged();
    let told: Vec<_> = arrivals.iter().map(|it| it.as_ref().expect("delivered").reader.as_str()).collect();
    assert_eq!(told, readers);
    let sizes: Vec<_> = server.requests().iter().map(|it| it.json()["to"].as_array().map(Vec::len)).collect();
    assert_eq!(sizes, [Some(200), Some(200), Some(50)]);
}
