//! The code of the README, compiled, and compared with what stands there.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the suite reads what is committed, and the README prints"
)]

use std::path::Path;

/// What the README shows. It is compiled and never run: its host is made up.
#[expect(dead_code, reason = "it only has to compile")]
async fn shown() -> Result<(), easemob_im::Error> {
    // README begins.
    use easemob_im::{Client, Upload, group_files};

    let client = Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .credentials("client-id", "client-secret") // tokens are fetched, kept and renewed by the client
        .build()?;

    // Required values are arguments, optional ones are chained, awaiting sends.
    let uploaded = client.group_files().upload("194758362847233", Upload::path("minutes.pdf")).await?;
    println!("stored as {} at {:?}", uploaded.file_id, uploaded.envelope().timestamp);

    // A paging operation is a stream of items, or of pages.
    let mut files = client.group_files().list("194758362847233").page_size(100).stream();
    while let Some(file) = files.next().await.transpose()? {
        println!("{} ({} bytes)", file.file_name, file.file_size);
    }

    // Documented errors are enums, matched by status, code and message, with what the message carries.
    if let Err(error) = client.group_files().delete("194758362847233", "no-such-file").await {
        match error.documented::<group_files::DeleteError>() {
            Some(group_files::DeleteError::GroupNotFound { group_id }) => println!("no group {group_id:?}"),
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
