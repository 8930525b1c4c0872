//! Rust literals, built as tokens so that no string of the spec can end one early.

use apigen_model::ir::Place;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// A string literal.
pub(crate) fn string(text: &str) -> String {
    Literal::string(text).to_string()
}

/// A string literal for text such as JSON: raw where quotes and backslashes are all that would be escaped.
pub(crate) fn raw_string(text: &str) -> String {
    let is_marked = |it: u8| it == b'"' || it == b'\\';
    if !text.bytes().any(is_marked) {
        return string(text);
    }
    // Most texts are ASCII, of which little else is escaped.
    let is_printable = text.bytes().all(|it| (b' '..0x7f).contains(&it)) || {
        let others = text.replace(['"', '\\'], "");
        string(&others).len() == others.len() + 2
    };
    if !is_printable {
        return string(text);
    }
    // The compiler takes no more than these.
    let mut guards = (0..=255).map(|it| "#".repeat(it));
    let guard = guards.find(|it| !text.contains(&format!("\"{it}")));
    guard.map_or_else(|| string(text), |it| format!("r{it}\"{text}\"{it}"))
}

/// The variant of a place in requests.
pub(crate) fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "Path",
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Body => "Body",
        Place::Form => "Form",
    }
}

/// A whole number, with separators where a reader wants them.
pub(crate) fn integer(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    if digits.len() < 5 {
        return number.to_string();
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

/// A number with a fraction.
pub(crate) fn number(number: f64) -> String {
    Literal::f64_unsuffixed(number).to_string()
}

/// An expression of type `serde_json::Value`-like scalars: the text that a condition compares with.
pub(crate) fn scalar(value: &Value) -> TokenStream {
    match value {
        Value::String(text) => quote!(#text),
        Value::Bool(flag) => quote!(#flag),
        Value::Number(number) => {
            let text = number.to_string();
            text.parse().unwrap_or_else(|_| quote!(#text))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            quote!(#text)
        }
    }
}

/// A TOML basic string; JSON's escapes are a subset of TOML's, but for the slash that JSON never needs to escape.
pub(crate) fn toml(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::raw_string;

    #[test]
    fn strings_are_raw_where_that_reads_better_and_stand_for_the_same_text() {
        let guards = "#".repeat(300);
        for (text, literal) in [
            ("mira's", r#""mira's""#),
            (r#"{"a":"b"}"#, r##"r#"{"a":"b"}"#"##),
            (r#"{"a":"b\nc"}"#, r##"r#"{"a":"b\nc"}"#"##),
            (r"\d", r#"r"\d""#),
            (r##"a"#b"##, r###"r##"a"#b"##"###),
            (r###"a"##b"#c"###, r####"r###"a"##b"#c"###"####),
            ("a\"", "r#\"a\"\"#"),
            (r#"{"a":"书"}"#, r##"r#"{"a":"书"}"#"##),
            ("\"a\r\"", r#""\"a\r\"""#),
            ("\"a\nb\tc\"", r#""\"a\nb\tc\"""#),
            ("\"\u{202e}\u{200b}\u{ad}\"", r#""\"\u{202e}\u{200b}\u{ad}\"""#),
            (&format!("\"{guards}"), &format!("\"\\\"{guards}\"")),
        ] {
            assert_eq!(raw_string(text), literal);
            let parsed: syn::LitStr = syn::parse_str(literal).expect("it is a literal");
            assert_eq!(parsed.value(), text);
        }
    }
}
