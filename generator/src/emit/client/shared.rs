//! `types.rs`: the types that several resources share, and the envelopes.

use apigen_model::ir::{Api, Envelope};
use askama::Template;

use super::resource;
use super::types::{self, Usage};
use crate::emit::rust::{layout, names};
use crate::emit::templates::rendered;

#[derive(Template)]
#[template(path = "client/src/types.rs.jinja")]
struct SharedView {
    types: Vec<String>,
}

/// Renders the module.
pub(super) fn module(api: &Api, usage: &Usage) -> String {
    let mut all: Vec<_> = api.shared_types().map(|it| types::render_type(api, it, usage)).collect();
    all.extend(api.envelopes.iter().map(|it| envelope(api, it)));
    let body = rendered(&SharedView { types: all });
    layout::file(&layout::header("spec/api.yaml"), &resource::with_imports(api, &body))
}

/// The type of an envelope: its fields without the payload.
pub(super) fn envelope_name(envelope: &Envelope) -> String {
    names::type_(&envelope.name) + "Envelope"
}

fn envelope(api: &Api, envelope: &Envelope) -> String {
    types::render_object(api, &envelope_name(envelope), &envelope.description, &envelope.fields)
}
