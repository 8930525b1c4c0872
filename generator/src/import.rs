//! Pages in, drafts of spec files out, tried before anybody writes them; and what a person should look at.

use std::collections::BTreeMap;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::{Api, Meaning};
use apigen_model::load;
use apigen_model::source::Sources;
use apigen_pages::Vocabulary;
use apigen_pages::import::{At, Draft, Source, Spot, Target, draft, insert};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use crate::emit::rust::names;
use crate::tree::FileTree;

/// A page as it was given.
#[derive(Debug, Clone)]
pub struct PageFile {
    /// The id that it shall have in the spec; `None` for one made of the name of its file.
    pub id: Option<String>,
    /// Where it is, as it shall be shown.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What was drafted for a spec.
#[derive(Debug)]
pub struct Import {
    /// The drafts and what is to be said of them.
    pub draft: Draft,
    /// The new files.
    pub files: FileTree,
    /// `pages.yaml` with the new pages; `None` when there are none.
    pub pages: Option<String>,
    /// The spec with all of this.
    pub sources: Sources,
}

/// Why there is no draft although the spec is fine.
pub type Failure = String;

/// Drafts what a spec lacks of the operations of pages. `Ok(None)` when the spec has errors, which are recorded.
pub fn import(sources: &Sources, pages: &[PageFile], diagnostics: &mut Diagnostics) -> Result<Option<Import>, Failure> {
    let Some(api) = crate::read(sources, diagnostics) else { return Ok(None) };
    let envelope = load::spec(sources, &mut Diagnostics::default())
        .and_then(|it| it.api.server.envelope)
        .map(|it| it.value)
        .filter(|it| it != NO_ENVELOPE);
    let vocabulary = Vocabulary::new(&api);
    let read: Vec<_> = pages.iter().map(|it| apigen_pages::read(&it.path, &it.text, &vocabulary)).collect();
    let source = |(page, file): (_, &PageFile)| (page, file.id.clone(), language(&api, &file.text));
    let read: Vec<_> = read.iter().zip(pages).map(source).collect();
    let of_pages: Vec<_> =
        read.iter().map(|(page, id, language)| Source { page, id: id.as_deref(), language: *language }).collect();
    let target = Target { api: &api, envelope: envelope.as_deref(), reserved: names::reserved() };
    let draft = draft(&of_pages, &target);
    added(sources, draft).map(Some)
}

/// What a spec says instead of the id of an envelope where there is none.
const NO_ENVELOPE: &str = "none";

/// The spec with a draft. One that the generator would refuse is refused here.
fn added(sources: &Sources, draft: Draft) -> Result<Import, Failure> {
    let mut all: BTreeMap<Utf8PathBuf, String> =
        sources.iter().map(|(file, path)| (path.to_owned(), sources.text(file).to_owned())).collect();
    let pages = match draft.pages.as_slice() {
        [] => None,
        entries => {
            let text = all.get(Utf8Path::new(PAGES)).map_or("", String::as_str);
            let help = "write them as a block, one page below the other, indented by two";
            let text = insert(text, entries).ok_or_else(|| format!("{PAGES} has no place for more pages: {help}"))?;
            all.insert(PAGES.into(), text.clone());
            Some(text)
        }
    };
    let mut files = FileTree::default();
    for (path, text) in &draft.files {
        files.insert(path, text.clone());
        all.insert(path.into(), text.clone());
    }
    let sources: Sources = all.into_iter().collect();
    let mut diagnostics = Diagnostics::default();
    if crate::read(&sources, &mut diagnostics).is_none() {
        let problems = diagnostics.render_text(&sources, "", false);
        return Err(format!(
            "nothing was written, because the draft cannot be read, which is a mistake of apigen:\n{problems}"
        ));
    }
    Ok(Import { draft, files, pages, sources })
}

/// Where a spec lists its pages.
const PAGES: &str = "pages.yaml";

/// The language whose words a page uses most.
fn language<'a>(api: &'a Api, text: &str) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for phrase in &api.vocabulary {
        if matches!(phrase.meaning, Meaning::Heading(_) | Meaning::Column(_)) && text.contains(&phrase.text) {
            *counts.entry(&phrase.language).or_default() += 1;
        }
    }
    let most = counts.values().copied().max()?;
    let mut best = counts.into_iter().filter(|(_, count)| *count == most);
    best.next().map(|(language, _)| language).filter(|_| best.next().is_none())
}

