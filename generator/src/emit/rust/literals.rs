//! Rust literals, built as tokens so that no string of the spec can end one early.

use apigen_model::ir::Place;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// A string literal.
pub(crate) fn string(text: &str) -> String {
    Literal::string(text).to_string()
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
