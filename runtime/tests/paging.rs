//! Lists that end, and lists that would not.

use apigen_runtime::ErrorKind;
use apigen_testing::{Request, Response, Server};
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};

use crate::client;
use crate::contract::books::Book;

fn parameter(request: &Request, name: &str) -> Option<String> {
    request.query_pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A shop with so many books on a shelf that clamps the page size to `max`, as its pages or out of order.
async fn shelf(books: usize, max: usize) -> Server {
    Server::answering(move |request| {
        let number = |name, usual| {
            parameter(request, name).map_or(usual, |text| text.parse().expect("the client sends numbers"))
        };
        let size = number("pagesize", 3).min(max);
        let page = number("pagenum", 1);
        let titles: Vec<Value> =
            (0..books).skip((page - 1) * size).take(size).map(|title| json!({"title": title})).collect();
        Response::json(200, json!({"data": titles}))
    })
    .await
}

async fn titles(mut books: impl Stream<Item = Result<Book, apigen_runtime::Error>> + Unpin) -> Vec<String> {
    let mut titles = Vec::new();
    while let Some(book) = books.next().await {
        titles.push(book.expect("the shop answers").title);
    }
    titles
}

#[tokio::test]
async fn numbered_pages_end_with_a_short_one() {
    let cases = [
        (0, None, 1),
        (2, None, 1),
        (3, None, 2),
        (7, None, 3),
        (4, Some(2), 3),
        (9, Some(4), 3),
        // The server clamps the size to 4, so a page of 4 is a full one.
        (9, Some(100), 3),
    ];
    for (books, size, requests) in cases {
        let server = shelf(books, 4).await;
        let mut list = client(&server).books().list("7");
        if let Some(size) = size {
            list = list.page_size(size);
        }
        let expected: Vec<_> = (0..books).map(|title| title.to_string()).collect();
        assert_eq!(titles(list.stream()).await, expected, "{books} books, size {size:?}");
        assert_eq!(server.requests().len(), requests, "{books} books, size {size:?}");
    }
}

#[tokio::test]
async fn pages_tell_where_to_go_on() {
    let server = shelf(7, 4).await;
    let list = || client(&server).books().list("7");
    let mut pages = list().pages();
    assert_eq!(pages.position(), Some("1"));
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 3);
    assert_eq!(pages.position(), Some("2"));

    let mut pages = list().page_number(2).pages();
    assert_eq!(pages.next().await.unwrap().unwrap()[0].title, "3");
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 1);
    assert_eq!(pages.position(), None);
    assert!(pages.next().await.is_none());
    assert!(pages.next().await.is_none(), "an end is an end");
}

#[tokio::test]
async fn a_server_that_ignores_the_page_number_is_found_out() {
    let page = json!({"data": [{"title": "a"}, {"title": "b"}, {"title": "c"}]});
    let server = Server::answering(move |_| Response::json(200, &page)).await;
    let mut books = client(&server).books().list("7").stream();
    let mut read = 0;
    let error = loop {
        match books.next().await.unwrap() {
            Ok(_) => read += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), read), (ErrorKind::Paging, 3));
    assert!(error.to_string().contains("books.list: page 2 equals the page before"), "{error}");
    assert!(books.next().await.is_none(), "nothing follows an error");
}

/// A shop with orders on pages counted from 0, two on each, that says so many are there altogether.
async fn orders(orders: usize, total: Value) -> Server {
    Server::answering(move |request| {
        let page: usize = parameter(request, "page").map_or(0, |text| text.parse().expect("the client sends numbers"));
        let list: Vec<Value> = (0..orders).skip(page * 2).take(2).map(|id| json!({"id": id})).collect();
        let list = if list.is_empty() { Value::Null } else { json!(list) };
        Response::json(200, json!({"entities": {"list": list, "total": total}}))
    })
    .await
}

