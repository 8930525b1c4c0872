//! One operation: the method of the handle, the request builder, the descriptor, the payload and the documented errors.

use apigen_model::ir::{
    Api, Body, Effect, Field, Items, Operation, Paging, PathSegment, Place, Presence, Quota, Resource, Response, Type,
    TypeId,
};
use askama::Template;
use serde_json::Value;

use super::errors::{self, VariantView};
use super::types::{self, Usage};
use super::{rates, shared, text};
use crate::emit::rust::{calls, docs, literals, names, types as rust_types};
use crate::emit::templates::rendered;
use crate::prose;
use crate::words::ENGLISH;
use apigen_model::flat;

#[derive(Template)]
#[template(path = "client/src/_operation.rs.jinja")]
struct OperationView {
    handle: String,
    method: String,
    method_docs: String,
    arguments: String,
    builder: String,
    builder_docs: String,
    call: String,
    setters: Vec<SetterView>,
    request: String,
    constant: String,
    descriptor: DescriptorView,
    payload: String,
    error: String,
    errors: Vec<VariantView>,
}

struct SetterView {
    docs: String,
    name: String,
    argument: String,
    put: String,
}

/// The table of the operation: what differs from the usual, line by line.
struct DescriptorView {
    http: &'static str,
    path: String,
    lines: Vec<String>,
}

/// Renders an operation.
pub(super) fn render_operation(api: &Api, resource: &Resource, operation: &Operation, usage: &Usage) -> String {
    let builder = names::type_(&operation.name);
    let payload = payload_in_place(api, operation).map(|id| types::render_type(api, &api[id], usage));
    let view = OperationView {
        handle: names::type_(&resource.name),
        method: names::value(&operation.name),
        method_docs: method_docs(api, operation),
        arguments: calls::arguments(api, operation).into_iter().flat_map(|it| [", ".to_owned(), it]).collect(),
        builder_docs: types::prose(&format!("{} Await it to send it.", operation.summary)),
        call: call(api, operation),
        setters: operation
            .parameters()
            .filter(|(_, it)| is_optional(it))
            .map(|(place, it)| setter(api, place, it))
            .collect(),
        request: request(api, operation, &builder),
        constant: names::constant(&operation.name),
        descriptor: descriptor(api, resource, operation),
        payload: payload.unwrap_or_default(),
        error: names::error_enum(operation),
        errors: errors::variants(api, &operation.errors, "errors::"),
        builder,
    };
    rendered(&view)
}

/// The type of the payload, when only this operation mentions it.
pub(super) fn payload_in_place(api: &Api, operation: &Operation) -> Option<TypeId> {
    let own = |it: &Operation| match &it.response {
        Response::Json { payload: Type::Named(id), .. } => Some(*id),
        Response::Json { .. } | Response::Empty { .. } | Response::Binary { .. } => None,
    };
    let id = own(operation)?;
    let owned = api[id].resource == Some(operation.resource);
    let mentions = api.operations.iter().filter(|it| own(it) == Some(id)).count();
    (owned && mentions == 1).then_some(id)
}

/// What the operation does, what to know, what it may answer, where the facts are from, and how it is called.
fn method_docs(api: &Api, operation: &Operation) -> String {
    let mut text = docs::markdown(&format!("{}\n\n{}", operation.summary, operation.description));
    let endpoint = format!("`{} {}`", operation.method.as_str(), operation.path);
    let page = &api[operation.source.page];
    let section = if operation.source.section.is_empty() {
        String::new()
    } else {
        format!(", section {}", docs::line(&operation.source.section))
    };
    text.push_str(&format!(
        "\n\n{endpoint}. Source: {} ({}){section}.",
        docs::line(&page.title),
        docs::line(&page.revision)
    ));
    text.push_str(&standing(operation));
    match operation.paging {
        Paging::None => {}
        Paging::PageNumber { .. } | Paging::Cursor { .. } => {
            let builder = names::type_(&operation.name);
            text.push_str(&format!("\n\nAwaiting it reads one page; [`{builder}::stream`] gives the items of all pages, [`{builder}::pages`] the pages."));
        }
    }
    if let (Some((_, field)), Some(most)) = (operation.split_field(), operation.batch()) {
        let builder = names::type_(&operation.name);
        text.push_str(&format!(
            "\n\nAwaiting it sends one call. [`{builder}::in_batches`] sends as many as a longer `{}` needs, {most} items \
             each, and tells what became of each item.",
            field.wire
        ));
    }
    if let Some(follow_up) = &operation.follow_up {
        let builder = names::type_(&operation.name);
        let what = docs::line(&follow_up.description);
        text.push_str(&format!(
            "\n\nAwaiting it gives the addresses of files; [`{builder}::records`] reads the files. {what}"
        ));
    }
    let limits: Vec<_> = operation
        .limits
        .iter()
        .map(|it| format!("- `{}`: {}", prose::bounded(&ENGLISH, it), docs::line(&prose::limit(&ENGLISH, it))))
        .collect();
    if !limits.is_empty() {
        text.push_str(&format!("\n\n# Limits\n\n{}", limits.join("\n")));
    }
    let rates = operation.rate_limits.iter().map(|id| format!("- {}", docs::line(&prose::rate(&ENGLISH, &api[*id]))));
    let rates: Vec<_> = rates.collect();
    if !rates.is_empty() {
        text.push_str(&format!("\n\n# Rate limits\n\n{}", rates.join("\n")));
    }
    let notes: Vec<_> = api
        .discrepancies_of(operation)
        .map(|it| format!("- {} {}", docs::line(&it.title), docs::line(&it.decision)))
        .collect();
    if !notes.is_empty() {
        text.push_str(&format!("\n\n# Where the vendor's pages disagree\n\n{}", notes.join("\n")));
    }
    text.push_str(&format!(
        "\n\n# Errors\n\nWhat the service is documented to answer: [`{}`].",
        names::error_enum(operation)
    ));
    if let Some(example) = operation.examples.first() {
        text.push_str(&format!("\n\n# Example\n\n{}", calls::doctest(api, operation, example)));
    }
    docs::outer(&text)
}

