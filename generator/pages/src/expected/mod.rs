//! What pages should say: the facts of a spec, or of another revision of pages, with their places.

mod of_spec;

use apigen_model::ir::{Api, Explanation};
use apigen_model::source::{Sources, Span};

use serde::Serialize;

use self::of_spec::Reader;
use crate::facts::{Amount, Claim, ErrorRow, Fact, Name, Page, Shape};
use crate::message::Message;

/// What is expected of pages.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// By resource, in the author's order.
    pub operations: Vec<Operation>,
    /// Errors that any operation may answer with, so that its section may repeat them.
    pub common: Vec<Row>,
    /// Every error: what a page of errors may show.
    pub errors: Vec<Row>,
    /// What the ledger answers for.
    pub explained: Vec<Explained>,
    /// Whether a page must repeat all that is expected. Otherwise it may leave out types and marks.
    pub strict: bool,
}

/// What is expected of an operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its id, or its method and path where it has none.
    pub id: String,
    /// HTTP method.
    pub method: String,
    /// Path with parameters in braces.
    pub path: String,
    /// Id of the page that its facts are taken from; empty when unknown.
    pub page: String,
    /// Where it is described.
    pub at: At,
    /// Its parameters and the fields of its reply.
    pub fields: Vec<Field>,
    /// The numbers that bound it.
    pub numbers: Vec<Number>,
    /// Its errors.
    pub errors: Vec<Row>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct At {
    /// Path of the file, as it is shown.
    pub file: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: usize,
}

/// A parameter or a field of the reply.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its place and path, without marks for items of lists.
    pub name: Name,
    /// Where it is described.
    pub at: At,
    /// The shapes that a table may say; the first is the one that is expected. Empty when nothing is known.
    pub types: Vec<Shape>,
    /// The shapes that an example may show.
    pub shown: Vec<Shape>,
    /// What a mark may say. Empty when nothing is known.
    pub required: Vec<bool>,
    /// What is assumed when it is not there. Empty when nothing is known.
    pub defaults: Vec<String>,
    /// Its known values; empty when it may have any.
    pub values: Vec<String>,
    /// Whether it holds what no table can list: a map, or any JSON.
    pub is_open: bool,
    /// Whether it stands beside the payload, where no operation needs to repeat it.
    pub is_envelope: bool,
    /// Whether more than an example tells of it.
    pub is_listed: bool,
}

/// A number.
#[derive(Debug, Clone)]
pub struct Number {
    /// What it bounds; `None` for the operation as a whole.
    pub name: Option<Name>,
    /// What it is called in a report.
    pub amount: Amount,
    /// The same in other units.
    pub also: Vec<Amount>,
    /// Whether any unit will do.
    pub any_unit: bool,
    /// Where it is stated.
    pub at: At,
    /// Whether the page must tell it.
    pub is_due: bool,
}

/// A documented error.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row, its message as the spec writes it.
    pub row: ErrorRow,
    /// The message to compare with.
    pub message: Message,
    /// Where it is stated.
    pub at: At,
}

/// What an entry of the ledger answers for.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Id of the entry.
    pub entry: String,
    /// The facts.
    pub facts: Vec<Explanation>,
    /// Where each stands.
    pub at: Vec<At>,
    /// Ids of the operations concerned; empty for all.
    pub operations: Vec<String>,
    /// Ids of the pages that contradict each other.
    pub pages: Vec<String>,
}

impl Expected {
    /// What a spec expects; `root` is the directory of the spec, as it is shown.
    pub fn of_spec(api: &Api, sources: &Sources, root: &str) -> Self {
        let at = |span: Span| At {
            file: format!("{root}/{}", sources.path(span.file)),
            line: sources.position(span.file, span.start).line,
        };
        let reader = Reader { api, at: &at };
        let explained = api.discrepancies.iter().filter(|it| !it.explains.is_empty()).map(|entry| {
            let concerned = api.operations.iter().filter(|it| api.discrepancies_of(it).any(|it| it.id == entry.id));
            Explained {
                entry: entry.id.clone(),
                facts: entry.explains.clone(),
                at: entry.explains.iter().map(|it| at(it.at)).collect(),
                operations: concerned.map(|it| it.id.clone()).collect(),
                pages: entry.claims.iter().map(|it| api[it.source.page].name.clone()).collect(),
            }
        });
        Self {
            operations: api.operations.iter().map(|it| reader.operation(it)).collect(),
            common: api.common_errors.iter().map(|it| reader.row(*it)).collect(),
            errors: reader.all_errors(),
            explained: explained.collect(),
            strict: false,
        }
    }

