//! Asks one question by the HTTP crate that most would take.

use std::time::Duration;

#[derive(serde::Deserialize)]
struct Reply {
    data: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reply: Reply = runtime.block_on(async {
        let url = "https://a1.example.com/reading-club/demo/chatgroups/1/user/lea/is_joined";
        let response = client.get(url).bearer_auth("not-a-real-token").send().await?;
        response.error_for_status()?.json().await
    })?;
    println!("{}", reply.data);
    Ok(())
}
