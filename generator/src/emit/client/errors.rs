//! `errors.rs`: every documented error once, and the enum of those that any operation may answer with.

use apigen_model::ir::{Advice, Api, ErrorDef, ErrorRef, ErrorVariant};
use askama::Template;

use super::resource;
use crate::emit::rust::{docs, layout, literals, names};
use crate::emit::templates::rendered;

/// The enum variant of an error, for the enums of operations too.
pub(super) struct VariantView {
    pub(super) docs: String,
    pub(super) name: String,
    pub(super) row: String,
    pub(super) captures: Vec<CaptureView>,
}

pub(super) struct CaptureView {
    pub(super) docs: String,
    pub(super) name: String,
}

#[derive(Template)]
#[template(path = "client/src/errors.rs.jinja")]
struct ErrorsView {
    rows: Vec<RowView>,
    common: Vec<VariantView>,
}

struct RowView {
    constant: String,
    id: String,
    status: u16,
    code: String,
    message: String,
    cause: String,
    remedy: String,
    advice: &'static str,
}

/// Renders the module.
pub(super) fn module(api: &Api) -> String {
    let rows = api.errors.iter().flat_map(|error| error.variants.iter().map(move |variant| row(error, variant)));
    let view = ErrorsView { rows: rows.collect(), common: variants(api, &api.common_errors, "") };
    let body = rendered(&view);
    layout::file(&layout::header("spec/"), &resource::with_imports(api, &body))
}

/// The name of the static of an error, within its module.
pub(super) fn constant(api: &Api, reference: ErrorRef) -> String {
    let (error, variant) = api.error(reference);
    constant_name(error, variant)
}

/// Enum variants for errors whose statics stand in the module `path`, which ends in `::` or is empty.
pub(super) fn variants(api: &Api, references: &[ErrorRef], path: &str) -> Vec<VariantView> {
    references.iter().map(|reference| variant(api, *reference, path)).collect()
}

fn variant(api: &Api, reference: ErrorRef, path: &str) -> VariantView {
    let (error, spelling) = api.error(reference);
    let capture = |it: &apigen_model::ir::Placeholder| CaptureView {
        docs: docs::outer(&docs::markdown(&it.description)),
        name: names::value(&it.name),
    };
    let wire = match (spelling.code.as_str(), spelling.message.as_str()) {
        ("", "") => format!("{} with any body", spelling.status),
        (code, "") => format!("{} `{code}`", spelling.status),
        ("", message) => format!("{}: `{message}`", spelling.status),
        (code, message) => format!("{} `{code}`: `{message}`", spelling.status),
    };
    let text = format!("{} {}\n\n{wire}", error.cause, error.remedy);
    VariantView {
        docs: docs::outer(&docs::markdown(&text)),
        name: names::type_(&error.name),
        row: format!("{path}{}", constant_name(error, spelling)),
        captures: error.placeholders.iter().map(capture).collect(),
    }
}

fn row(error: &ErrorDef, variant: &ErrorVariant) -> RowView {
    RowView {
        constant: constant_name(error, variant),
        id: literals::string(&error.name),
        status: variant.status,
        code: literals::string(&variant.code),
        message: literals::string(&variant.message),
        cause: literals::string(&error.cause),
        remedy: literals::string(&error.remedy),
        advice: match error.advice {
            Advice::FixRequest => "FixRequest",
            Advice::RefreshToken => "RefreshToken",
            Advice::Retry => "Retry",
            Advice::GiveUp => "GiveUp",
        },
    }
}

fn constant_name(error: &ErrorDef, variant: &ErrorVariant) -> String {
    names::constant(&format!("{} {}", error.name, variant.name))
}
