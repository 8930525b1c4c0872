//! The tokens that the mock has issued.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Tokens with the moment at which they expire.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Tokens that are always accepted.
    fixed: Vec<String>,
    issued: HashMap<String, Option<Instant>>,
    /// Tells the tokens of one mock from those of another.
    mark: String,
    count: u64,
}

impl Tokens {
    pub(crate) fn new(fixed: Vec<String>, mark: String) -> Self {
        Self { fixed, issued: HashMap::new(), mark, count: 0 }
    }

    /// Issues a token; without a lifetime it never expires.
    pub(crate) fn issue(&mut self, lifetime: Option<Duration>, now: Instant) -> String {
        self.issued.retain(|_, end| end.is_none_or(|it| it > now));
        self.count += 1;
        let token = format!("mock-{}-{}", self.mark, self.count);
        self.issued.insert(token.clone(), lifetime.and_then(|it| now.checked_add(it)));
        token
    }

    pub(crate) fn is_valid(&self, token: &str, now: Instant) -> bool {
        self.fixed.iter().any(|it| it == token)
            || self.issued.get(token).is_some_and(|end| end.is_none_or(|it| it > now))
    }

    /// Expires all that were issued.
    pub(crate) fn expire(&mut self) {
        self.issued.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_expire() {
        let mut known = Tokens::new(vec!["fixed".to_owned()], "t".to_owned());
        let start = Instant::now();
        let short = known.issue(Some(Duration::from_secs(1)), start);
        let endless = known.issue(None, start);
        let later = start + Duration::from_secs(1);
        let valid = |known: &Tokens, at| ["fixed", &short, &endless, "x"].map(|it| known.is_valid(it, at));
        assert_eq!(valid(&known, start), [true, true, true, false]);
        assert_eq!(valid(&known, later), [true, false, true, false]);
        known.expire();
        assert_eq!(valid(&known, start), [true, false, false, false]);
    }
}
