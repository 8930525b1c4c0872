//! Outcomes: how an object or an envelope tells whether it stands for a success.

use serde_json::Value;

use super::scope::Scope;
use super::{optional, text};
use crate::codes::Code;
use crate::ir::{self, OutcomeTest};
use crate::load::{Entries, Spanned};
use crate::spec;

/// Resolves the outcome of an envelope, whose reason is a path from the root of the reply.
pub(super) fn of_envelope(scope: &mut Scope<'_>, outcome: &spec::Outcome, fields: &[ir::Field]) -> Option<ir::Outcome> {
    if let Some(otherwise) = &outcome.otherwise {
        scope.report(Code::E0316, otherwise.span, "an envelope stays what it is on failure", "delete `otherwise:`");
    }
    let (key, test) = test(scope, outcome)?;
    Some(ir::Outcome {
        path: scope.wire_of("envelope field", fields, key),
        test,
        reason: optional(outcome.reason.as_ref()),
    })
}

impl Scope<'_> {
    /// Resolves the outcome of an object type with a name and fields. Other types may not be resolved yet, so this reads
    /// the spec.
    pub(super) fn verdict(
        &mut self,
        outcome: &spec::Outcome,
        name: &Spanned<String>,
        fields: Option<&Entries<spec::FieldSpec>>,
    ) -> Option<ir::Verdict> {
        let own = self.type_named(&name.value, name.span)?;
        let otherwise = match &outcome.otherwise {
            Some(other) => self.type_named(&other.value, other.span)?,
            None => own,
        };
        let Some(failed) = self.definition_fields(otherwise).filter(|_| fields.is_some()) else {
            let at = outcome.otherwise.as_ref().map_or(name.span, |it| it.span);
            let help = "an outcome needs `object:` beside it, and `otherwise:` the name of an object";
            self.report(Code::E0316, at, "only objects have an outcome", help);
            return None;
        };
        let (key, test) = test(self, outcome)?;
        let path = self.wire_in([fields, Some(failed)], key);
        let reason = outcome.reason.as_ref().map(|key| self.wire_in([Some(failed), None], key)).unwrap_or_default();
        Some(ir::Verdict { outcome: ir::Outcome { path, test, reason }, otherwise })
    }

    /// The wire name of a key, in the first mapping of fields that has it.
    fn wire_in(&mut self, all: [Option<&Entries<spec::FieldSpec>>; 2], key: &Spanned<String>) -> String {
        let found = all.into_iter().flatten().find_map(|fields| fields.entry(&key.value));
        match found {
            Some((own, field)) => field.0.wire.as_ref().map_or_else(|| text(own), text),
            None => {
                let known: Vec<_> =
                    all.into_iter().flatten().flat_map(|it| it.keys().map(|it| it.value.as_str())).collect();
                self.undefined_among("field", &key.value, key.span, &known);
                String::new()
            }
        }
    }
}

/// What is tested, and how.
fn test<'o>(scope: &mut Scope<'_>, outcome: &'o spec::Outcome) -> Option<(&'o Spanned<String>, OutcomeTest)> {
    match (&outcome.field, &outcome.equals, &outcome.absent) {
        (Some(field), Some(equals), None) => {
            let values = match &equals.value {
                Value::Array(values) => values.clone(),
                value => vec![value.clone()],
            };
            Some((field, OutcomeTest::Equals(values)))
        }
        (None, None, Some(absent)) => Some((absent, OutcomeTest::Absent)),
        (field, equals, absent) => {
            let at = [
                field.as_ref().map(|it| it.span),
                equals.as_ref().map(|it| it.span),
                absent.as_ref().map(|it| it.span),
            ];
            let at = at.into_iter().flatten().next().or(outcome.reason.as_ref().map(|it| it.span));
            let help = "write `field:` with `equals:`, or `absent:`";
            if let Some(at) = at {
                scope.report(Code::E0316, at, "this outcome has no single test", help);
            }
            None
        }
    }
}