#[tokio::test]
async fn numbered_pages_end_where_the_total_is_reached() {
    let cases = [
        (4, json!(4), 0, 2, 4),
        (4, json!("4"), 0, 2, 4),
        (4, json!(4), 1, 1, 2),
        (4, json!(5), 0, 3, 4),
        (5, json!(5), 0, 3, 5),
        (4, Value::Null, 0, 3, 4),
        (0, json!(0), 0, 1, 0),
        // What is beyond the end is no page of the list.
        (4, json!(4), 7, 1, 0),
    ];
    for (count, total, first, requests, read) in cases {
        let server = orders(count, total.clone()).await;
        let list = client(&server).orders().list().page(first);
        let found: Vec<_> = list.stream().map(|order| order.expect("the shop answers").id).collect().await;
        assert_eq!((found.len(), server.requests().len()), (read, requests), "{count} orders of {total} from {first}");
        assert_eq!(parameter(&server.request(0).await, "page"), Some(first.to_string()));
    }
    let server = orders(4, Value::Null).await;
    let mut pages = client(&server).orders().list().pages();
    assert_eq!(pages.position(), Some("0"));
    while let Some(page) = pages.next().await {
        assert!(page.is_ok());
    }
    let asked: Vec<_> = server.requests().iter().map(|request| parameter(request, "page").unwrap()).collect();
    assert_eq!(asked, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_total_does_not_hide_that_the_page_number_is_ignored() {
    let page = json!({"entities": {"list": [{"id": 1}, {"id": 2}], "total": 4}});
    let server = Server::answering(move |_| Response::json(200, &page)).await;
    let results: Vec<_> = client(&server).orders().list().stream().collect().await;
    assert_eq!(results.len(), 3);
    assert!(results[2].as_ref().is_err_and(|error| error.to_string().contains("page 1 equals the page before")));
}

/// A shop whose search walks through these cursors, each page with one book unless it is said to be empty.
async fn search(cursors: &'static [(&'static str, &'static str, bool)]) -> Server {
    Server::answering(move |request| {
        let at = parameter(request, "cursor").unwrap_or_default();
        let (_, next, empty) =
            cursors.iter().find(|(cursor, ..)| *cursor == at).expect("the client sends what it was given");
        let found = if *empty { json!([]) } else { json!([{"title": format!("after {at}")}]) };
        let cursor = if *next == "null" { Value::Null } else { json!(next) };
        let data = if *next == "absent" { json!({"found": found}) } else { json!({"found": found, "cursor": cursor}) };
        Response::json(200, json!({"data": data}))
    })
    .await
}

#[tokio::test]
async fn cursors_end_where_none_is_named() {
    let endings: [&[(&str, &str, bool)]; 4] = [
        &[("", "c1", false), ("c1", "c/2", false), ("c/2", "absent", false)],
        &[("", "c1", false), ("c1", "c/2", false), ("c/2", "", false)],
        &[("", "c1", false), ("c1", "c/2", false), ("c/2", "null", false)],
        // A page without books is no end as long as it names a next one.
        &[("", "c1", false), ("c1", "e", false), ("e", "c/2", true), ("c/2", "", false)],
    ];
    for cursors in endings {
        let server = search(cursors).await;
        let found = titles(client(&server).books().search("x").stream()).await;
        assert_eq!(found, ["after ", "after c1", "after c/2"], "{cursors:?}");
        assert_eq!(server.requests().len(), cursors.len());
        assert!(server.requests().iter().all(|request| parameter(request, "text").as_deref() == Some("x")));
    }
    let server = search(&[("c1", "c2", false), ("c2", "", false)]).await;
    let found = titles(client(&server).books().search("x").cursor("c1").stream()).await;
    assert_eq!(found, ["after c1", "after c2"]);
}

#[tokio::test]
async fn cursors_that_come_again_are_found_out() {
    let loops: [&[(&str, &str, bool)]; 4] = [
        &[("", "c1", false), ("c1", "c2", false), ("c2", "c3", false), ("c3", "c2", false)],
        &[("", "c1", false), ("c1", "c1", false)],
        &[("", "c1", false), ("c1", "c2", false), ("c2", "c1", false)],
        &[("", "c1", true), ("c1", "c1", true)],
    ];
    for cursors in loops {
        let server = search(cursors).await;
        let last = client(&server).books().search("x").pages().collect::<Vec<_>>().await.pop().unwrap();
        let error = last.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging);
        assert!(error.to_string().contains("a cursor a second time"), "{error}");
        assert_eq!(server.requests().len(), cursors.len());
    }
}

#[tokio::test]
async fn the_cursor_that_a_list_starts_from_must_not_come_again() {
    let server = search(&[("c1", "c2", false), ("c2", "c1", false)]).await;
    let results: Vec<_> = client(&server).books().search("x").cursor("c1").stream().collect().await;
    assert_eq!(results.len(), 3, "both pages were read");
    assert!(results[2].as_ref().is_err_and(|error| error.kind() == ErrorKind::Paging));
}

#[tokio::test]
async fn empty_pages_without_end_are_found_out() {
    let server = Server::answering(|request| {
        let at = parameter(request, "cursor").map_or(0, |at| at.parse().expect("a number"));
        Response::json(200, json!({"data": {"found": [], "cursor": at + 1}}))
    })
    .await;
    let error = client(&server).books().search("x").stream().next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
    assert!(error.to_string().contains("100 pages in a row hold nothing"), "{error}");
}

#[tokio::test]
async fn a_failed_page_ends_the_list() {
    let server =
        Server::replying([Response::json(200, json!({"data": [{"title": 1}, {"title": 2}, {"title": 3}]}))]).await;
    let results: Vec<_> =
        client(&server).books().list("7").stream().map(|book| book.map_err(|error| error.kind())).collect().await;
    assert_eq!(results.len(), 4);
    assert_eq!(results[3], Err(ErrorKind::Api));
}
