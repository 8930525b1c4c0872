//! The mock as a generated client meets it, in a test of async code.

use apigen_mock::Fault;
use easemob_im::groups::{GetError, Visibility};
use easemob_im::messages::Body;
use easemob_im::{Client, Hour, Upload};

use crate::shown;

fn client(mock: &apigen_mock::Mock) -> Client {
    let client = Client::builder().host(mock.url()).org_name("acme").app_name("chat").credentials("id", "secret");
    client.build().expect("everything is given")
}

#[tokio::test]
async fn a_client_works_as_with_the_service() {
    let mock = shown::start(&shown::api());
    let client = client(&mock);
    let group = client.groups().create("otto", Visibility::Public).name("chess").await.expect("it is created");
    let sent = client.messages().to_groups([&group.id], Body::text("Hello")).await.expect("it is sent");
    assert_eq!(sent.keys().collect::<Vec<_>>(), [group.id.as_str()]);
    let file = client.group_files().upload(&group.id, Upload::bytes("a.txt", "four")).await.expect("it is uploaded");
    assert_eq!((file.file_name.as_str(), file.file_size), ("a.txt", 4));
    let mut groups = client.groups().list().page_size(5).stream();
    let mut count = 0;
    while let Some(group) = groups.next().await {
        group.expect("it is a group");
        count += 1;
    }
    assert_eq!(count, 11);
    let mut records = client.messages().history(Hour::utc(2026, 11, 21, 0).expect("it is an hour")).records();
    let mut read = 0;
    while let Some(record) = records.next().await {
        record.expect("it is a record");
        read += 1;
    }
    assert_eq!(read, 3);
    let tokens = mock.requests().iter().filter(|it| it.operation.as_deref() == Some("tokens.issue")).count();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn documented_errors_arrive_as_themselves() {
    let mock = shown::start(&shown::api());
    let client = client(&mock);
    mock.fault(Fault::Error("group_not_found".to_owned()));
    let error = client.groups().get(["77"]).await.expect_err("the fault is played");
    let Some(GetError::GroupNotFound { group_id }) = error.documented() else { panic!("{error}") };
    assert_eq!(group_id.as_deref(), Some("77"));
}

#[tokio::test]
async fn the_tour_reaches_its_end() {
    let mut text = Vec::new();
    crate::tour::walk(&mut text).await.expect("nothing goes wrong on the way");
    let text = String::from_utf8(text).expect("it is text");
    for wanted in
        ["194758362847233", "jonas: 1184", "rules.txt, 18 bytes, http://127.0.0.1:", "11 members", "no group 1947"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("my-client-secret"), "{text}");
}
