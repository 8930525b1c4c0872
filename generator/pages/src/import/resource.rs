//! A drafted resource as a file of the spec.

use apigen_model::spec::PLACEHOLDER;
use serde_json::{Map, Value as Json};

use super::At;
use super::errors::DraftedError;
use super::ledger::Contradiction;
use super::limits::{Rate, word};
use super::reply::Reply;
use super::types::{Definition, Definitions, Field, Form, Kind, Limit};
use super::yaml::{Written, Yaml};
use crate::facts::Shape;

/// The file of a resource before it is written.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) name: String,
    /// Id of the page that most is taken from.
    pub(super) page: String,
    /// Id of the envelope that a response need not name.
    pub(super) envelope: Option<String>,
    pub(super) operations: Vec<Operation>,
    pub(super) definitions: Definitions,
    pub(super) errors: Vec<DraftedError>,
    pub(super) rates: Vec<Rate>,
    pub(super) ledger: Vec<(Contradiction, String)>,
}

/// A drafted operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) http: String,
    pub(super) section: String,
    pub(super) page: String,
    pub(super) path: Vec<Field>,
    pub(super) query: Vec<Field>,
    pub(super) headers: Vec<Field>,
    pub(super) body: Vec<Field>,
    pub(super) form: Vec<Field>,
    pub(super) reply: Reply,
    pub(super) errors: Vec<String>,
    pub(super) rate_limits: Option<Vec<String>>,
    /// Its request line.
    pub(super) at: At,
}

type Entries = Vec<(String, Yaml)>;

impl Resource {
    /// The file, with the lines of its keys.
    pub(super) fn written(&self) -> Written {
        let about = format!("Drafted from the page `{}`: what says \"{PLACEHOLDER}\" waits for a person.", self.page);
        let mut file = Written::with_comments(&["yaml-language-server: $schema=../schema.json", &about]);
        file.entry("title", &to_be_described(), true);
        file.entry("summary", &to_be_described(), false);
        file.entry("page", &Yaml::text(&self.page), false);
        file.entry("operations", &Yaml::Apart(self.operations.iter().map(|it| self.operation(it)).collect()), true);
        let types = self.definitions.0.iter().map(|it| self.definition(it)).collect();
        let errors = self.errors.iter().map(error).collect();
        let rates = self.rates.iter().map(rate).collect();
        let ledger = self.ledger.iter().map(|(it, page)| self.contradiction(it, page)).collect();
        for (key, entries) in [("types", types), ("errors", errors), ("rate_limits", rates), ("discrepancies", ledger)]
        {
            let entries: Entries = entries;
            if !entries.is_empty() {
                file.entry(key, &Yaml::Map(entries), true);
            }
        }
        file
    }

    fn operation(&self, it: &Operation) -> (String, Yaml) {
        let mut entries = vec![pair("http", Yaml::text(&it.http)), pair("summary", to_be_described())];
        if !it.section.is_empty() {
            entries.push(pair("section", Yaml::text(&it.section)));
        }
        if it.page != self.page {
            entries.push(pair("page", Yaml::text(&it.page)));
        }
        for (place, fields) in it.places() {
            if !fields.is_empty() {
                entries.push(pair(place, self.fields(fields)));
            }
        }
        entries.push(pair("response", self.response(&it.reply)));
        if !it.errors.is_empty() {
            entries.push(pair("errors", Yaml::row(it.errors.iter().map(Yaml::text).collect())));
        }
        if let Some(rates) = &it.rate_limits {
            entries.push(pair("rate_limits", Yaml::row(rates.iter().map(Yaml::text).collect())));
        }
        entries.push(pair("examples", Yaml::Map(vec![(it.name.clone(), self.example(it))])));
        (it.name.clone(), Yaml::Map(entries))
    }

    fn fields(&self, fields: &[Field]) -> Yaml {
        Yaml::Map(fields.iter().map(|it| (it.key.clone(), self.field(it))).collect())
    }

    /// A required field of a newtype says nothing that its type does not.
    fn field(&self, field: &Field) -> Yaml {
        let type_ = Yaml::text(field.kind.expression(&self.definitions));
        let is_described = matches!(field.kind, Kind::Shared { .. });
        let mut entries = Entries::new();
        if field.wire != field.key {
            entries.push(pair("wire", Yaml::text(&field.wire)));
        }
        entries.push(pair("type", type_.clone()));
        entries.extend(field.also.map(|it| pair("also", Yaml::text(it))));
        if !field.required {
            entries.push(pair("required", Yaml::bare(false)));
        }
        entries.extend(field.default.as_ref().map(|it| pair("default", Yaml::json(it))));
        if !is_described {
            entries.push(pair("description", to_be_described()));
        }
        if !field.limits.is_empty() {
            entries.push(pair("limits", Yaml::List(field.limits.iter().map(limit).collect())));
        }
        if is_described && entries.len() == 1 { type_ } else { Yaml::Map(entries) }
    }

    fn response(&self, reply: &Reply) -> Yaml {
        let mut entries = Entries::new();
        if reply.envelope != self.envelope {
            entries.push(pair("envelope", Yaml::text(reply.envelope.as_deref().unwrap_or("none"))));
        }
        entries.extend(reply.at.as_ref().map(|it| pair("at", Yaml::text(it))));
        entries.push(match &reply.payload {
            Some(kind) => pair("data", Yaml::text(kind.expression(&self.definitions))),
            None => pair("nothing", Yaml::bare(true)),
        });
        Yaml::Map(entries)
    }

