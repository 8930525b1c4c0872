//! Documentation comments: plain text of the spec as Markdown that means the same and nothing more.

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
    let mut lines = String::new();
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

/// Plain text with `code` in backticks as Markdown, wrapped at a comfortable width.
pub(crate) fn markdown(text: &str) -> String {
    let paragraphs =
        text.split("\n\n").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty());
    paragraphs.map(|paragraph| wrap(&escape(&paragraph))).collect::<Vec<_>>().join("\n\n")
}

/// One line of Markdown from plain text: for items of a list and cells of a table.
pub(crate) fn line(text: &str) -> String {
    escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Escapes what Markdown would read as markup, outside of code spans; a backtick without a partner is text as well.
fn escape(text: &str) -> String {
    let spans_pair_up = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    let mut out = String::new();
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
    let starts_like_a_block = out.starts_with(['#', '+', '-', '=', '~', '|', ':']) || starts_like_a_list(&out);
    if starts_like_a_block { format!("\\{out}") } else { out }
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

/// `1.` or `1)` at the start of a paragraph would begin a list; the escape goes before the digits' mark, so such text is
/// kept apart by a zero-width escape of its first character.
fn starts_like_a_list(text: &str) -> bool {
    let digits = text.trim_start_matches(|it: char| it.is_ascii_digit());
    digits.len() < text.len() && digits.starts_with(['.', ')'])
}

/// Breaks at spaces so that lines stay below 100 characters; a code span may be broken, Markdown reads it the same.
fn wrap(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut out = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH && !starts_a_block(word) {
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
    word.starts_with(['#', '+', '-', '=', '~', '|', '>', ':']) || starts_like_a_list(word)
}
