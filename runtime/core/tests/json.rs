//! The JSON value against `serde_json` as an oracle, and templates against their own filling.

use apigen_core::json::{Number, Value};
use apigen_core::template::Template;
use proptest::prelude::*;
use serde_core::Deserialize;
use serde_core::de::IntoDeserializer;
use serde_core::de::value::{Error, MapDeserializer};

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".*", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parses_what_serde_json_parses(value in json()) {
        let text = value.to_string();
        let ours = Value::parse(text.as_bytes()).expect("serde_json wrote it");
        prop_assert_eq!(serde_json::Value::from(&ours), value.clone());
        prop_assert_eq!(&ours.to_json_string(), &text);
        let bytes = ours.to_json_vec();
        prop_assert_eq!(bytes.capacity(), bytes.len());
        prop_assert_eq!(bytes, text.as_bytes());
        prop_assert_eq!(&Value::from(&value), &ours);
        prop_assert_eq!(ours.clone().into_owned(), ours);
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let oracle = serde_json::from_slice::<serde_json::Value>(&bytes);
        prop_assert_eq!(Value::parse(&bytes).is_ok(), oracle.is_ok());
    }

    #[test]
    fn what_a_template_is_filled_with_it_captures(literals in prop::collection::vec("[a-z ]{0,3}[a-z.:]", 1..4), values in prop::collection::vec("[A-Z0-9]{0,6}", 3)) {
        let template = literals.join("{v}").replace("{v}", "{value}");
        let template = Template::new(&template);
        let mut remaining = values.iter();
        let mut expected = Vec::new();
        let mut text = String::new();
        for (index, literal) in literals.iter().enumerate() {
            if index > 0 {
                let value = remaining.next().expect("there are as many values as gaps");
                expected.push(("value", value.as_str()));
                text.push_str(value);
            }
            text.push_str(literal);
        }
        prop_assert_eq!(template.captures(&text), Some(expected));
    }

    #[test]
    fn a_filled_template_matches(template in "[a-z{} ]{0,20}", value in "[a-z ]{0,5}") {
        let template = Template::new(&template);
        let filled = template.fill(|_| Some(&value));
        let adjacent = template.placeholders().count() > 1;
        prop_assert!(adjacent || filled.trim() != filled || template.matches(&filled), "{:?} {:?}", template, filled);
    }
}

#[test]
fn borrows_what_has_no_escapes_and_keeps_the_order() {
    let value =
        Value::parse(br#"{"z": "plain", "a": "es\u0063aped", "z2": [1, -1, 18446744073709551615, 1.5]}"#).unwrap();
    let Value::Object(entries) = &value else { panic!("an object") };
    assert_eq!(entries.iter().map(|(key, _)| key.as_ref()).collect::<Vec<_>>(), ["z", "a", "z2"]);
    assert!(matches!(&entries[0].1, Value::Str(std::borrow::Cow::Borrowed("plain"))));
    assert!(matches!(&entries[1].1, Value::Str(std::borrow::Cow::Owned(text)) if text == "escaped"));
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let value = Value::parse(br#"{"a": 1, "a": 2}"#).unwrap();
    assert_eq!(value.get("a"), Some(&2.into()));
}

#[test]
fn deep_nesting_is_refused() {
    let text = "[".repeat(100_000);
    assert!(Value::parse(text.as_bytes()).is_err());
}

#[test]
fn paths_lead_through_objects_and_named_items() {
    let value = Value::parse(br#"{"data": {"cursor": "c", "list": [{"x": 1}]}}"#).unwrap();
    let cases = [
        ("data.cursor", Some(Value::from("c"))),
        ("data.none", None),
        ("data.list.x", None),
        ("data.cursor.x", None),
        ("data.list[0].x", Some(Value::from(1))),
        ("data.list[1]", None),
        ("data.list[0][0]", None),
        ("data.list[]", None),
        ("data[0]", None),
    ];
    for (path, expected) in cases {
        assert_eq!(value.path(path), expected.as_ref(), "{path}");
    }
    assert_eq!(value.path(""), Some(&value));
}

#[test]
fn numbers_compare_by_value() {
    assert_eq!(Number::Int(1), Number::Float(1.0));
    assert!(Number::from(u64::MAX) > Number::Int(i64::MAX));
    assert!(Number::Int(i64::MAX) > Number::Int(i64::MAX - 1));
    assert!(Number::Float(f64::NAN).partial_cmp(&Number::Int(0)).is_none());
    assert_eq!(Number::Float(3.0).as_i64(), Some(3));
    assert_eq!(Number::Float(3.5).as_i64(), None);
    assert_eq!(Number::Float(1e300).as_i64(), None);
    assert_eq!(Number::from(u64::MAX).as_i64(), None);
    assert_eq!(Number::from(7_usize).as_i64(), Some(7));
}

/// With that feature of `serde_json` enabled somewhere in a build, numbers arrive as maps with one magic key.
#[test]
fn numbers_of_arbitrary_precision_are_read() {
    for (digits, expected) in
        [("7", Number::Int(7)), ("18446744073709551615", Number::Unsigned(u64::MAX)), ("1e2", Number::Float(100.0))]
    {
        let pairs = [("$serde_json::private::Number", digits)];
        let map =
            MapDeserializer::<_, Error>::new(pairs.into_iter().map(|(key, value)| (key, value.into_deserializer())));
        assert_eq!(Value::deserialize(map).unwrap(), Value::Number(expected));
    }
}

#[test]
fn objects_leave_out_what_is_not_there() {
    let value = Value::object([("a", "1".into()), ("b", Value::Null)]);
    assert_eq!(value.to_json_string(), r#"{"a":"1"}"#);
}
