//! Calls without async code: the same builders, run to their end on the calling thread.

use std::fmt;
use std::future::IntoFuture;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_core::Stream;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorKind};

/// A client whose calls are made without async code. Clones share the client and the thread that keeps its connections.
///
/// The builders are those of the client; [`Blocking::run`] and [`Blocking::each`] take the place of `await`.
///
/// ```no_run
/// # mod shop {
/// # use apigen_runtime::Call;
/// # apigen_runtime::operation!(pub GET = GET "/books/{id}" { id: "books.get", });
/// # apigen_runtime::operation!(pub LIST = GET "/books" {
/// #     id: "books.list",
/// #     paging: Cursor { parameter: "cursor", size: "", next: "cursor", items: "books" },
/// # });
/// # pub struct Get(pub Call);
/// # apigen_runtime::request!(Get -> String);
/// # pub struct List(pub Call);
/// # apigen_runtime::paged!(List -> Page, (); books: String);
/// # pub struct Page { pub books: Vec<String> }
/// # apigen_runtime::decode_fields!(Page { books: required("books") });
/// # #[derive(Clone)]
/// # pub struct Client(pub apigen_runtime::Client);
/// # impl Client {
/// #     pub fn books(&self) -> Books<'_> { Books(self) }
/// # }
/// # pub struct Books<'c>(&'c Client);
/// # impl Books<'_> {
/// #     pub fn get(&self, id: &str) -> Get { Get(self.0.0.call(&GET).path("id", id.to_owned())) }
/// #     pub fn list(&self) -> List { List(self.0.0.call(&LIST)) }
/// # }
/// # }
/// use apigen_runtime::{Blocking, Error};
///
/// fn print_books(client: shop::Client) -> Result<(), Error> {
///     let client = Blocking::new(client)?;
///     let book = client.run(|client| client.books().get("7"))?;
///     println!("{}", *book);
///     for book in client.each(|client| client.books().list().stream())? {
///         println!("{}", book?);
///     }
///     Ok(())
/// }
/// ```
///
/// Within an async runtime it reports an error, since blocking there could bring it to a standstill: await the calls of
/// the client instead.
#[derive(Clone)]
pub struct Blocking<C> {
    client: C,
    runtime: Arc<Background>,
}

/// What a list, the pages of a list, records, several calls or a download yield, without async code.
pub struct Iter<S> {
    stream: Pin<Box<S>>,
    runtime: Arc<Background>,
}

/// Makes connections and waits, on one thread.
struct Background(Option<Runtime>);

impl<C> Blocking<C> {
    /// Makes the calls of a client blocking.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: there is no thread to be had.
    pub fn new(client: C) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("apigen").enable_all().build();
        let failed = |error| Error::new(ErrorKind::Configuration, "cannot start a thread").with_source(error);
        Ok(Self { client, runtime: Arc::new(Background(Some(runtime.map_err(failed)?))) })
    }

    /// The client.
    pub fn client(&self) -> &C {
        &self.client
    }

    /// Makes a call, and waits for its reply.
    ///
    /// # Errors
    /// What the call reports, and [`ErrorKind::Configuration`] within an async runtime, `spawn_blocking` included.
    pub fn run<F, T>(&self, call: impl FnOnce(&C) -> F) -> Result<T, Error>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        self.wait(|client| call(client))?
    }

    /// Waits for anything else, such as the report on several calls, or a download that is written to a file.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] within an async runtime.
    pub fn wait<F: IntoFuture>(&self, work: impl FnOnce(&C) -> F) -> Result<F::Output, Error> {
        outside()?;
        let _guard = self.runtime.handle().map(Handle::enter);
        Ok(block_on(work(&self.client).into_future()))
    }

    /// Reads a stream, item by item: a list, its pages, records, several calls, a download.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] within an async runtime.
    pub fn each<S: Stream>(&self, stream: impl FnOnce(&C) -> S) -> Result<Iter<S>, Error> {
        outside()?;
        let _guard = self.runtime.handle().map(Handle::enter);
        Ok(Iter { stream: Box::pin(stream(&self.client)), runtime: Arc::clone(&self.runtime) })
    }
}

impl<S: Stream> Iterator for Iter<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        let _guard = self.runtime.handle().map(Handle::enter);
        block_on(std::future::poll_fn(|cx| self.stream.as_mut().poll_next(cx)))
    }
}

impl Background {
    fn handle(&self) -> Option<&Handle> {
        self.0.as_ref().map(Runtime::handle)
    }
}

impl Drop for Background {
    /// Does not wait for what is still going on: waiting would panic if the last clone ends up in an async runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Whether the thread may block.
fn outside() -> Result<(), Error> {
    match Handle::try_current() {
        Ok(_) => {
            let message =
                "a blocking call within an async runtime could bring it to a standstill: await the call instead";
            Err(Error::new(ErrorKind::Configuration, message))
        }
        Err(_) => Ok(()),
    }
}

/// Wakes a thread that waits.
struct Unpark {
    thread: Thread,
    /// Whether it was woken, which outlives code within the future that parks the thread for reasons of its own.
    is_woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Waits for a future on this thread. Unlike what the async runtime offers, it never panics.
fn block_on<F: Future>(future: F) -> F::Output {
    let unpark = Arc::new(Unpark { thread: std::thread::current(), is_woken: AtomicBool::new(false) });
    let waker = Waker::from(Arc::clone(&unpark));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        while !unpark.is_woken.swap(false, Ordering::Acquire) {
            std::thread::park();
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Blocking<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.client).finish()
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")
    }
}
