//! Code in pieces with the class of each, so that pages show it in colours without a script.
//!
//! Rust is read by the lexer of the compiler. Commands and JSON are our own output, whose few forms
//! a scan of a screen tells apart; grammars for them would cost more to compile than the rest of the generator.

use super::shown;
use crate::emit::rust::lex::{self, Token, TokenKind};

/// Code of a language.
#[derive(Debug, Clone)]
pub(super) struct Code {
    /// `rust`, `bash`, `json` or `text`.
    pub(super) language: &'static str,
    pub(super) text: String,
    /// The text with an element around each piece, for there are too many for a template to put together.
    pub(super) html: String,
}

/// Text of one class; the class of ordinary text is empty.
struct Piece<'t> {
    class: &'static str,
    text: &'t str,
}

const KEYWORD: &str = "k";
const STRING: &str = "s";
const NUMBER: &str = "n";
const PROPERTY: &str = "p";
const FUNCTION: &str = "f";
const TYPE: &str = "t";
const COMMENT: &str = "c";
const VARIABLE: &str = "v";

/// The keywords of Rust that stand in examples.
const KEYWORDS: [&str; 14] =
    ["as", "async", "await", "const", "fn", "for", "if", "impl", "in", "let", "move", "mut", "pub", "while"];

/// Rust source.
pub(super) fn rust(text: String) -> Code {
    let mut scan = Scan::new(&text);
    let tokens: Vec<_> = lex::tokens(&text).collect();
    for (index, Token { kind, text: token, at }) in tokens.iter().enumerate() {
        let class = match kind {
            TokenKind::Literal { .. } if token.starts_with(|it: char| it.is_ascii_digit()) => NUMBER,
            TokenKind::Literal { .. } => STRING,
            TokenKind::Ident => {
                let is_called = matches!(tokens.get(index + 1), Some(Token { kind: TokenKind::OpenParen, .. }));
                match *token {
                    "true" | "false" => NUMBER,
                    "Self" | "self" => KEYWORD,
                    it if KEYWORDS.contains(&it) => KEYWORD,
                    it if it.starts_with(|it: char| it.is_ascii_uppercase()) => TYPE,
                    _ if is_called => FUNCTION,
                    _ => "",
                }
            }
            _ => "",
        };
        scan.gap(*at);
        scan.push(*at + token.len(), class);
    }
    scan.gap(text.len());
    let html = scan.html();
    Code { language: "rust", text, html }
}

/// A command of the shell.
pub(super) fn bash(text: String) -> Code {
    let mut scan = Scan::new(&text);
    let mut is_first = true;
    while let Some(next) = scan.rest().chars().next() {
        let rest = scan.rest();
        match next {
            ' ' => scan.take(1, ""),
            '\n' => {
                is_first = true;
                scan.take(1, "");
            }
            '\\' => scan.take(1 + rest[1..].chars().next().map_or(0, char::len_utf8), ""),
            '#' => scan.take(rest.find('\n').unwrap_or(rest.len()), COMMENT),
            '\'' => {
                let length = rest[1..].find('\'').map_or(rest.len(), |it| it + 2);
                // A body is JSON; one with a quote in it is put together from several words.
                if rest.starts_with("'{") && rest[..length].ends_with("}'") {
                    scan.take(1, STRING);
                    let end = scan.at + length - 2;
                    json_until(&mut scan, end);
                    scan.take(1, STRING);
                } else {
                    scan.take(length, STRING);
                }
            }
            '"' => {
                let length = rest[1..].find('"').map_or(rest.len(), |it| it + 2);
                let variable = rest[..length].find('$').unwrap_or(length - 1);
                scan.take(variable, STRING);
                scan.take(length - 1 - variable, VARIABLE);
                scan.take(1, STRING);
            }
            _ => {
                let length = rest.find([' ', '\n', '\'', '"']).unwrap_or(rest.len());
                let class = match next {
                    '-' => KEYWORD,
                    _ if is_first => FUNCTION,
                    _ => "",
                };
                is_first = false;
                scan.take(length, class);
            }
        }
    }
    let html = scan.html();
    Code { language: "bash", text, html }
}

/// JSON, or several values of it.
pub(super) fn json(text: String) -> Code {
    let mut scan = Scan::new(&text);
    json_until(&mut scan, text.len());
    let html = scan.html();
    Code { language: "json", text, html }
}

/// Text that is no code.
pub(super) fn plain(text: String) -> Code {
    let html = Scan::new(&text).html();
    Code { language: "text", text, html }
}

