//! From Rust values to what goes over the wire.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use apigen_core::json::Value;

use crate::union::Beside;
use crate::values::{Lasting, Until};

/// A value that can stand in a request: in JSON as it is, in paths, queries, headers and forms as text, lists there
/// joined by commas.
pub trait Encode {
    /// The value as JSON; `null` means that the field is left out.
    fn encode(self) -> Value<'static>;
}

/// A duration in whole milliseconds.
pub fn millis(duration: Duration) -> Value<'static> {
    whole(duration.as_millis())
}

/// A duration in whole seconds.
pub fn seconds(duration: Duration) -> Value<'static> {
    whole(duration.as_secs().into())
}

/// Whole milliseconds, or the number that means that there is no end.
pub fn lasting_millis<const FOREVER: i64>(lasting: Lasting) -> Value<'static> {
    match lasting {
        Lasting::For(duration) => millis(duration),
        Lasting::Forever => FOREVER.into(),
    }
}

/// Whole seconds, or the number that means that there is no end.
pub fn lasting_seconds<const FOREVER: i64>(lasting: Lasting) -> Value<'static> {
    match lasting {
        Lasting::For(duration) => seconds(duration),
        Lasting::Forever => FOREVER.into(),
    }
}

/// A moment, or the number that means that there is no end.
pub fn until<const FOREVER: i64>(until: Until) -> Value<'static> {
    match until {
        Until::Moment(moment) => moment.encode(),
        Until::Forever => FOREVER.into(),
    }
}

/// The tag of a union, to stand beside its value in an object.
pub fn tag(union: &impl Beside) -> Value<'static> {
    Value::Str(union.owned_tag())
}

fn whole(amount: u128) -> Value<'static> {
    u64::try_from(amount).unwrap_or(u64::MAX).into()
}

macro_rules! encode_into {
    ($($type:ty),*) => {
        $(impl Encode for $type {
            fn encode(self) -> Value<'static> {
                self.into()
            }
        })*
    };
}

encode_into!(&'static str, String, bool, i32, i64, u32, u64, f64);

impl Encode for Value<'static> {
    fn encode(self) -> Value<'static> {
        self
    }
}

impl Encode for serde_json::Value {
    fn encode(self) -> Value<'static> {
        Value::from(&self).into_owned()
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(self) -> Value<'static> {
        self.map_or(Value::Null, T::encode)
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(self) -> Value<'static> {
        Value::Array(self.into_iter().map(T::encode).collect())
    }
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(self) -> Value<'static> {
        Value::Object(self.into_iter().map(|(key, value)| (Cow::Owned(key), value.encode())).collect())
    }
}

impl<T: Encode, S> Encode for HashMap<String, T, S> {
    fn encode(self) -> Value<'static> {
        // Sorted, so that the same request always has the same bytes.
        self.into_iter().collect::<BTreeMap<_, _>>().encode()
    }
}