impl Import {
    /// A line per file, per operation that the spec has, and per thing to look at.
    pub fn to_text(&self, pages: &[PageFile], root: &str) -> String {
        let mut text = String::new();
        for (index, (path, _)) in self.draft.files.iter().enumerate() {
            let drafted = self.draft.operations.iter().filter(|it| it.spec.file == index);
            text.push_str(&format!("{root}/{path}\n"));
            for it in drafted {
                text.push_str(&format!("  {} {} ({})\n", it.operation, it.http, page(pages, it.at)));
            }
        }
        for entry in &self.draft.pages {
            text.push_str(&format!("{root}/{PAGES}: the page `{}`\n", entry.id));
        }
        if !self.draft.notes.is_empty() {
            text.push_str("\nto look at:\n");
        }
        for note in &self.draft.notes {
            let spec = note.spec.as_ref().map_or_else(String::new, |it| format!(" ({})", self.spot(it, root)));
            text.push_str(&format!("{}: {}: {}{spec}\n", page(pages, note.at), note.kind.as_str(), note.message));
        }
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let Draft { operations, known, notes, .. } = &self.draft;
        let counts = [
            format!("{} drafted", count(operations.len(), "operation")),
            format!("{} in the spec already", known.len()),
            count(notes.len(), "note"),
        ];
        text.push_str(&format!("{}\n", counts.join(", ")));
        text
    }

    /// `{operations, known, files, notes}`: `operations` are `{operation, http, page, spec}`, `known` are
    /// `{operation, page, spec}`, `notes` are `{kind, message, page, spec}`. Places are `{file, line}`; `spec` of a note is
    /// null where the draft has nothing of it. `sources` is the spec that the draft was made for.
    pub fn to_json(&self, sources: &Sources, pages: &[PageFile], root: &str) -> Value {
        let on_page = |at: At| json!({ "file": pages[at.page].path, "line": at.line });
        let in_draft =
            |it: &Spot| json!({ "file": format!("{root}/{}", self.draft.files[it.file].0), "line": it.line });
        let operations = self.draft.operations.iter().map(|it| {
            json!({ "operation": it.operation, "http": it.http, "page": on_page(it.at), "spec": in_draft(&it.spec) })
        });
        let known = self.draft.known.iter().map(|it| {
            let file = format!("{root}/{}", sources.path(it.spec.file));
            let line = sources.position(it.spec.file, it.spec.start).line;
            json!({ "operation": it.operation, "page": on_page(it.at), "spec": { "file": file, "line": line } })
        });
        let notes = self.draft.notes.iter().map(|it| {
            let spec = it.spec.as_ref().map(in_draft);
            json!({ "kind": it.kind.as_str(), "message": it.message, "page": on_page(it.at), "spec": spec })
        });
        let files = self.draft.files.iter().map(|(path, _)| format!("{root}/{path}"));
        json!({
            "operations": operations.collect::<Vec<_>>(),
            "known": known.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
            "notes": notes.collect::<Vec<_>>(),
        })
    }

    fn spot(&self, spot: &Spot, root: &str) -> String {
        format!("{root}/{}:{}", self.draft.files[spot.file].0, spot.line)
    }
}

/// A place on a page, as editors open it.
fn page(pages: &[PageFile], at: At) -> String {
    let path = &pages[at.page].path;
    if at.line == 0 { path.clone() } else { format!("{path}:{}", at.line) }
}
