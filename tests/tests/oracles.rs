//! Three judges of one request body: the generated validation code, the interpreter, and a JSON Schema validator that reads
//! the OpenAPI document. They must agree on every body that can be thought of.
//!
//! The bodies of an operation are its examples, full and empty objects of every shape, each limit at its bound and one step
//! to either side, each value missing, `null` and of every other type; then random changes of all these, from a seed.
//!
//! The generated code and the interpreter must find the same violations in the same places. The interpreter and the document
//! must agree whether the body is right, as far as OpenAPI has words: [`Words`] says for each finding whether it has.
#![expect(clippy::disallowed_methods, reason = "the document is on disk")]

#[path = "oracles/bodies.rs"]
mod bodies;
#[path = "oracles/changes.rs"]
mod changes;
#[path = "oracles/random.rs"]
mod random;
#[path = "oracles/samples.rs"]
mod samples;

use std::collections::BTreeMap;
use std::fs;

use apigen_core::json::Value;
use apigen_core::limit::{Settings, Violations};
use apigen_interpret::{Content, Finding, Interpreter, Kind, Request, Route};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::{
    Api, Body, Bound, Enforcement, Field, Operation, PathSegment, Place, PlacedLimit, Rule, TagPlace, Type, TypeKind,
};
use apigen_tests::project;
use serde_json::{Value as Json, json};

use bodies::Bodies;

/// Random bodies per operation, enough to bring the shipped API beyond a hundred thousand with the systematic ones.
const RANDOM: usize = 3_000;

/// A check of the generated code.
type Check = fn(&Value<'_>, &Settings) -> Violations;

/// The generated check of each operation that has one.
macro_rules! generated {
    ($($resource:ident :: $operation:ident),* $(,)?) => {
        [$((
            concat!(stringify!($resource), ".", stringify!($operation)),
            easemob_im_validation::$resource::$operation::check_body as Check,
        )),*]
    };
}

fn generated() -> BTreeMap<&'static str, Check> {
    BTreeMap::from(generated![
        channel_members::remove_many,
        channel_mutes::mute,
        channels::create,
        channels::update,
        chatroom_admins::add,
        chatroom_allowlist::add_many,
        chatroom_blocklist::add_many,
        chatroom_members::add_many,
        chatroom_mutes::mute,
        group_announcements::set,
        groups::create,
        groups::update,
        messages::to_users,
        messages::to_groups,
        messages::to_chatrooms,
        messages::recall,
        messages::import_to_user,
        messages::import_to_group,
        reactions::add,
        threads::create,
        threads::update,
    ])
}

#[test]
fn all_judges_agree_on_the_shipped_api() {
    let document = fs::read_to_string(project::root().join("generated/openapi.json")).expect("it is committed");
    let tally = judge("spec", &document, &generated());
    assert!(tally.bodies >= 100_000, "only {} bodies were judged", tally.bodies);
    assert_eq!(
        tally.generated.len(),
        generated().len(),
        "each generated check was compared: {:?}",
        tally.generated.keys()
    );
    tally.assert_telling();
}

#[test]
fn the_interpreter_and_the_document_agree_on_the_other_api() {
    let spec = "tests/cases/bookshop/spec";
    let files = project::generate(&project::spec(spec));
    let tally = judge(spec, files.get("openapi.json").expect("every API has a document"), &BTreeMap::new());
    assert!(tally.bodies >= 20_000, "only {} bodies were judged", tally.bodies);
    tally.assert_telling();
}

/// What was judged.
#[derive(Default)]
struct Tally {
    bodies: usize,
    /// Bodies that all judges take, and that none takes.
    taken: usize,
    refused: usize,
    /// Bodies that the generated code judged, by operation.
    generated: BTreeMap<String, usize>,
    /// How often each kind of finding occurred that the document can say, and that it cannot.
    said: BTreeMap<String, usize>,
    unsaid: BTreeMap<String, usize>,
    disagreements: Vec<String>,
}

impl Tally {
    /// The comparison was worth something: either verdict is common, and so is what the document cannot say.
    fn assert_telling(&self) {
        assert!(self.disagreements.is_empty(), "{}", self.disagreements.join("\n\n"));
        assert!(self.taken * 10 > self.bodies && self.refused * 10 > self.bodies, "{} {}", self.taken, self.refused);
        for kind in ["missing", "wrong_type", "max_chars", "max_items", "min"] {
            assert!(self.said.get(kind).is_some_and(|it| *it > 20), "{kind}: {:?}", self.said);
        }
        for kind in ["unknown_field", "unknown_value", "max_bytes", "max_chars"] {
            assert!(self.unsaid.get(kind).is_some_and(|it| *it > 20), "{kind}: {:?}", self.unsaid);
        }
    }
}

