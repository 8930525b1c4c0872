//! From the resolved API to its facts: what users of the generated crates, the documentation or the mock can see.

use std::sync::Arc;

use apigen_model::ir::{
    Api, Auth, Body, Claim, Cost, Discrepancy, Envelope, ErrorDef, Example, Field, Operation, Outcome, Page, Paging,
    Payload, PlacedLimit, Presence, Quota, RateLimit, RateScope, Resource, Response, Rule, Sharing, Source, TagPlace,
    TypeDef, TypeKind,
};
use apigen_model::source::{Sources, Span};
use serde_json::json;

use super::record::{Fact, Kind, Line, Node, Record, digest};
use crate::emit::Usage;
use crate::facts::{self, type_name};

impl Record {
    /// The facts of an API that was read from these sources.
    pub fn of(api: &Api, sources: &Sources) -> Self {
        let facts = Facts { api, sources, usage: Usage::of(api), files: files(sources) };
        let mut nodes = vec![facts.service()];
        nodes.extend(api.pages.iter().map(|it| facts.page(it)));
        nodes.extend(api.envelopes.iter().map(|it| facts.envelope(it)));
        nodes.extend(api.rate_limits.iter().map(|it| facts.rate_limit(it)));
        nodes.extend(api.errors.iter().map(|it| facts.error(it)));
        nodes.extend(api.types.iter().map(|it| facts.type_(it)));
        nodes.extend(api.resources.iter().map(|it| facts.resource(it)));
        nodes.extend(api.operations.iter().map(|it| facts.operation(it)));
        nodes.extend(api.discrepancies.iter().map(|it| facts.contradiction(it)));
        Self { package: api.name.clone(), version: api.version.clone(), digest: digest(sources), nodes }
    }
}

fn files(sources: &Sources) -> Vec<Arc<str>> {
    sources.iter().map(|(_, path)| Arc::from(path.as_str())).collect()
}

/// A mark that is said only where it holds.
fn mark(holds: bool) -> &'static str {
    if holds { "yes" } else { "" }
}

fn outcomes(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(|it| facts::outcome(it).to_string()).collect::<Vec<_>>().join(" and ")
}

fn at(payload: &Payload) -> String {
    match payload {
        Payload::Key(key) => key.clone(),
        Payload::Whole => String::new(),
    }
}

struct Facts<'a> {
    api: &'a Api,
    sources: &'a Sources,
    usage: Usage,
    /// The paths of the sources.
    files: Vec<Arc<str>>,
}

