//! A call in the making: an operation with the values of its request and its options.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use apigen_core::json::{self, Entries, Value};
use apigen_core::limit::{Place, Settings};

use crate::api::{BodyKind, Cost, Operation, RateLimit};
use crate::client::Client;
use crate::encode::Encode;
use crate::limiter::Throttle;
use crate::retry::Retry;
use crate::union::Beside;
use crate::upload::Upload;
use crate::values::Secret;

/// A call in the making. Generated builders hold one each; it is not meant for use by hand.
///
/// Values by wire name; a value that is set again replaces the former one, and `null` takes it away.
pub struct Call {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    pub(crate) path: Entries<'static>,
    pub(crate) query: Entries<'static>,
    pub(crate) headers: Entries<'static>,
    /// An object, empty when the request has no JSON body.
    pub(crate) body: Value<'static>,
    pub(crate) form: Entries<'static>,
    pub(crate) files: Vec<(String, Upload)>,
    /// Secrets among the values, kept to be hidden in errors.
    pub(crate) secrets: Vec<Secret>,
    pub(crate) options: Options,
}

/// A value that a call can hold: all that [`Encode`], and what depends on the settings of the client, such as an
/// [`Hour`](crate::Hour).
pub trait Parameter {
    /// The value as JSON; `null` means that it is left out.
    fn parameter(self, client: &Client) -> Value<'static>;
}

impl<T: Encode> Parameter for T {
    fn parameter(self, _: &Client) -> Value<'static> {
        self.encode()
    }
}

/// What one call does otherwise than its client.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) token: Option<Secret>,
    pub(crate) settings: Option<Settings>,
}

impl Call {
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        Self {
            client,
            operation,
            path: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Value::Object(Vec::new()),
            form: Vec::new(),
            files: Vec::new(),
            secrets: Vec::new(),
            options: Options::default(),
        }
    }

    /// Sets a path parameter.
    #[must_use]
    pub fn path(mut self, name: &'static str, value: impl Parameter) -> Self {
        let value = value.parameter(&self.client);
        set(&mut self.path, name.into(), value);
        self
    }

    /// Sets a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Parameter) -> Self {
        let value = value.parameter(&self.client);
        set(&mut self.query, name.into(), value);
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Parameter) -> Self {
        let value = value.parameter(&self.client);
        set(&mut self.headers, name.into(), value);
        self
    }

    /// Sets a field of the JSON body.
    #[must_use]
    pub fn field(mut self, name: impl Into<Cow<'static, str>>, value: impl Parameter) -> Self {
        let value = value.parameter(&self.client);
        self.set_field(name.into(), value);
        self
    }

    /// Sets a field of the JSON body, and the field beside it that tells its shape.
    #[must_use]
    pub fn union<U: Beside + Encode>(self, name: &'static str, value: U) -> Self {
        self.field(U::TAG, Value::Str(value.owned_tag())).field(name, value)
    }

    /// Sets a field of the JSON body that must not appear in logs and errors.
    #[must_use]
    pub fn secret(mut self, name: &'static str, value: Secret) -> Self {
        self.set_field(name.into(), value.expose().to_owned().into());
        self.secrets.push(value);
        self
    }

    /// Sets a field of the multipart body.
    #[must_use]
    pub fn part(mut self, name: impl Into<Cow<'static, str>>, value: impl Parameter) -> Self {
        let value = value.parameter(&self.client);
        set(&mut self.form, name.into(), value);
        self
    }

    /// Sets a field of the body, whichever kind it has.
    #[must_use]
    pub fn extra_field(self, name: impl Into<Cow<'static, str>>, value: impl Parameter) -> Self {
        match self.operation.body {
            BodyKind::Multipart => self.part(name, value),
            BodyKind::None | BodyKind::Json => self.field(name, value),
        }
    }

    /// Sets a file of the multipart body.
    #[must_use]
    pub fn file(mut self, name: &'static str, file: Upload) -> Self {
        self.files.retain(|(other, _)| other != name);
        self.files.push((name.to_owned(), file));
        self
    }

    /// Limits the time of the whole call.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Limits the time of each attempt.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = Some(timeout);
        self
    }

    /// Repeats the call otherwise than the client.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.options.retry = Some(retry);
        self
    }

    /// Treats spent budgets otherwise than the client.
    #[must_use]
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.options.throttle = Some(throttle);
        self
    }

    /// Uses another token than the client's.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.options.token = Some(token.into());
        self
    }

    /// Applies limits otherwise than the client.
    #[must_use]
    pub fn validation(mut self, settings: Settings) -> Self {
        self.options.settings = Some(settings);
        self
    }

    fn set_field(&mut self, name: Cow<'static, str>, value: Value<'static>) {
        if let Value::Object(fields) = &mut self.body {
            set(fields, name, value);
        }
    }

    /// The budgets that it draws on.
    pub(crate) fn rates(&self) -> &'static [&'static RateLimit] {
        self.operation.rates.unwrap_or(self.client.shared().api.rates)
    }

    /// The items of the list with a wire name, in the path, the query, the body or the form; a single value counts as a
    /// list of one.
    pub(crate) fn list(&self, name: &str) -> &[Value<'static>] {
        let Self { path, query, body, form, .. } = self;
        let entries = || [path, query].into_iter().find_map(|entries| json::get(entries, name));
        items(entries().or_else(|| body.path(name)).or_else(|| json::get(form, name)))
    }

    /// For whom the call is: the items of the list by which it can be split, or else of the list by which it is charged.
    pub(crate) fn receivers(&self) -> Vec<String> {
        let charged = || {
            self.rates().iter().find_map(|rate| match rate.cost {
                Cost::Items(list) => Some(self.list(list)),
                Cost::Call => None,
            })
        };
        let receivers = match self.operation.split {
            Some((place, list)) => items(self.value(place, list)),
            None => charged().unwrap_or(&[]),
        };
        receivers.iter().filter_map(Value::to_text).map(Cow::into_owned).collect()
    }

    fn value(&self, place: Place, name: &str) -> Option<&Value<'static>> {
        match place {
            Place::Path => json::get(&self.path, name),
            Place::Query => json::get(&self.query, name),
            Place::Header => json::get(&self.headers, name),
            Place::Body => self.body.path(name),
            Place::Form => json::get(&self.form, name),
        }
    }

    /// Whether it can be sent a second time.
    pub(crate) fn is_replayable(&self) -> bool {
        self.files.iter().all(|(_, file)| file.is_replayable())
    }
}

fn items<'v>(value: Option<&'v Value<'static>>) -> &'v [Value<'static>] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(single) => std::slice::from_ref(single),
    }
}

fn set(entries: &mut Entries<'static>, name: Cow<'static, str>, value: Value<'static>) {
    let at = entries.iter().position(|(other, _)| *other == name);
    match (at, value.is_null()) {
        (Some(at), false) => entries[at].1 = value,
        (Some(at), true) => drop(entries.remove(at)),
        (None, false) => entries.push((name, value)),
        (None, true) => {}
    }
}

impl fmt::Debug for Call {
    /// Names the operation only: values may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}
