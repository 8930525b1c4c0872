//! Asks one question by the client.

use easemob_im::Client;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder()
        .host("https://a1.example.com")
        .org_name("reading-club")
        .app_name("demo")
        .access_token("not-a-real-token")
        .build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let is_member = runtime.block_on(async { client.groups().is_member("1", "lea").await })?;
    println!("{}", *is_member);
    Ok(())
}