fn judge(spec: &str, document: &str, generated: &BTreeMap<&str, Check>) -> Tally {
    let sources = project::sources(&project::spec(spec));
    let api: Api = apigen_model::read(&sources, &mut Diagnostics::default()).expect("the spec is valid");
    let interpreter = Interpreter::new(api);
    let api = interpreter.api();
    let document: Json = serde_json::from_str(document).expect("the document is JSON");
    let mut tally = Tally::default();
    for operation in &api.operations {
        let Body::Json(fields) = &operation.body else { continue };
        let judges = Judges {
            operation,
            interpreter: &interpreter,
            path: path(operation),
            schema: validator(&document, operation),
            generated: generated.get(operation.id.as_str()).copied(),
            words: Words::of(api, operation, fields),
        };
        let has_limits = operation.checkable_limits().any(|it| it.place == Place::Body);
        assert!(generated.is_empty() || has_limits == judges.generated.is_some(), "{}", operation.id);
        Bodies::of(api, operation, fields).each(RANDOM, &mut |body| judges.compare(body, &mut tally));
    }
    tally
}

/// A path that means the operation.
fn path(operation: &Operation) -> String {
    let segment = |it: &PathSegment| match it {
        PathSegment::Literal(text) => format!("/{text}"),
        PathSegment::Parameter(index) => match operation.path_parameters[*index].type_ {
            Type::List(_) => "/1,2".to_owned(),
            Type::Scalar(_) | Type::Named(_) | Type::Map(_) | Type::Json | Type::File => "/1".to_owned(),
        },
    };
    operation.segments.iter().map(segment).collect()
}

/// The validator of the operation's body, wherever in the document it stands.
fn validator(document: &Json, operation: &Operation) -> jsonschema::Validator {
    let object = find(&document["paths"], &operation.id).expect("the document has every operation");
    let schema = &object["requestBody"]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{} has a body", operation.id);
    let whole = json!({ "components": document["components"], "allOf": [schema] });
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).expect("the schema is a schema")
}

fn find<'d>(value: &'d Json, id: &str) -> Option<&'d Json> {
    match value {
        Json::Object(map) if map.get("operationId").is_some_and(|it| it == id) => Some(value),
        Json::Object(map) => map.values().find_map(|it| find(it, id)),
        Json::Array(items) => items.iter().find_map(|it| find(it, id)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// Those who judge the bodies of one operation.
struct Judges<'j> {
    operation: &'j Operation,
    interpreter: &'j Interpreter,
    path: String,
    schema: jsonschema::Validator,
    generated: Option<Check>,
    words: Words<'j>,
}

impl Judges<'_> {
    fn compare(&self, body: &Json, tally: &mut Tally) {
        tally.bodies += 1;
        let text = body.to_string();
        let findings = self.findings(text.as_bytes());
        let mut disagree = |about: &str, more: String| {
            if tally.disagreements.len() < 10 {
                let body: String = text.chars().take(600).collect();
                tally.disagreements.push(format!("{}: {about}: {more}\n{body}\n{findings:?}", self.operation.id));
            }
        };
        if let Some(check) = self.generated {
            let parsed = Value::parse(text.as_bytes()).expect("JSON is JSON");
            let violated = check(&parsed, &Settings::default());
            let mut generated: Vec<_> = violated.iter().map(|it| (it.id, it.to_string())).collect();
            let limits = &self.operation.limits;
            let of_limit = |it: &Finding| it.limit.map(|index| (limits[index].id.as_str(), it.message.clone()));
            let mut interpreted: Vec<_> = findings.iter().filter_map(of_limit).collect();
            generated.sort();
            interpreted.sort();
            if generated != interpreted {
                disagree("generated code and interpreter", format!("{generated:?} and {interpreted:?}"));
            }
            *tally.generated.entry(self.operation.id.clone()).or_default() += 1;
        }
        let mut is_wrong = false;
        for finding in &findings {
            let limit = finding.limit.map(|index| &self.operation.limits[index]);
            let name = limit.map_or(finding.kind.name(), |it| it.limit.rule.name()).to_owned();
            let says = self.words.say(finding);
            is_wrong |= says;
            *if says { &mut tally.said } else { &mut tally.unsaid }.entry(name).or_default() += 1;
        }
        let is_valid = self.schema.is_valid(&without_nulls(body, "request body", &findings));
        if is_valid == is_wrong {
            disagree(
                "interpreter and document",
                format!("the document says it is {}", if is_valid { "right" } else { "wrong" }),
            );
        }
        tally.taken += usize::from(is_valid);
        tally.refused += usize::from(!is_valid);
    }

    fn findings(&self, text: &[u8]) -> Vec<Finding> {
        let header = |_: &str| None;
        let route: Route<'_> = self
            .interpreter
            .route_below(self.operation.method.as_str(), &self.path, &header)
            .expect("there is such a path");
        assert_eq!(route.operation.id, self.operation.id);
        let request = Request { query: "", header: &header, content: Content::Json(text) };
        let mut findings = self.interpreter.request(&route, &request).findings;
        findings.retain(|it| it.at.starts_with("request body"));
        findings
    }
}

