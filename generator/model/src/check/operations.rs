//! Operations: identity, bodies, outcomes, and that each shows an example.

use std::collections::BTreeMap;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{
    Api, Body, ExampleReply, Method, Operation, Paging, PathSegment, Payload, Place, Presence, Response, Type,
};
use crate::source::Span;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let mut identities: BTreeMap<(Method, String), Span> = BTreeMap::new();
    for operation in &api.operations {
        if let Some(first) = identities.insert((operation.method, identity(operation)), operation.at) {
            let message = format!("`{}` cannot be told apart from another operation", operation.id);
            let diagnostic =
                Diagnostic::error(Code::E0404, operation.at, message).secondary(first, "same method and path");
            let help = "two operations on one path differ in a list-valued path parameter or in a constant header";
            diagnostics.push(diagnostic.help(help));
        }
        body(operation, diagnostics);
        files(api, operation, diagnostics);
        payload(api, operation, diagnostics);
        headers(operation, diagnostics);
        split(api, operation, diagnostics);
        if !operation.examples.iter().any(|it| !matches!(it.reply, ExampleReply::Error { .. })) {
            let message = format!("`{}` has no example of success", operation.id);
            let help = "add one under `examples:`; documentation shows it and the tests run it";
            diagnostics.push(Diagnostic::error(Code::E0406, operation.at, message).help(help));
        }
    }
}

/// Method and path tell operations apart; a list-valued parameter and constant headers count as part of the path.
fn identity(operation: &Operation) -> String {
    let mut identity = String::new();
    for segment in &operation.segments {
        identity.push('/');
        match segment {
            PathSegment::Literal(text) => identity.push_str(text),
            PathSegment::Parameter(index) => match &operation.path_parameters[*index].type_ {
                Type::List(_) => identity.push_str("{,}"),
                Type::Scalar(_) | Type::Named(_) | Type::Map(_) | Type::Json | Type::File => identity.push_str("{}"),
            },
        }
    }
    for header in &operation.headers {
        if let Presence::Constant(value) = &header.presence {
            identity.push_str(&format!(" {}: {value}", header.wire));
        }
    }
    identity
}

/// The payload is read once, as what it is: an envelope's field of the same name would hold it a second time, untyped.
fn payload(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    let Response::Json { envelope: Some(envelope), at: Payload::Key(key), .. } = &operation.response else { return };
    if let Some(field) = api[*envelope].fields.iter().find(|it| it.wire == *key) {
        let message =
            format!("the payload of `{}` stands under `{key}`, which is a field of its envelope", operation.id);
        let diagnostic = Diagnostic::error(Code::E0302, operation.at, message).secondary(field.at, "this field");
        diagnostics.push(diagnostic.help("name an envelope without that field; others may extend it"));
    }
}

fn body(operation: &Operation, diagnostics: &mut Diagnostics) {
    let has_body = match operation.body {
        Body::None => false,
        Body::Json(_) | Body::Multipart(_) => true,
    };
    if has_body && operation.method == Method::Get {
        let message = format!("`{}` is a GET with a body", operation.id);
        diagnostics.push(Diagnostic::error(Code::E0405, operation.at, message).help("move the fields to `query:`"));
    }
}

/// What is sent in several calls is a list with a greatest number of items, and its replies can be put together.
fn split(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    let (Some(split), Some((_, field))) = (operation.split, operation.split_field()) else { return };
    let mergeable = match &operation.response {
        Response::Json { payload, .. } => matches!(api.underlying(payload), Type::List(_) | Type::Map(_)),
        Response::Empty { .. } | Response::Binary { .. } => false,
    };
    let problem = if !matches!(field.type_, Type::List(_)) {
        format!("`{}` is no list", field.name)
    } else if operation.batch().is_none() {
        format!("`{}` has no `max_items`", field.name)
    } else if !mergeable || !matches!(operation.paging, Paging::None) {
        "its reply is neither list nor map, or comes in pages".to_owned()
    } else {
        return;
    };
    let message = format!("`{}` cannot be split: {problem}", operation.id);
    let help = "name a list with the limit `max_items`, of an operation whose reply is a list or a map";
    diagnostics.push(Diagnostic::error(Code::E0409, split.at, message).help(help));
}

/// What HTTP allows in the name of a header.
fn headers(operation: &Operation, diagnostics: &mut Diagnostics) {
    for field in &operation.headers {
        let allowed = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
        if field.wire.is_empty() || !field.wire.chars().all(allowed) {
            let message = format!("`{}` is no header name", field.wire);
            let help = "header names are made of letters, digits and `-`";
            diagnostics.push(Diagnostic::error(Code::E0303, field.at, message).help(help));
        }
    }
}

/// Files travel in forms only, and must be there.
fn files(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    for (place, field) in operation.parameters() {
        let is_file = matches!(api.underlying(&field.type_), Type::File);
        if is_file && place != Place::Form {
            let message = format!("the file `{}` is not part of a form", field.name);
            diagnostics.push(Diagnostic::error(Code::E0405, field.at, message).help("put it under `form:`"));
        }
    }
}
