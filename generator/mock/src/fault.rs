//! Faults on demand: what can be played, how it is written, and the plans that say when.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Something that goes wrong. `Display` and `FromStr` have the form that stands behind each.
///
/// An operation is *taken* when a server of flesh and blood would have carried it out. The log says so of each request,
/// which tells a lost message from a doubled one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A documented error, by id or id and spelling, as in the spec: `error=ID` or `error=ID/VARIANT`. Not taken.
    Error(String),
    /// A wait in milliseconds before the head of the answer, or before the connection is reset: `delay=MS`.
    Delay(Duration),
    /// A wait in milliseconds before each eighth of the body: `slow=MS`.
    Slow(Duration),
    /// The connection is reset, without an answer or in the middle of it: `reset=before`, `reset=taken`, `reset=body`.
    Reset(Stage),
    /// The head promises the whole body, half of it comes, and the connection is closed: `truncate`. Taken.
    Truncate,
    /// The HTML page of a gateway with this status: `html=STATUS`. Not taken.
    Html(u16),
    /// The documented answer with status 429: `throttle`, `throttle=SECONDS`, `throttle-date=SECONDS`. Not taken.
    Throttle(RetryAfter),
    /// What is documented for a spent budget of the operation, after so many items of the call's list were served:
    /// `throttle-after=COUNT`. Taken for these.
    ThrottleAfter(usize),
    /// All tokens expire before the request is looked at: `expire-tokens`.
    ExpireTokens,
    /// Each value of the success has another JSON type than is documented: `wrong-types`. Taken.
    WrongTypes,
    /// Each value of the success that is one of a set of known ones is another one: `unknown-values`. Taken.
    UnknownValues,
    /// The status of the success without a body: `empty`. Taken.
    Empty,
    /// The success behind so many bytes that mean nothing: `huge=BYTES`. Taken.
    Huge(u64),
    /// Beside an error, HTML or throttling: the operation was taken all the same: `taken`.
    Taken,
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// When the head of the request has been read and its body has not. Not taken.
    Before,
    /// When the request has been read whole, before any answer. Taken.
    Taken,
    /// After half the body of the answer. Taken.
    Body,
}

/// What an answer to too many calls says about when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Nothing.
    None,
    /// A number of seconds.
    Seconds(u64),
    /// The date that lies so many seconds ahead.
    Date(u64),
}

/// Faults that are played together, and when.
///
/// ```
/// use apigen_mock::{Fault, Plan};
///
/// let plan = Plan::of(Fault::Html(502)).on("books.get").times(3);
/// let same: Plan = "html=502".parse()?;
/// assert_eq!(plan, same.on("books.get").times(3));
/// # Ok::<(), apigen_mock::UnknownFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(crate) faults: Vec<Fault>,
    pub(crate) operation: Option<String>,
    /// How often it is still to be played; `None` for ever.
    pub(crate) times: Option<u64>,
    /// It is played on each so-manieth request.
    pub(crate) every: u64,
    /// Requests that it could have been played on.
    pub(crate) seen: u64,
}

/// Text that names no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFault(String);

/// The forms of all faults, with what they do, for people.
pub(crate) const HELP: &str =
    "  error=ID[/VARIANT]       a documented error of the spec                               not taken
  delay=MS                 waits before the head of the answer
  slow=MS                  waits before each eighth of the body
  reset=before             resets the connection before the body is read                not taken
  reset=taken              resets the connection instead of an answer                   taken
  reset=body               resets the connection after half the body                    taken
  truncate                 closes the connection after half the body                    taken
  html=STATUS              the HTML page of a gateway                                   not taken
  throttle[=SECONDS]       the documented answer with status 429, with Retry-After       not taken
  throttle-date=SECONDS    the same, with Retry-After as a date                         not taken
  throttle-after=COUNT     a budget is spent after so many items of a list were served  taken for these
  expire-tokens            all tokens expire before the request is looked at
  wrong-types              each value of the success has another JSON type              taken
  unknown-values           each value of a known set is another one                     taken
  empty                    the status of the success without a body                     taken
  huge=BYTES               the success behind so many bytes that mean nothing           taken
  taken                    beside error, html and throttle: carried out all the same    taken
";

impl Plan {
    /// Plays a fault once, on the next request of any operation but the one that hands out tokens.
    pub fn of(fault: Fault) -> Self {
        Self { faults: vec![fault], operation: None, times: Some(1), every: 1, seen: 0 }
    }

    /// Plays another fault with it.
    #[must_use]
    pub fn and(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Plays it on requests of one operation, by its id: `resource.name`.
    #[must_use]
    pub fn on(self, operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), ..self }
    }

    /// Plays it so often.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Plays it for ever.
    #[must_use]
    pub fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// Plays it for ever, on each so-manieth request: 20 is five in a hundred.
    #[must_use]
    pub fn every(self, every: u64) -> Self {
        Self { times: None, every: every.max(1), ..self }
    }

    /// Whether it is played on a request; counts it. `None` is an operation that the plan must name to concern it.
    pub(crate) fn strikes(&mut self, operation: &str, must_be_named: bool) -> bool {
        let concerns = self.operation.as_deref().map_or(!must_be_named, |it| it == operation);
        if !concerns || self.times == Some(0) {
            return false;
        }
        self.seen += 1;
        let strikes = self.seen.is_multiple_of(self.every);
        if strikes {
            self.times = self.times.map(|it| it - 1);
        }
        strikes
    }
}

