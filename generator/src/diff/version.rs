//! The semantic version that follows from changes.

use std::fmt;

use super::Change;
use super::rules::Class;

/// A semantic version: three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64, pub u64, pub u64);

impl Version {
    /// Reads a version such as `1.0.0`; `None` when it is not three numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|it| it.parse::<u64>().ok().filter(|number| number.to_string() == it));
        let version = Self(parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(version)
    }

    /// The least version that may have these changes.
    #[must_use]
    pub fn required(self, changes: &[Change]) -> Self {
        changes.iter().map(|it| it.rule.class()).min().map_or(self, |gravest| self.after(gravest))
    }

    /// The least version that may have changes of a class. Below 1.0.0, what breaks asks for a minor version, and everything
    /// else for a patch, since Cargo takes a minor version for another API there.
    #[must_use]
    pub fn after(self, gravest: Class) -> Self {
        let Self(major, minor, patch) = self;
        match (gravest, major) {
            (Class::Breaking, 1..) => Self(major.saturating_add(1), 0, 0),
            (Class::Breaking, 0) | (Class::Addition, 1..) => Self(major, minor.saturating_add(1), 0),
            (Class::Addition, 0) | (Class::Fix | Class::Documentation, _) => {
                Self(major, minor, patch.saturating_add(1))
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Rule;

    #[test]
    fn three_numbers_and_nothing_else() {
        assert_eq!(Version::parse("0.12.3"), Some(Version(0, 12, 3)));
        for text in ["", "1", "1.0", "1.0.0.0", "1.0.-1", "01.0.0", "1.0.0-rc", " 1.0.0", "1.0.99999999999999999999"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_gravest_change_decides() {
        let change = |rule| Change {
            rule,
            kind: "operation",
            subject: String::new(),
            message: String::new(),
            old: None,
            new: None,
        };
        let (text, fix) = (Rule::TextChanged, Rule::RequestCorrected);
        let (addition, breaking) = (Rule::OperationAdded, Rule::OperationRemoved);
        for (old, rules, required) in [
            ("1.2.3", vec![], "1.2.3"),
            ("1.2.3", vec![text], "1.2.4"),
            ("1.2.3", vec![text, fix], "1.2.4"),
            ("1.2.3", vec![fix, addition, text], "1.3.0"),
            ("1.2.3", vec![addition, breaking], "2.0.0"),
            ("0.2.3", vec![text], "0.2.4"),
            ("0.2.3", vec![addition], "0.2.4"),
            ("0.2.3", vec![breaking, fix], "0.3.0"),
            ("0.0.3", vec![breaking], "0.1.0"),
        ] {
            let changes: Vec<_> = rules.into_iter().map(change).collect();
            let old = Version::parse(old).expect("it is a version");
            assert_eq!(old.required(&changes).to_string(), required, "{old} {changes:?}");
        }
    }
}
