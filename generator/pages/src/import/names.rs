//! Names for what is drafted: made of names of the wire and words of paths, never of prose, and none of them taken.

use std::collections::BTreeSet;

use apigen_model::ir::Api;
use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names that mean something in what is generated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reserved {
    /// Methods that each request has already.
    pub arguments: &'static [&'static str],
    /// Files that stand beside those of resources.
    pub files: &'static [&'static str],
    /// Types that generated modules use.
    pub types: &'static [&'static str],
}

/// The names that are taken in all of the spec.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) reserved: Reserved,
    pages: BTreeSet<String>,
    resources: BTreeSet<String>,
    types: BTreeSet<String>,
    /// The types that operations become, in the module of their resource.
    builders: BTreeSet<String>,
    errors: BTreeSet<String>,
    rates: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(api: &Api, reserved: Reserved) -> Self {
        let camel = |it: &&str| it.to_upper_camel_case();
        Self {
            reserved,
            pages: api.pages.iter().map(|it| it.name.clone()).collect(),
            resources: api
                .resources
                .iter()
                .map(|it| it.name.clone())
                .chain(reserved.files.iter().map(|it| (*it).to_owned()))
                .collect(),
            types: api
                .types
                .iter()
                .map(|it| it.name.to_upper_camel_case())
                .chain(reserved.types.iter().map(camel))
                .collect(),
            builders: BTreeSet::new(),
            errors: api.errors.iter().map(|it| it.name.clone()).collect(),
            rates: api.rate_limits.iter().map(|it| it.name.clone()).collect(),
        }
    }

    /// The id of a page; one that the spec has is that page.
    pub(super) fn page(&mut self, id: &str) -> (String, bool) {
        let id = snake(id, "page");
        let is_new = self.pages.insert(id.clone());
        (id, is_new)
    }

    pub(super) fn resource(&mut self, name: &str) -> String {
        let name = claim(&mut self.resources, snake(name, "resource"), "_");
        // The handle of a resource is a type of its module.
        self.types.insert(name.to_upper_camel_case());
        name
    }

    pub(super) fn type_(&mut self, words: &[&str]) -> String {
        let name = first_free(camel(words), "", |it| !self.types.contains(it) && !self.builders.contains(it));
        self.types.insert(name.clone());
        name
    }

    pub(super) fn error(&mut self, name: &str) -> String {
        claim(&mut self.errors, snake(name, "error"), "_")
    }

    pub(super) fn rate(&mut self, name: &str) -> String {
        claim(&mut self.rates, snake(name, "budget"), "_")
    }

    /// The name of an operation among those of its resource: its request and its error are types.
    pub(super) fn operation(&mut self, name: &str, taken: &BTreeSet<String>) -> String {
        let is_free = |it: &str| {
            let builder = it.to_upper_camel_case();
            !taken.contains(it) && !self.types.contains(&builder) && !self.types.contains(&format!("{builder}Error"))
        };
        let name = first_free(snake(name, "call"), "_", is_free);
        let builder = name.to_upper_camel_case();
        self.builders.insert(format!("{builder}Error"));
        self.builders.insert(builder);
        name
    }
}

/// A name in snake case that no other of a set has.
pub(super) fn claim(taken: &mut BTreeSet<String>, name: String, joint: &str) -> String {
    let name = first_free(name, joint, |it| !taken.contains(it));
    taken.insert(name.clone());
    name
}

fn first_free(name: String, joint: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(&name) {
        return name;
    }
    let mut number = 2_u32;
    loop {
        let numbered = format!("{name}{joint}{number}");
        if is_free(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

/// A name in snake case; `fallback` stands in, or in front, where the text has no letter to begin with.
pub(super) fn snake(text: &str, fallback: &str) -> String {
    let ascii: String = text.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { ' ' }).collect();
    let name = ascii.to_snake_case();
    match name.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{fallback}_{name}"),
        Some(_) => name,
    }
}

/// A name in upper camel case, without a word that repeats the end of the one before it.
fn camel(words: &[&str]) -> String {
    let mut name = String::new();
    for word in words {
        let word = snake(word, "value").to_upper_camel_case();
        match word.strip_prefix(name.as_str()) {
            Some(_) if !name.is_empty() => name = word,
            Some(_) | None => name.push_str(&word),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_a_name() {
        for (text, wanted) in [
            ("shelfId", "shelf_id"),
            ("thumbnail-height", "thumbnail_height"),
            ("2fa code", "value_2fa_code"),
            ("__a__b__", "a_b"),
            ("Ещё", "value"),
            ("", "value"),
        ] {
            assert_eq!(snake(text, "value"), wanted, "{text}");
        }
        assert_eq!(camel(&["book_shelf", "create"]), "BookShelfCreate");
        assert_eq!(camel(&["book", "book_shelf"]), "BookShelf");
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let mut taken = BTreeSet::from(["shelf".to_owned(), "shelf_2".to_owned()]);
        assert_eq!(claim(&mut taken, "shelf".to_owned(), "_"), "shelf_3");
        assert_eq!(claim(&mut taken, "book".to_owned(), "_"), "book");
        assert_eq!(claim(&mut taken, "book".to_owned(), "_"), "book_2");
    }
}