/// A `null` is an absent field to every server and client of this project, and a value to JSON Schema. Where no field can be
/// absent, in lists and maps, it is a value to all.
fn without_nulls(value: &Json, at: &str, findings: &[Finding]) -> Json {
    match value {
        Json::Object(map) => {
            let below = |key: &str| format!("{at}.{key}");
            let is_value = |key: &str| findings.iter().any(|it| it.kind == Kind::WrongType && it.at == below(key));
            let present = map.iter().filter(|(key, value)| !value.is_null() || is_value(key));
            let kept = |(key, value): (&String, &Json)| (key.clone(), without_nulls(value, &below(key), findings));
            Json::Object(present.map(kept).collect())
        }
        Json::Array(items) => {
            let item = |(index, it)| without_nulls(it, &format!("{at}[{index}]"), findings);
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

/// What OpenAPI has words for in the bodies of an operation.
struct Words<'w> {
    operation: &'w Operation,
    /// Places of unions whose tag stands beside them, and places of these tags: JSON Schema cannot make the shape of one
    /// field depend on another by this document's means, so what is inside is only named there.
    unions: Vec<String>,
    tags: Vec<String>,
}

impl<'w> Words<'w> {
    fn of(api: &Api, operation: &'w Operation, fields: &[Field]) -> Self {
        let mut words = Self { operation, unions: Vec::new(), tags: Vec::new() };
        fields.iter().for_each(|it| words.collect(api, &it.type_, "request body", &it.wire, 0));
        words
    }

    fn collect(&mut self, api: &Api, type_: &Type, above: &str, key: &str, depth: usize) {
        let place = format!("{above}.{key}");
        let fields: Vec<&Field> = match api.underlying(type_) {
            _ if depth > 6 => return,
            Type::Named(id) => match &api[*id].kind {
                TypeKind::Union { tag, placed, variants } => {
                    if *placed == TagPlace::Beside {
                        self.unions.push(place.clone());
                        self.tags.push(format!("{above}.{tag}"));
                    }
                    variants.iter().flat_map(|it| &it.fields).collect()
                }
                TypeKind::Object { fields } => fields.iter().collect(),
                TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => Vec::new(),
            },
            Type::List(item) => return self.collect(api, item, above, &format!("{key}[]"), depth + 1),
            Type::Map(value) => return self.collect(api, value, above, &format!("{key}{{}}"), depth + 1),
            Type::Scalar(_) | Type::Json | Type::File => Vec::new(),
        };
        fields.iter().for_each(|it| self.collect(api, &it.type_, &place, &it.wire, depth + 1));
    }

    /// Whether the document says what is wrong.
    fn say(&self, finding: &Finding) -> bool {
        let is_inside = |union_: &String| {
            finding.place.strip_prefix(union_.as_str()).is_some_and(|it| it.starts_with(['.', '[', '{']))
        };
        if self.unions.iter().any(is_inside) || self.tags.contains(&finding.place) {
            return false;
        }
        match (finding.kind, finding.limit) {
            (_, Some(limit)) => says(&self.operation.limits[limit]),
            (Kind::Missing | Kind::WrongType, None) => true,
            // Objects may hold more than is known, and sets of values may grow: neither makes a body wrong.
            (Kind::UnknownField | Kind::UnknownValue, None) => false,
            (
                Kind::UnknownOperation
                | Kind::UnknownParameter
                | Kind::WrongContent
                | Kind::LimitExceeded
                | Kind::UndocumentedError,
                None,
            ) => panic!("a body has no such finding: {finding}"),
        }
    }
}

/// Whether a limit is a keyword of the document. It is one when the server refuses whatever lies beyond, always, and when it
/// bounds characters, items or numbers by a number, or is a pattern. Not a keyword are: bounds that nobody knows the server
/// to enforce, those under a condition, those by another field, bytes, and sizes of bodies.
fn says(placed: &PlacedLimit) -> bool {
    let limit = &placed.limit;
    let is_fixed = !matches!(limit.rule.bound(), Some(Bound::Field { .. }));
    let is_keyword = match &limit.rule {
        Rule::MinChars(_) | Rule::MaxChars(_) | Rule::MinItems(_) | Rule::MaxItems(_) | Rule::Min(_) | Rule::Max(_) => {
            true
        }
        // ECMAScript spells flags and named groups otherwise.
        Rule::Pattern(pattern) => pattern.match_indices("(?").all(|(at, _)| pattern[at..].starts_with("(?:")),
        Rule::MaxBytes(_) | Rule::MaxSize(_) | Rule::BodySize { .. } | Rule::Required => false,
    };
    limit.enforcement == Enforcement::Rejected && limit.when.is_none() && is_fixed && is_keyword
}
