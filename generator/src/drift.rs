//! `apigen drift`: reads pages and digests, compares, prints, and writes the digests of pages that are accepted.
#![expect(clippy::disallowed_methods, reason = "the command line reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use apigen::output;
use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::Api;
use apigen_pages::Vocabulary;
use apigen_pages::digest::Digest;
use apigen_pages::drift::{Drift, Given, drift, id_of, revisions};
use apigen_pages::expected::Expected;
use apigen_pages::facts::Page;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};

use crate::{Failure, Outcome, read_spec, show};

/// Directory of the digests, below that of the spec.
const DIGESTS: &str = "pages";

/// What pages look like on a disk.
const PAGES: [&str; 4] = ["md", "mdx", "txt", "html"];

#[derive(Args)]
pub(crate) struct DriftArgs {
    /// Directory of the spec
    #[arg(long, default_value = "spec", value_name = "DIR")]
    spec: Utf8PathBuf,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Print what the ledger explains, too
    #[arg(long)]
    explained: bool,
    /// Store what was understood of the pages under `pages` of the spec, so that drift can tell who moved
    #[arg(long, requires = "pages")]
    accept: bool,
    /// An earlier revision of pages: files or directories, to be compared with --new rather than with the spec
    #[arg(long, num_args = 1.., value_name = "PAGE", requires = "new")]
    old: Vec<Utf8PathBuf>,
    /// A later revision of pages
    #[arg(long, num_args = 1.., value_name = "PAGE", requires = "old", conflicts_with = "pages")]
    new: Vec<Utf8PathBuf>,
    /// Files or directories; `ID=FILE` says which page of `pages.yaml` a file is. Left out, the accepted digests
    #[arg(value_name = "PAGES")]
    pages: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line per finding, for people
    Text,
    /// For a pull request
    Markdown,
    /// One JSON object, for programs
    Json,
}

/// A page as it was given.
struct File {
    /// Id that the command line gives it; empty when it gives none.
    id: String,
    text: String,
    page: Page,
}

pub(crate) fn run(args: &DriftArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let mut diagnostics = Diagnostics::default();
    let Some(api) = apigen_model::read_facts(&sources, &mut diagnostics) else {
        return Err(diagnostics.render_text(&sources, args.spec.as_str(), false));
    };
    if !args.new.is_empty() {
        let read = |paths: &[Utf8PathBuf]| -> Result<Vec<Page>, Failure> {
            let paths: Vec<_> = paths.iter().map(ToString::to_string).collect();
            Ok(read_pages(&paths, &api)?.into_iter().map(|it| it.page).collect())
        };
        return print(&revisions(&read(&args.old)?, &read(&args.new)?), args);
    }
    let expected = Expected::of_spec(&api, &sources, args.spec.as_str());
    let mut given = Vec::new();
    let mut accepted: BTreeMap<String, (String, Page)> = BTreeMap::new();
    for File { id, text, page } in read_pages(&args.pages, &api)? {
        let id = if id.is_empty() { id_of(&page, &expected) } else { id };
        if args.accept {
            if !api.pages.iter().any(|it| it.name == id) {
                return Err(format!("{} is no page of `pages.yaml` that is known: write ID={0}", page.file));
            }
            let (texts, pages) = accepted.entry(id.clone()).or_default();
            texts.push_str(&text);
            pages.operations.extend(page.operations.iter().cloned());
            pages.common.extend(page.common.iter().cloned());
        }
        given.push(Given { id, page });
    }
    let directory = args.spec.join(DIGESTS);
    if args.accept {
        let mut tree = FileTree::default();
        for (id, (text, page)) in accepted {
            tree.insert(format!("{id}.txt"), Digest::of(&id, &text, &page).to_text());
        }
        output::write(&directory, &tree, |_| true).map_err(|error| error.to_string())?;
    }
    let digests = read_digests(&directory)?;
    if args.pages.is_empty() {
        given.extend(digests.iter().map(|it| Given { id: it.id.clone(), page: it.page.clone() }));
        return print(&drift(&given, &expected, &[]), args);
    }
    print(&drift(&given, &expected, &digests), args)
}

fn print(drift: &Drift, args: &DriftArgs) -> Result<Outcome, Failure> {
    show(&match args.format {
        Form::Text => drift.to_text(args.explained),
        Form::Markdown => drift.to_markdown(args.explained),
        Form::Json => format!("{:#}\n", drift.to_json()),
    })?;
    Ok(if drift.is_clean() { Outcome::Clean } else { Outcome::Findings })
}

/// Reads files, and what looks like a page in directories, each once.
fn read_pages(arguments: &[String], api: &Api) -> Result<Vec<File>, Failure> {
    let mut paths: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    let mut files = Vec::new();
    let vocabulary = Vocabulary::new(api);
    for argument in arguments {
        // A path may hold an equals sign, an id may not hold a slash.
        let named = argument.split_once('=').filter(|(id, _)| api.pages.iter().any(|it| it.name == *id));
        let (id, path) = named.unwrap_or(("", argument));
        let mut found = Vec::new();
        list(Utf8Path::new(path), &mut found)?;
        for path in found {
            if paths.insert(path.clone()) {
                let bytes = fs::read(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let page = apigen_pages::read(path.as_str(), &text, &vocabulary);
                files.push(File { id: id.to_owned(), text, page });
            }
        }
    }
    Ok(files)
}

/// The file, or the pages below the directory, in order.
fn list(path: &Utf8Path, found: &mut Vec<Utf8PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("cannot read {path}: {error}");
    let mut entries = path.read_dir_utf8().map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for entry in entries {
        let is_page = entry.path().extension().is_some_and(|it| PAGES.contains(&it));
        if entry.path().is_dir() || is_page {
            list(entry.path(), found)?;
        }
    }
    Ok(())
}

/// The digests below a directory; there need be none.
fn read_digests(directory: &Utf8Path) -> Result<Vec<Digest>, Failure> {
    let mut paths = Vec::new();
    if directory.is_dir() {
        list(directory, &mut paths)?;
    }
    let read = |path: Utf8PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
        Digest::parse(&text).map_err(|error| format!("{path}:{}: {}", error.line, error.reason))
    };
    paths.into_iter().map(read).collect()
}
