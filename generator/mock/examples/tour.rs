//! A walk through the client, for newcomers: token, group, message, upload, pages and a documented error, against a mock
//! that runs in this process. No account, no network: `cargo run --example tour`.

use std::error::Error;
use std::io::{self, Write};

use apigen_mock::{Fault, Mock};
use easemob_im::groups::{GetError, Visibility};
use easemob_im::messages::Body;
use easemob_im::{Client, Upload};

#[cfg_attr(test, expect(dead_code, reason = "a test walks without printing"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    walk(&mut io::stdout().lock()).await
}

/// Goes through it all, and tells of it.
pub(crate) async fn walk(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mock = Mock::from_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"))?;
    writeln!(out, "A mock made from spec/ plays the service at {}.\n", mock.url())?;

    writeln!(out, "1. A client. Its credentials are made up; the mock takes any.")?;
    let client = Client::builder()
        .host(mock.url())
        .org_name("reading-club")
        .app_name("demo")
        .credentials("my-client-id", "my-client-secret")
        .build()?;

    writeln!(out, "2. A group. The client asks for a token on its own, and keeps it.")?;
    let group = client.groups().create("mira", Visibility::Public).name("chess circle").await?;
    writeln!(out, "   its id: {}", group.id)?;

    writeln!(out, "3. A message to three users. The reply has an id for each of them.")?;
    let sent = client.messages().to_users(["jonas", "lea", "tariq"], Body::text("Your move!")).from("mira").await?;
    for (user, message) in &sent {
        writeln!(out, "   {user}: {message}")?;
    }

    writeln!(out, "4. A file for the group, sent as a stream.")?;
    let rules = Upload::bytes("rules.txt", "White moves first.");
    let file = client.group_files().upload(&group.id, rules).await?;
    writeln!(out, "   {}, {} bytes, {}", file.file_name, file.file_size, file.file_url)?;

    writeln!(out, "5. A list, page by page: five at a time, and the client goes on until there are no more.")?;
    let mut members = client.chatroom_members().list("203847561920513").page_size(5).stream();
    let mut count = 0;
    while let Some(member) = members.next().await {
        member?;
        count += 1;
    }
    writeln!(out, "   {count} members")?;

    writeln!(
        out,
        "6. A documented error, because we ask the mock for one. It is an enum, with what the message tells."
    )?;
    mock.fault(Fault::Error("group_not_found".to_owned()));
    let error = client.groups().get([&group.id]).await.err().ok_or("the mock plays the error")?;
    match error.documented() {
        Some(GetError::GroupNotFound { group_id }) => writeln!(out, "   no group {}", group_id.unwrap_or_default())?,
        Some(_) | None => return Err(error.into()),
    }
    writeln!(out, "   as it prints: {error}\n")?;

    writeln!(out, "What the mock was asked:")?;
    for request in mock.requests() {
        let status = request.status.map_or("none".to_owned(), |it| it.to_string());
        writeln!(out, "   {:4} {:60} {status}", request.method, request.path)?;
    }
    writeln!(out, "\nServe it for other programs: cargo run -p apigen -- mock")?;
    Ok(())
}
