//! The code of every example, made once for all languages: the request as a command and as Rust, and the reply.

use apigen_model::ir::{Api, Example, ExampleReply, Operation};
use minijinja::Value;
use rayon::prelude::*;
use serde::Serialize;

use super::curl;
use super::highlight::{self, Code};
use crate::emit::rust::calls;
use crate::emit::templates::value;

/// The examples of every operation, by its id.
pub(super) type Samples = std::collections::BTreeMap<String, OperationCode>;

/// The code that pages show of an operation.
pub(super) struct OperationCode {
    pub(super) signature: Value,
    pub(super) examples: Vec<Sample>,
}

/// An example in code.
pub(super) struct Sample {
    pub(super) curl: Code,
    /// All of it, for templates.
    pub(super) shown: Value,
}

#[derive(Serialize)]
struct SampleView<'a> {
    curl: &'a Code,
    rust: Code,
    status: u16,
    reply: Code,
    /// The lines of the files that the reply names; empty when it names none.
    records: Code,
}

/// The code of every example of every operation.
pub(super) fn all(api: &Api) -> Samples {
    let of = |operation: &Operation| {
        let code = OperationCode {
            signature: value(&highlight::rust(calls::signature(api, operation))),
            examples: operation.examples.iter().map(|it| sample(api, operation, it)).collect(),
        };
        (operation.id.clone(), code)
    };
    api.operations.par_iter().map(of).collect()
}

fn sample(api: &Api, operation: &Operation, example: &Example) -> Sample {
    let none = String::new;
    let (status, reply, records) = match &example.reply {
        ExampleReply::Json { body, records } => {
            let lines: Vec<_> = records.iter().map(ToString::to_string).collect();
            (200, highlight::json(format!("{body:#}")), lines.join("\n"))
        }
        ExampleReply::Binary { content } => (200, highlight::plain(content.clone()), none()),
        ExampleReply::Error { error, body } => {
            (api.error(*error).1.status, highlight::json(format!("{body:#}")), none())
        }
    };
    let curl = highlight::bash(curl::command(api, operation, example));
    let view = SampleView {
        curl: &curl,
        rust: highlight::rust(calls::example(api, operation, example)),
        status,
        reply,
        records: highlight::json(records),
    };
    Sample { shown: value(&view), curl }
}
