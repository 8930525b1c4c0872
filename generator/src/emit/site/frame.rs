//! What surrounds the content of every page: head, navigation, and the ways to the same page in other languages.

use std::ops::Range;

use super::text::Link;
use super::{PageName, Site, resource_page};
use crate::words::Words;

/// What surrounds the content of a page.
pub(super) struct Page {
    pub(super) words: &'static Words,
    /// The language of the texts.
    pub(super) language: String,
    pub(super) title: String,
    pub(super) site: String,
    pub(super) description: String,
    /// Its file.
    pub(super) file: String,
    /// Its twin.
    pub(super) markdown: String,
    /// The tags of all languages.
    pub(super) tags: String,
    pub(super) languages: Vec<LanguageLink>,
    pub(super) groups: Vec<Group>,
}

/// The same page in a language.
pub(super) struct LanguageLink {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) is_current: bool,
}

pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) items: Vec<Item>,
}

pub(super) struct Item {
    pub(super) link: Link,
    pub(super) is_current: bool,
    /// What is on the page, when it is the current one.
    pub(super) inside: Vec<Inside>,
}

pub(super) struct Inside {
    pub(super) link: Link,
    /// Empty for all but operations.
    pub(super) method: &'static str,
}

impl Page {
    /// With the parts of the page in the navigation, each with its id.
    pub(super) fn with_parts(mut self, parts: impl IntoIterator<Item = (String, String)>) -> Self {
        let items = self.groups.iter_mut().flat_map(|it| &mut it.items);
        if let Some(current) = items.into_iter().find(|it| it.is_current) {
            let inside = |(text, id)| Inside { link: Link { text, href: format!("#{id}") }, method: "" };
            current.inside = parts.into_iter().map(inside).collect();
        }
        self
    }
}

/// The frame of the page with a file name, given without its extension.
pub(super) fn page(site: &Site<'_>, stem: &str, title: &str, description: &str) -> Page {
    let frame = &site.words.frame;
    let file = format!("{stem}.html");
    let named = |names: &[PageName]| names.iter().map(|it| named(site, *it, stem)).collect();
    let groups = vec![
        Group {
            title: frame.guide,
            items: named(&[PageName::Start, PageName::Paging, PageName::Retries, PageName::Rates]),
        },
        Group { title: frame.reference, items: named(&[PageName::Errors, PageName::Limits, PageName::Types]) },
        Group { title: frame.resources, items: resources(site, &file) },
        Group {
            title: frame.about,
            items: named(&[PageName::Contradictions, PageName::Coverage, PageName::Changelog]),
        },
    ];
    Page {
        words: site.words,
        language: site.tag.to_owned(),
        title: title.to_owned(),
        site: site.api.title.clone(),
        description: description.to_owned(),
        markdown: format!("{stem}.md"),
        tags: site.tags.join(" "),
        languages: site.tags.iter().map(|tag| language(site, tag, &file)).collect(),
        groups,
        file,
    }
}

/// What the speakers of a language call it; without words for it, its tag.
pub(super) fn language_name(tag: &str) -> String {
    let words = Words::of(tag);
    let is_known = tag.split('-').next() == Some(words.tag);
    if is_known { words.name.to_owned() } else { tag.to_owned() }
}

fn language(site: &Site<'_>, tag: &str, file: &str) -> LanguageLink {
    let is_current = tag == site.tag;
    let href = if is_current { file.to_owned() } else { format!("../{tag}/{file}") };
    LanguageLink { tag: tag.to_owned(), name: language_name(tag), href, is_current }
}

fn named(site: &Site<'_>, name: PageName, current: &str) -> Item {
    let (text, _) = name.words(site);
    let link = Link { text, href: format!("{}.html", name.stem()) };
    Item { link, is_current: name.stem() == current, inside: Vec::new() }
}

/// The links to resources: to all of them, or, where there are more than a reader looks through, to those beside the current
/// one and to the list on the front page. Otherwise every page would grow with the number of pages.
fn resources(site: &Site<'_>, current: &str) -> Vec<Item> {
    let inside = |it: &apigen_model::ir::Operation| Inside {
        link: Link { text: it.name.clone(), href: format!("#{}", it.name) },
        method: it.method.as_str(),
    };
    let item = |resource: &apigen_model::ir::Resource| {
        let href = resource_page(resource);
        let is_current = href == current;
        let inside = if is_current { site.api.operations_of(resource).map(inside).collect() } else { Vec::new() };
        Item { link: Link { text: resource.title.clone(), href }, is_current, inside }
    };
    let all = &site.api.resources;
    let shown = near(all.len(), all.iter().position(|it| resource_page(it) == current));
    let list = Link { text: site.words.label.all_resources.to_owned(), href: "index.html#operations".to_owned() };
    let list = (shown.len() < all.len()).then_some(Item { link: list, is_current: false, inside: Vec::new() });
    list.into_iter().chain(all[shown].iter().map(item)).collect()
}

/// Which of so many resources stand in the navigation.
fn near(count: usize, current: Option<usize>) -> Range<usize> {
    /// As many as a reader looks through.
    const MOST: usize = 60;
    const BESIDE: usize = 10;
    match current {
        _ if count <= MOST => 0..count,
        Some(current) => current.saturating_sub(BESIDE)..count.min(current + BESIDE + 1),
        None => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn the_navigation_does_not_grow_beyond_what_is_looked_through() {
        for (count, current, shown) in [
            (0, None, 0..0),
            (60, None, 0..60),
            (60, Some(59), 0..60),
            (61, None, 0..0),
            (61, Some(0), 0..11),
            (61, Some(60), 50..61),
            (5000, Some(2500), 2490..2511),
        ] {
            assert_eq!(near(count, current), shown, "{current:?} of {count}");
        }
    }
}
