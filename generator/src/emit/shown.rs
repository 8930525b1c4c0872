//! Prose and links as pages show them, in HTML and in Markdown: filters of templates, because they stand everywhere, and a
//! macro of a template costs many times as much.
//!
//! The spec writes plain text with `code` in backticks. Exactly that becomes markup; everything else is escaped.

use minijinja::{AutoEscape, Environment, Error, State, Value};

use super::markdown;

/// The name of the escaping of Markdown.
pub(crate) const MARKDOWN: &str = "markdown";

/// About as many bytes as a link takes.
const LINK: usize = 96;

/// Adds the filters.
pub(crate) fn add_filters(environment: &mut Environment<'_>) {
    environment.add_filter("inline", |state: &State<'_, '_>, text: &str| {
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        Form::of(state.auto_escape()).inline(text, &mut out);
        Value::from_safe_string(out)
    });
    environment.add_filter("prose", prose);
    environment.add_filter("link", link);
    environment.add_filter("links", links);
    environment.add_filter("types", types);
}

/// What a page is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Markdown,
    /// Text that nothing is escaped in.
    Plain,
}

impl Form {
    /// The form of a template.
    pub(crate) fn of(escape: &AutoEscape) -> Self {
        match escape {
            AutoEscape::Html => Self::Html,
            AutoEscape::Custom(name) if name == MARKDOWN => Self::Markdown,
            _ => Self::Plain,
        }
    }

    /// Whether nothing in a text means anything.
    pub(crate) fn is_plain(self, text: &str) -> bool {
        match self {
            Self::Html => !text.bytes().any(is_markup),
            Self::Markdown => !text.bytes().any(markdown::may_mean_something),
            Self::Plain => true,
        }
    }

    /// Text in which nothing means anything.
    pub(crate) fn text(self, text: &str, out: &mut String) {
        match self {
            Self::Html => html(text, out),
            Self::Markdown => markdown::text_into(text, out),
            Self::Plain => out.push_str(text),
        }
    }

    fn code(self, code: &str, out: &mut String) {
        match self {
            Self::Html => {
                out.push_str("<code>");
                html(code, out);
                out.push_str("</code>");
            }
            Self::Markdown | Self::Plain => out.push_str(&markdown::code(code)),
        }
    }

    /// Text with code between pairs of backticks; one without a partner is text.
    fn inline(self, text: &str, out: &mut String) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('`') {
            let Some((code, after)) = after.split_once('`') else { break };
            if code.is_empty() {
                self.text(&format!("{before}``"), out);
            } else {
                self.text(before, out);
                self.code(code, out);
            }
            rest = after;
        }
        self.text(rest, out);
    }

    fn link(self, link: &Value, out: &mut String) -> Result<(), Error> {
        let (href, text) = (link.get_attr("href")?, link.get_attr("text")?);
        let (href, text) = (href.as_str().unwrap_or_default(), text.as_str().unwrap_or_default());
        match self {
            _ if href.is_empty() => self.text(text, out),
            Self::Html => {
                out.push_str("<a href=\"");
                html(href, out);
                out.push_str("\">");
                html(text, out);
                out.push_str("</a>");
            }
            Self::Markdown | Self::Plain => {
                out.push('[');
                self.text(text, out);
                out.push_str("](");
                out.push_str(&markdown::twin(href));
                out.push(')');
            }
        }
        Ok(())
    }
}

/// Text in HTML, between tags or quotes.
pub(crate) fn html(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_markup) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\'' => "&#x27;",
            _ => "&#x2f;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

fn is_markup(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'' | b'/')
}

/// Paragraphs.
fn prose(state: &State<'_, '_>, paragraphs: &Value) -> Result<Value, Error> {
    let form = Form::of(state.auto_escape());
    let mut out = String::new();
    for paragraph in paragraphs.try_iter()? {
        let text = paragraph.as_str().unwrap_or_default();
        let (before, after) = if form == Form::Html { ("<p>", "</p>\n") } else { ("", "\n\n") };
        out.push_str(before);
        form.inline(text, &mut out);
        out.push_str(after);
    }
    Ok(Value::from_safe_string(out))
}

fn link(state: &State<'_, '_>, link: &Value) -> Result<Value, Error> {
    let mut out = String::with_capacity(LINK);
    Form::of(state.auto_escape()).link(link, &mut out)?;
    Ok(Value::from_safe_string(out))
}

/// Links with something between them.
fn links(state: &State<'_, '_>, links: &Value, between: &str) -> Result<Value, Error> {
    let form = Form::of(state.auto_escape());
    let mut out = String::with_capacity(LINK * links.len().unwrap_or_default());
    for (index, link) in links.try_iter()?.enumerate() {
        if index > 0 {
            form.text(between, &mut out);
        }
        form.link(&link, &mut out)?;
    }
    Ok(Value::from_safe_string(out))
}

/// A type, with links to the named types in it.
fn types(state: &State<'_, '_>, parts: &Value) -> Result<Value, Error> {
    let form = Form::of(state.auto_escape());
    let (before, after) = if form == Form::Html { ("<code class=\"type\">", "</code>") } else { ("", "") };
    let mut out = String::with_capacity(LINK);
    out.push_str(before);
    for part in parts.try_iter()? {
        form.link(&part, &mut out)?;
    }
    out.push_str(after);
    Ok(Value::from_safe_string(out))
}

#[cfg(test)]
mod tests {
    use minijinja::HtmlEscape;

    use super::*;

    #[test]
    fn pairs_of_backticks_are_code_and_the_rest_is_text() {
        for (text, html, markdown) in [
            ("", "", ""),
            ("plain", "plain", "plain"),
            ("the field `a`.", "the field <code>a</code>.", "the field `a`\\."),
            ("`a``b`", "<code>a</code><code>b</code>", "`a``b`"),
            ("a ` alone", "a ` alone", "a \\` alone"),
            ("`a` and ` alone", "<code>a</code> and ` alone", "`a` and \\` alone"),
            ("``", "``", "\\`\\`"),
            ("``` fence", "``` fence", "\\`\\`\\` fence"),
            ("<b> `<i>`", "&lt;b&gt; <code>&lt;i&gt;</code>", "\\<b\\> `<i>`"),
        ] {
            for (form, expected) in [(Form::Html, html), (Form::Markdown, markdown)] {
                let mut out = String::new();
                form.inline(text, &mut out);
                assert_eq!(out, expected, "{text}");
            }
        }
    }

    #[test]
    fn html_is_escaped_as_templates_escape_it() {
        let text = "<a href=\"x\">'書' & /</a> ` = \u{0}";
        let mut out = String::new();
        html(text, &mut out);
        assert_eq!(out, HtmlEscape(text).to_string());
    }
}
