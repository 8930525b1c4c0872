//! Measures drafts against what people wrote: `cargo run -p apigen-pages --example measure -- [--misses] SPEC PAGES…`.
//!
//! Each page is drafted for the spec without the resources that have operations of the page, and without the contradictions,
//! which mention them. Then the draft is compared with these resources: what of them it has (recall), and what of it they
//! have (precision). Errors that all operations have, and what stands around payloads, are the same on both sides and not
//! counted. `--misses` lists what is only there (`-`) and only in the draft (`+`).
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool that reads files and prints")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use apigen_core::template::Template;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::flat;
use apigen_model::ir::{Api, Cost, Operation, PathSegment, Presence, Scalar, Type, TypeKind};
use apigen_model::load::{self, Entries, Spanned};
use apigen_model::resolve::{Spec, resolve};
use apigen_model::source::{Sources, Span};
use apigen_model::spec::ResourceFile;
use apigen_pages::Vocabulary;
use apigen_pages::import::{Reserved, Source, Target, draft};

type Failure = Box<dyn std::error::Error>;

/// What is compared, by kind: each as an operation and what it has.
type Facts = BTreeMap<&'static str, BTreeSet<String>>;

/// The kinds, in the order of the table.
const KINDS: [&str; 10] = [
    "operations",
    "parameters",
    "their types",
    "required marks",
    "defaults",
    "limits",
    "response fields",
    "types of these",
    "error rows",
    "rate limits",
];

fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let lists_misses = arguments.iter().any(|it| it == "--misses");
    arguments.retain(|it| it != "--misses");
    let (root, pages) = arguments.split_first().ok_or("expected a spec and pages")?;
    let sources = read(root)?;
    let whole = apigen_model::read_facts(&sources, &mut Diagnostics::default()).ok_or("the spec has errors")?;
    let vocabulary = Vocabulary::new(&whole);
    let mut sums: BTreeMap<&str, Counts> = BTreeMap::new();
    for path in pages {
        let page = apigen_pages::read(path, &fs::read_to_string(path)?, &vocabulary);
        let (truth, drafted) = compared(&sources, &whole, &page)?;
        println!("\n## {}\n", path.rsplit('/').next().unwrap_or(path));
        let counts: Vec<_> = KINDS.iter().map(|kind| (*kind, Counts::of(&truth, &drafted, kind))).collect();
        print(&counts);
        if lists_misses {
            misses(&truth, &drafted);
        }
        for (kind, count) in counts {
            sums.entry(kind).or_default().add(&count);
        }
    }
    println!("\n## All\n");
    print(&KINDS.map(|kind| (kind, sums.remove(kind).unwrap_or_default())));
    Ok(())
}

fn read(root: &str) -> Result<Sources, Failure> {
    let mut paths = vec!["api.yaml".to_owned(), "pages.yaml".to_owned()];
    for entry in fs::read_dir(format!("{root}/resources"))? {
        paths.push(format!("resources/{}", entry?.file_name().to_string_lossy()));
    }
    let read = |path: String| fs::read_to_string(format!("{root}/{path}")).map(|text| (path, text));
    Ok(paths.into_iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().collect())
}

