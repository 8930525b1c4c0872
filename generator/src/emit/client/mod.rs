//! The client crate: one module per resource, one for errors, one for shared types, and the client itself.
//!
//! Shape only. What a client does stands in the runtime, so a method here says what is particular to it and no more.

mod errors;
mod every;
mod examples;
mod operation;
mod rates;
mod resource;
mod shared;
mod types;

use apigen_model::ir::{Api, Auth, Field, Presence};
use askama::Template;
use rayon::prelude::*;

use super::rust::{calls, docs, layout, literals, names};
use super::templates::{file, rendered, templates};
use crate::progress::{Progress, Stage};
use crate::tree::FileTree;
pub(crate) use types::Usage;

/// Renders the client crate.
pub(super) fn emit(api: &Api, progress: &Progress) -> FileTree {
    let mut files = FileTree::default();
    let usage = Usage::of(api);
    let package = package(api);
    files.insert("client/Cargo.toml", file(&Manifest(&package)));
    files.insert("client/README.md", file(&Readme(&package)));
    files.insert("client/src/lib.rs", library(api));
    files.insert("client/src/errors.rs", errors::module(api));
    files.insert("client/src/rates.rs", rates::module(api));
    files.insert("client/src/types.rs", shared::module(api, &usage));
    files.insert("client/tests/calls/mod.rs", every::module(api));
    // Parsing and printing Rust is most of the work of a run, and resources do not need each other for it.
    let modules = api.resources.par_iter().flat_map_iter(|resource| {
        let name = names::module(&resource.name);
        let files = [
            (format!("client/src/{name}.rs"), resource::module(api, resource, &usage)),
            (format!("client/tests/{name}.rs"), examples::module(api, resource)),
        ];
        progress.step(Stage::Rendering);
        files
    });
    for (path, text) in modules.collect::<Vec<_>>() {
        files.insert(path, text);
    }
    files
}

templates! {
    Manifest(PackageView) = "client/Cargo.toml.jinja";
    Readme(PackageView) = "client/README.md.jinja";
}

struct PackageView {
    name: String,
    version: String,
    title: String,
    summary: String,
    description: String,
    quick_start: String,
}

/// A documentation test as a page shows it: without the lines that only make it compile.
fn shown(doctest: &str) -> String {
    let lines = doctest.lines().filter(|line| !line.starts_with("# "));
    lines.collect::<Vec<_>>().join("\n").replacen("```no_run", "```rust", 1)
}

fn package(api: &Api) -> PackageView {
    PackageView {
        name: api.name.clone(),
        version: api.version.clone(),
        title: docs::line(&api.title),
        summary: literals::toml(&api.summary),
        description: docs::markdown(&api.description),
        quick_start: shown(&calls::quick_start(api)),
    }
}

#[derive(Template)]
#[template(path = "client/src/lib.rs.jinja")]
struct LibraryView {
    docs: String,
    modules: Vec<ModuleView>,
    resources: Vec<HandleView>,
    parameters: Vec<ParameterView>,
    utc_offset: bool,
    api: String,
}

struct ModuleView {
    docs: String,
    name: String,
}

struct HandleView {
    docs: String,
    method: String,
    module: String,
    handle: String,
}

struct ParameterView {
    docs: String,
    method: String,
    name: String,
}

