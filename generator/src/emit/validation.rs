//! The validation crate: every limit as a static, per operation, with functions for plain values, bodies and requests.

use apigen_model::ir::{
    Api, Body, Bound, Enforcement, Field, Operation, Place, PlacedLimit, Precondition, PreconditionTest, Resource,
    Rule, Scalar, Type,
};
use askama::Template;
use rayon::prelude::*;

use super::rust::imports::Importable;
use super::rust::{docs, imports, layout, literals, names};
use super::templates::{file, rendered, templates};
use crate::progress::{Progress, Stage};
use crate::prose;
use crate::tree::FileTree;
use crate::words::ENGLISH;

/// The resources that have a module: those with limits.
pub(super) fn resources(api: &Api) -> impl Iterator<Item = &Resource> {
    api.resources.iter().filter(|it| api.operations_of(it).any(has_limits))
}

/// Renders the validation crate.
pub(super) fn emit(api: &Api, progress: &Progress) -> FileTree {
    let mut files = FileTree::default();
    let resources: Vec<_> = resources(api).collect();
    let package = PackageView {
        name: format!("{}-validation", api.name),
        client: api.name.clone(),
        version: api.version.clone(),
        title: docs::line(&api.title),
        description: literals::toml(&format!(
            "The documented limits of the {}, checked without an HTTP stack",
            api.title
        )),
        modules: resources
            .iter()
            .map(|it| (docs::outer(&docs::markdown(&it.title)), names::module(&it.name)))
            .collect(),
    };
    files.insert("validation/Cargo.toml", file(&Manifest(&package)));
    files.insert("validation/README.md", file(&Readme(&package)));
    files
        .insert("validation/src/lib.rs", layout::file(&layout::header("spec/api.yaml"), &rendered(&Library(&package))));
    let modules = resources.par_iter().map(|resource| {
        let file = (format!("validation/src/{}.rs", names::module(&resource.name)), module(api, resource));
        progress.step(Stage::Rendering);
        file
    });
    for (path, text) in modules.collect::<Vec<_>>() {
        files.insert(path, text);
    }
    files
}

/// Whether an operation has a module in the validation crate.
pub(super) fn has_limits(operation: &Operation) -> bool {
    operation.checkable_limits().next().is_some()
}

templates! {
    Manifest(PackageView) = "validation/Cargo.toml.jinja";
    Readme(PackageView) = "validation/README.md.jinja";
    Library(PackageView) = "validation/src/lib.rs.jinja";
}

struct PackageView {
    name: String,
    client: String,
    version: String,
    title: String,
    description: String,
    modules: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "validation/src/resource.rs.jinja")]
struct ModuleView {
    docs: String,
    operations: Vec<SubmoduleView>,
}

struct SubmoduleView {
    docs: String,
    name: String,
    imports: String,
    body: String,
}

#[derive(Template)]
#[template(path = "validation/src/_operation.rs.jinja")]
struct OperationView {
    limits: Vec<LimitView>,
    /// The list of them.
    all: String,
    has_json_body: bool,
    values: Vec<ValueView>,
}

struct LimitView {
    docs: String,
    item: String,
}

struct ValueView {
    docs: String,
    signature: String,
    argument: &'static str,
    method: &'static str,
    limits: Vec<String>,
}

/// What is in the module of an operation is indented by so much.
const INDENTATION: usize = 4;

fn module(api: &Api, resource: &Resource) -> String {
    let operations = api.operations_of(resource).filter(|it| has_limits(it));
    let view = ModuleView {
        docs: docs::inner(&docs::markdown(&format!(
            "Limits of the operations of one resource. {}: {}",
            resource.title, resource.summary
        ))),
        operations: operations.map(|it| operation(api, it)).collect(),
    };
    let header = layout::header(&format!("spec/resources/{}.yaml", resource.name));
    format!("{header}\n{}", file(&view))
}

fn operation(api: &Api, operation: &Operation) -> SubmoduleView {
    let names: Vec<_> = operation.checkable_limits().map(constant).collect();
    let view = OperationView {
        limits: operation.checkable_limits().map(limit).collect(),
        all: layout::fitted(INDENTATION, "pub static LIMITS: &[Limit] = &[", &names, "];"),
        has_json_body: matches!(operation.body, Body::Json(_))
            && operation.checkable_limits().any(|it| it.place == Place::Body),
        values: operation.parameters().filter_map(|(_, field)| value(api, operation, field)).collect(),
    };
    let body = rendered(&view);
    let limit = [
        "Bound",
        "Condition",
        "Limit",
        "Parts",
        "Place",
        "Rule",
        "Settings",
        "Test",
        "Violation",
        "Violations",
        "check",
    ];
    let importable = [Importable::new("apigen_core::json", ["Value"]), Importable::new("apigen_core::limit", limit)];
    let text = format!("Limits of `{} {}`: {}", operation.method.as_str(), operation.path, operation.summary);
    SubmoduleView {
        docs: docs::outer(&docs::markdown(&text)),
        name: names::module(&operation.name),
        imports: imports::lines(&body, &importable, INDENTATION).trim_end().to_owned(),
        body,
    }
}