fn json_until(scan: &mut Scan<'_>, end: usize) {
    while scan.at < end {
        let rest = &scan.text[scan.at..end];
        let next = rest.chars().next().unwrap_or(' ');
        match next {
            '"' => {
                let length = string_length(rest);
                let is_key = rest[length..].trim_start().starts_with(':');
                scan.take(length, if is_key { PROPERTY } else { STRING });
            }
            it if it.is_ascii_alphanumeric() || it == '-' => {
                let is_part = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
                let length = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
                scan.take(length, NUMBER);
            }
            _ => {
                let after = &rest[next.len_utf8()..];
                let length = after.find(|it: char| it == '"' || it == '-' || it.is_ascii_alphanumeric());
                let length = length.map_or(rest.len(), |it| it + next.len_utf8());
                scan.take(length, "");
            }
        }
    }
}

/// Length of a JSON string with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return index + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// A text that is cut into pieces from its beginning on.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    pieces: Vec<Piece<'t>>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, pieces: Vec::new() }
    }

    /// All pieces, and what was not reached as ordinary text. Everything is escaped here.
    fn html(mut self) -> String {
        self.push(self.text.len(), "");
        let mut html = String::with_capacity(self.text.len() * 2);
        for Piece { class, text } in &self.pieces {
            if class.is_empty() {
                shown::html(text, &mut html);
            } else {
                html.extend(["<span class=\"", class, "\">"]);
                shown::html(text, &mut html);
                html.push_str("</span>");
            }
        }
        html
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, length: usize, class: &'static str) {
        self.push(self.at + length, class);
    }

    /// What stands between tokens: blanks, and perhaps a comment.
    fn gap(&mut self, end: usize) {
        let gap = &self.text[self.at..end];
        match gap.find("//") {
            Some(comment) => {
                let length = gap[comment..].find('\n').unwrap_or(gap.len() - comment);
                self.take(comment, "");
                self.take(length, COMMENT);
                self.push(end, "");
            }
            None => self.push(end, ""),
        }
    }

    fn push(&mut self, end: usize, class: &'static str) {
        let text = &self.text[self.at..end];
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.class == class || text.trim().is_empty() => {
                last.text = &self.text[self.at - last.text.len()..end];
            }
            Some(_) | None => self.pieces.push(Piece { class, text }),
        }
        self.at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces with their classes, as in `k‹let›`.
    fn shown(code: &Code) -> String {
        let mut html = code.html.clone();
        for (escaped, plain) in [
            ("<span class=\"", ""),
            ("\">", "‹"),
            ("</span>", "›"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#x27;", "'"),
            ("&#x2f;", "/"),
            ("&amp;", "&"),
        ] {
            html = html.replace(escaped, plain);
        }
        html
    }

    #[test]
    fn pieces_have_the_classes_of_their_tokens() {
        for (code, expected) in [
            (
                rust("let a = b.c(\"x\", 1).await?; // why".into()),
                "k‹let ›a = b.f‹c›(s‹\"x\"›, n‹1›).k‹await›?; c‹// why›",
            ),
            (rust("fn a(&self) -> Vec<T>".into()), "k‹fn ›f‹a›(&k‹self›) -> t‹Vec›<t‹T›>"),
            (rust("\"unfinished".into()), "s‹\"unfinished›"),
            (
                json("{\"a\": [1, -2.5e+3, \"b\\\"\", null]}".into()),
                "{p‹\"a\"›: [n‹1›, n‹-2.5e+3›, s‹\"b\\\"\"›, n‹null›]}",
            ),
            (plain("<b>&\"'</b>".into()), "<b>&\"'</b>"),
            (json("書 \"未".into()), "書 s‹\"未›"),
            (
                bash("curl -X PUT 'a' \\\n  -H \"B: $TOKEN\" --data-raw '{\"a\": 1}'".into()),
                "f‹curl ›k‹-X ›PUT s‹'a' ›\\\n  k‹-H ›s‹\"B: ›v‹$TOKEN›s‹\" ›k‹--data-raw ›s‹'›{p‹\"a\"›: n‹1›}s‹'›",
            ),
            (bash("a b\nc \\\nd".into()), "f‹a ›b\nf‹c ›\\\nd"),
            (bash("curl 'it'\\''s' '未".into()), "f‹curl ›s‹'it'›\\'s‹'s' '未›"),
        ] {
            assert_eq!(shown(&code), expected);
        }
    }
}