fn library(api: &Api) -> String {
    let handle = |resource: &apigen_model::ir::Resource| HandleView {
        docs: docs::outer(&docs::markdown(&resource.summary)),
        method: names::value(&resource.name),
        module: names::module(&resource.name),
        handle: names::type_(&resource.name),
    };
    let parameter = |parameter: &apigen_model::ir::ServerParameter| ParameterView {
        docs: docs::outer(&docs::markdown(&format!("{} For example `{}`.", parameter.description, parameter.example))),
        method: names::value(&parameter.name),
        name: literals::string(&parameter.name),
    };
    let mut modules: Vec<_> = api
        .resources
        .iter()
        .map(|it| ModuleView { docs: docs::outer(&docs::markdown(&it.title)), name: names::module(&it.name) })
        .collect();
    modules.push(ModuleView {
        docs: types::prose("Documented errors, and those that any operation may answer with."),
        name: "errors".into(),
    });
    modules.push(ModuleView { docs: types::prose("Rate limits."), name: "rates".into() });
    modules.push(ModuleView { docs: types::prose("Types that several resources share."), name: "types".into() });
    let description = docs::markdown(&format!("{}\n\n{}", api.summary, api.description));
    let view = LibraryView {
        docs: docs::inner(&format!("{description}\n\n{}{}", calls::quick_start(api), hours(api))),
        modules,
        resources: api.resources.iter().map(handle).collect(),
        parameters: api.server.parameters.iter().map(parameter).collect(),
        utc_offset: api.server.utc_offset.is_some(),
        api: descriptor(api),
    };
    layout::file(&layout::header("spec/api.yaml"), &rendered(&view))
}

/// How hours are sent; nothing when no parameter holds one.
fn hours(api: &Api) -> String {
    let Some(offset) = &api.server.utc_offset else { return String::new() };
    let clock = crate::prose::utc_offset(offset);
    format!(
        "\n\nAn [`Hour`] is a moment in UTC. It is sent as a clock at `{clock}` shows it, unless [`ClientBuilder::utc_offset`] \
         says otherwise. {}",
        docs::line(&offset.description)
    )
}

/// The static that says what all calls have in common.
fn descriptor(api: &Api) -> String {
    let view = DescriptorView {
        name: literals::string(&api.title),
        user_agent: literals::string(&format!("{}/{}", api.name, api.version)),
        server: literals::string(&api.server.url),
        utc_offset: api.server.utc_offset.as_ref().map(|it| it.minutes.to_string()).unwrap_or_default(),
        parameters: api
            .server
            .parameters
            .iter()
            .map(|it| (literals::string(&it.name), literals::string(&it.description)))
            .collect(),
        token: token(api),
        rates: api.server.rate_limits.iter().map(|id| rates::constant(&api[*id])).collect(),
        errors: api.spellings(&api.common_errors).into_iter().map(|it| errors::constant(api, it)).collect(),
        code: literals::string(&api.error_body.code),
        message: literals::string(&api.error_body.message),
    };
    rendered(&view)
}

#[derive(Template)]
#[template(path = "client/src/_api.rs.jinja")]
struct DescriptorView {
    name: String,
    user_agent: String,
    server: String,
    /// Minutes; empty when no parameter holds an hour.
    utc_offset: String,
    parameters: Vec<(String, String)>,
    token: Vec<String>,
    errors: Vec<String>,
    rates: Vec<String>,
    code: String,
    message: String,
}

/// The lines that say which operation hands out tokens.
fn token(api: &Api) -> Vec<String> {
    let Auth::TokenOperation(token) = &api.auth else { return Vec::new() };
    let operation = &api[token.operation];
    let constant = |field: &Field| match &field.presence {
        Presence::Constant(value) => {
            Some(format!("({}, {})", literals::string(&field.wire), literals::string(&text(value))))
        }
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    };
    let constants: Vec<_> = operation.body.json_fields().iter().filter_map(constant).collect();
    let module = names::module(&api.resources[operation.resource].name);
    vec![
        format!("token: {module}::{} {{", names::constant(&operation.name)),
        format!("    id: {}, secret: {},", literals::string(&token.id_field), literals::string(&token.secret_field)),
        format!("    constants: &[{}],", constants.join(", ")),
        format!(
            "    access_token: {}, expires_in: {},",
            literals::string(&token.access_token),
            literals::string(&token.expires_in)
        ),
        "},".to_owned(),
    ]
}

/// A constant as text: strings without quotes.
fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
