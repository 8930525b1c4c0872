//! Prose and links as pages show them, in HTML and in Markdown: what templates escape with, and their filters.
//!
//! The spec writes plain text with `code` in backticks. Exactly that becomes markup; everything else is escaped.

use std::fmt;

use askama::filters::Escaper;

use super::markdown;
use super::text::Link;

/// Escapes what a template prints in HTML.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Html;

impl Escaper for Html {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, text: &str) -> fmt::Result {
        Form::Html.write(text, dest)
    }
}

/// Escapes what a template prints in Markdown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Markdown;

impl Escaper for Markdown {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, text: &str) -> fmt::Result {
        Form::Markdown.write(text, dest)
    }
}

/// The filters of templates in one form.
macro_rules! filters {
    ($form:expr) => {
        use askama::filters::Safe;
        use askama::{Result, Values, filter_fn};

        use super::{Form, Link};

        /// A text in a line.
        #[filter_fn]
        pub(crate) fn inline(text: &str, _: &dyn Values) -> Result<Safe<String>> {
            let mut out = String::with_capacity(text.len() + text.len() / 4);
            $form.inline(text, &mut out);
            Ok(Safe(out))
        }

        /// Paragraphs.
        #[filter_fn]
        pub(crate) fn prose(paragraphs: &[String], _: &dyn Values) -> Result<Safe<String>> {
            Ok(Safe($form.prose(paragraphs)))
        }

        #[filter_fn]
        pub(crate) fn link(link: &Link, _: &dyn Values) -> Result<Safe<String>> {
            Ok(Safe($form.links(std::slice::from_ref(link), "")))
        }

        /// Links with something between them.
        #[filter_fn]
        pub(crate) fn links(links: &[Link], _: &dyn Values, between: &str) -> Result<Safe<String>> {
            Ok(Safe($form.links(links, between)))
        }

        /// A type, with links to the named types in it.
        #[filter_fn]
        pub(crate) fn types(parts: &[Link], _: &dyn Values) -> Result<Safe<String>> {
            Ok(Safe($form.types(parts)))
        }
    };
}

#[expect(unreachable_pub, reason = "`filter_fn` makes methods of them")]
pub(super) mod html_filters {
    filters!(Form::Html);
}

#[expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "`filter_fn` makes methods of them"
)]
pub(super) mod markdown_filters {
    use super::markdown;
    use crate::emit::site::highlight::Code;

    filters!(Form::Markdown);

    /// Code in a line.
    #[filter_fn]
    pub(crate) fn code(text: impl AsRef<str>, _: &dyn Values) -> Result<Safe<String>> {
        Ok(Safe(markdown::code(text.as_ref())))
    }

    /// Code with its language, as a block.
    #[filter_fn]
    pub(crate) fn fence(code: &Code, _: &dyn Values) -> Result<Safe<String>> {
        Ok(Safe(markdown::fence(code.language, &code.text)))
    }
}

/// About as many bytes as a link takes.
const LINK: usize = 96;

/// What a page is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Markdown,
}

impl Form {
    /// Writes a text in which nothing means anything.
    fn write(self, text: &str, mut dest: impl fmt::Write) -> fmt::Result {
        if self.is_plain(text) {
            return dest.write_str(text);
        }
        let mut escaped = String::with_capacity(text.len() + text.len() / 4);
        self.text(text, &mut escaped);
        dest.write_str(&escaped)
    }

    /// Whether nothing in a text means anything.
    fn is_plain(self, text: &str) -> bool {
        match self {
            Self::Html => !text.bytes().any(is_markup),
            Self::Markdown => !text.bytes().any(markdown::may_mean_something),
        }
    }

    /// Text in which nothing means anything.
    fn text(self, text: &str, out: &mut String) {
        match self {
            Self::Html => html(text, out),
            Self::Markdown => markdown::text_into(text, out),
        }
    }

    fn code(self, code: &str, out: &mut String) {
        match self {
            Self::Html => {
                out.push_str("<code>");
                html(code, out);
                out.push_str("</code>");
            }
            Self::Markdown => out.push_str(&markdown::code(code)),
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

    fn link(self, link: &Link, out: &mut String) {
        let Link { href, text } = link;
        match self {
            _ if href.is_empty() => self.text(text, out),
            Self::Html => {
                out.push_str("<a href=\"");
                html(href, out);
                out.push_str("\">");
                html(text, out);
                out.push_str("</a>");
            }
            Self::Markdown => {
                out.push('[');
                self.text(text, out);
                out.push_str("](");
                out.push_str(&markdown::twin(href));
                out.push(')');
            }
        }
    }

    fn links(self, links: &[Link], between: &str) -> String {
        let mut out = String::with_capacity(LINK * links.len());
        for (index, link) in links.iter().enumerate() {
            if index > 0 {
                self.text(between, &mut out);
            }
            self.link(link, &mut out);
        }
        out
    }

    fn types(self, parts: &[Link]) -> String {
        let (before, after) = if self == Self::Html { ("<code class=\"type\">", "</code>") } else { ("", "") };
        [before, &self.links(parts, ""), after].concat()
    }

    fn prose(self, paragraphs: &[String]) -> String {
        let (before, after) = if self == Self::Html { ("<p>", "</p>\n") } else { ("", "\n\n") };
        let mut out = String::new();
        for text in paragraphs {
            out.push_str(before);
            self.inline(text, &mut out);
            out.push_str(after);
        }
        out
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

#[cfg(test)]
mod tests {
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
    fn nothing_in_a_text_is_markup() {
        let mut out = String::new();
        html("<a href=\"x\">'書' & /</a> ` = \u{0}", &mut out);
        assert_eq!(out, "&lt;a href=&quot;x&quot;&gt;&#x27;書&#x27; &amp; &#x2f;&lt;&#x2f;a&gt; ` = \u{0}");
    }
}
