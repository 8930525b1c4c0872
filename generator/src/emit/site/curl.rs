//! Examples as curl commands that survive being pasted into a shell.

use apigen_model::ir::{Api, Body, Example, ExampleFile, Field, Operation, PathSegment, Response, Type};
use serde_json::Value;

use crate::facts::{self, percent_encoded};

/// The request of an example as a command over several lines. The token is taken from the variable `TOKEN`.
pub(super) fn command(api: &Api, operation: &Operation, example: &Example) -> String {
    let mut parts = vec![format!("curl -X {} {}", operation.method.as_str(), quoted(&url(api, operation, example)))];
    if operation.authenticated {
        parts.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    for (name, value) in facts::values(&operation.headers, &example.request.headers) {
        parts.push(format!("-H {}", quoted(&format!("{name}: {}", text(&value)))));
    }
    match &operation.body {
        Body::None => {}
        Body::Json(_) => {
            let body = Value::Object(facts::body(operation, &example.request));
            parts.push("-H 'Content-Type: application/json'".to_owned());
            parts.push(format!("--data-raw {}", quoted(&format!("{body:#}"))));
        }
        Body::Multipart(fields) => {
            parts.extend(example.request.form.iter().map(|(index, file)| part(&fields[*index], file)));
        }
    }
    match &operation.response {
        Response::Json { .. } | Response::Empty { .. } => parts.push("-H 'Accept: application/json'".to_owned()),
        Response::Binary { .. } => parts.push("-o reply".to_owned()),
    }
    parts.join(" \\\n  ")
}

/// A part of a form: a file by its name, or a text as it stands.
fn part(field: &Field, file: &ExampleFile) -> String {
    match &field.type_ {
        Type::File => format!("-F {}", quoted(&format!("{}=@{}", field.wire, file_name(&file.name)))),
        Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json => {
            format!("--form-string {}", quoted(&format!("{}={}", field.wire, file.content)))
        }
    }
}

fn url(api: &Api, operation: &Operation, example: &Example) -> String {
    let mut url = api.server.url.trim_end_matches('/').to_owned();
    let server_path = api.server.path();
    for parameter in &api.server.parameters {
        let braces = format!("{{{}}}", parameter.name);
        let is_in_path = server_path.contains(&braces);
        let value = if is_in_path { percent_encoded(&parameter.example) } else { parameter.example.clone() };
        url = url.replace(&braces, &value);
    }
    let given = facts::values(&operation.path_parameters, &example.request.path);
    for segment in &operation.segments {
        url.push('/');
        match segment {
            PathSegment::Literal(literal) => url.push_str(literal),
            PathSegment::Parameter(index) => {
                let value = given.get(&operation.path_parameters[*index].wire).map(text).unwrap_or_default();
                url.push_str(&percent_encoded(&value));
            }
        }
    }
    let query = facts::values(&operation.query, &example.request.query);
    let pairs: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(&text(value))))
        .collect();
    if pairs.is_empty() { url } else { format!("{url}?{}", pairs.join("&")) }
}

/// A value as it stands in a path, a query or a header; lists are joined with commas.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// A word of the shell: nothing is special between single quotes but the single quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A file name as curl's `-F` reads it, where commas and semicolons end a name that is not in quotes.
fn file_name(name: &str) -> String {
    let is_plain = name.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it));
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_shell_hold_any_text() {
        for (text, word) in [
            ("plain", "'plain'"),
            ("it's", r"'it'\''s'"),
            ("$(id) `id` \"$HOME\" \\ !", "'$(id) `id` \"$HOME\" \\ !'"),
            ("two\nlines", "'two\nlines'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }

    #[test]
    fn values_of_urls_are_encoded_whole() {
        assert_eq!(percent_encoded("a/b?c#d é{[e]}.~-_"), "a%2Fb%3Fc%23d%20%C3%A9%7B%5Be%5D%7D.~-_");
        assert_eq!(percent_encoded(&text(&serde_json::json!(["a", "b,c", 1]))), "a%2Cb%2Cc%2C1");
    }

    #[test]
    fn file_names_are_quoted_where_curl_would_split_them() {
        assert_eq!(file_name("minutes.txt"), "minutes.txt");
        assert_eq!(file_name("a;b,\"c\\.txt"), r#""a;b,\"c\\.txt""#);
    }
}
