//! Requests held against tables of limits, as generated clients and validation crates do it.

use std::borrow::Cow;

use apigen_core::json::Value;
use apigen_core::limit::{Bound, Condition, Limit, Mode, Parts, Pattern, Place, Rule, Settings, Severity, Test, check};
use apigen_core::pattern;

/// A limit of the body with its rule as id.
const fn body(name: &'static str, rule: Rule) -> Limit {
    Limit::new("id", Place::Body, name, rule)
}

/// What is said about a body.
fn said(limits: &[Limit], body: &str, settings: &Settings) -> Vec<String> {
    let body = Value::parse(body.as_bytes()).expect("test bodies are JSON");
    let parts = Parts { body: Some(&body), ..Parts::default() };
    check(limits, &parts, settings).iter().map(ToString::to_string).collect()
}

/// Limit, body, and what is said about it.
static BOUNDARIES: &[(Limit, &str, Option<&str>)] = &[
    (body("a", Rule::MaxChars(Bound::Int(2))), r#"{"a": "日本"}"#, None),
    (body("a", Rule::MaxChars(Bound::Int(2))), r#"{"a": "日本語"}"#, Some("a: 3 characters, at most 2 allowed (id)")),
    (body("a", Rule::MinChars(Bound::Int(1))), r#"{"a": ""}"#, Some("a: 0 characters, at least 1 allowed (id)")),
    (body("a", Rule::MinChars(Bound::Int(1))), r#"{"a": "x"}"#, None),
    (body("a", Rule::MaxBytes(Bound::Int(3))), r#"{"a": "日"}"#, None),
    (body("a", Rule::MaxBytes(Bound::Int(3))), r#"{"a": "日x"}"#, Some("a: 4 bytes, at most 3 allowed (id)")),
    (body("a", Rule::MaxBytes(Bound::Int(9))), r#"{"a": {"k": "ab"}}"#, Some("a: 10 bytes, at most 9 allowed (id)")),
    (body("a", Rule::MaxItems(Bound::Int(1))), r#"{"a": [1, 2]}"#, Some("a: 2 items, at most 1 allowed (id)")),
    (body("a", Rule::MaxItems(Bound::Int(1))), r#"{"a": {"x": 1}}"#, None),
    (body("a", Rule::MinItems(Bound::Int(1))), r#"{"a": []}"#, Some("a: 0 items, at least 1 allowed (id)")),
    (body("a", Rule::Min(Bound::Int(1))), r#"{"a": 0}"#, Some("a: 0, at least 1 allowed (id)")),
    (body("a", Rule::Max(Bound::Int(1))), r#"{"a": 1.5}"#, Some("a: 1.5, at most 1 allowed (id)")),
    (body("a", Rule::Max(Bound::Float(1.5))), r#"{"a": 1.5}"#, None),
    (
        body("a", Rule::Max(Bound::Int(i64::MAX))),
        r#"{"a": 18446744073709551615}"#,
        Some("a: 18446744073709551615, at most 9223372036854775807 allowed (id)"),
    ),
    (body("a", Rule::Pattern(pattern!("[a-z]+"))), r#"{"a": "abc"}"#, None),
    (body("a", Rule::Pattern(pattern!("a|b"))), r#"{"a": "ab"}"#, Some("a: must match the pattern a|b (id)")),
    (body("a", Rule::OneOf(&["x", "y"])), r#"{"a": "z"}"#, Some("a: must be one of x, y (id)")),
    (body("a", Rule::OneOf(&["x", "y"])), r#"{"a": "y"}"#, None),
    (body("a", Rule::Required), "{}", Some("a: missing (id)")),
    (body("a", Rule::Required), r#"{"a": null}"#, Some("a: missing (id)")),
    (body("a", Rule::Required), r#"{"a": ""}"#, None),
];

#[test]
fn each_rule_at_its_boundary() {
    for (limit, text, expected) in BOUNDARIES {
        let settings = Settings::deny();
        assert_eq!(
            said(&[*limit], text, &settings),
            expected.iter().copied().collect::<Vec<_>>(),
            "{limit:?} of {text}"
        );
    }
}

#[test]
fn values_of_another_kind_and_absent_values_pass() {
    let limits = [
        body("a", Rule::MaxChars(Bound::Int(1))),
        body("a", Rule::MaxItems(Bound::Int(1))),
        body("a", Rule::Max(Bound::Int(1))),
        body("a.b", Rule::MaxChars(Bound::Int(1))),
        body("a[].b", Rule::MaxChars(Bound::Int(1))),
        body("a{}", Rule::MaxChars(Bound::Int(1))),
    ];
    for text in ["{}", "[]", "7", r#"{"a": true}"#, r#"{"a": null}"#, r#"{"b": "long"}"#] {
        assert_eq!(said(&limits, text, &Settings::deny()), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn nested_values_are_named_with_their_indexes() {
    let limits = [
        body("list[].name", Rule::MaxChars(Bound::Int(1))),
        body("map{}", Rule::MaxItems(Bound::Int(1))),
        body("deep.er[][]", Rule::Max(Bound::Int(1))),
        body("list[].name", Rule::Required),
    ];
    let text =
        r#"{"list": [{"name": "x"}, {"name": "xy"}, {}], "map": {"k.1": [1, 2]}, "deep": {"er": [[1], [1, 2]]}}"#;
    assert_eq!(
        said(&limits, text, &Settings::deny()),
        [
            "list[1].name: 2 characters, at most 1 allowed (id)",
            "map.k.1: 2 items, at most 1 allowed (id)",
            "deep.er[1][1]: 2, at most 1 allowed (id)",
            "list[2].name: missing (id)",
        ]
    );
}

#[test]
fn a_required_value_of_an_absent_object_is_not_missed() {
    let limits = [body("push.title", Rule::Required)];
    assert_eq!(said(&limits, "{}", &Settings::deny()), Vec::<String>::new());
    assert_eq!(said(&limits, r#"{"push": {}}"#, &Settings::deny()), ["push.title: missing (id)"]);
}

#[test]
fn conditions_have_three_verdicts() {
    let equals = &[Condition { field: "kind", test: Test::Equals("1") }];
    let present = &[Condition { field: "kind", test: Test::Present }];
    let cases: &[(&'static [Condition], &str, bool)] = &[
        (equals, r#"{"kind": 1}"#, true),
        (equals, r#"{"kind": "1"}"#, true),
        (equals, r#"{"kind": 2}"#, false),
        (equals, "{}", false),
        (present, r#"{"kind": false}"#, true),
        (present, r#"{"kind": null}"#, false),
        (present, "{}", false),
    ];
    for (conditions, text, applies) in cases {
        let limit = body("a", Rule::Required).when(conditions);
        assert_eq!(!said(&[limit], text, &Settings::deny()).is_empty(), *applies, "{conditions:?} on {text}");
    }
}

#[test]
fn conditions_within_a_list_look_at_the_same_item() {
    let limit =
        body("list[].url", Rule::Required).when(&[Condition { field: "list[].type", test: Test::Equals("image") }]);
    let text = r#"{"type": "image", "list": [{"type": "text"}, {"type": "image"}, {"url": "u", "type": "image"}, {}]}"#;
    assert_eq!(said(&[limit], text, &Settings::deny()), ["list[1].url: missing (id)"]);

    let outer = body("list[].url", Rule::Required).when(&[Condition { field: "type", test: Test::Equals("image") }]);
    assert_eq!(said(&[outer], text, &Settings::deny()).len(), 3);
}

#[test]
fn a_bound_may_be_another_field() {
    let limit = body("members", Rule::MaxItems(Bound::Field("max")));
    for (text, violated) in [
        (r#"{"members": [1, 2], "max": 2}"#, false),
        (r#"{"members": [1, 2, 3], "max": 2}"#, true),
        (r#"{"members": [1, 2, 3], "max": "2"}"#, true),
        (r#"{"members": [1, 2, 3]}"#, false),
        (r#"{"members": [1, 2, 3], "max": []}"#, false),
    ] {
        assert_eq!(!said(&[limit], text, &Settings::deny()).is_empty(), violated, "{text}");
    }
}

#[test]
fn every_place_is_looked_at() {
    let long = [(Cow::Borrowed("name"), Value::from("xyz"))];
    let list = [(Cow::Borrowed("ids"), Value::Array(vec!["a".into(), "long".into()]))];
    let files = [(Cow::Borrowed("file"), Some(11)), (Cow::Borrowed("reader"), None)];
    let limits = [
        Limit::new("path", Place::Path, "ids", Rule::MaxItems(Bound::Int(1))),
        Limit::new("item", Place::Path, "ids[]", Rule::MaxChars(Bound::Int(1))),
        Limit::new("query", Place::Query, "name", Rule::MaxChars(Bound::Int(1))),
        Limit::new("header", Place::Header, "name", Rule::MaxChars(Bound::Int(1))),
        Limit::new("form", Place::Form, "name", Rule::MaxChars(Bound::Int(1))),
        Limit::new("file", Place::Form, "file", Rule::MaxSize(Bound::Int(10))),
        Limit::new("reader", Place::Form, "reader", Rule::MaxSize(Bound::Int(10))),
        Limit::new("body", Place::Body, "name", Rule::Required),
    ];
    let parts = Parts { path: &list, query: &long, headers: &long, form: &long, files: &files, body: None };
    let said: Vec<String> = check(&limits, &parts, &Settings::deny()).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "ids: 2 items, at most 1 allowed (path)",
            "ids[1]: 4 characters, at most 1 allowed (item)",
            "name: 3 characters, at most 1 allowed (query)",
            "name: 3 characters, at most 1 allowed (header)",
            "name: 3 characters, at most 1 allowed (form)",
            "file: 11 bytes, at most 10 allowed (file)",
        ]
    );
}

#[test]
fn settings_decide_what_becomes_of_a_violation() {
    let rejected = Limit::new("rejected", Place::Body, "a", Rule::MaxChars(Bound::Int(1)));
    let open = Limit::new("open", Place::Body, "a", Rule::MaxChars(Bound::Int(1))).open();
    let clamped = Limit::new("clamped", Place::Body, "a", Rule::MaxChars(Bound::Int(1))).clamped();
    let value = Value::object([("a", "xyz".into())]);
    let parts = Parts { body: Some(&value), ..Parts::default() };
    let outcome = |settings: &Settings| -> Vec<(&'static str, Severity)> {
        check(&[rejected, open, clamped], &parts, settings).iter().map(|it| (it.id, it.severity)).collect()
    };

    assert_eq!(outcome(&Settings::deny()), [("rejected", Severity::Denied), ("open", Severity::Warned)]);
    assert_eq!(outcome(&Settings::warn()), [("rejected", Severity::Warned), ("open", Severity::Warned)]);
    assert_eq!(outcome(&Settings::off()), []);
    assert_eq!(outcome(&Settings::deny().raise(&rejected, 3)), [("open", Severity::Warned)]);
    assert_eq!(outcome(&Settings::deny().set("rejected", 2).disable("open")), [("rejected", Severity::Denied)]);
    assert_eq!(outcome(&Settings::deny().disable("open").mode(Mode::Warn)), [("rejected", Severity::Warned)]);
    let kept = Settings::deny();
    drop(kept.clone().disable("rejected"));
    assert_eq!(outcome(&kept).len(), 2, "an adjusted copy leaves the original alone");
}

#[test]
fn single_values_are_checked_alone() {
    let settings = Settings::deny();
    let chars = body("a", Rule::MaxChars(Bound::Int(1)));
    assert!(chars.check_str("x", &settings).is_ok());
    assert_eq!(chars.check_str("xy", &settings).unwrap_err().actual.as_ref(), "2");
    assert!(chars.open().check_str("xy", &settings).is_ok());
    assert!(chars.clamped().check_str("xy", &settings).is_ok());
    assert!(chars.check_len(2, &settings).is_err());
    assert!(body("a", Rule::MinItems(Bound::Int(2))).check_len(1, &settings).is_err());
    assert!(body("a", Rule::MaxSize(Bound::Int(2))).check_len(3, &settings).is_err());
    let max = body("a", Rule::Max(Bound::Int(5)));
    assert!(max.check_number(5, &settings).is_ok());
    assert!(max.check_number(6, &settings).is_err());
    assert!(max.check_number(6, &settings.clone().raise(&max, 6)).is_ok());
    assert!(max.check_number(6, &Settings::off()).is_ok());
    assert!(body("a", Rule::Max(Bound::Field("b"))).check_number(6, &settings).is_ok(), "the other field is unknown");
    assert!(body("a", Rule::Required).check_value(&Value::Null, &settings).is_err());
}

#[test]
fn a_pattern_that_cannot_be_compiled_stops_nothing() {
    assert!(Pattern::new("(").matches("anything"));
}
