//! Macros for the tables and shapes of generated code: what is usual is left out, so that a reader sees what is particular.

/// Makes the static of an [`Operation`](crate::Operation). What is left out is usual: a token, no body, a bare reply, no
/// item in the place of a list, no errors, limits or pages of its own.
///
/// ```text
/// operation!(pub(crate) SET = POST "/shelves/{shelf_id}/note" {
///     id: "notes.set",
///     body: Json,
///     payload: "data",
///     one_or_many: true,
///     outcome: ["data.result" = ["true"], absent "messages" because "messages[0].problem"],
///     errors: [errors::SHELF_NOT_FOUND],
///     rates: [rates::NOTES],
///     effect: Idempotent,
///     split: Body "shelves",
/// });
/// ```
#[macro_export]
macro_rules! operation {
    ($visibility:vis $name:ident = $method:ident $path:literal {
        id: $id:literal,
        $(reserved: $reserved:expr,)?
        $(headers: $headers:expr,)?
        $(auth: $auth:ident,)?
        $(body: $body:ident,)?
        $(payload: $payload:literal,)?
        $(one_or_many: $one_or_many:literal,)?
        $(outcome: [$($outcome:tt)*],)?
        $(errors: [$($error:path),* $(,)?],)?
        $(limits: $limits:expr,)?
        $(rates: [$($rate:path),* $(,)?],)?
        $(effect: $effect:ident,)?
        $(split: $place:ident $list:literal,)?
        $(paging: $style:ident $paging:tt,)?
    }) => {
        $visibility static $name: $crate::Operation = $crate::Operation {
            id: $id,
            method: $crate::Method::$method,
            path: $path,
            reserved: $crate::__or!([$($reserved)?] &[]),
            headers: $crate::__or!([$($headers)?] &[]),
            auth: $crate::__or!([$($crate::Auth::$auth)?] $crate::Auth::Bearer),
            body: $crate::__or!([$($crate::BodyKind::$body)?] $crate::BodyKind::None),
            payload: $crate::__or!([$(Some($payload))?] None),
            one_or_many: $crate::__or!([$($one_or_many)?] false),
            outcome: $crate::__or!([$($crate::__outcomes!($($outcome)*))?] &[]),
            errors: $crate::__or!([$(&[$(&$error),*])?] &[]),
            limits: $crate::__or!([$($limits)?] &[]),
            rates: $crate::__or!([$(Some(&[$(&$rate),*]))?] None),
            effect: $crate::__or!([$($crate::Effect::$effect)?] $crate::__effect!($method)),
            split: $crate::__or!([$(Some(($crate::limit::Place::$place, $list)))?] None),
            paging: $crate::__or!([$(Some($crate::__paging!($style $paging)))?] None),
        };
    };
}

/// Makes the static of an [`Api`](crate::Api), private to its module.
///
/// ```text
/// api! {
///     name: "bookshop",
///     user_agent: "bookshop/0.1.0",
///     server: "{host}/{shop}",
///     server_params: ["host": "Scheme and host.", "shop": "Name of the shop."],
///     utc_offset: 480,
///     token: tokens::ISSUE { id: "client_id", secret: "client_secret", constants: &[], access_token: "token", expires_in: "ttl" },
///     errors: [errors::TOO_MANY_CALLS],
///     rates: [rates::DEFAULT],
///     error_body: "error" "error_description",
/// }
/// ```
#[macro_export]
macro_rules! api {
    (
        name: $name:literal,
        user_agent: $user_agent:literal,
        server: $server:literal,
        server_params: [$($parameter:literal: $docs:literal),* $(,)?],
        $(utc_offset: $utc_offset:literal,)?
        $(token: $operation:path { $($token:tt)* },)?
        errors: [$($error:path),* $(,)?],
        $(rates: [$($rate:path),* $(,)?],)?
        error_body: $code:literal $message:literal,
    ) => {
        static API: $crate::Api = $crate::Api {
            name: $name,
            user_agent: $user_agent,
            server: $server,
            server_params: &[$($crate::ServerParam { name: $parameter, docs: $docs }),*],
            utc_offset: $crate::__or!([$($utc_offset)?] 0),
            token: $crate::__or!([$(Some($crate::TokenOperation { operation: &$operation, $($token)* }))?] None),
            errors: &[$(&$error),*],
            rates: $crate::__or!([$(&[$(&$rate),*])?] &[]),
            error_body: $crate::ErrorBody { code: $code, message: $message },
        };
    };
}

