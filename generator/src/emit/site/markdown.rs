//! Text and code in Markdown, where no character of either means anything.

use apigen_model::text::one_line;

/// Text in a line, with a backslash before everything that could mean something to a reader of Markdown.
pub(crate) fn text_into(text: &str, out: &mut String) {
    let from = out.len();
    let mut rest = text;
    while let Some(at) = rest.bytes().position(may_mean_something) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' | b'\t' => out.push(' '),
            // The number of an item of a list.
            b'.' if !out[from..].bytes().all(|it| it.is_ascii_digit()) => out.push('.'),
            mark => {
                if needs_escape(mark, &out[from..]) {
                    out.push('\\');
                }
                out.push(char::from(mark));
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

pub(crate) fn may_mean_something(byte: u8) -> bool {
    matches!(
        byte,
        b'\n'
            | b'\t'
            | b'\\'
            | b'`'
            | b'*'
            | b'_'
            | b'['
            | b']'
            | b'<'
            | b'>'
            | b'|'
            | b'~'
            | b'&'
            | b'$'
            | b'^'
            | b'#'
            | b'+'
            | b'-'
            | b'='
            | b'.'
    )
}

/// Some marks mean something only at the beginning of a text.
fn needs_escape(mark: u8, before: &str) -> bool {
    match mark {
        b'#' | b'+' | b'-' | b'=' => before.trim().is_empty(),
        _ => true,
    }
}

/// Code in a line, between as many backticks as it takes.
pub(crate) fn code(text: &str) -> String {
    let line = one_line(text);
    let ticks = "`".repeat(longest_run(&line) + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') || line.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{line}{pad}{ticks}")
}

/// Code as a block.
pub(crate) fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(longest_run(text).max(2) + 1);
    format!("{ticks}{language}\n{text}\n{ticks}")
}

/// The address of the Markdown twin of a page of the site; others stay.
pub(crate) fn twin(href: &str) -> String {
    let (page, id) = href.split_at(href.find('#').unwrap_or(href.len()));
    match page.strip_suffix(".html") {
        Some(stem) if !href.contains("://") => [stem, ".md", id].concat(),
        Some(_) | None => href.replace([' ', '(', ')', '<', '>'], ""),
    }
}

fn longest_run(text: &str) -> usize {
    let run = |run: &mut usize, byte: u8| {
        *run = if byte == b'`' { *run + 1 } else { 0 };
        Some(*run)
    };
    text.bytes().scan(0, run).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything() {
        for (plain, escaped) in [
            ("plain, with a - in it.", "plain, with a - in it."),
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("in 1.5 s", "in 1.5 s"),
            ("[a](b) <c> *d* _e_", "\\[a\\](b) \\<c\\> \\*d\\* \\_e\\_"),
            ("two\nlines", "two lines"),
            ("&lt; \\ `", "\\&lt; \\\\ \\`"),
        ] {
            let mut out = String::new();
            text_into(plain, &mut out);
            assert_eq!(out, escaped);
        }
    }

    #[test]
    fn code_stands_between_enough_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`a``b"), "``` `a``b ```");
        assert_eq!(fence("bash", "a"), "```bash\na\n```");
        assert_eq!(fence("text", "````"), "`````text\n````\n`````");
    }

    #[test]
    fn links_lead_to_twins() {
        assert_eq!(twin("books.html#list"), "books.md#list");
        assert_eq!(twin("#page.a"), "#page.a");
        assert_eq!(twin("https://docs.rs/a/b.html#c"), "https://docs.rs/a/b.html#c");
    }
}
