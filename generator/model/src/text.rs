//! What is done with plain text wherever it stands.

use std::borrow::Cow;

/// A text with single blanks in place of its line breaks, and of whatever else separates its words.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let is_plain = |it: u8| (b' '..0x7f).contains(&it);
    let is_trimmed = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if is_trimmed && text.bytes().all(is_plain) {
        return text.into();
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn words_stand_on_one_line_with_single_blanks() {
        for (text, expected) in [
            ("", ""),
            (" ", ""),
            ("a b", "a b"),
            ("a  b", "a b"),
            (" a ", "a"),
            ("a\n  b\tc\r\n", "a b c"),
            ("书\u{3000}店", "书 店"),
            ("a\u{a0}b\u{2028}c", "a b c"),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }
}