/// Since when the operation exists, what replaces it, and what the service allows besides the limits of parameters.
fn standing(operation: &Operation) -> String {
    let mut text = String::new();
    if !operation.since.is_empty() {
        text.push_str(&format!(" Exists since {}.", docs::line(&operation.since)));
    }
    if let Some(instead) = &operation.deprecated {
        text.push_str(&format!("\n\n**Deprecated.** {}", docs::line(instead)));
    }
    let quota = |it: &Quota| format!("- {} {}: {}", it.amount, docs::line(&it.unit), docs::line(&it.description));
    let quotas: Vec<_> = operation.quotas.iter().map(quota).collect();
    if !quotas.is_empty() {
        text.push_str(&format!("\n\n# Quotas\n\n{}", quotas.join("\n")));
    }
    text
}

fn is_optional(field: &Field) -> bool {
    match field.presence {
        Presence::Optional | Presence::RequiredWhen(_) => true,
        Presence::Required | Presence::Constant(_) => false,
    }
}

/// The chain that puts constants and required values into the call.
fn call(api: &Api, operation: &Operation) -> String {
    let mut chain = String::new();
    for (place, field) in operation.parameters() {
        match &field.presence {
            Presence::Required => chain.push_str(&put(api, place, field)),
            Presence::Constant(value) => chain.push_str(&put_constant(place, field, value)),
            Presence::Optional | Presence::RequiredWhen(_) => {}
        }
    }
    chain
}

fn put(api: &Api, place: Place, field: &Field) -> String {
    let name = names::value(&field.name);
    if api.tag_beside(&field.type_).is_some() {
        let union_ = rust_types::owned(api, &field.type_);
        return format!(".union({}, Into::<{union_}>::into({name}))", literals::string(&field.wire));
    }
    let value = match (&field.type_, field.secret, types::codec(field)) {
        (_, true, _) | (Type::File, false, _) => format!("{name}.into()"),
        (_, false, Some(codec)) => {
            let into = if field.forever.is_some() { ".into()" } else { "" };
            format!("encode::{codec}({name}{into})")
        }
        (type_, false, None) => rust_types::sent(api, type_, &name),
    };
    let method = match (place, &field.type_, field.secret) {
        (Place::Body, _, true) => "secret",
        (Place::Path, _, _) => "path",
        (Place::Query, _, _) => "query",
        (Place::Header, _, _) => "header",
        (Place::Body, _, false) => "field",
        (Place::Form, Type::File, _) => "file",
        (Place::Form, _, _) => "part",
    };
    format!(".{method}({}, {value})", literals::string(&field.wire))
}

fn put_constant(place: Place, field: &Field, value: &Value) -> String {
    let method = match place {
        Place::Path => "path",
        Place::Query => "query",
        // Constant headers stand in the descriptor.
        Place::Header => return String::new(),
        Place::Body => "field",
        Place::Form => "part",
    };
    format!(".{method}({}, {})", literals::string(&field.wire), literals::scalar(value))
}

fn setter(api: &Api, place: Place, field: &Field) -> SetterView {
    let mut text = field.description.clone();
    if !field.default.is_null() {
        text.push_str(&format!(" The service assumes `{}` when it is left out.", self::text(&field.default)));
    }
    if let Some(instead) = &field.deprecated {
        text.push_str(&format!("\n\nDeprecated. {instead}"));
    }
    SetterView {
        docs: types::prose(&text),
        name: names::value(&field.name),
        argument: rust_types::argument_of(api, field),
        put: put(api, place, field),
    }
}

