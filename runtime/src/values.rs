//! Values that many APIs have: moments, terms that may be endless, and secrets.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apigen_core::json::Value;
use secrecy::{ExposeSecret, SecretString};

use crate::decode::{Decode, DecodeError};
use crate::encode::Encode;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use apigen_runtime::Timestamp;
///
/// let moment = Timestamp::from_millis(1_500);
/// assert_eq!(moment.to_system_time(), Some(UNIX_EPOCH + Duration::from_millis(1_500)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment as the standard library has it; `None` beyond what the system can say.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }
}

impl From<SystemTime> for Timestamp {
    /// Rounds to milliseconds towards 1970; moments that do not fit become the last or first one that does.
    fn from(time: SystemTime) -> Self {
        let millis = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(millis(after)),
            Err(error) => Self(-millis(error.duration())),
        }
    }
}

impl Encode for Timestamp {
    fn encode(self) -> Value<'static> {
        self.0.into()
    }
}

impl Decode for Timestamp {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        i64::decode(value).map(Self)
    }
}

/// How long something lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lasting {
    /// So long.
    For(Duration),
    /// Without end.
    Forever,
}

impl From<Duration> for Lasting {
    fn from(duration: Duration) -> Self {
        Self::For(duration)
    }
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Until {
    /// At a moment.
    Moment(Timestamp),
    /// Never.
    Forever,
}

impl From<Timestamp> for Until {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

/// Text that stays out of logs: its `Debug` form hides it, and only [`Secret::expose`] shows it. Clones share it; the last
/// one wipes it from memory.
#[derive(Clone)]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// The text.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Arc::new(text.into()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Arc::new(text.into()))
    }
}

impl From<&Self> for Secret {
    fn from(secret: &Self) -> Self {
        secret.clone()
    }
}

impl Encode for Secret {
    fn encode(self) -> Value<'static> {
        self.expose().to_owned().into()
    }
}

impl Decode for Secret {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        String::decode(value).map(Self::from)
    }
}
