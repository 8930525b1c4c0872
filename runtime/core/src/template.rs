//! Templates of error messages: text with named placeholders, matched against what a server says.
//!
//! A placeholder is `{name}`; `{{` stands for one brace; a closing brace outside a placeholder stands for itself. White
//! space around template and text is ignored. Two placeholders must have text between them, else nothing would tell
//! where one ends: the generator refuses such templates, and here the first one stays empty.

/// A template.
///
/// ```
/// use apigen_core::template::Template;
///
/// let template = Template::new("shelf {shelf} does not exist!");
/// assert_eq!(template.captures("shelf 17 does not exist!"), Some(vec![("shelf", "17")]));
/// assert_eq!(template.captures("no such book"), None);
/// assert_eq!(template.fill(|_| Some("17")), "shelf 17 does not exist!");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template<'t>(&'t str);

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Literal(Literal<'t>),
    Placeholder(&'t str),
}

/// Literal text as it stands in the template, where `{{` is one brace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Literal<'t>(&'t str);

impl<'t> Template<'t> {
    /// A template in its written form.
    #[inline]
    pub fn new(template: &'t str) -> Self {
        Self(trimmed(template))
    }

    /// Number of characters that a text must share with the template to match: the more, the more telling a match.
    pub fn literal_len(self) -> usize {
        self.pieces().map(|piece| if let Piece::Literal(literal) = piece { literal.len() } else { 0 }).sum()
    }

    /// The names of the placeholders, in order.
    pub fn placeholders(self) -> impl Iterator<Item = &'t str> {
        self.pieces().filter_map(|piece| if let Piece::Placeholder(name) = piece { Some(name) } else { None })
    }

    /// Whether the whole text has the form of the template. Allocates nothing.
    #[inline]
    pub fn matches(self, text: &str) -> bool {
        !self.differs_at_an_end(trimmed(text)) && self.walk(text, |_, _| {}).is_some()
    }

    /// What stands in the places of the placeholders, if the whole text has the form of the template.
    pub fn captures<'s>(self, text: &'s str) -> Option<Vec<(&'t str, &'s str)>> {
        let mut captures = Vec::new();
        self.walk(text, |name, value| captures.push((name, value)))?;
        Some(captures)
    }

    /// The text with values in the places of the placeholders; one without a value stays as it is written.
    pub fn fill<'v>(self, values: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut text = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Literal(literal) => text.extend(literal.chars()),
                Piece::Placeholder(name) => match values(name) {
                    Some(value) => text.push_str(value),
                    None => text.extend(["{", name, "}"]),
                },
            }
        }
        text
    }

    /// Whether the first byte or the last one rules a text out. Most templates part from most texts there, which is told
    /// without taking the template apart: only what begins or ends with a brace may begin or end with a placeholder.
    fn differs_at_an_end(self, text: &str) -> bool {
        let (template, text) = (self.0.as_bytes(), text.as_bytes());
        let differs = |own: Option<&u8>, other: Option<&u8>, brace: u8| own != other && own != Some(&brace);
        differs(template.first(), text.first(), b'{') || differs(template.last(), text.last(), b'}')
    }

    /// Matches from left to right. A placeholder takes as little as it can, except for the last one, which takes what
    /// the end of the template leaves. Taking more earlier could not help, so nothing is ever tried twice.
    fn walk<'s>(self, text: &'s str, mut capture: impl FnMut(&'t str, &'s str)) -> Option<()> {
        let mut rest = trimmed(text);
        let mut pieces = self.pieces().peekable();
        let mut open = None;
        while let Some(piece) = pieces.next() {
            match (piece, open.take()) {
                (Piece::Placeholder(name), previous) => {
                    if let Some(previous) = previous {
                        capture(previous, "");
                    }
                    open = Some(name);
                }
                (Piece::Literal(literal), None) => rest = &rest[literal.prefix_of(rest)?..],
                (Piece::Literal(literal), Some(name)) => {
                    let found = if pieces.peek().is_none() { literal.find_last(rest) } else { literal.find(rest) };
                    let (start, end) = found?;
                    capture(name, &rest[..start]);
                    rest = &rest[end..];
                }
            }
        }
        match open {
            Some(name) => capture(name, rest),
            None if rest.is_empty() => {}
            None => return None,
        }
        Some(())
    }

    fn pieces(self) -> impl Iterator<Item = Piece<'t>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            if let Some((name, after)) = placeholder(rest) {
                rest = after;
                return Some(Piece::Placeholder(name));
            }
            let (literal, after) = rest.split_at(literal_end(rest));
            rest = after;
            Some(Piece::Literal(Literal(literal)))
        })
    }
}

/// Text without the white space around it. Texts rarely have any, and then two bytes tell.
#[inline]
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// The name of the placeholder that the text starts with, and what follows it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, after))
}

/// Where the literal that the text starts with ends: before the next placeholder.
fn literal_end(text: &str) -> usize {
    let mut at = 0;
    while let Some(brace) = text[at..].find('{').map(|offset| at + offset) {
        if text[brace + 1..].starts_with('{') {
            at = brace + 2;
        } else if placeholder(&text[brace..]).is_some() {
            return brace;
        } else {
            at = brace + 1;
        }
    }
    text.len()
}

