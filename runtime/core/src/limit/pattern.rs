//! Patterns of strings. The usual ones are sets of characters; others are compiled when they are first needed.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that the whole string must match.
#[derive(Debug)]
pub struct Pattern {
    expression: &'static str,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// Characters of ASCII, a bit for each, as in `[a-z_]+`; with a star, the text may be empty.
    Class { members: u128, may_be_empty: bool },
    /// Any other expression. It is matched by a pointer, so that programs whose limits have none contain no regular expressions.
    Other { compiled: OnceLock<Option<Regex>>, is_match: Matcher },
}

type Matcher = fn(&OnceLock<Option<Regex>>, &str, &str) -> bool;

impl Pattern {
    /// A pattern in the syntax of the `regex` crate, without Unicode classes.
    pub const fn new(expression: &'static str) -> Self {
        let form = match class(expression.as_bytes()) {
            Some((members, may_be_empty)) => Form::Class { members, may_be_empty },
            None => Form::Other { compiled: OnceLock::new(), is_match },
        };
        Self { expression, form }
    }

    /// The expression as it was written.
    pub const fn expression(&self) -> &'static str {
        self.expression
    }

    /// Whether the whole text matches. An expression that cannot be compiled matches everything, since a mistake in a
    /// table must not stop requests.
    pub fn matches(&self, text: &str) -> bool {
        match &self.form {
            Form::Class { members, may_be_empty } => {
                let is_member = |byte: u8| byte.is_ascii() && (members >> byte) & 1 == 1;
                (*may_be_empty || !text.is_empty()) && text.bytes().all(is_member)
            }
            Form::Other { compiled, is_match } => is_match(compiled, self.expression, text),
        }
    }
}

fn is_match(compiled: &OnceLock<Option<Regex>>, expression: &str, text: &str) -> bool {
    let compiled = compiled.get_or_init(|| Regex::new(&format!("^(?:{expression})$")).ok());
    compiled.as_ref().is_none_or(|regex| regex.is_match(text))
}

/// The members of a class that stands alone, and whether there may be none of them; `None` for all other expressions.
const fn class(expression: &[u8]) -> Option<(u128, bool)> {
    let (mut class, may_be_empty) = match expression {
        [b'[', class @ .., b']', b'*'] => (class, true),
        [b'[', class @ .., b']', b'+'] => (class, false),
        _ => return None,
    };
    let mut members = 0;
    while let [first, rest @ ..] = class {
        (members, class) = match (*first, rest) {
            (from, [b'-', to, rest @ ..]) if is_plain(from) && is_plain(*to) && from <= *to => {
                (members | ((u128::MAX >> (127 - (*to - from))) << from), rest)
            }
            (only, rest) if is_plain(only) || (only == b'-' && rest.is_empty()) => (members | (1 << only), rest),
            _ => return None,
        };
    }
    if members == 0 { None } else { Some((members, may_be_empty)) }
}

/// Whether a character means only itself within brackets.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b':' | b'@' | b'+' | b'=' | b',' | b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CLASSES: [&str; 7] = ["[A-Za-z0-9_.-]+", "[a-zA-Z0-9_/.-]*", "[a]+", "[-]*", "[a-]+", "[+-/]+", "[ -~]*"];
    const OTHERS: [&str; 11] = [
        "[]+",
        "[^a]+",
        "[a-z]",
        "[a-z]+b",
        "[z-a]+",
        "[a--]+",
        "[--z]+",
        r"[\d]+",
        "[[:alpha:]]+",
        "[é]+",
        "[a]|[b]+",
    ];

    #[test]
    fn classes_are_known() {
        let is_class = |expression: &&str| class(expression.as_bytes()).is_some();
        let known: Vec<_> = CLASSES.into_iter().filter(|it| is_class(it)).collect();
        assert_eq!(known, CLASSES[..6], "a class whose range ends with a special character is left to the crate");
        assert_eq!(OTHERS.into_iter().filter(|it| is_class(it)).count(), 0);
    }

    #[test]
    fn classes_are_what_they_are_as_regular_expressions() {
        let ascii = (0..128_u8).map(|byte| char::from(byte).to_string());
        let texts: Vec<_> =
            ascii.chain(["", "é", "ab", "a\n", "a é", "a.b", "-", "a\u{80}"].map(str::to_owned)).collect();
        for expression in CLASSES.into_iter().chain(OTHERS) {
            let pattern = Pattern::new(expression);
            for text in &texts {
                let by_regex = is_match(&OnceLock::new(), expression, text);
                assert_eq!(pattern.matches(text), by_regex, "{expression} on {text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_class_says_what_it_says_as_a_regular_expression(class in "[-a-fX-Z0-3_./^\\\\\\]]{0,6}", sign in "[+*?]", text in "[-a-gX-Z0-4_./é\n]{0,5}") {
            let expression = format!("[{class}]{sign}");
            if let Some((members, may_be_empty)) = super::class(expression.as_bytes()) {
                let pattern = Pattern { expression: "", form: Form::Class { members, may_be_empty } };
                prop_assert_eq!(pattern.matches(&text), is_match(&OnceLock::new(), &expression, &text), "{} on {:?}", expression, text);
            }
        }
    }
}
