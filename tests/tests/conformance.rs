//! Limits against values: every row of `conformance/*.jsonl` is a limit, a request, and what is said about it.
//!
//! A row holds `why` in words, the `limit` (a rule with its bound, or `required`), the wire path of the bounded value as
//! `at`, and the request by place: `path`, `query`, `headers`, `body`, `form`, and the sizes of `files`. It may add
//! `when`, `enforced`, the `mode` of checking, a bound that is `set` in place of the limit's own, or `disabled`. The
//! `verdict` is `ok`, `unknown` (not to be told, so it passes), `warned`, or `violated`; `fields` names the places.
#![expect(clippy::disallowed_methods, reason = "the rows are on disk")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;

use apigen_core::json::Value;
use apigen_core::limit::{Bound, Condition, Limit, Mode, Parts, Pattern, Place, Rule, Settings, Severity, Test, check};
use apigen_tests::root;
use serde::Deserialize;
use serde_json::Value as Json;

#[test]
fn every_row_is_judged_as_documented() {
    let (mut rows, mut wrong) = (0, Vec::new());
    for entry in root().join("conformance").read_dir_utf8().expect("the rows are a directory") {
        let entry = entry.expect("the rows can be listed");
        let text = fs::read_to_string(entry.path()).expect("the rows are UTF-8");
        for (number, line) in (1..).zip(text.lines()) {
            let place = format!("{}:{number}", entry.file_name());
            let row: Row = serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
            let found = judge(&row);
            if found != (expected(&row), row.fields.clone()) {
                wrong.push(format!("{place}: {}: found {found:?}", row.why));
            }
            rows += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows > 200, "only {rows} rows were found");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    why: String,
    limit: Json,
    at: String,
    when: Option<When>,
    enforced: Option<Enforced>,
    mode: Option<String>,
    set: Option<i64>,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    path: BTreeMap<String, Json>,
    #[serde(default)]
    query: BTreeMap<String, Json>,
    #[serde(default)]
    headers: BTreeMap<String, Json>,
    #[serde(default)]
    form: BTreeMap<String, Json>,
    #[serde(default)]
    files: BTreeMap<String, Option<u64>>,
    body: Option<Json>,
    verdict: Verdict,
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    field: String,
    equals: Option<String>,
    /// The server assumes the value when the field is not there.
    #[serde(default)]
    or_absent: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Enforced {
    Clamp,
    Unknown,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Unknown,
    Warned,
    Violated,
}

fn expected(row: &Row) -> Option<Severity> {
    match row.verdict {
        Verdict::Ok | Verdict::Unknown => None,
        Verdict::Warned => Some(Severity::Warned),
        Verdict::Violated => Some(Severity::Denied),
    }
}

/// How severe the violations are, and where they are.
fn judge(row: &Row) -> (Option<Severity>, Vec<String>) {
    let limit = limit(row);
    let parsed = |json: &Json| Value::parse(json.to_string().as_bytes()).expect("JSON is JSON").into_owned();
    let entries = |values: &BTreeMap<String, Json>| -> Vec<(Cow<'static, str>, Value<'static>)> {
        values.iter().map(|(name, value)| (Cow::Owned(name.clone()), parsed(value))).collect()
    };
    let body = row.body.as_ref().map(parsed);
    let files: Vec<_> = row.files.iter().map(|(name, size)| (Cow::Borrowed(name.as_str()), *size)).collect();
    let parts = Parts {
        path: &entries(&row.path),
        query: &entries(&row.query),
        headers: &entries(&row.headers),
        body: body.as_ref(),
        form: &entries(&row.form),
        files: &files,
    };
    let violations = check(&[limit], &parts, &settings(row));
    let fields = violations.iter().map(|it| it.field.to_string()).collect();
    (violations.iter().map(|it| it.severity).next(), fields)
}

fn settings(row: &Row) -> Settings {
    let mut settings = Settings::deny().mode(match row.mode.as_deref() {
        None => Mode::Deny,
        Some("warn") => Mode::Warn,
        Some("off") => Mode::Off,
        Some(other) => panic!("there is no mode {other}"),
    });
    if let Some(bound) = row.set {
        settings = settings.set("limit", bound);
    }
    if row.disabled {
        settings = settings.disable("limit");
    }
    settings
}

fn limit(row: &Row) -> Limit {
    let mut limit = Limit::new("limit", place(row), leak(&row.at), rule(&row.limit));
    match row.enforced {
        None => {}
        Some(Enforced::Clamp) => limit = limit.clamped(),
        Some(Enforced::Unknown) => limit = limit.open(),
    }
    let Some(when) = &row.when else { return limit };
    let test = match (&when.equals, when.or_absent) {
        (None, _) => Test::Present,
        (Some(value), false) => Test::Equals(leak(value)),
        (Some(value), true) => Test::EqualsOrAbsent(leak(value)),
    };
    limit.when(Box::leak(Box::new([Condition { field: leak(&when.field), test }])))
}

/// Where the bounded value stands: in the place that has it, else in the body.
fn place(row: &Row) -> Place {
    let name = row.at.split(['.', '[', '{']).next().unwrap_or_default();
    match () {
        () if row.path.contains_key(name) => Place::Path,
        () if row.query.contains_key(name) => Place::Query,
        () if row.headers.contains_key(name) => Place::Header,
        () if row.form.contains_key(name) || !row.files.is_empty() => Place::Form,
        () => Place::Body,
    }
}

fn rule(limit: &Json) -> Rule {
    if limit == "required" {
        return Rule::Required;
    }
    let rules = limit.as_object().expect("a limit is a rule with its bound");
    let (name, value) = rules.iter().next().expect("a limit has a rule");
    let bound = || match value {
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Bound::Float(number.as_f64().expect("numbers are finite")), Bound::Int)
        }
        other => {
            let field = leak(other["field"].as_str().expect("a bound is a number or a field"));
            other["default"].as_i64().map_or(Bound::Field(field), |default| Bound::FieldOr(field, default))
        }
    };
    match name.as_str() {
        "min_chars" => Rule::MinChars(bound()),
        "max_chars" => Rule::MaxChars(bound()),
        "max_bytes" => Rule::MaxBytes(bound()),
        "min_items" => Rule::MinItems(bound()),
        "max_items" => Rule::MaxItems(bound()),
        "min" => Rule::Min(bound()),
        "max" => Rule::Max(bound()),
        "max_size" => Rule::MaxSize(bound()),
        "body_size" => {
            let of = value["of"].as_array().expect("fields are a list").iter();
            let of: Vec<_> = of.map(|it| leak(it.as_str().expect("a field is a string"))).collect();
            Rule::BodySize(Bound::Int(value["bytes"].as_i64().expect("a size is a whole number")), of.leak())
        }
        "pattern" => {
            Rule::Pattern(Box::leak(Box::new(Pattern::new(leak(value.as_str().expect("a pattern is a string"))))))
        }
        other => panic!("there is no rule {other}"),
    }
}

/// Tables of limits are static.
fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
