//! A scripted HTTP server on loopback: it answers what a test told it to, faults included, and remembers what it was asked.
//!
//! ```
//! use apigen_testing::{Response, Server};
//!
//! # async fn example() {
//! let server = Server::replying([Response::json(200, r#"{"data": []}"#)]).await;
//! // A client that was given `server.url()` makes a call here.
//! let request = server.request(0).await;
//! assert_eq!((request.method(), request.path()), ("GET", "/demo/books"));
//! assert_eq!(request.query_pairs(), [("pagenum".to_owned(), "1".to_owned())]);
//! # }
//! ```

mod body;
mod request;
mod response;

use std::collections::VecDeque;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

pub use request::{Part, Request};
pub use response::Response;

/// How long a test waits for a request that never comes.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<Request>>,
    arrived: Notify,
}

enum Script {
    /// One response per request; then status 500.
    Replies(VecDeque<Response>),
    /// A response for every request.
    Handler(Arc<dyn Fn(&Request) -> Response + Send + Sync>),
}

impl Server {
    /// Starts a server that gives these responses, one per request, in this order; then it answers status 500.
    ///
    /// # Panics
    /// No socket can be had on loopback.
    pub async fn replying(responses: impl IntoIterator<Item = Response>) -> Self {
        Self::start(Script::Replies(responses.into_iter().collect())).await
    }

    /// Starts a server that asks a function for each response.
    ///
    /// # Panics
    /// No socket can be had on loopback.
    pub async fn answering(handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        Self::start(Script::Handler(Arc::new(handler))).await
    }

    /// Adds a response to those that are still to be given.
    pub fn push(&self, response: Response) {
        if let Script::Replies(responses) = &mut *lock(&self.shared.script) {
            responses.push_back(response);
        }
    }

    /// Where the server is, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The request with an index, in the order in which they were received whole. Waits for it.
    ///
    /// # Panics
    /// It does not come.
    pub async fn request(&self, index: usize) -> Request {
        let arrival = async {
            loop {
                let arrived = self.shared.arrived.notified();
                if let Some(request) = lock(&self.shared.requests).get(index) {
                    return request.clone();
                }
                arrived.await;
            }
        };
        tokio::time::timeout(PATIENCE, arrival).await.expect("the request should come in time")
    }

    /// The requests that were received so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has free ports");
        let address = listener.local_addr().expect("the listener is bound");
        let shared =
            Arc::new(Shared { script: Mutex::new(script), requests: Mutex::default(), arrived: Notify::new() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
    // An error means that a fault was played, or that the client went away.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

type Answer = Result<hyper::Response<body::Scripted>, response::Reset>;

fn answer(request: hyper::Request<Incoming>, shared: Arc<Shared>) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
    Box::pin(async move {
        let Ok(request) = Request::receive(request).await else {
            return Err(response::Reset);
        };
        lock(&shared.requests).push(request.clone());
        let response = shared.respond(&request);
        shared.arrived.notify_waiters();
        response.play().await
    })
}

impl Shared {
    fn respond(&self, request: &Request) -> Response {
        let handler = match &mut *lock(&self.script) {
            Script::Replies(responses) => {
                return responses.pop_front().unwrap_or_else(|| Response::text(500, "no more responses in the script"));
            }
            Script::Handler(handler) => Arc::clone(handler),
        };
        handler(request)
    }
}