impl<'t> Literal<'t> {
    fn chars(self) -> impl Iterator<Item = char> + 't {
        let mut chars = self.0.chars().peekable();
        std::iter::from_fn(move || {
            let char = chars.next()?;
            if char == '{' {
                chars.next_if_eq(&'{');
            }
            Some(char)
        })
    }

    /// Whether it stands for itself, letter by letter. One brace is looked for first, since that takes less time.
    fn is_plain(self) -> bool {
        !self.0.contains('{') || !self.0.contains("{{")
    }

    /// Number of characters.
    fn len(self) -> usize {
        if self.is_plain() { self.0.chars().count() } else { self.chars().count() }
    }

    /// Number of bytes of the text that the literal covers, if the text starts with it.
    fn prefix_of(self, text: &str) -> Option<usize> {
        if self.is_plain() {
            return text.starts_with(self.0).then_some(self.0.len());
        }
        let mut rest = text.chars();
        self.chars().all(|char| rest.next() == Some(char)).then(|| text.len() - rest.as_str().len())
    }

    /// First occurrence, as byte range.
    fn find(self, text: &str) -> Option<(usize, usize)> {
        if self.is_plain() {
            return text.find(self.0).map(|start| (start, start + self.0.len()));
        }
        text.char_indices().find_map(|(start, _)| self.prefix_of(&text[start..]).map(|length| (start, start + length)))
    }

    /// The occurrence at the very end, as byte range.
    fn find_last(self, text: &str) -> Option<(usize, usize)> {
        if self.is_plain() {
            return text.strip_suffix(self.0).map(|before| (before.len(), text.len()));
        }
        let length: usize = self.chars().map(char::len_utf8).sum();
        let start = text.len().checked_sub(length)?;
        let covered = self.prefix_of(text.get(start..)?)?;
        (covered == length).then_some((start, text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_and_captures() {
        type Case = (&'static str, &'static str, Option<&'static [(&'static str, &'static str)]>);
        let cases: &[Case] = &[
            ("plain", "plain", Some(&[])),
            ("plain", " plain\n", Some(&[])),
            ("plain", "plainer", None),
            ("plain", "explain", None),
            ("id {id} gone", "id 7 gone", Some(&[("id", "7")])),
            ("id {id} gone", "id  gone gone", Some(&[("id", " gone")])),
            ("id {id} gone", "id gone", None),
            ("{id} gone", "7 gone", Some(&[("id", "7")])),
            ("gone: {id}", "gone: a b", Some(&[("id", "a b")])),
            ("gone: {id}", "gone:", None),
            ("{a}-{b}-{c}", "1-2-3-4", Some(&[("a", "1"), ("b", "2"), ("c", "3-4")])),
            ("[{a}] {b}!", "[x] y! z!", Some(&[("a", "x"), ("b", "y! z")])),
            ("用户 {user} 不存在", "用户 张三 不存在", Some(&[("user", "张三")])),
            ("{all}", "anything", Some(&[("all", "anything")])),
            ("{all}", "", Some(&[("all", "")])),
            ("", "", Some(&[])),
            ("", "x", None),
            ("{{{a}}", "{1}", Some(&[("a", "1")])),
            ("x {a} {{b}", "x { {b}", Some(&[("a", "{")])),
            ("x {a} {{b} y", "x 1 {b} y", Some(&[("a", "1")])),
            ("x {a}{{{b}", "x 1{2", Some(&[("a", "1"), ("b", "2")])),
            ("{not a name}", "{not a name}", Some(&[])),
            ("{}", "{}", Some(&[])),
            ("open {", "open {", Some(&[])),
            ("{a}{b}", "12", Some(&[("a", ""), ("b", "12")])),
            ("{a} é", "x é", Some(&[("a", "x")])),
            ("{a} é", "x \u{65e5}", None),
            ("\u{3000}用户 ", "用户", Some(&[])),
            ("a{b}c", "abd", None),
            ("a}", "ab", None),
            ("a}", "a}", Some(&[])),
            ("x", "", None),
            ("{a} {", "1 {", Some(&[("a", "1")])),
            ("{a} {{", "1 {", Some(&[("a", "1")])),
            ("{{a", "{a", Some(&[])),
            ("{a", "xa", None),
        ];
        for (template, text, expected) in cases {
            let template = Template::new(template);
            assert_eq!(template.captures(text).as_deref(), *expected, "{template:?} against {text:?}");
            assert_eq!(template.matches(text), expected.is_some());
        }
    }

    #[test]
    fn literal_length_counts_what_a_text_must_share() {
        for (template, expected) in [("abc", 3), ("a {b} c", 4), ("{{", 1), ("{a}", 0), ("用{a}户", 2)] {
            assert_eq!(Template::new(template).literal_len(), expected, "{template}");
        }
    }

    #[test]
    fn fills_what_it_knows() {
        let values = |name: &str| (name == "a").then_some("1");
        assert_eq!(Template::new("{a} {b} {{c}").fill(values), "1 {b} {c}");
        assert_eq!(Template::new("{a} {b}").placeholders().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn long_texts_take_no_long_time() {
        let text = "a".repeat(200_000);
        let template = "{x}aab{y}aab{z}aab{w}".to_owned();
        assert!(!Template::new(&template).matches(&text));
    }
}
