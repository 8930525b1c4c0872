//! Patterns of strings, compiled when they are first needed.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that the whole string must match.
#[derive(Debug)]
pub struct Pattern {
    expression: &'static str,
    compiled: OnceLock<Compiled>,
}

/// What an expression comes to.
#[derive(Debug)]
enum Compiled {
    Repeated(Class),
    Regex(Regex),
    /// It cannot be compiled.
    Anything,
}

/// ASCII characters that make a text: what ids have for a pattern, and what takes a fraction of a regular expression's time.
#[derive(Debug)]
struct Class {
    /// A bit for each.
    members: u128,
    /// How many there must be.
    fewest: usize,
}

impl Pattern {
    /// A pattern in the syntax of the `regex` crate, without Unicode classes.
    pub const fn new(expression: &'static str) -> Self {
        Self { expression, compiled: OnceLock::new() }
    }

    /// The expression as it was written.
    pub const fn expression(&self) -> &'static str {
        self.expression
    }

    /// Whether the whole text matches. An expression that cannot be compiled matches everything, since a mistake in a
    /// table must not stop requests.
    pub fn matches(&self, text: &str) -> bool {
        match self.compiled.get_or_init(|| Compiled::new(self.expression)) {
            Compiled::Repeated(class) => class.makes(text),
            Compiled::Regex(regex) => regex.is_match(text),
            Compiled::Anything => true,
        }
    }
}

impl Compiled {
    fn new(expression: &str) -> Self {
        if let Some(class) = Class::repeated(expression) {
            return Self::Repeated(class);
        }
        Regex::new(&format!("^(?:{expression})$")).map_or(Self::Anything, Self::Regex)
    }
}

impl Class {
    /// The class of an expression such as `[a-z0-9_.-]+`; `None` where there is more to the expression.
    fn repeated(expression: &str) -> Option<Self> {
        let (class, fewest) = match expression.strip_suffix('+') {
            Some(class) => (class, 1),
            None => (expression.strip_suffix('*')?, 0),
        };
        let mut rest = class.strip_prefix('[')?.strip_suffix(']')?.as_bytes();
        // All other characters may have a meaning of their own.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/');
        let mut members = 0;
        while !rest.is_empty() {
            let (first, last, after) = match rest {
                [b'-'] => (b'-', b'-', &[][..]),
                [first, b'-', last, after @ ..] if is_plain(*first) && is_plain(*last) && first <= last => {
                    (*first, *last, after)
                }
                [first, after @ ..] if is_plain(*first) => (*first, *first, after),
                _ => return None,
            };
            (first..=last).for_each(|byte| members |= 1 << byte);
            rest = after;
        }
        (members != 0).then_some(Self { members, fewest })
    }

    fn makes(&self, text: &str) -> bool {
        let is_member = |byte: u8| byte.is_ascii() && self.members >> byte & 1 == 1;
        text.len() >= self.fewest && text.bytes().all(is_member)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_classes_are_no_regular_expressions() {
        for expression in ["[A-Za-z0-9_.-]+", "[a-zA-Z0-9_/.-]*", "[0-9a-z]+", "[-]+", "[a-]+", "[a]*"] {
            assert!(Class::repeated(expression).is_some(), "{expression}");
        }
        for expression in [
            "a+",
            "[a]",
            "[a]{2}",
            "[]+",
            "[^a]+",
            r"[\d]+",
            "[z-a]+",
            "[a-c-e]+",
            "[-a]+",
            "[--a]+",
            "[[:alpha:]]+",
            "[a]b]+",
            "[a]+b+",
            "[a]++",
            "(?i)[a]+",
            "[a&&b]+",
            "[é]+",
            "[a-é]+",
            "+",
            "",
        ] {
            assert!(Class::repeated(expression).is_none(), "{expression}");
        }
    }

    proptest! {
        #[test]
        fn classes_say_what_the_regular_expression_says(class in "[-a-fX-Z0-3_./^\\\\\\]]{0,6}", sign in "[+*?]", text in "[-a-gX-Z0-4_./é\n]{0,5}") {
            let expression = format!("[{class}]{sign}");
            let regex = Regex::new(&format!("^(?:{expression})$"));
            if let Some(class) = Class::repeated(&expression) {
                let regex = regex.expect("what is simple is right");
                prop_assert_eq!(class.makes(&text), regex.is_match(&text), "{} against {:?}", expression, text);
            }
        }
    }
}