/// Makes the statics of documented errors, each an [`ErrorRow`](crate::ErrorRow).
///
/// ```text
/// errors! {
///     SHELF_NOT_FOUND = "shelf_not_found" FixRequest 404 "not_found" "shelf {shelf_id} does not exist!",
///         cause: "No shelf has this id.",
///         remedy: "Check the shelf id.";
/// }
/// ```
#[macro_export]
macro_rules! errors {
    ($($name:ident = $id:literal $advice:ident $status:literal $code:literal $message:literal, cause: $cause:literal, remedy: $remedy:literal;)*) => {
        $(
            #[doc = $cause]
            pub static $name: $crate::ErrorRow = $crate::ErrorRow {
                id: $id,
                status: $status,
                code: $code,
                message: $message,
                cause: $cause,
                remedy: $remedy,
                advice: $crate::Advice::$advice,
            };
        )*
    };
}

/// Makes the statics of budgets, each a [`RateLimit`](crate::RateLimit): an amount per so many seconds. What is left out is
/// usual: a call costs one, all users together, each operation for itself, no documented error.
///
/// ```text
/// rates! {
///     NOTES = "notes" 100 per 60,
///         cost: Items("shelves"),
///         user: "user_id",
///         sharing: Shared,
///         error: "too_many_notes",
///         docs: "Notes on the shelves of a user.";
/// }
/// ```
#[macro_export]
macro_rules! rates {
    ($(
        $name:ident = $id:literal $amount:literal per $seconds:literal,
            $(cost: Items($list:literal),)?
            $(user: $user:literal,)?
            $(sharing: $sharing:ident,)?
            $(error: $error:literal,)?
            docs: $docs:literal;
    )*) => {
        $(
            #[doc = $docs]
            pub static $name: $crate::RateLimit = $crate::RateLimit {
                id: $id,
                amount: $amount,
                period: ::std::time::Duration::from_secs($seconds),
                cost: $crate::__or!([$($crate::Cost::Items($list))?] $crate::Cost::Call),
                user: $crate::__or!([$(Some($user))?] None),
                sharing: $crate::__or!([$($crate::Sharing::$sharing)?] $crate::Sharing::PerOperation),
                error: $crate::__or!([$(Some($error))?] None),
            };
        )*
    };
}

/// Makes a struct decode from an object, field by field with the methods of [`Fields`](crate::Fields).
///
/// `decode_fields!(Note { note: required("note"), written: optional("written") });`
#[macro_export]
macro_rules! decode_fields {
    ($name:ident { $($field:ident: $method:ident($($argument:expr),+)),* $(,)? }) => {
        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                let mut fields = $crate::__private::FieldReader::of(value);
                let read = Self { $($field: $crate::__field!(fields $method($($argument),+))),* };
                match fields.problem() {
                    None => Ok(read),
                    Some(problem) => Err(problem),
                }
            }
        }
    };
}

/// Reads a field by a method of the hidden `FieldReader`. What must be there ends the reading when it is not; `?` would
/// compile to twice as much.
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    ($fields:ident optional($name:expr)) => {
        $fields.optional($name)
    };
    ($fields:ident optional_with($name:expr, $decode:expr)) => {
        $fields.optional_with($name, $decode)
    };
    ($fields:ident optional_union($name:expr)) => {
        $fields.optional_union($name)
    };
    ($fields:ident $required:ident($($argument:expr),+)) => {
        match $fields.$required($($argument),+) {
            Some(value) => value,
            None => return Err($fields.failure()),
        }
    };
}

/// The expression in brackets, or else the other one.
#[doc(hidden)]
#[macro_export]
macro_rules! __or {
    ([] $usual:expr) => {
        $usual
    };
    ([$given:expr] $usual:expr) => {
        $given
    };
}

/// What the method of a request says about repeating it.
#[doc(hidden)]
#[macro_export]
macro_rules! __effect {
    (GET) => {
        $crate::Effect::Read
    };
    (PUT) => {
        $crate::Effect::Idempotent
    };
    (DELETE) => {
        $crate::Effect::Idempotent
    };
    ($method:ident) => {
        $crate::Effect::Repeats
    };
}

/// Tests on a reply, as [`Outcome`](crate::Outcome)s.
#[doc(hidden)]
#[macro_export]
macro_rules! __outcomes {
    ($(
        $($path:literal = [$($expected:literal),+ $(,)?])?
        $(absent $absent:literal)?
        $(because $because:literal)?
    ),* $(,)?) => {
        &[$($crate::Outcome {
            $(path: $path, success: $crate::Success::Equals(&[$($expected),+]),)?
            $(path: $absent, success: $crate::Success::Absent,)?
            because: $crate::__or!([$(Some($because))?] None),
        }),*]
    };
}

/// A variant of [`Paging`](crate::Paging) with its fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __paging {
    ($style:ident { $($fields:tt)* }) => {
        $crate::Paging::$style { $($fields)* }
    };
}
