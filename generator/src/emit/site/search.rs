//! What can be found: an entry per thing and page, a line per entry, as a script, because pages on a disk cannot fetch.

use std::collections::BTreeMap;

use apigen_model::ir::{Api, ErrorDef, Operation, Resource, TypeDef, TypeKind};
use apigen_model::text::one_line;
use serde_json::json;

use super::fields::parameter_anchor;
use super::limits::quota_anchor;
use super::text::{anchor, type_link};
use super::{PageName, Site, contradiction_link, error_link, errors, guides, operation_address, resource_page, title};
use crate::prose as phrases;
use apigen_model::flat;

/// What can be found.
struct Entry {
    /// A key of [`crate::words::Kinds`].
    kind: &'static str,
    /// From the directory of the language.
    href: String,
    title: String,
    /// What it is part of.
    place: String,
    /// A line about it.
    more: String,
    /// What else finds it.
    words: String,
}

/// The index of a language: a script that hands a value to the page.
pub(super) fn index(site: &Site<'_>) -> String {
    let entries: Vec<_> = entries(site).iter().map(line).collect();
    let kinds = json!(site.words.kind);
    format!(
        "self.apigenSearch={{\"language\":{},\"kinds\":{kinds},\"entries\":[\n{}\n]}};\n",
        json!(site.tag),
        entries.join(",\n")
    )
}

fn line(entry: &Entry) -> String {
    let Entry { kind, href, title, place, more, words } = entry;
    let plain = |text: &str| one_line(&text.replace('`', "")).into_owned();
    let line = json!([kind, href, plain(title), plain(place), plain(more), plain(words)]).to_string();
    // Scripts of old take these for the ends of lines.
    line.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn entries(site: &Site<'_>) -> Vec<Entry> {
    let api = site.api;
    let mut entries: Vec<_> = PageName::ALL.iter().map(|it| page(site, *it)).collect();
    for (resource, english) in api.resources.iter().zip(&site.english.resources) {
        entries.push(resource_entry(api, resource, english));
        for (operation, english) in api.operations_of(resource).zip(site.english.operations_of(english)) {
            entries.push(operation_entry(api, operation, english));
        }
        values(api, resource, &mut entries);
    }
    api.types.iter().for_each(|it| types(api, it, &mut entries));
    entries.extend(api.errors.iter().zip(&site.english.errors).map(|(it, english)| error(it, english)));
    entries.extend(errors::by_status(api).into_iter().map(|(status, errors)| Entry {
        kind: "error",
        href: format!("errors.html#{}", errors::status_anchor(status)),
        title: status.to_string(),
        place: site.words.page.errors.title.to_owned(),
        more: errors.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", "),
        words: site.words.label.status.to_owned(),
    }));
    for operation in &api.operations {
        limits(site, operation, &mut entries);
    }
    entries.extend(api.rate_limits.iter().map(|it| Entry {
        kind: "rate",
        href: format!("rates.html#{}", guides::rate_anchor(it)),
        title: phrases::rate(site.words, it),
        place: it.name.clone(),
        more: it.description.clone(),
        words: String::new(),
    }));
    entries.extend(api.discrepancies.iter().map(|it| Entry {
        kind: "contradiction",
        href: contradiction_link(it).href,
        title: it.title.clone(),
        place: if it.open { site.words.label.open } else { site.words.label.settled }.to_owned(),
        more: it.decision.clone(),
        words: it.id.clone(),
    }));
    entries
}

fn page(site: &Site<'_>, name: PageName) -> Entry {
    let (title, more) = name.words(site);
    let href = format!("{}.html", name.stem());
    Entry { kind: "page", href, title, place: String::new(), more, words: name.stem().to_owned() }
}

fn resource_entry(api: &Api, resource: &Resource, english: &Resource) -> Entry {
    Entry {
        kind: "page",
        href: resource_page(resource),
        title: resource.title.clone(),
        place: String::new(),
        more: resource.summary.clone(),
        words: together([resource.name.as_str(), &english.title, &api[resource.page].title]),
    }
}

fn operation_entry(api: &Api, operation: &Operation, english: &Operation) -> Entry {
    let english = if english.summary == operation.summary { "" } else { title(&english.summary) };
    let source = &operation.source;
    Entry {
        kind: "operation",
        href: operation_address(api, operation),
        title: title(&operation.summary).to_owned(),
        place: operation.id.clone(),
        more: format!("{} {}", operation.method.as_str(), operation.path),
        words: together([source.section.as_str(), &api[source.page].title, english]),
    }
}

