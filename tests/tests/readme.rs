//! The code of the README, compiled, and compared with what stands there.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "the suite reads what is committed, and the README prints"
)]

use std::path::Path;

/// What the README shows. It is compiled and never run: its host is made up.
#[expect(dead_code, reason = "it only has to compile")]
async fn shown() -> Result<(), easemob_im::Error> {
    // README begins.
    use easemob_im::groups::Visibility;
    use easemob_im::messages::{self, Body};
    use easemob_im::{Client, Hour, Upload};

    let client = Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .credentials("client-id", "client-secret") // tokens are fetched, kept and renewed by the client
        .build()?;

    // Required values are arguments, optional ones are chained, awaiting sends.
    let group = client.groups().create("mira", Visibility::Public).name("reading club").await?;
    client.messages().to_groups([&group.id], Body::text("Welcome!")).from("mira").await?;
    client.group_files().upload(&group.id, Upload::path("minutes.pdf")).await?;

    // A paging operation is a stream of items, or of pages.
    let mut members = client.chatroom_members().list("203847561920513").page_size(100).stream();
    while let Some(member) = members.next().await.transpose()? {
        println!("{member:?}");
    }

    // A call for many has a result for each.
    for removed in client.chatroom_members().remove_many("203847561920513", ["jonas", "wei"]).await? {
        match removed {
            Ok(change) => println!("removed {}", change.user_id),
            Err(failure) => println!("kept {}: {:?}", failure.user_id, failure.reason),
        }
    }

    // The history of an hour is a file, which is read as a stream that survives a bad line.
    let hour = Hour::utc(2026, 11, 21, 8).expect("there is such an hour");
    let mut records = client.messages().history(hour).records();
    while let Some(record) = records.next().await {
        match record {
            Ok(record) => println!("{} said {:?}", record.from, record.payload.bodies),
            Err(problem) => eprintln!("{problem}"),
        }
    }

    // Documented errors are enums, matched by status, code and message, with what the message carries.
    if let Err(error) = client.messages().to_users(["jonas"], Body::text("Hello")).await {
        match error.documented::<messages::ToUsersError>() {
            Some(messages::ToUsersError::MessageTooLarge) => println!("say less"),
            _ => return Err(error), // prints cause and remedy where they are documented
        }
    }
    // README ends.
    Ok(())
}

#[test]
fn readme_shows_code_that_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md")).expect("there is a README");
    let source = include_str!("readme.rs");
    let (_, rest) = source.split_once("// README begins.\n").expect("the code has a beginning");
    let (code, _) = rest.split_once("    // README ends.").expect("the code has an end");
    let lines: Vec<_> = code.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let code = lines.join("\n");
    assert!(readme.contains(&format!("```rust\n{code}\n```")), "the README does not show this code:\n{code}");
}
