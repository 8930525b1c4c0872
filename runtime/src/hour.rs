//! Hours on the clock, which some servers name in their own time.

use std::fmt;

use apigen_core::json::Value;
use jiff_core::civil::{Date, UnixEpochDay};

use crate::call::Parameter;
use crate::client::Client;
use crate::values::Timestamp;

const MILLIS: i64 = 60 * 60 * 1000;

/// The first hour of the year 1 and the last one of the year 9998, counted from 1970: every offset keeps them within the
/// years of four digits.
const RANGE: (i64, i64) = (-719_162 * 24, 2_932_532 * 24 - 1);

/// An hour on the clock: 2026-11-21T08:00:00Z and the 60 minutes after it. It is sent as the hour that the server's clock
/// shows at its start, such as `2026112116` in China.
///
/// ```
/// use apigen_runtime::{Hour, Timestamp, UtcOffset};
///
/// let hour = Hour::utc(2026, 11, 21, 8).expect("there is such a day");
/// assert_eq!(hour.to_string(), "2026-11-21T08:00:00Z");
/// assert_eq!(hour.local(UtcOffset::hours(8)), "2026112116");
/// assert_eq!(hour, Hour::containing(Timestamp::from_millis(1_795_251_599_999)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(i64);

/// How far a clock is ahead of UTC, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UtcOffset(i16);

impl Hour {
    /// An hour in UTC. `None` when there is no such day or hour, and outside the years 1 to 9998.
    pub fn utc(year: i16, month: u8, day: u8, hour: u8) -> Option<Self> {
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let hours = i64::from(date.to_unix_epoch_day().day()) * 24 + i64::from(hour);
        (hour < 24 && (RANGE.0..=RANGE.1).contains(&hours)).then_some(Self(hours))
    }

    /// The hour in which a moment lies. Moments outside the years 1 to 9998 lie in their first or last hour.
    pub fn containing(moment: Timestamp) -> Self {
        Self(moment.as_millis().div_euclid(MILLIS).clamp(RANGE.0, RANGE.1))
    }

    /// The moment at which it begins.
    pub fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0 * MILLIS)
    }

    /// The hour after it; the last one stays.
    #[must_use]
    pub fn next(self) -> Self {
        Self((self.0 + 1).min(RANGE.1))
    }

    /// The hour before it; the first one stays.
    #[must_use]
    pub fn previous(self) -> Self {
        Self((self.0 - 1).max(RANGE.0))
    }

    /// The hour that a clock ahead of UTC shows at its start, as `yyyyMMddHH`.
    pub fn local(self, offset: UtcOffset) -> String {
        let (date, hour) = self.on_clock(offset);
        format!("{:04}{:02}{:02}{hour:02}", date.year(), date.month(), date.day())
    }

    fn on_clock(self, offset: UtcOffset) -> (Date, i64) {
        let hours = (self.0 * 60 + i64::from(offset.0)).div_euclid(60);
        let day = i32::try_from(hours.div_euclid(24)).ok().and_then(|day| UnixEpochDay::new(day).ok());
        (day.expect("the first and the last hour are a year from where dates end").to_date(), hours.rem_euclid(24))
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, hour) = self.on_clock(UtcOffset::default());
        write!(f, "{:04}-{:02}-{:02}T{hour:02}:00:00Z", date.year(), date.month(), date.day())
    }
}

impl UtcOffset {
    /// The farthest that a clock on earth is from UTC.
    const MAX: u16 = 14 * 60;

    /// So many hours ahead of UTC, which is east; behind it when negative.
    pub const fn hours(hours: i8) -> Self {
        Self(hours as i16 * 60)
    }

    /// So many minutes ahead of UTC, which is east; behind it when negative.
    pub const fn minutes(minutes: i16) -> Self {
        Self(minutes)
    }

    /// What is wrong with it, if there is no such place on earth.
    pub(crate) fn problem(self) -> Option<String> {
        (self.0.unsigned_abs() > Self::MAX)
            .then(|| format!("`utc_offset` is {self}, and no clock is farther than 14:00"))
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Parameter for Hour {
    fn parameter(self, client: &Client) -> Value<'static> {
        self.local(client.shared().utc_offset).into()
    }
}
