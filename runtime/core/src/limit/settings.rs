//! How limits are applied: denied, warned of or ignored, and which of them are adjusted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Bound, Enforcement, Limit, Severity};
use crate::json::Number;

/// How limits are applied. Cheap to clone.
///
/// ```
/// use apigen_core::limit::Settings;
///
/// let settings = Settings::deny().set("books.add.title.max_chars", 80).disable("books.add.tone.pattern");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Settings {
    mode: Mode,
    overrides: Option<Arc<BTreeMap<Cow<'static, str>, Override>>>,
}

/// What happens to a value beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What the server would reject is denied; what is open is warned of.
    #[default]
    Deny,
    /// Everything is sent; what lies beyond a limit is warned of.
    Warn,
    /// Nothing is checked.
    Off,
}

#[derive(Debug, Clone, Copy)]
enum Override {
    Bound(Number),
    Disabled,
}

impl Settings {
    /// Denies what the server would reject. The default.
    pub fn deny() -> Self {
        Self::default()
    }

    /// Warns of everything and denies nothing.
    pub fn warn() -> Self {
        Self { mode: Mode::Warn, overrides: None }
    }

    /// Checks nothing.
    pub fn off() -> Self {
        Self { mode: Mode::Off, overrides: None }
    }

    /// The same adjustments in another mode.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Gives a limit another bound, in the limit's own unit: the vendor raised it for this application, say.
    #[must_use]
    pub fn raise(self, limit: &Limit, bound: impl Into<Number>) -> Self {
        self.set(limit.id, bound)
    }

    /// Gives the limit with an id another bound. Without effect on patterns and required values, which have none.
    #[must_use]
    pub fn set(self, id: impl Into<Cow<'static, str>>, bound: impl Into<Number>) -> Self {
        self.with(id.into(), Override::Bound(bound.into()))
    }

    /// Switches the limit with an id off.
    #[must_use]
    pub fn disable(self, id: impl Into<Cow<'static, str>>) -> Self {
        self.with(id.into(), Override::Disabled)
    }

    /// The bound that holds for a limit: the adjusted one, or else its own. `None` if the limit is switched off, has no
    /// bound, or takes it from another field.
    pub fn in_force(&self, limit: &Limit) -> Option<Number> {
        match (self.setting(limit), limit.rule.bound()?) {
            (Some(Override::Disabled), _) | (None, Bound::Field(_) | Bound::FieldOr(..)) => None,
            (Some(Override::Bound(number)), _) => Some(number),
            (None, Bound::Int(bound)) => Some(Number::Int(bound)),
            (None, Bound::Float(bound)) => Some(Number::Float(bound)),
        }
    }

    fn with(mut self, id: Cow<'static, str>, setting: Override) -> Self {
        Arc::make_mut(self.overrides.get_or_insert_default()).insert(id, setting);
        self
    }

    /// How severe a violation of the limit is, unless it passes in any case.
    pub(super) fn severity(&self, limit: &Limit) -> Option<Severity> {
        let disabled = matches!(self.setting(limit), Some(Override::Disabled));
        match (self.mode, limit.enforcement) {
            _ if disabled => None,
            (Mode::Off, _) | (_, Enforcement::Clamped) => None,
            (Mode::Deny, Enforcement::Rejected) => Some(Severity::Denied),
            (Mode::Deny, Enforcement::Open) | (Mode::Warn, Enforcement::Rejected | Enforcement::Open) => {
                Some(Severity::Warned)
            }
        }
    }

    /// The bound that stands in for the limit's own.
    pub(super) fn bound(&self, limit: &Limit) -> Option<Number> {
        match self.setting(limit) {
            Some(Override::Bound(number)) => Some(number),
            Some(Override::Disabled) | None => None,
        }
    }

    fn setting(&self, limit: &Limit) -> Option<Override> {
        self.overrides.as_ref()?.get(limit.id).copied()
    }
}
