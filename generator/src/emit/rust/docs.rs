//! Documentation comments: plain text of the spec as Markdown that means the same and nothing more.

use apigen_model::text::one_line;

/// How wide a paragraph is.
const WIDTH: usize = 100;

/// Text as `///` lines. Paragraphs are separated by blank lines; line breaks inside a paragraph mean nothing.
pub(crate) fn outer(text: &str) -> String {
    comment("///", text)
}

/// Text as `//!` lines.
pub(crate) fn inner(text: &str) -> String {
    comment("//!", text)
}

/// Puts a marker before every line.
fn comment(marker: &str, text: &str) -> String {
    let mut lines = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        lines.push_str(marker);
        if !line.is_empty() {
            lines.push(' ');
            lines.push_str(line);
        }
        lines.push('\n');
    }
    lines
}

/// Plain text with `code` in backticks as Markdown, wrapped at a comfortable width. A paragraph of several lines that all
/// begin with `- ` is a list.
pub(crate) fn markdown(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
    paragraphs.map(|it| list(it).unwrap_or_else(|| wrap(&line(it), WIDTH))).collect::<Vec<_>>().join("\n\n")
}

/// The items of a list, each a line that may go on in lines that are indented; `None` when the paragraph is no list.
fn list(paragraph: &str) -> Option<String> {
    let mut items: Vec<String> = Vec::new();
    for line in paragraph.trim().lines() {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(item)) if line.starts_with("  ") => item.extend([" ", line]),
            (None, Some(_) | None) => return None,
        }
    }
    let item = |it: &String| format!("- {}", wrap(&line(it), WIDTH).replace('\n', "\n  "));
    (items.len() > 1).then(|| items.iter().map(item).collect::<Vec<_>>().join("\n"))
}

/// One line of Markdown from plain text: for items of a list and cells of a table.
pub(crate) fn line(text: &str) -> String {
    escape(&one_line(text))
}

/// Escapes what Markdown would read as markup, outside of code spans; a backtick without a partner is text as well.
fn escape(text: &str) -> String {
    let spans_pair_up = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (index, part) in text.split('`').enumerate() {
        let is_code = spans_pair_up && index % 2 == 1;
        if index > 0 {
            out.push_str(if spans_pair_up { "`" } else { "\\`" });
        }
        if is_code {
            out.push_str(part);
        } else {
            escape_prose(part, &mut out);
        }
    }
    if let Some(mark) = list_mark(&out) {
        out.insert(mark, '\\');
    } else if out.starts_with(['+', '-', '=', ':']) {
        out.insert(0, '\\');
    }
    out
}

fn escape_prose(text: &str, out: &mut String) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            out.push('`');
            out.push_str(word);
            out.push('`');
            continue;
        }
        for letter in word.chars() {
            if matches!(letter, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '$') {
                out.push('\\');
            }
            out.push(letter);
        }
    }
}

/// Where the mark stands that makes a paragraph a numbered list, as in `1.` or `1)`. A digit cannot be escaped, its mark can.
fn list_mark(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    (digits > 0 && text[digits..].starts_with(['.', ')'])).then_some(digits)
}

/// Breaks at spaces so that lines have no more than so many characters; a code span may be broken, Markdown reads it the same.
pub(crate) fn wrap(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut width = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > most && !starts_a_block(word) {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out
}

/// Whether a word at the start of a line would be read as the start of a list, heading or rule.
fn starts_a_block(word: &str) -> bool {
    word.starts_with(['#', '+', '-', '=', '~', '|', '>', ':']) || list_mark(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn text_stays_text() {
        let cases = [
            ("1. is a number", "1\\. is a number"),
            ("2024) is one too", "2024\\) is one too"),
            ("# no heading", "\\# no heading"),
            ("- no list", "\\- no list"),
            ("a [link] and <b>", "a \\[link\\] and \\<b\\>"),
            ("`code [x]` and `half", "\\`code \\[x\\]\\` and \\`half"),
            ("`code [x]`", "`code [x]`"),
            ("see https://example.com/a_b now", "see `https://example.com/a_b` now"),
            ("- one\n- two\n  and *more*", "- one\n- two and \\*more\\*"),
            ("one\ntwo\n\n  three", "one two\n\nthree"),
        ];
        for (text, expected) in cases {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }
}
