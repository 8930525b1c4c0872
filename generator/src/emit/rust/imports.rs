//! `use` lines: exactly the names that a piece of generated code mentions, so that none is unused and none is missing.

use std::collections::BTreeSet;

use super::docs::wrap;
use super::layout::WIDTH;
use super::lex::{self, Token, TokenKind};

/// Names that can be imported from one path.
pub(crate) struct Importable {
    path: String,
    names: Vec<String>,
    /// Whether the module offers them as its own.
    is_public: bool,
}

impl Importable {
    /// Names below a path, in the order in which a `use` line shall list them. `self` stands for the path's own name.
    pub(crate) fn new<S: Into<String>>(path: impl Into<String>, names: impl IntoIterator<Item = S>) -> Self {
        Self { path: path.into(), names: names.into_iter().map(Into::into).collect(), is_public: false }
    }

    /// The same names, found in the importing module by those who use it.
    pub(crate) fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    /// What code calls a name.
    fn called<'a>(&'a self, name: &'a str) -> &'a str {
        if name == "self" { self.path.rsplit("::").next().unwrap_or(&self.path) } else { name }
    }
}

/// The `use` lines for a piece of code that does not import anything yet, which is indented.
pub(crate) fn lines(code: &str, importable: &[Importable], indentation: usize) -> String {
    let outer = " ".repeat(indentation);
    let (used, defined) = identifiers(code);
    let mut lines = String::new();
    for from in importable {
        let names: Vec<_> = from.names.iter().map(String::as_str).collect();
        let names: Vec<_> =
            names.into_iter().filter(|it| used.contains(from.called(it)) && !defined.contains(*it)).collect();
        let path = if from.is_public { format!("pub use {}", from.path) } else { format!("use {}", from.path) };
        let line = match names.as_slice() {
            [] => continue,
            ["self"] => format!("{path};"),
            [name] => format!("{path}::{name};"),
            names => {
                let names = names.join(", ");
                let line = format!("{path}::{{{names}}};");
                if indentation + line.len() <= WIDTH {
                    line
                } else {
                    let inner = format!("\n{outer}    ");
                    let names = wrap(&format!("{names},"), WIDTH - indentation - 4).replace('\n', &inner);
                    format!("{path}::{{{inner}{names}\n{outer}}};")
                }
            }
        };
        lines.extend([&outer, &line, "\n"]);
    }
    lines
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A word after which a type is defined.
    Definition,
    /// What makes a name that of a function, of a field, or the tail of a path.
    Tail,
    Colon,
    Else,
}

/// The names that code mentions by themselves or at the start of a path, and those that it defines as types. Fields, the
/// tails of paths, macros and the names of functions need no import.
fn identifiers(code: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let (mut used, mut defined) = (BTreeSet::new(), BTreeSet::new());
    // Documentation is most of a client, and a string never spans lines.
    let lines = code.lines().filter(|it| !it.trim_start().starts_with("//"));
    let mut tokens = lines.flat_map(lex::tokens).peekable();
    let mut before = Before::Else;
    while let Some(Token { kind, text, .. }) = tokens.next() {
        before = match (kind, before) {
            (TokenKind::Ident | TokenKind::RawIdent, _) => {
                let is_macro = matches!(tokens.peek(), Some(Token { kind: TokenKind::Bang, .. }));
                match before {
                    Before::Definition => {
                        defined.insert(text);
                    }
                    Before::Tail => {}
                    Before::Colon | Before::Else if is_macro => {}
                    Before::Colon | Before::Else => {
                        used.insert(text);
                    }
                }
                match text {
                    "struct" | "enum" | "type" | "trait" => Before::Definition,
                    "fn" => Before::Tail,
                    _ => Before::Else,
                }
            }
            (TokenKind::Colon, Before::Colon) | (TokenKind::Dot, _) => Before::Tail,
            (TokenKind::Colon, _) => Before::Colon,
            _ => Before::Else,
        };
    }
    (used, defined)
}
