//! The code of every example, made once for all languages: the request as a command and as Rust, and the reply.

use std::sync::Arc;

use apigen_model::ir::{Api, Example, ExampleReply, Operation};
use rayon::prelude::*;

use super::curl;
use super::highlight::{self, Code};
use crate::emit::rust::calls;

/// The examples of every operation, by its id.
pub(super) type Samples = std::collections::BTreeMap<String, OperationCode>;

/// The code that pages show of an operation.
pub(super) struct OperationCode {
    pub(super) signature: Arc<Code>,
    pub(super) examples: Vec<Arc<Sample>>,
}

/// An example in code.
pub(super) struct Sample {
    pub(super) curl: Code,
    pub(super) rust: Code,
    pub(super) status: u16,
    pub(super) reply: Code,
    /// The lines of the files that the reply names; empty when it names none.
    pub(super) records: Code,
}

/// The code of every example of every operation.
pub(super) fn all(api: &Api) -> Samples {
    let of = |operation: &Operation| {
        let code = OperationCode {
            signature: Arc::new(highlight::rust(calls::signature(api, operation))),
            examples: operation.examples.iter().map(|it| Arc::new(sample(api, operation, it))).collect(),
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
    Sample {
        curl: highlight::bash(curl::command(api, operation, example)),
        rust: highlight::rust(calls::example(api, operation, example)),
        status,
        reply,
        records: highlight::json(records),
    }
}