    /// What another revision of pages says. What is common to the operations of a page stands in one of its own.
    pub fn of_pages(pages: &[Page]) -> Self {
        let mut operations: Vec<Operation> = Vec::new();
        for page in pages {
            let at = |line: usize| At { file: page.file.clone(), line };
            for told in &page.operations {
                let mut operation = Operation {
                    id: format!("{} {}", told.method, told.path).trim().to_owned(),
                    method: told.method.clone(),
                    path: told.path.clone(),
                    page: String::new(),
                    at: at(told.line),
                    fields: Vec::new(),
                    numbers: Vec::new(),
                    errors: Vec::new(),
                };
                told.facts.iter().for_each(|fact| operation.tell(fact, &at));
                operations.push(operation);
            }
        }
        Self { operations, common: Vec::new(), errors: Vec::new(), explained: Vec::new(), strict: true }
    }
}

impl Operation {
    /// Takes up a fact of a page.
    fn tell(&mut self, Fact { claim, line }: &Fact, at: &impl Fn(usize) -> At) {
        let at = at(*line);
        if let (Some(name), true) = (claim.name(), lists(claim)) {
            self.field(name, at.clone()).is_listed = true;
        }
        match claim {
            Claim::Field(name) => drop(self.field(name, at)),
            Claim::Type(name, shape) => self.field(name, at).types.push(*shape),
            Claim::Shown(name, shape) => self.field(name, at).shown.push(*shape),
            Claim::Required(name, required) => self.field(name, at).required.push(*required),
            Claim::Default(name, value) => self.field(name, at).defaults.push(value.clone()),
            Claim::Value(name, value) => self.field(name, at).values.push(value.clone()),
            Claim::Limit(name, amount) => {
                let (name, amount) = (name.clone(), *amount);
                self.numbers.push(Number { name, amount, also: Vec::new(), any_unit: false, at, is_due: true });
            }
            Claim::Error(row) => {
                self.errors.push(Row { row: row.clone(), message: Message::of_page(&row.message), at })
            }
        }
    }

    fn field(&mut self, name: &Name, at: At) -> &mut Field {
        let index = self.fields.iter().position(|it| it.name == *name).unwrap_or_else(|| {
            self.fields.push(Field::new(name.clone(), at));
            self.fields.len() - 1
        });
        &mut self.fields[index]
    }
}

impl Field {
    fn new(name: Name, at: At) -> Self {
        Self {
            name,
            at,
            types: Vec::new(),
            shown: Vec::new(),
            required: Vec::new(),
            defaults: Vec::new(),
            values: Vec::new(),
            is_open: false,
            is_envelope: false,
            is_listed: false,
        }
    }

    /// Takes up another description of the same name, such as that of another kind of a union.
    fn merge(&mut self, other: Self) {
        extend(&mut self.types, other.types);
        extend(&mut self.shown, other.shown);
        extend(&mut self.required, other.required);
        extend(&mut self.defaults, other.defaults);
        extend(&mut self.values, other.values);
        self.is_open |= other.is_open;
        self.is_envelope &= other.is_envelope;
    }
}

/// Whether a fact about a name comes from a table or a request line, where all names are listed.
pub(crate) fn lists(claim: &Claim) -> bool {
    match claim {
        Claim::Field(_) | Claim::Type(..) | Claim::Required(..) | Claim::Default(..) | Claim::Value(..) => true,
        Claim::Shown(..) | Claim::Limit(..) | Claim::Error(_) => false,
    }
}

fn extend<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for it in more {
        if !all.contains(&it) {
            all.push(it);
        }
    }
}