fn limit(placed: &PlacedLimit) -> LimitView {
    let place = literals::place(placed.place);
    let arguments =
        [literals::string(&placed.id), format!("Place::{place}"), literals::string(&placed.wire), rule(placed)];
    let mut end = ")".to_owned();
    match placed.limit.enforcement {
        Enforcement::Rejected => {}
        Enforcement::Clamped => end.push_str("\n    .clamped()"),
        Enforcement::Unknown => end.push_str("\n    .open()"),
    }
    if placed.limit.raisable {
        end.push_str("\n    .raisable()");
    }
    let conditions = conditions(placed);
    if !conditions.is_empty() {
        end.push_str(&format!("\n    .when(&[{}])", conditions.join(", ")));
    }
    end.push(';');
    let begin = format!("pub static {}: Limit = Limit::new(", constant(placed));
    LimitView {
        docs: docs::outer(&docs::markdown(&format!(
            "`{}`: {}",
            prose::bounded(&ENGLISH, placed),
            prose::limit(&ENGLISH, placed)
        ))),
        item: layout::fitted(INDENTATION, &begin, &arguments, &end),
    }
}

/// The name of a limit within the module of its operation: what follows the resource and the operation in its id.
fn constant(placed: &PlacedLimit) -> String {
    let own = placed.id.splitn(3, '.').last().unwrap_or_default();
    names::constant(&own.replace(['.', '#'], "_"))
}

fn rule(placed: &PlacedLimit) -> String {
    let bounded = |name: &str, it: &Bound| format!("Rule::{name}({})", bound(placed, it));
    match &placed.limit.rule {
        Rule::MinChars(it) => bounded("MinChars", it),
        Rule::MaxChars(it) => bounded("MaxChars", it),
        Rule::MaxBytes(it) => bounded("MaxBytes", it),
        Rule::MinItems(it) => bounded("MinItems", it),
        Rule::MaxItems(it) => bounded("MaxItems", it),
        Rule::Min(it) => bounded("Min", it),
        Rule::Max(it) => bounded("Max", it),
        Rule::MaxSize(it) => bounded("MaxSize", it),
        Rule::Pattern(pattern) => format!("Rule::Pattern(apigen_core::pattern!({}))", literals::string(pattern)),
        Rule::BodySize { bytes, of } => {
            let of: Vec<_> = of.iter().map(|it| literals::string(it)).collect();
            format!("Rule::BodySize({}, &[{}])", bound(placed, bytes), of.join(", "))
        }
        Rule::Required => "Rule::Required".to_owned(),
    }
}

fn bound(placed: &PlacedLimit, bound: &Bound) -> String {
    match bound {
        Bound::Integer(number) => format!("Bound::Int({})", literals::integer(*number)),
        Bound::Number(number) => format!("Bound::Float({})", literals::number(*number)),
        Bound::Field { field, default: None } => format!("Bound::Field({})", sibling(placed, field)),
        Bound::Field { field, default: Some(default) } => {
            format!("Bound::FieldOr({}, {})", sibling(placed, field), literals::integer(*default))
        }
    }
}

/// When a limit holds, as literals of conditions.
fn conditions(placed: &PlacedLimit) -> Vec<String> {
    let condition = |Precondition { field, test }: &Precondition| {
        let field = literals::string(field);
        match test {
            PreconditionTest::Present => format!("Condition {{ field: {field}, test: Test::Present }}"),
            PreconditionTest::Equals(value) => equals(&field, "Equals", value),
            PreconditionTest::EqualsOrAbsent(value) => equals(&field, "EqualsOrAbsent", value),
        }
    };
    placed.preconditions().iter().map(condition).collect()
}

/// The wire path of a field beside the bounded one, as a literal.
fn sibling(placed: &PlacedLimit, field: &str) -> String {
    literals::string(&placed.beside(field))
}

fn equals(field: &str, test: &str, value: &str) -> String {
    format!("Condition {{ field: {field}, test: Test::{test}({}) }}", literals::string(value))
}

/// The check of a parameter as a plain value; what lies deeper is checked as part of a body.
fn value(api: &Api, operation: &Operation, field: &Field) -> Option<ValueView> {
    // What depends on another field cannot be told from the value alone.
    let alone = |it: &PlacedLimit| {
        it.arm.is_none()
            && it.limit.when.is_none()
            && it.limit.rule != Rule::Required
            && !matches!(it.limit.rule.bound(), Some(Bound::Field { .. }))
    };
    let own = |it: &&PlacedLimit| it.path.as_slice() == [field.name.as_str()] && alone(it);
    let limits: Vec<_> = operation.checkable_limits().filter(own).collect();
    let (argument, type_, method) = match api.underlying(&field.type_) {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::LocalHour => ("text", "&str", "check_str"),
            Scalar::Integer | Scalar::TimestampMs => ("number", "i64", "check_number"),
            Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => ("number", "u64", "check_number"),
            Scalar::Number => ("number", "f64", "check_number"),
            Scalar::Boolean => return None,
        },
        Type::List(_) | Type::Map(_) => ("items", "u64", "check_len"),
        Type::File => ("bytes", "u64", "check_len"),
        Type::Named(_) | Type::Json => return None,
    };
    let phrases: Vec<_> = limits.iter().map(|it| prose::rule(&ENGLISH, &it.limit.rule)).collect();
    (!limits.is_empty()).then(|| ValueView {
        docs: docs::outer(&docs::markdown(&format!("Checks `{}` alone: {}.", field.wire, phrases.join(", ")))),
        signature: layout::fitted(
            INDENTATION,
            &format!("pub fn check_{}(", field.name),
            &[format!("{argument}: {type_}"), "settings: &Settings".to_owned()],
            ") -> Result<(), Violation> {",
        ),
        argument,
        method,
        limits: limits.into_iter().map(constant).collect(),
    })
}
