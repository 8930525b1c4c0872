//! From the limits of the IR to those of the validation code, so that the same code checks both.
//!
//! Tables of limits are `'static`, as generated ones are. Here their texts live as long as the program, each distinct one
//! once: reading a spec again takes no further memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use apigen_core::limit::{self, Limit, Pattern};
use apigen_model::ir::{self, Bound, Enforcement, Operation, Place, PlacedLimit, Precondition, PreconditionTest};

/// The limits that a request can be held against.
pub(crate) fn of(operation: &Operation) -> Vec<Limit> {
    operation.checkable_limits().map(limit).collect()
}

fn limit(placed: &PlacedLimit) -> Limit {
    let place = match placed.place {
        Place::Path => limit::Place::Path,
        Place::Query => limit::Place::Query,
        Place::Header => limit::Place::Header,
        Place::Body => limit::Place::Body,
        Place::Form => limit::Place::Form,
    };
    let mut limit = Limit::new(kept(&placed.id), place, kept(&placed.wire), rule(placed));
    limit = match placed.limit.enforcement {
        Enforcement::Rejected => limit,
        Enforcement::Clamped => limit.clamped(),
        Enforcement::Unknown => limit.open(),
    };
    if placed.limit.raisable {
        limit = limit.raisable();
    }
    let conditions: Vec<_> = placed.preconditions().iter().map(condition).collect();
    limit.when(kept_conditions(&placed.preconditions(), conditions))
}

fn rule(placed: &PlacedLimit) -> limit::Rule {
    let bound = |it: &Bound| bound(placed, it);
    match &placed.limit.rule {
        ir::Rule::MinChars(it) => limit::Rule::MinChars(bound(it)),
        ir::Rule::MaxChars(it) => limit::Rule::MaxChars(bound(it)),
        ir::Rule::MaxBytes(it) => limit::Rule::MaxBytes(bound(it)),
        ir::Rule::MinItems(it) => limit::Rule::MinItems(bound(it)),
        ir::Rule::MaxItems(it) => limit::Rule::MaxItems(bound(it)),
        ir::Rule::Min(it) => limit::Rule::Min(bound(it)),
        ir::Rule::Max(it) => limit::Rule::Max(bound(it)),
        ir::Rule::MaxSize(it) => limit::Rule::MaxSize(bound(it)),
        ir::Rule::Pattern(expression) => limit::Rule::Pattern(kept_pattern(expression)),
        ir::Rule::BodySize { bytes, of } => limit::Rule::BodySize(bound(bytes), kept_list(of)),
        ir::Rule::Required => limit::Rule::Required,
    }
}

fn bound(placed: &PlacedLimit, bound: &Bound) -> limit::Bound {
    match bound {
        Bound::Integer(number) => limit::Bound::Int(*number),
        Bound::Number(number) => limit::Bound::Float(*number),
        Bound::Field { field, default: None } => limit::Bound::Field(kept(&placed.beside(field))),
        Bound::Field { field, default: Some(default) } => limit::Bound::FieldOr(kept(&placed.beside(field)), *default),
    }
}

fn condition(Precondition { field, test }: &Precondition) -> limit::Condition {
    let test = match test {
        PreconditionTest::Present => limit::Test::Present,
        PreconditionTest::Equals(value) => limit::Test::Equals(kept(value)),
        PreconditionTest::EqualsOrAbsent(value) => limit::Test::EqualsOrAbsent(kept(value)),
    };
    limit::Condition { field: kept(field), test }
}

fn kept(text: &str) -> &'static str {
    static KEPT: Keep<str> = Keep::new();
    KEPT.keep(text, || text.to_owned().leak())
}

fn kept_list(texts: &[String]) -> &'static [&'static str] {
    static KEPT: Keep<[&str]> = Keep::new();
    KEPT.keep(&format!("{texts:?}"), || texts.iter().map(|it| kept(it)).collect::<Vec<_>>().leak())
}

fn kept_pattern(expression: &str) -> &'static Pattern {
    static KEPT: Keep<Pattern> = Keep::new();
    KEPT.keep(expression, || Box::leak(Box::new(Pattern::new(kept(expression)))))
}

fn kept_conditions(key: &[Precondition], conditions: Vec<limit::Condition>) -> &'static [limit::Condition] {
    static KEPT: Keep<[limit::Condition]> = Keep::new();
    KEPT.keep(&format!("{key:?}"), || conditions.leak())
}

/// What is kept for the rest of the program, by a text that tells it apart.
struct Keep<T: ?Sized + 'static>(Mutex<BTreeMap<String, &'static T>>);

impl<T: ?Sized> Keep<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn keep(&self, key: &str, make: impl FnOnce() -> &'static T) -> &'static T {
        // Whoever panicked while holding the lock left the map whole.
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match kept.get(key) {
            Some(found) => found,
            None => kept.entry(key.to_owned()).or_insert_with(make),
        }
    }
}