/// The line that makes a struct with a call into a request.
fn request(api: &Api, operation: &Operation, builder: &str) -> String {
    let (envelope, payload) = match &operation.response {
        Response::Json { envelope, payload, .. } => (envelope, rust_types::owned(api, payload)),
        Response::Empty { envelope } => (envelope, "()".to_owned()),
        Response::Binary { .. } => return format!("apigen_runtime::download!({builder});"),
    };
    let envelope = envelope.map_or_else(String::new, |id| format!(", {}", shared::envelope_name(&api[id])));
    let items = |items: &Items| {
        let field = items.field.as_ref().map_or_else(String::new, |it| format!("{}: ", names::value(it)));
        format!(
            "apigen_runtime::paged!({builder} -> {payload}{envelope}; {field}{});",
            rust_types::owned(api, &items.type_)
        )
    };
    let records = operation.follow_up.as_ref().map_or_else(String::new, |it| {
        let record = rust_types::owned(api, &it.records);
        format!("\n\napigen_runtime::records!({builder} -> {record}; {});", literals::string(&it.url))
    });
    match &operation.paging {
        Paging::None => {
            let split = match operation.split {
                Some(_) => format!("\n\napigen_runtime::split!({builder} -> {payload}{envelope});"),
                None => String::new(),
            };
            format!("apigen_runtime::request!({builder} -> {payload}{envelope});{split}{records}")
        }
        Paging::PageNumber { items: it, .. } | Paging::Cursor { items: it, .. } => items(it),
    }
}

fn descriptor(api: &Api, resource: &Resource, operation: &Operation) -> DescriptorView {
    let mut lines = vec![format!("id: {}", literals::string(&operation.id))];
    let reserved: Vec<_> =
        reserved(api, operation).iter().map(|(name, words)| format!("({name}, &[{words}])")).collect();
    if !reserved.is_empty() {
        lines.push(format!("reserved: &[{}]", reserved.join(", ")));
    }
    let headers: Vec<_> = operation.headers.iter().filter_map(constant_header).collect();
    if !headers.is_empty() {
        lines.push(format!("headers: &[{}]", headers.join(", ")));
    }
    if !operation.authenticated {
        lines.push("auth: None".to_owned());
    }
    match operation.body {
        Body::None => {}
        Body::Json(_) => lines.push("body: Json".to_owned()),
        Body::Multipart(_) => lines.push("body: Multipart".to_owned()),
    }
    let key = payload_key(operation);
    if !key.is_empty() {
        lines.push(format!("payload: {}", literals::string(key)));
    }
    if let Response::Json { payload: Type::List(_), also: Some(_), .. } = &operation.response {
        lines.push("one_or_many: true".to_owned());
    }
    let outcomes: Vec<_> = operation.outcomes.iter().map(types::outcome).collect();
    if !outcomes.is_empty() {
        lines.push(format!("outcome: [{}]", outcomes.join(", ")));
    }
    let spellings = api.spellings(&operation.errors);
    let errors: Vec<_> = spellings.into_iter().map(|it| format!("errors::{}", errors::constant(api, it))).collect();
    if !errors.is_empty() {
        lines.push(format!("errors: [{}]", errors.join(", ")));
    }
    if operation.checkable_limits().next().is_some() {
        lines.push(format!("limits: {}", limits(api, resource, operation)));
    }
    if operation.rate_limits != api.server.rate_limits {
        let rates: Vec<_> =
            operation.rate_limits.iter().map(|id| format!("rates::{}", rates::constant(&api[*id]))).collect();
        lines.push(format!("rates: [{}]", rates.join(", ")));
    }
    if operation.effect != operation.method.effect() {
        lines.push(format!("effect: {}", effect(operation.effect)));
    }
    lines.extend(
        operation
            .split_field()
            .map(|(place, field)| format!("split: {} {}", literals::place(place), literals::string(&field.wire))),
    );
    lines.extend(paging(api, operation).map(|it| format!("paging: {it}")));
    DescriptorView { http: operation.method.as_str(), path: literals::string(&path(operation)), lines }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "Read",
        Effect::Idempotent => "Idempotent",
        Effect::Repeats => "Repeats",
    }
}

fn constant_header(field: &Field) -> Option<String> {
    match &field.presence {
        Presence::Constant(value) => {
            Some(format!("({}, {})", literals::string(&field.wire), literals::string(&text(value))))
        }
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    }
}

