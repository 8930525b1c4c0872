//! Tokens of Rust code by the lexer of the compiler, for those who need no more than words and marks.

pub(crate) use ra_ap_rustc_lexer::TokenKind;
use ra_ap_rustc_lexer::{FrontmatterAllowed, tokenize};

/// A token.
pub(crate) struct Token<'c> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'c str,
    /// Where its text begins, in bytes.
    pub(crate) at: usize,
}

/// The tokens of code, without blanks and comments. What is no Rust are tokens as well.
pub(crate) fn tokens(code: &str) -> impl Iterator<Item = Token<'_>> {
    let mut end = 0;
    let tokens = tokenize(code, FrontmatterAllowed::No).map(move |token| {
        let at = end;
        end += token.len as usize;
        Token { kind: token.kind, text: &code[at..end], at }
    });
    let is_blank = |it: TokenKind| {
        matches!(it, TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. })
    };
    tokens.filter(move |it| !is_blank(it.kind))
}