impl Facts<'_> {
    fn node(&self, kind: Kind, name: &str, at: Span) -> Node {
        let line = self.sources.position(at.file, at.start).line;
        Node::new(kind, name, Some(Line { file: self.files[at.file.index() as usize].clone(), line }))
    }

    fn service(&self) -> Node {
        let api = self.api;
        let auth = match &api.auth {
            Auth::None => String::new(),
            Auth::TokenOperation(it) => json!({
                "operation": api[it.operation].id,
                "id": it.id_field,
                "secret": it.secret_field,
                "access_token": it.access_token,
                "expires_in": it.expires_in,
            })
            .to_string(),
        };
        let hours = api.server.utc_offset.as_ref();
        let parameters = api.server.parameters.iter().map(|it| {
            self.node(Kind::ServerParameter, &it.name, it.at)
                .with(Fact::Description, &it.description)
                .with(Fact::Example, &it.example)
        });
        let common = api.common_errors.iter().map(|it| {
            let error = &api[it.error];
            self.node(Kind::CommonError, &error.name, error.at).with(Fact::Spelling, facts::error_id(api, *it))
        });
        let server = self
            .node(Kind::Server, "server", api.server.at)
            .with(Fact::Url, &api.server.url)
            .with(Fact::Hours, hours.map_or_else(String::new, |it| format!("{} minutes east of UTC", it.minutes)))
            .with(Fact::HoursNote, hours.map_or("", |it| &it.description))
            .holding(parameters);
        let error_body = self
            .node(Kind::ErrorBody, "error-body", api.error_body.at)
            .with(Fact::Code, &api.error_body.code)
            .with(Fact::Message, &api.error_body.message)
            .holding(api.error_body.fields.iter().map(|it| self.field(Kind::Field, it)));
        self.node(Kind::Api, &api.name, api.version_at)
            .with(Fact::Title, &api.title)
            .with(Fact::Summary, &api.summary)
            .with(Fact::Description, &api.description)
            .with(Fact::Auth, auth)
            .holding([server, error_body])
            .holding(common)
    }

    fn page(&self, page: &Page) -> Node {
        self.node(Kind::Page, &page.name, page.at)
            .with(Fact::Title, &page.title)
            .with(Fact::Revision, &page.revision)
            .with(Fact::Language, &page.language)
            .with(Fact::Url, &page.url)
    }

    fn envelope(&self, envelope: &Envelope) -> Node {
        self.node(Kind::Envelope, &envelope.name, envelope.at)
            .with(Fact::Description, &envelope.description)
            .with(Fact::At, at(&envelope.payload))
            .with(Fact::Outcome, outcomes(envelope.outcome.as_slice()))
            .holding(envelope.fields.iter().map(|it| self.field(Kind::Field, it)))
    }

    fn rate_limit(&self, limit: &RateLimit) -> Node {
        let cost = match &limit.cost {
            Cost::Call => String::new(),
            Cost::Items(list) => format!("items of {list}"),
        };
        let scope = match &limit.scope {
            RateScope::Application => String::new(),
            RateScope::User(parameter) => format!("each {parameter}"),
        };
        let sharing = match limit.sharing {
            Sharing::PerOperation => "",
            Sharing::Shared => "all operations together",
        };
        self.node(Kind::RateLimit, &limit.name, limit.at)
            .with(Fact::Description, &limit.description)
            .with(Fact::Amount, limit.amount.to_string())
            .with(Fact::Per, facts::period(limit.per))
            .with(Fact::Cost, cost)
            .with(Fact::Scope, scope)
            .with(Fact::Sharing, sharing)
            .with(Fact::Raisable, mark(limit.raisable))
            .with(Fact::Error, limit.error.map_or_else(String::new, |it| facts::error_id(self.api, it)))
            .with(Fact::Source, limit.source.map_or("", |it| &self.api[it].name))
    }

    fn error(&self, error: &ErrorDef) -> Node {
        let spellings = error.variants.iter().map(|it| {
            let name = if it.name.is_empty() { error.name.clone() } else { format!("{}/{}", error.name, it.name) };
            self.node(Kind::Spelling, &name, it.at)
                .with(Fact::Status, it.status.to_string())
                .with(Fact::Code, &it.code)
                .with(Fact::Message, &it.message)
        });
        let placeholders = error.placeholders.iter().map(|it| {
            Node::new(Kind::Placeholder, &it.name, None)
                .with(Fact::Description, &it.description)
                .with(Fact::Example, &it.example)
        });
        self.node(Kind::Error, &error.name, error.at)
            .with(Fact::Cause, &error.cause)
            .with(Fact::Remedy, &error.remedy)
            .with(Fact::Advice, facts::advice(error.advice))
            .holding(spellings)
            .holding(placeholders)
    }

    fn type_(&self, type_: &TypeDef) -> Node {
        let api = self.api;
        // Ids and enums convert both ways, whoever uses them.
        let converts = matches!(type_.kind, TypeKind::Object { .. } | TypeKind::Union { .. });
        let node = self
            .node(Kind::Type, &type_.name, type_.at)
            .with(Fact::Description, &type_.description)
            .with(Fact::Owner, type_.resource.map_or("", |it| &api.resources[it].name))
            .with(Fact::Example, if type_.example.is_null() { String::new() } else { type_.example.to_string() })
            .with(Fact::Sent, mark(converts && self.usage.sends(&type_.name)))
            .with(Fact::Received, mark(converts && self.usage.receives(&type_.name)));
        // Where it is no item, the operation says what is a success.
        let node = match &type_.verdict {
            Some(verdict) if self.usage.lists(&type_.name) => node
                .with(Fact::Otherwise, &api[verdict.otherwise].name)
                .with(Fact::Outcome, outcomes(std::slice::from_ref(&verdict.outcome))),
            Some(_) | None => node,
        };
        let value = |it: &apigen_model::ir::EnumValue| {
            self.node(Kind::Value, &it.name, it.at).with(Fact::Wire, &it.wire).with(Fact::Description, &it.description)
        };
        match &type_.kind {
            TypeKind::Newtype(inner) => node.with(Fact::Shape, "newtype").with(Fact::Of, type_name(api, inner)),
            TypeKind::Enum { of, values } => {
                node.with(Fact::Shape, "enum").with(Fact::Of, facts::scalar_name(*of)).holding(values.iter().map(value))
            }
            TypeKind::Flag { on, off } => node.with(Fact::Shape, "flag").holding([value(on), value(off)]),
            TypeKind::Object { fields } => {
                node.with(Fact::Shape, "object").holding(fields.iter().map(|it| self.field(Kind::Field, it)))
            }
            TypeKind::Union { tag, placed, variants } => {
                let placed = match placed {
                    TagPlace::Inside => "",
                    TagPlace::Beside => "beside",
                };
                let variants = variants.iter().map(|it| {
                    self.node(Kind::Variant, &it.name, it.at)
                        .with(Fact::Wire, &it.tag)
                        .with(Fact::Description, &it.description)
                        .holding(it.fields.iter().map(|it| self.field(Kind::Field, it)))
                });
                node.with(Fact::Shape, "union").with(Fact::Tag, tag).with(Fact::Placed, placed).holding(variants)
            }
        }
    }

    fn field(&self, kind: Kind, field: &Field) -> Node {
        let api = self.api;
        let presence = match &field.presence {
            Presence::Required => String::new(),
            Presence::Optional => "optional".to_owned(),
            Presence::RequiredWhen(condition) => format!("required when {}", facts::condition(condition)),
            Presence::Constant(value) => format!("always {value}"),
        };
        let value = |it: &serde_json::Value| if it.is_null() { String::new() } else { it.to_string() };
        let example = match &field.presence {
            Presence::Constant(_) => String::new(),
            Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => value(&field.example),
        };
        self.node(kind, &field.name, field.at)
            .with(Fact::Type, type_name(api, &field.type_))
            .with(Fact::Presence, presence)
            .with(Fact::Wire, if field.wire == field.name { "" } else { &field.wire })
            .with(Fact::Also, field.also.as_ref().map_or_else(String::new, |it| type_name(api, it)))
            .with(Fact::Forever, field.forever.map_or_else(String::new, |it| it.to_string()))
            .with(Fact::Default, value(&field.default))
            .with(Fact::Secret, mark(field.secret))
            .with(Fact::Deprecated, field.deprecated.as_deref().unwrap_or(""))
            .with(Fact::Description, &field.description)
            .with(Fact::Example, example)
    }

    fn resource(&self, resource: &Resource) -> Node {
        self.node(Kind::Resource, &resource.name, resource.at)
            .with(Fact::Title, &resource.title)
            .with(Fact::Summary, &resource.summary)
            .with(Fact::Description, &resource.description)
            .with(Fact::Source, &self.api[resource.page].name)
    }

    fn operation(&self, operation: &Operation) -> Node {
        let api = self.api;
        let node = self
            .node(Kind::Operation, &operation.id, operation.at)
            .with(Fact::Method, operation.method.as_str())
            .with(Fact::Path, &operation.path)
            .with(Fact::Summary, &operation.summary)
            .with(Fact::Description, &operation.description)
            .with(Fact::Source, self.source(&operation.source))
            .with(Fact::Deprecated, operation.deprecated.as_deref().unwrap_or(""))
            .with(Fact::Since, &operation.since)
            .with(Fact::Token, if operation.authenticated { "" } else { "none" })
            .with(
                Fact::Body,
                match operation.body {
                    Body::None => "",
                    Body::Json(_) => "json",
                    Body::Multipart(_) => "multipart",
                },
            )
            .with(Fact::Effect, facts::effect(operation.effect))
            .with(Fact::Split, operation.split_field().map_or("", |(_, field)| &field.wire))
            .with(Fact::Outcome, outcomes(&self.own_outcomes(operation)));
        let node = paging(api, operation, self.reply(operation, node));
        let parameters = operation.parameters().map(|(place, field)| {
            let mut node = self.field(Kind::Parameter, field);
            node.facts.insert(0, (Fact::In, place.name().to_owned()));
            node
        });
        let rows = operation
            .errors
            .iter()
            .map(|it| Node::new(Kind::Row, &api[it.error].name, None).with(Fact::Spelling, facts::error_id(api, *it)));
        node.holding(parameters)
            .holding(operation.limits.iter().map(|it| self.limit(it)))
            .holding(rows)
            .holding(operation.rate_limits.iter().map(|it| Node::new(Kind::Budget, &api[*it].name, None)))
            .holding(operation.quotas.iter().map(|it| self.quota(it)))
            .holding(operation.examples.iter().map(|it| self.example(operation, it)))
            .holding(operation.discrepancies.iter().map(|it| Node::new(Kind::Concern, &api[*it].id, None)))
    }

    /// The tests that an operation has beside that of its envelope.
    fn own_outcomes(&self, operation: &Operation) -> Vec<Outcome> {
        let envelope = match &operation.response {
            Response::Json { envelope, .. } | Response::Empty { envelope } => *envelope,
            Response::Binary { .. } => None,
        };
        let shared = envelope.and_then(|it| self.api[it].outcome.as_ref());
        operation.outcomes.iter().filter(|it| Some(*it) != shared).cloned().collect()
    }

    fn reply(&self, operation: &Operation, node: Node) -> Node {
        let api = self.api;
        let envelope = |id: &Option<apigen_model::ir::EnvelopeId>| id.map_or("", |it| &api[it].name);
        let node = match &operation.response {
            Response::Json { envelope: it, at: payload, payload: type_, also } => node
                .with(Fact::Response, "json")
                .with(Fact::Envelope, envelope(it))
                .with(Fact::Payload, type_name(api, type_))
                .with(Fact::At, at(payload))
                .with(Fact::Also, also.as_ref().map_or_else(String::new, |it| type_name(api, it))),
            Response::Empty { envelope: it } => node.with(Fact::Response, "empty").with(Fact::Envelope, envelope(it)),
            Response::Binary { description } => {
                node.with(Fact::Response, "binary").with(Fact::RecordsNote, description)
            }
        };
        match &operation.follow_up {
            Some(files) => node
                .with(Fact::Files, &files.url)
                .with(Fact::Records, type_name(api, &files.records))
                .with(Fact::RecordsNote, &files.description),
            None => node,
        }
    }

    fn limit(&self, placed: &PlacedLimit) -> Node {
        let (api, limit) = (self.api, &placed.limit);
        let of = match &limit.rule {
            Rule::BodySize { of, .. } if !of.is_empty() => json!(of).to_string(),
            _ => String::new(),
        };
        let arm = placed.arm.as_ref().map_or_else(String::new, |(tag, value)| format!("{tag}={value}"));
        self.node(Kind::Limit, &placed.id, limit.at)
            .with(Fact::In, placed.place.name())
            .with(Fact::On, &placed.wire)
            .with(Fact::Tag, arm)
            .with(Fact::Rule, limit.rule.name())
            .with(Fact::Bound, facts::bound(&limit.rule).to_string())
            .with(Fact::Of, of)
            .with(Fact::Enforced, facts::enforcement(limit.enforcement))
            .with(Fact::When, limit.when.as_ref().map_or_else(String::new, |it| facts::condition(it).to_string()))
            .with(Fact::Raisable, mark(limit.raisable))
            .with(Fact::Error, limit.error.map_or_else(String::new, |it| facts::error_id(api, it)))
            .with(Fact::Description, &limit.description)
            .with(Fact::Source, limit.source.map_or("", |it| &api[it].name))
    }

    fn quota(&self, quota: &Quota) -> Node {
        self.node(Kind::Quota, &quota.name, quota.at)
            .with(Fact::Amount, quota.amount.to_string())
            .with(Fact::Unit, &quota.unit)
            .with(Fact::Description, &quota.description)
            .with(Fact::Raisable, mark(quota.raisable))
            .with(Fact::Error, quota.error.map_or_else(String::new, |it| facts::error_id(self.api, it)))
            .with(Fact::Source, quota.source.map_or("", |it| &self.api[it].name))
    }

    fn example(&self, operation: &Operation, example: &Example) -> Node {
        let fact = facts::example(self.api, operation, example);
        self.node(Kind::Example, &example.name, example.at)
            .with(Fact::Title, &example.title)
            .with(Fact::Body, fact["request"].to_string())
            .with(Fact::Response, fact["response"].to_string())
    }

    fn contradiction(&self, discrepancy: &Discrepancy) -> Node {
        let claim = |it: &Claim| format!("{}: {}", self.source(&it.source), it.says);
        self.node(Kind::Contradiction, &discrepancy.id, discrepancy.at)
            .with(Fact::Title, &discrepancy.title)
            .with(Fact::Decision, &discrepancy.decision)
            .with(Fact::Reason, &discrepancy.reason)
            .with(Fact::State, if discrepancy.open { "open" } else { "settled" })
            .with(Fact::Claims, discrepancy.claims.iter().map(claim).collect::<Vec<_>>().join("\n"))
    }

    fn source(&self, source: &Source) -> String {
        let page = &self.api[source.page].name;
        if source.section.is_empty() { page.clone() } else { format!("{page}, {}", source.section) }
    }
}

fn paging(api: &Api, operation: &Operation, node: Node) -> Node {
    let items = match &operation.paging {
        Paging::None => return node,
        Paging::PageNumber { items, .. } | Paging::Cursor { items, .. } => items,
    };
    let field = items.field.as_ref().map_or_else(String::new, |it| format!("{it}: "));
    node.with(Fact::Paging, facts::paging(api, operation).to_string())
        .with(Fact::Items, format!("{field}{}", type_name(api, &items.type_)))
}
