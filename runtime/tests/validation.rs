//! Limits before sending: denied, warned of, switched off, adjusted.

use apigen_runtime::limit::Mode;
use apigen_runtime::{ErrorKind, Settings, Upload};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::contract::notes::SET_LIMITS;
use crate::{builder, client};

async fn server() -> Server {
    Server::answering(|_| Response::json(200, json!({"data": {"id": "7", "result": true, "cover_id": "1", "size": 1}})))
        .await
}

#[tokio::test]
async fn what_the_server_would_reject_is_not_sent() {
    let server = server().await;
    let client = client(&server);
    client.notes().set("7", "日".repeat(512)).await.unwrap();
    let error = client.notes().set("7", "日".repeat(513)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let expected = "notes.set: not sent, since the server would reject it: note: 513 characters, at most 512 allowed (notes.set.note.max_chars)";
    assert!(error.to_string().starts_with(expected), "{error}");
    let violation = error.violations().iter().next().unwrap();
    assert_eq!(
        (&*violation.field, violation.rule.name(), &*violation.limit, &*violation.actual),
        ("note", "max_chars", "512", "513")
    );
    assert_eq!(server.requests().len(), 1);

    let error = client.books().remove("7", ["a", "b", "c", "d"]).await.unwrap_err();
    assert!(error.to_string().contains("titles: 4 items, at most 3 allowed"), "{error}");
}

#[tokio::test]
async fn limits_are_adjusted_by_client_and_by_call() {
    let long = "x".repeat(600);
    let note = &SET_LIMITS[0];
    for settings in [
        Settings::warn(),
        Settings::off(),
        Settings::deny().raise(note, 600),
        Settings::deny().disable("notes.set.note.max_chars"),
        Settings::deny().mode(Mode::Off),
    ] {
        let server = server().await;
        builder(&server).validation(settings.clone()).build().unwrap().notes().set("7", &*long).await.unwrap();
        client(&server).notes().set("7", &*long).validation(settings).await.unwrap();
    }
    let server = server().await;
    let strict =
        client(&server).notes().set("7", "four").validation(Settings::deny().set("notes.set.note.max_chars", 3));
    assert_eq!(strict.await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn what_is_open_or_clamped_is_sent() {
    let server = Server::answering(|_| Response::json(200, json!({"data": []}))).await;
    let client = client(&server);
    client.books().list("7").page_size(0).await.unwrap();
    client.books().list("7").page_size(9999).await.unwrap();
    assert_eq!(server.request(1).await.query_pairs(), [("pagesize".to_owned(), "9999".to_owned())]);
}

#[tokio::test]
async fn sizes_of_files_are_known_before_they_are_sent() {
    let server = server().await;
    let client = client(&server);
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(10_485_761).unwrap();
    let uploads = [
        Upload::path(file.path()),
        Upload::bytes("big", vec![0; 10_485_761]),
        Upload::reader("big", tokio::io::empty()).length(10_485_761),
    ];
    for upload in uploads {
        let error = client.covers().upload("7", upload).await.unwrap_err();
        assert!(error.to_string().contains("file: 10485761 bytes, at most 10485760 allowed"), "{error}");
    }
    client.covers().upload("7", Upload::reader("unknown", tokio::io::empty())).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}
