//! Drafts files of a spec for the operations of pages that the spec lacks.
//!
//! ```text
//! facts ─ candidates ─▶ operations ─ values ─▶ trees ─┬─ fields, reply, errors, limits ─▶ resource ─ yaml ─▶ text
//!                                                     └─ ledger: what a page says against itself
//! ```
//!
//! Names come from the wire and from paths. Texts that a person must write are [`PLACEHOLDER`], which reading a spec
//! reports; examples hold made-up values; headings stand in `section` alone. What was guessed or left out is noted.

mod candidates;
mod drafter;
mod errors;
mod fields;
mod ledger;
mod limits;
mod names;
mod pages;
mod reply;
mod resource;
mod types;
mod usage;
mod values;
mod visible;
mod yaml;

use apigen_model::ir::Api;
use apigen_model::source::Span;
pub use apigen_model::spec::PLACEHOLDER;

pub use self::names::Reserved;
pub use self::pages::{Entry, insert};
use self::yaml::Keys;
use crate::facts::Page;

/// A page, and what is known of it beside its facts.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What was understood of it.
    pub page: &'a Page,
    /// The id that it is given in the spec; `None` for one made of the name of its file.
    pub id: Option<&'a str>,
    /// Its language as a BCP 47 tag; `None` when nobody knows.
    pub language: Option<&'a str>,
}

/// The spec that a draft is for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The API that it describes.
    pub api: &'a Api,
    /// Id of the envelope of responses that name none.
    pub envelope: Option<&'a str>,
    /// Names that generated code cannot take.
    pub reserved: Reserved,
}

/// What was drafted. Nothing in it replaces a file of the spec.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Pages that `pages.yaml` does not have yet.
    pub pages: Vec<Entry>,
    /// New files by path below the directory of the spec.
    pub files: Vec<(String, String)>,
    /// The operations in them.
    pub operations: Vec<Drafted>,
    /// The operations of the pages that the spec has.
    pub known: Vec<Known>,
    /// What a person should look at, by page and line.
    pub notes: Vec<Note>,
}

/// An operation that was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// `resource.operation`.
    pub operation: String,
    /// Method and path as they stand in the draft.
    pub http: String,
    /// Its request line.
    pub at: At,
    /// Where it stands in the draft.
    pub spec: Spot,
}

/// An operation of a page that the spec has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// `resource.operation`.
    pub operation: String,
    /// Its request line.
    pub at: At,
    /// Where the spec has it.
    pub spec: Span,
}

/// A place on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Index of the page.
    pub page: usize,
    /// Line, from 1; 0 for the page as a whole.
    pub line: usize,
}

/// A place in a drafted file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Index of the file in [`Draft::files`].
    pub file: usize,
    /// Line, from 1.
    pub line: usize,
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What kind of thing.
    pub kind: NoteKind,
    /// What it is, in a sentence without a full stop.
    pub message: String,
    /// Where on a page.
    pub at: At,
    /// Where in the draft; `None` where it left nothing there.
    pub spec: Option<Spot>,
}

/// Why a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// The page contradicts itself; the ledger has an entry.
    Contradiction,
    /// The page does not say it; something was assumed.
    Guess,
    /// The page says it; the draft has no place for it.
    LeftOut,
    /// The page could not be read there.
    Unread,
}

/// Drafts what the spec lacks.
pub fn draft(sources: &[Source<'_>], target: &Target<'_>) -> Draft {
    drafter::draft(sources, target)
}

impl NoteKind {
    /// The word for it, in snake case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contradiction => "contradiction",
            Self::Guess => "guess",
            Self::LeftOut => "left_out",
            Self::Unread => "unread",
        }
    }
}

/// Notes while drafting: places in the draft are keys of a resource, because its lines are not known before it is written.
#[derive(Debug, Default)]
struct Notes(Vec<Noted>);

/// Kind, place on a page, message, and place in the draft: a resource, and keys in its file.
type Noted = (NoteKind, At, String, Option<(usize, Keys)>);

impl Notes {
    fn push(&mut self, kind: NoteKind, at: At, message: String) {
        self.0.push((kind, at, message, None));
    }

    fn add(&mut self, kind: NoteKind, at: At, message: String, resource: usize, keys: &Keys) {
        self.0.push((kind, at, message, Some((resource, keys.clone()))));
    }
}