/// What the spec has of the operations of a page, and what a draft has of them.
fn compared(sources: &Sources, whole: &Api, page: &apigen_pages::facts::Page) -> Result<(Facts, Facts), Failure> {
    let load = || load::spec(sources, &mut Diagnostics::default()).ok_or("the spec has errors");
    let on_page: BTreeSet<_> = page.operations.iter().map(|it| shape(&it.method, &it.path)).collect();
    let covered = whole.operations.iter().filter(|it| on_page.contains(&identity(it).0));
    let covered: BTreeSet<_> = covered.map(|it| whole.resources[it.resource].name.clone()).collect();
    let mut rest = without_contradictions(load()?);
    // Without a token there is nothing to authenticate with.
    if rest.api.auth.as_ref().is_some_and(|it| covered.iter().any(|name| it.token_operation.starts_with(name.as_str())))
    {
        rest.api.auth = None;
    }
    rest.resources.retain(|(name, _)| !covered.contains(&name.value));
    let before = resolve(&rest, &mut Diagnostics::default());
    let envelope = rest.api.server.envelope.as_ref().map(|it| it.value.clone());
    let source = Source { page, id: rest.pages.pages.keys().next().map(|it| it.value.as_str()), language: None };
    let target = Target { api: &before, envelope: envelope.as_deref(), reserved: Reserved::default() };
    let draft = draft(&[source], &target);
    let drafted: Sources = draft.files.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
    let mut diagnostics = Diagnostics::default();
    for (file, path) in drafted.iter() {
        let resource: ResourceFile =
            load::document(file, &drafted, &mut diagnostics).ok_or("a draft cannot be read")?;
        let name = path.file_stem().unwrap_or_default().to_owned();
        rest.resources.push((Spanned { value: name, span: Span { file, start: 0, end: 0 } }, resource));
    }
    let after = resolve(&without_contradictions(rest), &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics.render_text(&drafted, "", false).into());
    }
    let names: BTreeSet<_> = before.resources.iter().map(|it| it.name.as_str()).collect();
    let is_drafted = |it: &&Operation| !names.contains(after.resources[it.resource].name.as_str());
    let drafted: Vec<_> = after.operations.iter().filter(is_drafted).collect();
    // Of twins on one path, a page may have one.
    let twins = |it: &Operation| on_page_often(page, &identity(it).0) < often(whole, &identity(it).0);
    let has_twin = |it: &Operation| drafted.iter().any(|other| identity(other).1 == identity(it).1);
    let in_truth = |it: &&Operation| on_page.contains(&identity(it).0) && (!twins(it) || has_twin(it));
    let truth = facts(whole, whole.operations.iter().filter(in_truth));
    let mut drafted = facts(&after, drafted.into_iter());
    spell_alike(&truth, &mut drafted);
    Ok((truth, drafted))
}

fn on_page_often(page: &apigen_pages::facts::Page, wanted: &str) -> usize {
    page.operations.iter().filter(|it| shape(&it.method, &it.path) == wanted).count()
}

fn often(api: &Api, wanted: &str) -> usize {
    api.operations.iter().filter(|it| identity(it).0 == wanted).count()
}

/// A row with a number where people saw a placeholder is the same row.
fn spell_alike(truth: &Facts, drafted: &mut Facts) {
    let Some((wanted, rows)) = truth.get(ERRORS).zip(drafted.get_mut(ERRORS)) else { return };
    for row in std::mem::take(rows) {
        let template = |it: &&String| Template::new(&it.replace('*', "{it}")).matches(&row);
        rows.insert(wanted.iter().find(template).unwrap_or(&row).clone());
    }
}

/// The kind whose facts hold templates.
const ERRORS: &str = "error rows";

fn without_contradictions(mut spec: Spec) -> Spec {
    spec.api.discrepancies = Entries::default();
    spec.resources.iter_mut().for_each(|(_, it)| it.discrepancies = Entries::default());
    spec
}

/// Method and path without the names of parameters.
fn shape(method: &str, path: &str) -> String {
    let segments = path.trim_end_matches('/').split('/').map(|it| if it.starts_with('{') { "{}" } else { it });
    format!("{method} {}", segments.collect::<Vec<_>>().join("/"))
}

/// Method and path, and with what tells twins on one path apart.
fn identity(operation: &Operation) -> (String, String) {
    let plain = shape(operation.method.as_str(), &operation.path);
    let mut own = format!("{} ", operation.method.as_str());
    for segment in &operation.segments {
        match segment {
            PathSegment::Literal(text) => own.push_str(&format!("/{text}")),
            PathSegment::Parameter(index) => match operation.path_parameters[*index].type_ {
                Type::List(_) => own.push_str("/{,}"),
                _ => own.push_str("/{}"),
            },
        }
    }
    (plain, own)
}

