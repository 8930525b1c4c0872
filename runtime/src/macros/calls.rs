//! Macros that make builders of calls.

/// Adds to a builder over a `Call` the options that all calls share.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_options {
    ($builder:ident) => {
        impl $builder {
            /// Limits the time of this call, repetitions included.
            #[must_use]
            pub fn timeout(self, timeout: ::std::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// Limits the time of each attempt of this call.
            #[must_use]
            pub fn attempt_timeout(self, timeout: ::std::time::Duration) -> Self {
                Self(self.0.attempt_timeout(timeout))
            }

            /// Repeats this call otherwise than the client: [`Retry::never`](apigen_runtime::Retry::never), say.
            #[must_use]
            pub fn retry(self, retry: $crate::Retry) -> Self {
                Self(self.0.retry(retry))
            }

            /// Says what becomes of this call when the budget of a rate limit is spent.
            #[must_use]
            pub fn throttle(self, throttle: $crate::Throttle) -> Self {
                Self(self.0.throttle(throttle))
            }

            /// Sends another header.
            #[must_use]
            pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
                Self(self.0.header(name.into(), value.into()))
            }

            /// Sends another token than the client's.
            #[must_use]
            pub fn access_token(self, token: impl Into<$crate::Secret>) -> Self {
                Self(self.0.access_token(token))
            }

            /// Sends a query parameter that is not documented.
            #[must_use]
            pub fn extra_query(self, name: impl Into<String>, value: impl $crate::Encode) -> Self {
                Self(self.0.query(name.into(), value))
            }

            /// Sends a field of the body, JSON or form, that is not documented.
            #[must_use]
            pub fn extra_field(self, name: impl Into<String>, value: impl $crate::Encode) -> Self {
                Self(self.0.extra_field(name.into(), value))
            }

            /// Applies limits otherwise than the client.
            #[must_use]
            pub fn validation(self, settings: $crate::Settings) -> Self {
                Self(self.0.validation(settings))
            }
        }
    };
}

/// Makes a builder over a `Call` a call whose reply is JSON: a payload, perhaps in an envelope.
///
/// `request!(SetNote -> NoteChange, Standard);` or `request!(LendBook -> Loan);`
#[macro_export]
macro_rules! request {
    ($builder:ident -> $payload:ty) => {
        $crate::request!($builder -> $payload, ());
    };
    ($builder:ident -> $payload:ty, $envelope:ty) => {
        $crate::__call_options!($builder);

        impl $builder {
            /// Sends the call, as awaiting it does.
            pub fn send(self) -> $crate::Sending<$crate::Reply<$payload, $envelope>> {
                $crate::__private::send(self.0)
            }
        }

        impl ::std::future::IntoFuture for $builder {
            type Output = ::std::result::Result<$crate::Reply<$payload, $envelope>, $crate::Error>;
            type IntoFuture = $crate::Sending<$crate::Reply<$payload, $envelope>>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

/// Makes a builder over a `Call` a call whose reply is a page of a list. The payload is the list, or an object
/// with the list in a field, which may be an `Option`.
///
/// `paged!(ListBooks -> Vec<Book>, Standard; Book);` or `paged!(Search -> Found, Standard; found: Book);`
#[macro_export]
macro_rules! paged {
    ($builder:ident -> $payload:ty; $($items:tt)+) => {
        $crate::paged!($builder -> $payload, (); $($items)+);
    };
    ($builder:ident -> $payload:ty, $envelope:ty; $field:ident: $item:ty) => {
        $crate::paged!(@with $builder, $payload, $envelope, $item, |page| $crate::__private::Listed::listed(page.$field));
    };
    ($builder:ident -> $payload:ty, $envelope:ty; $item:ty) => {
        $crate::paged!(@with $builder, $payload, $envelope, $item, |page| page);
    };
    (@with $builder:ident, $payload:ty, $envelope:ty, $item:ty, $split:expr) => {
        $crate::request!($builder -> $payload, $envelope);

        impl $builder {
            /// All items from the page that this call asks for, page after page.
            pub fn stream(self) -> $crate::Items<$payload, $envelope, $item> {
                $crate::__private::items(self.0, $split)
            }

            /// All pages from the one that this call asks for.
            pub fn pages(self) -> $crate::Pages<$payload, $envelope> {
                $crate::__private::pages(self.0)
            }
        }
    };
}

/// Makes a builder over a `Call` a call whose reply is a stream of bytes.
///
/// `download!(DownloadCover);`
#[macro_export]
macro_rules! download {
    ($builder:ident) => {
        $crate::__call_options!($builder);

        impl $builder {
            /// Sends the call, as awaiting it does. The body is still to be read then.
            pub fn send(self) -> $crate::Sending<$crate::Download> {
                $crate::__private::open(self.0)
            }
        }

        impl ::std::future::IntoFuture for $builder {
            type Output = ::std::result::Result<$crate::Download, $crate::Error>;
            type IntoFuture = $crate::Sending<$crate::Download>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

/// Adds to a builder made by [`request!`](crate::request) a method that reads the files which the reply names, as a stream of
/// records. The path leads from the whole reply to their URLs, `[]` for the items of a list.
///
/// ```
/// # mod api {
/// use apigen_runtime::Call;
///
/// apigen_runtime::operation!(pub EXPORT = GET "/exports/{hour}" { id: "exports.get", });
///
/// /// Exports the orders of an hour.
/// pub struct Export(Call);
///
/// /// An order.
/// pub struct Order {
///     pub title: String,
/// }
///
/// apigen_runtime::decode_fields!(Order { title: required("title") });
/// apigen_runtime::request!(Export -> serde_json::Value);
/// apigen_runtime::records!(Export -> Order; "data[].url");
/// # }
///
/// async fn titles(export: api::Export) {
///     let mut records = export.records();
///     while let Some(record) = records.next().await {
///         match record {
///             Ok(order) => println!("{}, from {}", order.title, order.json()),
///             Err(error) => println!("{error}"),
///         }
///     }
/// }
/// ```
#[macro_export]
macro_rules! records {
    ($builder:ident -> $record:ty; $path:literal) => {
        impl $builder {
            /// Sends the call, fetches the files that the reply names one after the other, and reads their records.
            pub fn records(self) -> $crate::Records<$record> {
                $crate::__private::records(self.0, $path)
            }
        }
    };
}

/// Adds to a builder made by [`request!`](crate::request) a method that sends the call in several, when the list of its
/// operation's `split` is longer than a call may have. See [`Batches`](crate::Batches).
///
/// `split!(Notify -> BTreeMap<String, NoticeId>, Standard);` or `split!(Invite -> Invitation);`
#[macro_export]
macro_rules! split {
    ($builder:ident -> $payload:ty) => {
        $crate::split!($builder -> $payload, ());
    };
    ($builder:ident -> $payload:ty, $envelope:ty) => {
        impl $builder {
            /// Sends the call in as many calls as its receivers need, one after the other. Each receiver is sent once, and
            /// the failure of a call concerns only the receivers of that call.
            pub fn in_batches(self) -> $crate::Batches<$payload, $envelope> {
                $crate::__private::batches(self.0)
            }
        }
    };
}
