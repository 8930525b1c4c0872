//! How connections are made: TLS, tunnels and SOCKS, between sockets on loopback.
#![expect(clippy::disallowed_methods, reason = "what the system trusts is a file that the environment names")]

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use apigen_runtime::{ErrorKind, Retry};
use apigen_testing::{Response, Server};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

use crate::contract::{Client, ClientBuilder};

/// What the ways to the server were asked for.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self, what: String) {
        self.0.lock().expect("nothing panics under the lock").push(what);
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().expect("nothing panics under the lock").clone()
    }
}

async fn server() -> Server {
    Server::answering(|_| Response::json(200, r#"{"data": {"note": "arrived"}}"#)).await
}

fn address(server: &Server) -> String {
    server.url().replace("http://", "")
}

/// Listens on a port of its own, and does the same with each connection.
async fn listen<F: Future<Output = io::Result<()>> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has free ports");
    let address = listener.local_addr().expect("the listener is bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn lead_on(mut stream: impl AsyncRead + AsyncWrite + Unpin, address: &str) -> io::Result<()> {
    let mut onwards = TcpStream::connect(address).await?;
    copy_bidirectional(&mut stream, &mut onwards).await.map(drop)
}

/// Makes a tunnel to an address, whatever is asked for.
async fn tunnel(mut stream: TcpStream, seen: Seen, address: String) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    seen.note(String::from_utf8_lossy(&head).to_lowercase());
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    lead_on(stream, &address).await
}

/// Speaks SOCKS 5 with user and password, and leads to an address, whatever is asked for.
async fn socks(mut stream: TcpStream, seen: Seen, address: String) -> io::Result<()> {
    async fn text(stream: &mut TcpStream) -> io::Result<String> {
        let mut bytes = vec![0; usize::from(stream.read_u8().await?)];
        stream.read_exact(&mut bytes).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
    let version = stream.read_u8().await?;
    text(&mut stream).await?;
    stream.write_all(&[version, 2]).await?;
    stream.read_u8().await?;
    let (user, password) = (text(&mut stream).await?, text(&mut stream).await?);
    stream.write_all(&[1, 0]).await?;
    let mut wanted = [0; 4];
    stream.read_exact(&mut wanted).await?;
    let host = match wanted[3] {
        1 => Ipv4Addr::from(stream.read_u32().await?).to_string(),
        3 => text(&mut stream).await?,
        _ => Ipv6Addr::from(stream.read_u128().await?).to_string(),
    };
    let port = stream.read_u16().await?;
    seen.note(format!("{user}:{password} wants {host} {port} by {version}"));
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    lead_on(stream, &address).await
}

fn builder(host: &str) -> ClientBuilder {
    Client::builder().host(host).shop("demo").access_token("t").retry(Retry::never()).allow_plain_http()
}

async fn note(builder: ClientBuilder) -> String {
    match builder.build().expect("nothing is missing").notes().get("7").await {
        Ok(reply) => reply.note.clone(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn socks_proxies_look_names_up_where_they_are_asked_to() {
    let (server, seen) = (server().await, Seen::default());
    let (notes, behind) = (seen.clone(), address(&server));
    let proxy = listen(move |stream| socks(stream, notes.clone(), behind.clone())).await;
    let by = |scheme: &str, host: &str| builder(host).proxy(format!("{scheme}://ann:s%20cret@{proxy}"));
    assert_eq!(note(by("socks5h", "http://shop.invalid:81")).await, "arrived");
    assert_eq!(note(by("socks5h", "http://[::1]")).await, "arrived");
    assert_eq!(note(by("socks5h", "http://shop.invalid")).await, "arrived");
    assert_eq!(note(by("socks5", "http://127.0.0.1")).await, "arrived");
    assert_eq!(note(by("socks5", "http://localhost")).await, "arrived");
    let seen: Vec<_> = seen.all().iter().map(|it| it.replace("ann:s cret wants ", "").replace(" by 5", "")).collect();
    assert_eq!(seen[..4], ["shop.invalid 81", "::1 80", "shop.invalid 80", "127.0.0.1 80"]);
    assert!(!seen[4].contains("localhost"), "{seen:?}");
    assert_eq!(server.request(0).await.header("host"), Some("shop.invalid:81"));
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_is_an_error_of_connecting() {
    let proxy = listen(|mut stream| async move {
        stream.read_u16().await?;
        stream.write_all(&[5, 0xff]).await
    })
    .await;
    let client = builder("http://shop.invalid").proxy(format!("socks5h://{proxy}")).build().unwrap();
    assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn a_connection_that_is_never_made_ends_in_time() {
    let silent = listen(|stream| async move {
        let _held = stream;
        std::future::pending().await
    })
    .await;
    let client = builder(&format!("https://{silent}")).connect_timeout(std::time::Duration::from_millis(50));
    let error = client.build().unwrap().notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("could not connect: no connection within 50ms"), "{error}");
}

/// Set where this program is to play the client: URLs of the server and of the proxy.
const TLS: &str = "APIGEN_TEST_TLS";

/// Calls through TLS and through TLS in a tunnel, and fails with what came of it.
async fn call_as_told(urls: &str) {
    let (server, proxy) = urls.split_once(' ').expect("two URLs");
    let direct = note(builder(server).no_proxy()).await;
    let tunnel = note(builder(server).proxy(proxy)).await;
    panic!("direct: {direct}, tunnel: {tunnel}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_goes_to_the_server_itself_and_trusts_what_the_system_trusts() {
    if let Ok(urls) = std::env::var(TLS) {
        return call_as_told(&urls).await;
    }
    let (server, seen) = (server().await, Seen::default());
    let identity = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (own, other, folder) = (identity(), identity(), tempfile::tempdir().unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = own.signing_key.serialize_der().try_into().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(vec![own.cert.der().clone()], key).unwrap()));
    let behind = address(&server);
    let secured = listen(move |stream| {
        let (acceptor, behind) = (acceptor.clone(), behind.clone());
        async move { lead_on(acceptor.accept(stream).await?, &behind).await }
    })
    .await;
    let notes = seen.clone();
    let proxy = listen(move |stream| tunnel(stream, notes.clone(), secured.to_string())).await;
    let client = |trusted: String| {
        let roots = folder.path().join("roots.pem");
        std::fs::write(&roots, trusted).unwrap();
        let urls = format!("https://localhost:{} http://ann:s3cret@{proxy}", secured.port());
        let mut client = std::process::Command::new(std::env::current_exe().unwrap());
        let test = "connections::tls_goes_to_the_server_itself_and_trusts_what_the_system_trusts";
        client.args(["--exact", test, "--nocapture"]);
        client.env_clear().env(TLS, urls).env("SSL_CERT_FILE", roots);
        async move {
            let output = tokio::task::spawn_blocking(move || client.output()).await.unwrap().unwrap();
            String::from_utf8(output.stderr).unwrap()
        }
    };
    let said = client(own.cert.pem()).await;
    assert!(said.contains("direct: arrived, tunnel: arrived"), "{said}");
    let head = seen.all().remove(0);
    assert!(head.starts_with(&format!("connect localhost:{} http/1.1\r\n", secured.port())), "{head}");
    assert!(head.contains("proxy-authorization: basic yw5uonmzy3jlda==\r\n") && !head.contains("bearer"), "{head}");
    assert!(server.request(1).await.header("proxy-authorization").is_none(), "the server does not hear of the proxy");

    let said = client(other.cert.pem()).await;
    assert_eq!(said.matches("could not connect: invalid peer certificate").count(), 2, "{said}");
    assert_eq!(server.requests().len(), 2, "nothing is said to whom nobody trusts");
}