impl From<Fault> for Plan {
    fn from(fault: Fault) -> Self {
        Self::of(fault)
    }
}

impl FromStr for Plan {
    type Err = UnknownFault;

    /// Faults with `;` between them.
    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let faults = text.split(';').map(str::trim).filter(|it| !it.is_empty()).map(str::parse);
        let faults = faults.collect::<Result<Vec<_>, _>>()?;
        if faults.is_empty() {
            return Err(UnknownFault(text.to_owned()));
        }
        Ok(Self { faults, operation: None, times: Some(1), every: 1, seen: 0 })
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let unknown = || UnknownFault(text.to_owned());
        let (name, value) =
            text.split_once('=').map_or((text, None), |(name, value)| (name.trim(), Some(value.trim())));
        let number = || value.and_then(|it| it.parse::<u64>().ok()).ok_or_else(unknown);
        Ok(match (name, value) {
            ("error", Some(id)) => Self::Error(id.to_owned()),
            ("delay", _) => Self::Delay(Duration::from_millis(number()?)),
            ("slow", _) => Self::Slow(Duration::from_millis(number()?)),
            ("reset", Some("before")) => Self::Reset(Stage::Before),
            ("reset", Some("taken")) => Self::Reset(Stage::Taken),
            ("reset", Some("body")) => Self::Reset(Stage::Body),
            ("truncate", None) => Self::Truncate,
            ("html", Some(status)) => {
                Self::Html(status.parse().ok().filter(|it| (200..600).contains(it)).ok_or_else(unknown)?)
            }
            ("throttle", None) => Self::Throttle(RetryAfter::None),
            ("throttle", Some(_)) => Self::Throttle(RetryAfter::Seconds(number()?)),
            ("throttle-date", _) => Self::Throttle(RetryAfter::Date(number()?)),
            ("throttle-after", _) => Self::ThrottleAfter(usize::try_from(number()?).map_err(|_| unknown())?),
            ("expire-tokens", None) => Self::ExpireTokens,
            ("wrong-types", None) => Self::WrongTypes,
            ("unknown-values", None) => Self::UnknownValues,
            ("empty", None) => Self::Empty,
            ("huge", _) => Self::Huge(number()?),
            ("taken", None) => Self::Taken,
            _ => return Err(unknown()),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(id) => write!(f, "error={id}"),
            Self::Delay(time) => write!(f, "delay={}", time.as_millis()),
            Self::Slow(time) => write!(f, "slow={}", time.as_millis()),
            Self::Reset(Stage::Before) => f.write_str("reset=before"),
            Self::Reset(Stage::Taken) => f.write_str("reset=taken"),
            Self::Reset(Stage::Body) => f.write_str("reset=body"),
            Self::Truncate => f.write_str("truncate"),
            Self::Html(status) => write!(f, "html={status}"),
            Self::Throttle(RetryAfter::None) => f.write_str("throttle"),
            Self::Throttle(RetryAfter::Seconds(seconds)) => write!(f, "throttle={seconds}"),
            Self::Throttle(RetryAfter::Date(seconds)) => write!(f, "throttle-date={seconds}"),
            Self::ThrottleAfter(count) => write!(f, "throttle-after={count}"),
            Self::ExpireTokens => f.write_str("expire-tokens"),
            Self::WrongTypes => f.write_str("wrong-types"),
            Self::UnknownValues => f.write_str("unknown-values"),
            Self::Empty => f.write_str("empty"),
            Self::Huge(bytes) => write!(f, "huge={bytes}"),
            Self::Taken => f.write_str("taken"),
        }
    }
}

/// Faults with `;` between them.
pub(crate) fn joined(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no fault; these are:\n{HELP}", self.0.escape_debug())
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let text = "error=gone/old; delay=5; slow=6; reset=before; reset=taken; reset=body; truncate; html=502; throttle; \
                    throttle=3; throttle-date=4; throttle-after=2; expire-tokens; wrong-types; unknown-values; empty; \
                    huge=1000; taken";
        let plan: Plan = text.parse().expect("each has its form");
        assert_eq!(joined(&plan.faults), text);
        let documented: Vec<_> =
            HELP.lines().filter_map(|it| it.split(['=', ' ', '[']).find(|it| !it.is_empty())).collect();
        for fault in &plan.faults {
            let text = fault.to_string();
            assert!(documented.contains(&text.split('=').next().unwrap_or_default()), "{text} is not explained");
        }
        for wrong in
            ["", ";", "errors=x", "delay", "delay=soon", "html=99", "reset", "reset=later", "truncate=1", "huge=-1"]
        {
            assert!(wrong.parse::<Plan>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn plans_strike_when_they_should() {
        let strikes = |plan: Plan, operations: &[&str]| {
            let mut plan = plan;
            operations.iter().map(|it| plan.strikes(it, *it == "tokens")).collect::<Vec<_>>()
        };
        let once = || Plan::of(Fault::Empty);
        assert_eq!(strikes(once(), &["a", "a"]), [true, false]);
        assert_eq!(strikes(once(), &["tokens", "a"]), [false, true]);
        assert_eq!(
            strikes(once().on("tokens").times(2), &["a", "tokens", "tokens", "tokens"]),
            [false, true, true, false]
        );
        assert_eq!(strikes(once().every(2), &["a", "b", "a", "a"]), [false, true, false, true]);
        assert_eq!(strikes(once().always(), &["a", "b"]), [true, true]);
    }
}
