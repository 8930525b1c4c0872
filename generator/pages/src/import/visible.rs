//! Text of pages without what cannot be seen, which specs refuse.

use crate::facts::{Claim, ErrorRow};

/// A text on one line, without control characters, marks of direction and the like.
pub(super) fn visible(text: &str) -> String {
    let is_mark = |it: char| matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let text: String = text.chars().filter(|it| !is_mark(*it) && (it.is_whitespace() || !it.is_control())).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A claim with its texts made visible.
pub(super) fn visible_claim(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    match &mut claim {
        Claim::Field(name) | Claim::Type(name, _) | Claim::Required(name, _) | Claim::Shown(name, _) => {
            name.path = visible(&name.path);
        }
        Claim::Default(name, text) | Claim::Value(name, text) => {
            name.path = visible(&name.path);
            *text = visible(text);
        }
        Claim::Limit(name, _) => {
            if let Some(name) = name {
                name.path = visible(&name.path);
            }
        }
        Claim::Error(ErrorRow { status: _, code, message }) => {
            *code = visible(code);
            *message = visible(message);
        }
    }
    claim
}