/// The key of the payload in the reply; empty when the reply is the payload.
fn payload_key(operation: &Operation) -> &str {
    match &operation.response {
        Response::Json { at, .. } => flat::payload_key(at),
        Response::Empty { .. } | Response::Binary { .. } => "",
    }
}

/// The table of limits, which stands in the validation crate.
fn limits(api: &Api, resource: &Resource, operation: &Operation) -> String {
    let krate = names::krate(&api.name);
    format!("{krate}_validation::{}::{}::LIMITS", names::module(&resource.name), names::module(&operation.name))
}

/// The path template of the runtime: a comma marks a list that is joined by commas.
fn path(operation: &Operation) -> String {
    let segment = |segment: &PathSegment| match segment {
        PathSegment::Literal(text) => format!("/{text}"),
        PathSegment::Parameter(index) => {
            let field = &operation.path_parameters[*index];
            let comma = if matches!(field.type_, Type::List(_)) { "," } else { "" };
            format!("/{{{}{comma}}}", field.wire)
        }
    };
    operation.segments.iter().map(segment).collect()
}

/// Values of path parameters that would make the request another operation, as (wire name, quoted values).
fn reserved(api: &Api, operation: &Operation) -> Vec<(String, String)> {
    let mut reserved = Vec::new();
    for (position, segment) in operation.segments.iter().enumerate() {
        let PathSegment::Parameter(index) = segment else { continue };
        let mut words: Vec<_> =
            api.operations.iter().filter_map(|other| colliding(operation, other, position)).collect();
        words.sort();
        words.dedup();
        if !words.is_empty() {
            reserved.push((literals::string(&operation.path_parameters[*index].wire), words.join(", ")));
        }
    }
    reserved
}

/// What `other` has where `operation` has a parameter, when all else could be the same request: a literal, or the comma
/// that makes a value a list.
fn colliding(operation: &Operation, other: &Operation, position: usize) -> Option<String> {
    if other.method != operation.method || other.segments.len() != operation.segments.len() {
        return None;
    }
    let word = match (&operation.segments[position], &other.segments[position]) {
        (PathSegment::Parameter(_), PathSegment::Literal(word)) => word.as_str(),
        (PathSegment::Parameter(own), PathSegment::Parameter(others)) => {
            let is_list = |field: &Field| matches!(field.type_, Type::List(_));
            let meets_list = !is_list(&operation.path_parameters[*own]) && is_list(&other.path_parameters[*others]);
            if meets_list { "," } else { return None }
        }
        (PathSegment::Literal(_), _) => return None,
    };
    let compatible = operation.segments.iter().zip(&other.segments).enumerate().all(|(index, pair)| match pair {
        (PathSegment::Literal(a), PathSegment::Literal(b)) => a == b,
        (PathSegment::Parameter(_), PathSegment::Literal(_)) => index == position,
        (_, PathSegment::Parameter(_)) => true,
    });
    compatible.then(|| literals::string(word))
}

fn paging(api: &Api, operation: &Operation) -> Option<String> {
    let items = |items: &Items| {
        let key = payload_key(operation);
        let field = items.field.as_deref().and_then(|name| wire_of(api, operation, name)).unwrap_or_default();
        let path: Vec<_> = [key, field.as_str()].into_iter().filter(|it| !it.is_empty()).collect();
        literals::string(&path.join("."))
    };
    match &operation.paging {
        Paging::None => None,
        Paging::PageNumber { parameter, size, first, default_size, max_size, items: it, total } => Some(format!(
            "PageNumber {{ parameter: {}, size: {}, first: {first}, default_size: {}, max_size: {}, items: {}, total: {} }}",
            literals::string(parameter),
            literals::string(size),
            literals::integer(*default_size),
            if *max_size == u64::MAX { "u64::MAX".to_owned() } else { literals::integer(*max_size) },
            items(it),
            literals::string(total),
        )),
        Paging::Cursor { parameter, size, next, items: it, .. } => Some(format!(
            "Cursor {{ parameter: {}, size: {}, next: {}, items: {} }}",
            literals::string(parameter),
            literals::string(size),
            literals::string(next),
            items(it),
        )),
    }
}

/// The wire name of a field of the payload.
fn wire_of(api: &Api, operation: &Operation, name: &str) -> Option<String> {
    let Response::Json { payload: Type::Named(id), .. } = &operation.response else { return None };
    match &api[*id].kind {
        apigen_model::ir::TypeKind::Object { fields } => {
            fields.iter().find(|it| it.name == name).map(|it| it.wire.clone())
        }
        apigen_model::ir::TypeKind::Newtype(_)
        | apigen_model::ir::TypeKind::Enum { .. }
        | apigen_model::ir::TypeKind::Flag { .. }
        | apigen_model::ir::TypeKind::Union { .. } => None,
    }
}
