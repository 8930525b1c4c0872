//! One module per resource: its handle, then operation by operation, then the types that only it uses.

use std::collections::BTreeSet;

use apigen_model::ir::{Api, Resource};
use askama::Template;

use super::types::{self, Usage};
use super::{operation, shared};
use crate::emit::rust::imports::Importable;
use crate::emit::rust::{docs, imports, layout, names};
use crate::emit::templates::rendered;

#[derive(Template)]
#[template(path = "client/src/resource.rs.jinja")]
struct ResourceView {
    docs: String,
    handle: String,
    handle_docs: String,
    operations: Vec<String>,
    types: Vec<String>,
}

/// Renders the module.
pub(super) fn module(api: &Api, resource: &Resource, usage: &Usage) -> String {
    let page = &api[resource.page];
    let source = format!("The facts are taken from the page \"{}\" as of {}.", page.title, page.revision);
    let text = format!("{}\n\n{}\n\n{source}", resource.summary, resource.description);
    let operations: Vec<_> = api.operations_of(resource).collect();
    let in_place: BTreeSet<_> = operations.iter().filter_map(|it| operation::payload_in_place(api, it)).collect();
    let own_types = resource.types.iter().filter(|id| !in_place.contains(id));
    let view = ResourceView {
        docs: docs::inner(&docs::markdown(&text)),
        handle: names::type_(&resource.name),
        handle_docs: types::prose(&format!("{}. {}", resource.title, resource.summary)),
        operations: operations.iter().map(|it| operation::render_operation(api, resource, it, usage)).collect(),
        types: own_types.map(|id| types::render_type(api, &api[*id], usage)).collect(),
    };
    let body = rendered(&view);
    let header = layout::header(&format!("spec/resources/{}.yaml", resource.name));
    layout::file(&header, &with_imports(api, &body))
}

/// Puts the imports that a module needs after its inner documentation.
pub(super) fn with_imports(api: &Api, body: &str) -> String {
    let runtime = [
        "Advice",
        "Auth",
        "BodyKind",
        "Call",
        "Decode",
        "DecodeError",
        "Encode",
        "ErrorRow",
        "Fields",
        "Hour",
        "Lasting",
        "Method",
        "Operation",
        "Outcome",
        "Paging",
        "Secret",
        "Timestamp",
        "Until",
        "Upload",
        "Value",
        "decode",
        "encode",
    ];
    let mut shared: Vec<_> = api.shared_types().map(|it| names::type_(&it.name)).collect();
    shared.extend(api.envelopes.iter().map(shared::envelope_name));
    shared.sort();
    let importable = [
        Importable::new("std::collections", ["BTreeMap"]),
        Importable::new("std::time", ["Duration"]),
        Importable::new("apigen_runtime", runtime),
        Importable::new("crate::errors", ["self", "CommonError"]),
        Importable::new("crate", ["rates"]),
        Importable::new("crate::types", shared).public(),
    ];
    let items = body.lines().position(|line| !line.starts_with("//!") && !line.is_empty()).unwrap_or(0);
    let lines: Vec<_> = body.lines().collect();
    let (docs, items) = lines.split_at(items);
    format!("{}\n{}{}\n", docs.join("\n"), imports::lines(body, &importable, 0), items.join("\n"))
}
