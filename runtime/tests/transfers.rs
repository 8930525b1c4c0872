//! Files up and down, as streams.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use apigen_runtime::{ErrorKind, Upload};
use apigen_testing::{Part, Response, Server};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{builder, client};

const BIG: u64 = 64 * 1024 * 1024;

fn stored() -> Response {
    Response::json(200, json!({"data": {"cover_id": "c1", "size": "5"}}))
}

#[tokio::test]
async fn a_file_is_sent_from_memory_from_disk_and_from_a_reader() {
    let server = Server::answering(|_| stored()).await;
    let client = client(&server);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("em\"ma 日.png");
    std::fs::File::create(&path).and_then(|mut file| io::Write::write_all(&mut file, b"bytes")).unwrap();
    let uploads = [
        (Upload::bytes("em\"ma 日.png", "bytes").content_type("image/png"), true),
        (Upload::path(&path).content_type("image/png"), true),
        (Upload::reader("em\"ma 日.png", &b"bytes"[..]).length(5).content_type("image/png"), true),
        (Upload::reader("em\"ma 日.png", &b"bytes"[..]).content_type("image/png"), false),
    ];
    for (index, (upload, length_is_known)) in uploads.into_iter().enumerate() {
        let cover = client.covers().upload("7", upload).caption("Emma\r\n").await.unwrap();
        assert_eq!((cover.cover_id.as_str(), cover.size), ("c1", 5));
        let request = server.request(index).await;
        assert_eq!(request.header("content-length").is_some(), length_is_known);
        let text = |name: &str, content: &'static str| Part {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            content: content.into(),
        };
        let file = Part {
            file_name: Some("em%22ma 日.png".to_owned()),
            content_type: Some("image/png".to_owned()),
            ..text("file", "bytes")
        };
        assert_eq!(request.parts().await, [text("caption", "Emma\r\n"), file]);
    }
}

#[tokio::test]
async fn names_of_files_cannot_add_headers_or_parts() {
    let server = Server::answering(|_| stored()).await;
    client(&server).covers().upload("7", Upload::bytes("a\"\r\nx-evil: 1\r\n\r\n", "1")).await.unwrap();
    let parts = server.request(0).await.parts().await;
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].file_name.as_deref(), Some("a%22%0D%0Ax-evil: 1%0D%0A%0D%0A"));

    let evil = Upload::bytes("a", "1").content_type("text/plain\r\nx-evil: 1");
    let error = client(&server).covers().upload("7", evil).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[tokio::test]
