//! What a client insists on before it exists.

use apigen_runtime::{ErrorKind, Settings};

use crate::contract::Client;

#[test]
fn names_everything_that_is_missing() {
    let error = Client::builder().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(
        error.to_string(),
        "cannot build the client: `host` is missing (Scheme and host, such as `https://api.example.com`.); \
         `shop` is missing (Name of the shop.); `credentials`, `access_token` or `token_provider` is missing"
    );
}

#[test]
fn one_url_stands_for_all_parts_of_the_address() {
    let build = |url: &str| Client::builder().server_url(url).access_token("t").build();
    assert!(
        format!("{:?}", build("https://gateway.example.com/im/").unwrap()).contains("https://gateway.example.com/im")
    );
    for (url, expected) in [
        ("gateway.example.com", "`server_url` must be a URL"),
        ("https://user:secret@example.com", "neither user, password"),
        ("http://gateway.example.com", "plain http"),
    ] {
        let error = build(url).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn refuses_addresses_that_would_mislead() {
    let cases = [
        ("api.example.com", "must be a URL such as https://api.example.com"),
        ("https://bücher.example", "hosts and paths of other letters are written as xn--"),
        ("ftp://example.com", "must start with https://"),
        ("https://user:secret@example.com", "neither user, password"),
        ("https://example.com?x=1", "nor fragment"),
        ("https://example.com#x", "nor fragment"),
        ("http://example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
    ];
    for (host, expected) in cases {
        let error = Client::builder().host(host).shop("demo").access_token("t").build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{host}");
        assert!(error.to_string().contains(expected), "{host}: {error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{host}");
    }
    for shop in ["", ".", "..", "a\nb"] {
        let error = Client::builder().host("https://example.com").shop(shop).access_token("t").build().unwrap_err();
        assert!(error.to_string().contains("`shop` must not"), "{error}");
    }
}

#[test]
fn allows_plain_http_to_this_machine_or_when_asked() {
    for host in ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080/", "https://example.com/v1/"] {
        Client::builder().host(host).shop("demo").access_token("t").build().unwrap();
    }
    Client::builder().host("http://example.com").shop("demo").access_token("t").allow_plain_http().build().unwrap();
}

#[test]
fn refuses_headers_that_would_add_others() {
    for (name, value) in [("x-a", "1\r\nx-b: 2"), ("x a", "1"), ("Host", "other"), ("Content-Length", "3")] {
        let builder = Client::builder().host("https://example.com").shop("demo").access_token("t");
        let error = builder.default_header(name, value).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name}");
    }
}

#[test]
fn shows_no_secret() {
    let builder = Client::builder()
        .host("https://example.com")
        .shop("demo")
        .credentials("id", "hush-hush")
        .validation(Settings::warn());
    let shown = format!("{builder:?}");
    let client = builder.build().unwrap();
    let shown = format!(
        "{shown} {client:?} {:?} {:?}",
        client.tokens().issue("id", "hush-hush"),
        apigen_runtime::Secret::from("hush-hush")
    );
    assert!(!shown.contains("hush"), "{shown}");
    assert!(shown.contains("https://example.com/demo"), "{shown}");
}

#[test]
fn a_client_is_sent_and_shared_and_so_are_its_calls() {
    fn is_shared<T: Send + Sync + Clone + 'static>() {}
    fn is_sent<T: Send + 'static>(_: &T) {}

    is_shared::<Client>();
    is_shared::<apigen_runtime::Error>();
    let client = Client::builder().host("https://example.com").shop("demo").access_token("t").build().unwrap();
    is_sent(&client.notes().get("s").into_future());
    is_sent(&client.books().list("s").stream());
    is_sent(&client.books().search("s").pages());
}