    /// The smallest request that can be sent, and a reply with everything in it.
    fn example(&self, it: &Operation) -> Yaml {
        let places = it.places().into_iter().filter_map(|(place, fields)| {
            let values: Entries = fields
                .iter()
                .filter(|field| field.required)
                .map(|field| (field.key.clone(), Yaml::json(&self.value(place, field))))
                .collect();
            (!values.is_empty()).then(|| pair(place, Yaml::flow(values)))
        });
        let request: Entries = places.collect();
        let mut entries = vec![pair("title", to_be_described())];
        if !request.is_empty() {
            entries.push(pair("request", Yaml::Map(request)));
        }
        entries.push(pair(
            "response",
            match &it.reply.payload {
                Some(kind) => Yaml::Map(vec![pair("data", Yaml::json(&self.definitions.example_of(kind, &it.name)))]),
                None => Yaml::flow(Vec::new()),
            },
        ));
        Yaml::Map(entries)
    }

    /// A value of an example; parts of forms are files, single values too.
    fn value(&self, place: &str, field: &Field) -> Json {
        let value = self.definitions.example(field);
        if place != "form" {
            return value;
        }
        let (name, content) = match field.kind {
            Kind::File => (format!("{}.txt", field.key), "text".to_owned()),
            _ => (String::new(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        };
        Json::Object(Map::from_iter([("name".to_owned(), name.into()), ("content".to_owned(), content.into())]))
    }

    fn definition(&self, it: &Definition) -> (String, Yaml) {
        let mut entries = vec![pair("description", to_be_described())];
        match &it.form {
            Form::Object(fields) => entries.push(pair("object", self.fields(fields))),
            Form::Enum { of, values, wire: _ } => {
                if *of == Shape::Integer {
                    entries.push(pair("of", Yaml::text("integer")));
                }
                let value = |(wire, name): &(String, String)| {
                    let mut value = Entries::new();
                    if wire != name {
                        value.push(pair("name", Yaml::text(name)));
                    }
                    value.push(pair("description", to_be_described()));
                    (wire.clone(), Yaml::flow(value))
                };
                entries.push(pair("enum", Yaml::Map(values.iter().map(value).collect())));
            }
        }
        (it.name.clone(), Yaml::Map(entries))
    }

    fn contradiction(&self, it: &Contradiction, page: &str) -> (String, Yaml) {
        let claim = |says: &String| {
            let mut claim = Entries::new();
            if page != self.page {
                claim.push(pair("page", Yaml::text(page)));
            }
            claim.extend([pair("section", Yaml::text(&it.section)), pair("says", Yaml::text(says))]);
            Yaml::flow(claim)
        };
        let entries = vec![
            pair("title", Yaml::text(&it.title)),
            pair("claims", Yaml::List(it.claims.iter().map(|(says, _)| claim(says)).collect())),
            pair("decision", Yaml::text(&it.decision)),
            pair("reason", to_be_described()),
            pair("state", Yaml::text("open")),
            pair("concerns", Yaml::row(vec![Yaml::text(&it.operation)])),
        ];
        (it.key.clone(), Yaml::Map(entries))
    }
}

impl Operation {
    fn places(&self) -> [(&'static str, &[Field]); 5] {
        [
            ("path", &self.path),
            ("query", &self.query),
            ("headers", &self.headers),
            ("body", &self.body),
            ("form", &self.form),
        ]
    }
}

fn error(it: &DraftedError) -> (String, Yaml) {
    let mut entries = vec![pair("status", Yaml::bare(it.status))];
    for (key, text) in [("code", &it.code), ("message", &it.message)] {
        if !text.is_empty() {
            entries.push(pair(key, Yaml::text(text)));
        }
    }
    entries.extend([pair("cause", to_be_described()), pair("remedy", to_be_described())]);
    entries.push(pair("advice", Yaml::text(it.advice)));
    if !it.placeholders.is_empty() {
        let placeholder = |name: &String| {
            let example = name.replace('_', "-");
            (
                name.clone(),
                Yaml::flow(vec![pair("description", to_be_described()), pair("example", Yaml::text(example))]),
            )
        };
        entries.push(pair("placeholders", Yaml::Map(it.placeholders.iter().map(placeholder).collect())));
    }
    (it.name.clone(), Yaml::Map(entries))
}

fn rate(it: &Rate) -> (String, Yaml) {
    let mut entries = vec![
        pair("description", to_be_described()),
        pair("amount", Yaml::bare(it.amount)),
        pair("per", Yaml::text(word(it.per))),
    ];
    entries.extend(it.error.as_ref().map(|it| pair("error", Yaml::text(it))));
    (it.name.clone(), Yaml::Map(entries))
}

fn limit(it: &Limit) -> Yaml {
    let bound = match it.rule {
        "max_bytes" | "max_size" => size(it.bound),
        _ => Yaml::bare(it.bound),
    };
    let mut entries = vec![pair(it.rule, bound)];
    if it.is_guess {
        entries.push(pair("enforced", Yaml::text("unknown")));
        return Yaml::flow(entries);
    }
    Yaml::Map(entries)
}

/// A number of bytes in the largest unit that leaves it whole.
fn size(bytes: u64) -> Yaml {
    let units = [("GB", 30), ("MB", 20), ("KB", 10)];
    let unit = units.into_iter().find(|(_, bits)| bytes > 0 && bytes.trailing_zeros() >= *bits);
    unit.map_or_else(|| Yaml::bare(bytes), |(unit, bits)| Yaml::Bare(format!("{} {unit}", bytes >> bits)))
}

fn to_be_described() -> Yaml {
    Yaml::text(PLACEHOLDER)
}

fn pair(key: &str, value: Yaml) -> (String, Yaml) {
    (key.to_owned(), value)
}