async fn files_that_cannot_be_read_are_named_as_such() {
    let server = Server::answering(|_| stored()).await;
    let client = client(&server);
    let error = client.covers().upload("7", Upload::path("/nowhere/emma.png")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert!(error.to_string().starts_with("covers.upload: a file cannot be read: No such file"), "{error}");

    for length in [4, 6] {
        let error = client.covers().upload("7", Upload::reader("a", &b"bytes"[..]).length(length)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().contains("than announced"), "{error}");
    }
    assert_eq!(server.requests().len(), 0, "no file arrives as if it were whole");
}

/// A reader without end that counts the bytes it has given.
struct Endless(Arc<AtomicUsize>);

impl AsyncRead for Endless {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.0.fetch_add(buffer.remaining(), Ordering::Relaxed);
        buffer.initialize_unfilled().fill(7);
        buffer.advance(buffer.remaining());
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_big_upload_is_read_as_it_is_sent() {
    let server = Server::answering(|_| stored()).await;
    let settings = apigen_runtime::Settings::off();
    let reader = tokio::io::AsyncReadExt::take(Endless(Arc::default()), BIG);
    client(&server)
        .covers()
        .upload("7", Upload::reader("big", reader).length(BIG))
        .validation(settings.clone())
        .await
        .unwrap();
    let length = server.request(0).await.body_length();
    assert!((BIG..BIG + 1024).contains(&length), "{length}");

    // A server that takes nothing: what is read stays in the buffers of the sockets.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let client = crate::contract::Client::builder().host(host).shop("demo").access_token("t").build().unwrap();
    let read = Arc::new(AtomicUsize::new(0));
    let upload = Upload::reader("endless", Endless(Arc::clone(&read)));
    let error =
        client.covers().upload("7", upload).validation(settings).timeout(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let read = read.load(Ordering::Relaxed);
    assert!((1..32 * 1024 * 1024).contains(&read), "{read}");
}

/// A writer that remembers the largest chunk and the sum.
#[derive(Default)]
struct Sink {
    largest: usize,
    sum: usize,
}

impl AsyncWrite for Sink {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, chunk: &[u8]) -> Poll<io::Result<usize>> {
        self.largest = self.largest.max(chunk.len());
        self.sum += chunk.len();
        Poll::Ready(Ok(chunk.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_big_download_is_written_as_it_is_read() {
    let chunk = vec![7; 64 * 1024];
    let server =
        Server::answering(move |_| Response::bytes(200, chunk.clone()).times(1024).header("content-type", "image/png"))
            .await;
    let download = client(&server).covers().download("7", "c1").await.unwrap();
    assert_eq!((download.content_length(), download.content_type()), (Some(BIG), Some("image/png")));
    assert_eq!(server.request(0).await.path(), "/demo/shelves/7/covers/c1");
    let mut sink = Sink::default();
    assert_eq!(download.write_to(&mut sink).await.unwrap(), BIG);
    assert_eq!(sink.sum as u64, BIG);
    assert!(sink.largest < 1024 * 1024, "{}", sink.largest);
}

#[tokio::test]
async fn a_download_into_memory_is_bounded() {
    let server = Server::answering(|_| Response::bytes(200, "0123456789").times(10)).await;
    let download = || async { client(&server).covers().download("7", "c1").await.unwrap() };
    assert_eq!(download().await.bytes(100).await.unwrap().len(), 100);
    assert_eq!(download().await.bytes(99).await.unwrap_err().kind(), ErrorKind::TooLarge);

    let chunked = Server::answering(|_| Response::bytes(200, "0123456789").times(10).chunked()).await;
    let download = || async { client(&chunked).covers().download("7", "c1").await.unwrap() };
    assert_eq!(download().await.bytes(100).await.unwrap().len(), 100);
    assert_eq!(download().await.bytes(99).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_download_that_breaks_off_is_no_download() {
    for response in
        [Response::bytes(200, "0123456789").times(10), Response::bytes(200, "0123456789").times(10).chunked()]
    {
        let response = response.cut_after(3);
        let server = Server::answering(move |_| response.clone()).await;
        let mut written = Vec::new();
        let error =
            client(&server).covers().download("7", "c1").await.unwrap().write_to(&mut written).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().starts_with("covers.download: the connection failed"), "{error}");
        assert_eq!(written.len(), 30);
    }
}

/// The names of the files in a directory.
fn names(directory: &std::path::Path) -> Vec<String> {
    let entries = directory.read_dir().expect("the directory is there");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn a_saved_download_is_whole_or_not_there() {
    let server = Server::answering(|request| {
        let cover = Response::bytes(200, "0123456789").times(10).pause(Duration::from_millis(10));
        if request.path().ends_with("broken") { cover.cut_after(3) } else { cover }
    })
    .await;
    let client = client(&server);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("emma 日.png");
    let download = async |id: &str| client.covers().download("7", id).await.unwrap();

    let error = download("broken").await.save_to(&path).await.unwrap_err();
    assert_eq!((error.kind(), names(directory.path())), (ErrorKind::Transport, Vec::new()));

    assert_eq!(download("good").await.save_to(&path).await.unwrap(), 100);
    assert_eq!(tokio::fs::read_to_string(&path).await.unwrap(), "0123456789".repeat(10));
    assert_eq!(names(directory.path()), ["emma 日.png"]);

    tokio::fs::write(&path, "former").await.unwrap();
    let slow = download("good").await.save_to(&path);
    assert!(tokio::time::timeout(Duration::from_millis(40), slow).await.is_err());
    download("broken").await.save_to(&path).await.unwrap_err();
    assert_eq!(tokio::fs::read_to_string(&path).await.unwrap(), "former", "a part takes nobody's place");
    assert_eq!(names(directory.path()), ["emma 日.png"]);

    for nowhere in [directory.path().join("no/such/place"), "..".into()] {
        let error = download("good").await.save_to(&nowhere).await.unwrap_err();
        assert!(error.to_string().contains("the body could not be written"), "{error}");
    }
}

#[tokio::test]
async fn a_download_may_take_long_but_not_pause_long() {
    let server =
        Server::answering(|_| Response::bytes(200, "0123456789").times(12).pause(Duration::from_millis(100))).await;
    let client =
        builder(&server).timeout(Duration::from_millis(900)).idle_timeout(Duration::from_millis(900)).build().unwrap();
    let download = client.covers().download("7", "c1").await.unwrap();
    assert_eq!(download.bytes(1000).await.unwrap().len(), 120);

    let client = builder(&server).idle_timeout(Duration::from_millis(10)).build().unwrap();
    let mut download = client.covers().download("7", "c1").await.unwrap();
    let error = loop {
        match download.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(download.next().await.is_none());
}

#[tokio::test]
async fn a_download_that_is_refused_is_a_documented_error() {
    let server = Server::replying([Response::json(
        404,
        json!({"error": "ShelfException", "error_description": "shelf 7 does not exist!"}),
    )])
    .await;
    let error = client(&server).covers().download("7", "c1").await.unwrap_err();
    assert_eq!(error.documentation().map(|row| row.id), Some("shelf_not_found"));
}