fn facts<'a>(api: &Api, operations: impl Iterator<Item = &'a Operation>) -> Facts {
    let mut facts = Facts::new();
    for operation in operations {
        let (_, own) = identity(operation);
        let mut add = |kind: &'static str, fact: String| {
            facts.entry(kind).or_default().insert(format!("{own} {fact}"));
        };
        add("operations", String::new());
        for (place, field) in operation.parameters() {
            let position = operation.path_parameters.iter().position(|it| it.wire == field.wire);
            for entry in flat::fields(api, std::slice::from_ref(field)) {
                if entry.field.is_none() && entry.path.ends_with(['}', ']']) {
                    continue;
                }
                let path = match (place.name(), position) {
                    ("path", Some(position)) => format!("path {position}"),
                    ("form", _) => format!("body {}", plain(&entry.path)),
                    (place, _) => format!("{place} {}", plain(&entry.path)),
                };
                add("their types", format!("{path}: {}", wire_type(api, entry.type_)));
                if !matches!(place.name(), "path") {
                    let required = matches!(entry.presence, Presence::Required);
                    add("required marks", format!("{path}: {required}"));
                }
                if let Some(field) = entry.field.filter(|it| !it.default.is_null()) {
                    add("defaults", format!("{path}: {}", field.default));
                }
                add("parameters", path);
            }
        }
        for limit in &operation.limits {
            if let Some(bound) = limit.limit.rule.bound() {
                let wire = if limit.place.name() == "path" { String::new() } else { plain(&limit.wire) };
                add("limits", format!("{wire} {} {bound:?}", limit.limit.rule.name()));
            }
        }
        for entry in flat::payload(api, operation) {
            if entry.field.is_some() || !entry.path.ends_with(['}', ']']) {
                let path = plain(&entry.path);
                add("types of these", format!("{path}: {}", wire_type(api, entry.type_)));
                add("response fields", path);
            }
        }
        for error in &operation.errors {
            let (_, variant) = api.error(*error);
            let message = Template::new(&variant.message).fill(|_| Some("*")).to_lowercase();
            let message = message.trim_end_matches(['.', '!', ' ']);
            add("error rows", format!("{} {} {message}", variant.status, variant.code.to_lowercase()));
        }
        for limit in operation.rate_limits.iter().map(|id| &api[*id]).filter(|it| it.cost == Cost::Call) {
            add("rate limits", format!("{} {:?}", limit.amount, limit.per));
        }
    }
    facts
}

/// A path without the marks of lists.
fn plain(path: &str) -> String {
    path.replace("[]", "").replace("{}", ".*")
}

/// A type as a page would call it.
fn wire_type(api: &Api, type_: &Type) -> &'static str {
    match api.underlying(type_) {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::LocalHour => "string",
            Scalar::Number => "number",
            Scalar::Boolean => "boolean",
            Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
                "integer"
            }
        },
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Enum { of: Scalar::Integer, .. } => "integer",
            TypeKind::Enum { .. } => "string",
            TypeKind::Flag { .. } => "boolean",
            TypeKind::Newtype(_) | TypeKind::Object { .. } | TypeKind::Union { .. } => "object",
        },
        Type::List(_) => "list",
        Type::Map(_) | Type::Json => "object",
        Type::File => "file",
    }
}

/// How many facts of a kind both have, and how many each.
#[derive(Debug, Default)]
struct Counts {
    both: usize,
    truth: usize,
    drafted: usize,
}

impl Counts {
    fn of(truth: &Facts, drafted: &Facts, kind: &str) -> Self {
        let none = BTreeSet::new();
        let (truth, drafted) = (truth.get(kind).unwrap_or(&none), drafted.get(kind).unwrap_or(&none));
        Self { both: truth.intersection(drafted).count(), truth: truth.len(), drafted: drafted.len() }
    }

    fn add(&mut self, other: &Self) {
        self.both += other.both;
        self.truth += other.truth;
        self.drafted += other.drafted;
    }
}

fn print(counts: &[(&str, Counts)]) {
    println!("| kind | in the spec | drafted | right | recall | precision |");
    println!("|---|---|---|---|---|---|");
    let percent =
        |part: usize, of: usize| (part * 100).checked_div(of).map_or("–".to_owned(), |it| format!("{it} %"));
    for (kind, Counts { both, truth, drafted }) in counts {
        let (recall, precision) = (percent(*both, *truth), percent(*both, *drafted));
        println!("| {kind} | {truth} | {drafted} | {both} | {recall} | {precision} |");
    }
}

fn misses(truth: &Facts, drafted: &Facts) {
    let none = BTreeSet::new();
    for kind in KINDS {
        let (truth, drafted) = (truth.get(kind).unwrap_or(&none), drafted.get(kind).unwrap_or(&none));
        truth.difference(drafted).for_each(|it| println!("- {kind}: {it}"));
        drafted.difference(truth).for_each(|it| println!("+ {kind}: {it}"));
    }
}
