//! Text and code in Markdown, where no character of either means anything.

/// Text in a line, with a backslash before everything that could mean something to a reader of Markdown.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+' | '-' | '=' | '!'
            | '|' | '~' | '&' | '$' | '^' | ':' | '@' | '\'' | '"' => {
                if needs_escape(letter, &escaped) {
                    escaped.push('\\');
                }
                escaped.push(letter);
            }
            // The number of an item of a list.
            '.' if escaped.chars().all(|it| it.is_ascii_digit()) => escaped.push_str("\\."),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Some marks mean something only at the beginning of a text.
fn needs_escape(letter: char, before: &str) -> bool {
    match letter {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '^' => true,
        '#' | '+' | '-' | '=' => before.trim().is_empty(),
        _ => false,
    }
}

/// Code in a line, between as many backticks as it takes.
pub(crate) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
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
    let (page, id) = href.split_once('#').map_or((href, String::new()), |(page, id)| (page, format!("#{id}")));
    match page.strip_suffix(".html") {
        Some(stem) if !href.contains("://") => format!("{stem}.md{id}"),
        Some(_) | None => href.replace([' ', '(', ')', '<', '>'], ""),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|it| it != '`').map(str::len).max().unwrap_or_default()
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
            assert_eq!(text(plain), escaped);
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