/// The parameters and the fields of replies of a resource: one entry for all that share a name.
fn values(api: &Api, resource: &Resource, entries: &mut Vec<Entry>) {
    let mut found: BTreeMap<(&str, String), (Entry, Vec<String>)> = BTreeMap::new();
    let mut add = |kind: &'static str, path: &str, name: &str, more: &str, href: String, operation: &Operation| {
        let last = path.rsplit('.').next().unwrap_or_default().trim_end_matches(['[', ']', '{', '}']);
        if last.is_empty() {
            return;
        }
        let entry = || Entry {
            kind,
            href,
            title: last.to_owned(),
            place: String::new(),
            more: more.to_owned(),
            words: if name == last { String::new() } else { name.to_owned() },
        };
        let (_, places) = found.entry((kind, last.to_owned())).or_insert_with(|| (entry(), Vec::new()));
        if places.last() != Some(&operation.id) {
            places.push(operation.id.clone());
        }
    };
    for operation in api.operations_of(resource) {
        for (_, field) in operation.parameters() {
            let page = resource_page(resource);
            let href = format!("{page}#{}", parameter_anchor(operation, &field.name));
            for entry in flat::fields(api, std::slice::from_ref(field)) {
                let name = entry.field.map_or("", |it| it.name.as_str());
                add("parameter", &entry.path, name, entry.description, href.clone(), operation);
            }
        }
        for entry in flat::payload(api, operation) {
            let name = entry.field.map_or("", |it| it.name.as_str());
            add("field", &entry.path, name, entry.description, operation_address(api, operation), operation);
        }
    }
    entries.extend(found.into_values().map(|(entry, places)| Entry { place: places.join(", "), ..entry }));
}

fn types(api: &Api, definition: &TypeDef, entries: &mut Vec<Entry>) {
    let href = type_link(api, definition).href;
    let values: Vec<(&str, &str, &str)> = match &definition.kind {
        TypeKind::Enum { values, .. } => {
            values.iter().map(|it| (it.wire.as_str(), it.name.as_str(), it.description.as_str())).collect()
        }
        TypeKind::Union { variants, .. } => {
            variants.iter().map(|it| (it.tag.as_str(), it.name.as_str(), it.description.as_str())).collect()
        }
        TypeKind::Newtype(_) | TypeKind::Flag { .. } | TypeKind::Object { .. } => Vec::new(),
    };
    entries.push(Entry {
        kind: "type",
        href: href.clone(),
        title: definition.name.clone(),
        place: String::new(),
        more: definition.description.clone(),
        words: String::new(),
    });
    entries.extend(values.into_iter().map(|(wire, name, description)| Entry {
        kind: "value",
        href: href.clone(),
        title: wire.to_owned(),
        place: definition.name.clone(),
        more: description.to_owned(),
        words: if name == wire { String::new() } else { name.to_owned() },
    }));
}

/// An error under its id, found by everything that a reply says.
fn error(error: &ErrorDef, english: &ErrorDef) -> Entry {
    let mut place: Vec<_> = error.variants.iter().map(|it| format!("{} {}", it.status, it.code)).collect();
    place.dedup();
    let mut messages: Vec<_> =
        error.variants.iter().map(|it| it.message.as_str()).filter(|it| !it.is_empty()).collect();
    messages.dedup();
    let cause = if english.cause == error.cause { "" } else { &english.cause };
    Entry {
        kind: "error",
        href: error_link(error).href,
        title: error.name.clone(),
        place: place.join(", "),
        more: messages.join(" | "),
        words: together([error.cause.as_str(), cause]),
    }
}

fn limits(site: &Site<'_>, operation: &Operation, entries: &mut Vec<Entry>) {
    entries.extend(operation.limits.iter().map(|it| Entry {
        kind: "limit",
        href: format!("limits.html#{}", anchor(&it.id)),
        title: format!("{} {}", phrases::bounded(site.words, it), phrases::placed_rule(site.words, it)),
        place: operation.id.clone(),
        more: it.limit.description.clone(),
        words: it.id.clone(),
    }));
    entries.extend(operation.quotas.iter().map(|it| Entry {
        kind: "quota",
        href: format!("limits.html#{}", quota_anchor(operation, it)),
        title: format!("{} {}", phrases::amount(it.amount), it.unit),
        place: operation.id.clone(),
        more: it.description.clone(),
        words: it.name.clone(),
    }));
}

fn together<const N: usize>(texts: [&str; N]) -> String {
    texts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}
