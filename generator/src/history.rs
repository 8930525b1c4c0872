//! `diff` and `release`: what changed between two states of a spec, and the record of a state that is released.
#![expect(clippy::disallowed_methods, reason = "the command line reads files and the clock")]

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use apigen::diff::origins::Origins;
use apigen::diff::{self, Record, Report, Side, Version, release};
use apigen::output;
use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};
use jiff_core::civil::UnixEpochDay;

use crate::{Failure, Format, Outcome, SpecArgs, is_of_spec, read_spec, report, revision, show};

#[derive(Args)]
pub(crate) struct DiffArgs {
    /// The old state: directory of a spec, record of a release, or git revision
    old: String,
    /// The new state, likewise; the spec as it is when left out
    new: Option<String>,
    /// Directory of the spec, which git revisions are of
    #[arg(long, default_value = "spec", value_name = "DIR")]
    spec: Utf8PathBuf,
    /// How changes are printed
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
    /// Tell where the changes of a directory of generated files come from, hunk by hunk: from the spec, or from templates
    /// and generator. OLD is a git revision then
    #[arg(long, value_name = "DIR")]
    generated: Option<Utf8PathBuf>,
}

#[derive(Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// The changelog that gets an entry
    #[arg(long, default_value = "CHANGELOG.md", value_name = "FILE")]
    changelog: Utf8PathBuf,
    /// The date of the entry; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// By class and rule, for people
    Text,
    /// One JSON object, for programs
    Json,
    /// An entry in the style of Keep a Changelog
    Changelog,
}

/// A state of a spec.
struct State {
    record: Record,
    /// Where the files of the spec are, for those who look a place up.
    root: Utf8PathBuf,
    /// The spec itself, unless the state is a record.
    sources: Option<Sources>,
}

pub(crate) fn diff(args: &DiffArgs) -> Result<Outcome, Failure> {
    let old = state(&args.old, &args.spec)?;
    let new = match &args.new {
        Some(new) => state(new, &args.spec)?,
        None => of_directory(&args.spec)?,
    };
    let origins = args.generated.as_ref().map(|directory| origins(directory, &args.old, &old, &new)).transpose()?;
    let changes = diff::compare(&old.record, &new.record);
    let report = Report { changes, old: side(&old)?, new: side(&new)? };
    show(&match args.format {
        DiffFormat::Text => {
            let origins = origins.map_or_else(String::new, |it| format!("\n{}", it.to_text()));
            format!("{}{origins}", report.to_text())
        }
        DiffFormat::Json => {
            let mut json = report.to_json();
            if let Some(origins) = origins {
                json["generated"] = origins.to_json();
            }
            format!("{json:#}\n")
        }
        DiffFormat::Changelog => report.to_changelog(),
    })?;
    Ok(if report.changes.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

pub(crate) fn release(ReleaseArgs { spec: args, changelog, date }: &ReleaseArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let mut diagnostics = Diagnostics::default();
    let prepared = release::prepare(&sources, &mut diagnostics);
    report(&sources, &diagnostics, args)?;
    let Some(prepared) = prepared else { return Ok(Outcome::Findings) };
    let Some(record) = prepared.record else {
        announce(args, &format!("{} has been recorded before; nothing to do\n", prepared.version))?;
        return Ok(Outcome::Clean);
    };
    let path = args.spec.join(release::path(prepared.version));
    let before = match fs::read_to_string(changelog) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(format!("cannot read {changelog}: {error}")),
    };
    let date = date.clone().map_or_else(today, Ok)?;
    let entry = prepared.entry.replacen('\n', &format!(" - {date}\n"), 1);
    let failed = |error: output::OutputError| error.to_string();
    output::put(&path, &record).map_err(failed)?;
    if let Some(text) = diff::insert(before.as_deref(), &prepared.package, prepared.version, &entry) {
        output::put(changelog, &text).map_err(failed)?;
    }
    announce(args, &format!("{path} written; read the entry of {} in {changelog}\n", prepared.version))?;
    Ok(Outcome::Clean)
}

fn announce(args: &SpecArgs, text: &str) -> Result<(), Failure> {
    match args.format {
        Format::Text => show(text),
        Format::Json => Ok(()),
    }
}

/// The date in UTC.
fn today() -> Result<String, Failure> {
    let failed = || "the clock shows no date; give one with `--date`".to_owned();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| failed())?;
    let day = i32::try_from(since.as_secs() / 86_400).map_err(|_| failed())?;
    let date = UnixEpochDay::new(day).map_err(|_| failed())?.to_date();
    Ok(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}

fn state(name: &str, spec: &Utf8Path) -> Result<State, Failure> {
    let path = Utf8Path::new(name);
    if path.is_dir() {
        return of_directory(path);
    }
    if path.is_file() {
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
        let record = Record::parse(&text)
            .map_err(|(line, message)| format!("{path}:{line}: {message}; a file is the record of a release"))?;
        return Ok(State { record, root: spec.to_owned(), sources: None });
    }
    of_sources(revision::files(spec, name, is_of_spec)?.into_iter().collect(), spec, name)
}

fn of_directory(directory: &Utf8Path) -> Result<State, Failure> {
    of_sources(read_spec(directory)?, directory, directory.as_str())
}

fn of_sources(sources: Sources, root: &Utf8Path, name: &str) -> Result<State, Failure> {
    let mut diagnostics = Diagnostics::default();
    let Some(api) = apigen::read(&sources, &mut diagnostics) else {
        eprint!("{}", diagnostics.render_text(&sources, root.as_str(), false));
        return Err(format!("the spec of {name} has errors"));
    };
    Ok(State { record: Record::of(&api, &sources), root: root.to_owned(), sources: Some(sources) })
}

fn side(state: &State) -> Result<Side, Failure> {
    let version = Version::parse(&state.record.version);
    let version = version.ok_or_else(|| format!("`{}` is not a version", state.record.version))?;
    Ok(Side { root: state.root.to_string(), version })
}

/// The hunks of the generated files that change between a revision and a spec.
fn origins(directory: &Utf8Path, revision: &str, old: &State, new: &State) -> Result<Origins, Failure> {
    let committed = revision::files(directory, revision, |_| true)?.into_iter().collect();
    Ok(Origins::of(&committed, &drafted(old)?, &drafted(new)?))
}

fn drafted(state: &State) -> Result<FileTree, Failure> {
    let sources = state.sources.as_ref().ok_or("nothing can be generated from the record of a release")?;
    let files = apigen::draft(sources, &mut Diagnostics::default());
    files.ok_or_else(|| format!("nothing can be generated from {}", state.root))
}
