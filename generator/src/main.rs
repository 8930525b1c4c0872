//! The command line: reads files, calls the library, prints, and sets the exit code.
#![expect(clippy::print_stderr, reason = "a command line prints")]
#![expect(clippy::disallowed_methods, reason = "the command line reads files")]

mod drift;
mod history;
mod revision;
mod waiting;
mod watch;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, io};

use anstream::AutoStream;
use anstream::stream::RawStream;
use apigen::Artefact;
use apigen::import::PageFile;
use apigen::output::{self, Extension};
use apigen::progress::Progress;
use apigen::stats::Stats;
use apigen::tree::FileTree;
use apigen::verify::Findings;
use apigen_interpret::Interpreter;
use apigen_interpret::verify::Verifier;
use apigen_mock::Mock;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_model::translate::{self, ENGLISH};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Parser, Subcommand, ValueEnum};
use waiting::Waiting;

/// A run makes millions of small strings, and the system's allocator would take a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generates a Rust client, validation code, a documentation site and an OpenAPI document from a YAML spec.
///
/// Exit codes: 0 clean, 1 findings (errors in the spec, files that are not up to date), 2 failure (a file that cannot be
/// read or written, a wrong command line).
#[derive(Parser)]
#[command(version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write everything that the spec describes
    ///
    /// Everything is rendered before the first write. Files that changed are replaced whole, files that are no longer
    /// produced are removed.
    Generate(GenerateArgs),
    /// Print the resolved API as JSON
    Dump(DumpArgs),
    /// Bring the files of a language up to date
    ///
    /// Every text of the spec gets an entry with the English above it. Translations stay, also when their text has moved;
    /// one whose text is gone is taken out.
    Translate {
        /// Tag of the language, such as zh, among the `languages` of the spec
        language: String,
        #[command(flatten)]
        spec: SpecArgs,
    },
    /// Serve the API on loopback, from its spec alone
    ///
    /// The first line printed is the address. Replies are the documented ones with the caller's own values, errors the
    /// documented ones; tokens expire, rate limits are held, faults are played on demand. `GET /_mock` tells how.
    Mock(MockArgs),
    /// Say what a diagnostic means, with a wrong and a right example, or why a change is breaking or not
    Explain {
        /// The code, such as E0201, or the rule of a change, such as operation-removed
        code: String,
    },
    /// Say what changed between two states of a spec, and what it means for users of the client
    ///
    /// Exit codes: 0 nothing changed, 1 something did, 2 failure. `apigen explain RULE` says more about a rule.
    Diff(history::DiffArgs),
    /// Record what the spec says as a release, and write an entry of the changelog
    ///
    /// The record stands below the spec, under `released`. `generate` compares the spec with the last one, and refuses a
    /// version that is too small for what changed.
    Release(history::ReleaseArgs),
    /// Print the JSON Schema of spec files, which editors use
    Schema,
    /// Draft spec files for the operations of the vendor's pages that the spec lacks
    ///
    /// Adds a file per resource under `resources`, and the pages to `pages.yaml`; nothing else of the spec is touched. What
    /// a person must write says so, and `generate` lists it. Prints what was guessed, left out and contradicted.
    Import(ImportArgs),
    /// Say where recorded traffic and the spec part
    ///
    /// Reads HAR files, as browsers and proxies export them. Of the exchanges that go to the API, requests that the server
    /// took and replies of any kind are held against the spec. Tokens and secrets are not shown.
    Verify(VerifyArgs),
    /// Say where the vendor's pages and the spec part
    ///
    /// Reads the pages as facts, by the vocabulary of `pages.yaml`, and compares them with the spec: operations, parameters,
    /// fields of replies, errors, limits, defaults and marks. What the ledger explains is not counted. Once pages were
    /// accepted, it says who moved since: the vendor, the spec, or both.
    Drift(drift::DriftArgs),
}

#[derive(Args)]
struct SpecArgs {
    /// Directory of the spec
    #[arg(long, default_value = "spec", value_name = "DIR")]
    spec: Utf8PathBuf,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Args)]
struct GenerateArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// Directory that is written; it belongs to the generator entirely
    #[arg(long, default_value = "generated", value_name = "DIR")]
    out: Utf8PathBuf,
    /// Write nothing; list the files that are not up to date and exit with 1 if there are any
    #[arg(long, conflicts_with = "watch")]
    check: bool,
    /// Make these alone and leave the others as they are; may be given several times
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ARTEFACT")]
    only: Vec<Artefact>,
    /// Stay and generate again whenever a file of the spec is saved
    #[arg(long)]
    watch: bool,
}

#[derive(Args)]
struct DumpArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// Tag of the language that the texts are in, among the `languages` of the spec
    #[arg(long, default_value = ENGLISH, value_name = "TAG")]
    lang: String,
    /// Print how much the spec says instead, page by page: a table, or one JSON object with `--format json`
    #[arg(long)]
    stats: bool,
}

#[derive(Args)]
struct MockArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// Address to listen at; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: String,
    /// Hold no rate limits
    #[arg(long)]
    no_rate_limits: bool,
    /// A token that is always accepted; may be given several times
    #[arg(long, value_name = "TOKEN")]
    token: Vec<String>,
    /// How long tokens are valid, whatever callers ask for
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With excerpts, for people
    Text,
    /// One JSON object, for programs
    Json,
}

#[derive(Args)]
struct VerifyArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// Where the API is served, with all parts of its path; may be given several times. Left out, it is served wherever an
    /// operation is recognised
    #[arg(long, value_name = "URL")]
    server: Vec<String>,
    /// The recordings
    #[arg(required = true, value_name = "HAR")]
    files: Vec<Utf8PathBuf>,
}

#[derive(Args)]
struct ImportArgs {
    #[command(flatten)]
    spec: SpecArgs,
    /// Generate into this directory as well, from the spec with its drafts
    #[arg(long, value_name = "DIR")]
    generate: Option<Utf8PathBuf>,
    /// The pages; `ID=FILE` says what a page is called in the spec
    #[arg(required = true, value_name = "PAGE")]
    pages: Vec<String>,
}

/// What a command found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Clean,
    Findings,
}

/// A failure that is not about the content of the spec, in one sentence.
type Failure = String;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Generate(args) if args.watch => watch::watch(&args.spec.spec, || generate(&args)),
        Command::Generate(args) => generate(&args),
        Command::Dump(args) => dump(&args),
        Command::Translate { language, spec } => translate(&language, &spec),
        Command::Mock(args) => mock(args),
        Command::Explain { code } => explain(&code),
        Command::Verify(args) => verify(&args),
        Command::Drift(args) => drift::run(&args),
        Command::Diff(args) => history::diff(&args),
        Command::Release(args) => history::release(&args),
        Command::Import(args) => import(args),
        Command::Schema => show(&format!("{:#}\n", apigen_model::schema())).map(|()| Outcome::Clean),
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("apigen: {failure}");
            ExitCode::from(2)
        }
    }
}

fn generate(args: &GenerateArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec.spec)?;
    let mut diagnostics = Diagnostics::default();
    let artefacts = if args.only.is_empty() { Artefact::ALL.as_slice() } else { &args.only };
    let waiting = Waiting::begin();
    let files = waiting.shown(|progress| apigen::generate_some(&sources, artefacts, progress, &mut diagnostics));
    report(&sources, &diagnostics, &args.spec)?;
    let Some(files) = files else { return Ok(Outcome::Findings) };
    // What stands beside the files of some artefacts belongs to the others.
    let spared = |path: &Utf8Path| !args.only.is_empty() && files.is_beside(path);
    if args.check {
        let difference = output::compare(&args.out, &files, spared).map_err(|error| error.to_string())?;
        if difference.is_empty() {
            return Ok(Outcome::Clean);
        }
        let mend = format!("apigen generate --spec {} --out {}", args.spec.spec, args.out);
        let text = format!("{difference}not up to date; to mend it: {mend}\n");
        match args.spec.format {
            Format::Text => show(&text)?,
            Format::Json => eprint!("{text}"),
        }
        return Ok(Outcome::Findings);
    }
    let write = |progress: &Progress| output::write_counted(&args.out, &files, spared, progress);
    let difference = waiting.shown(write).map_err(|error| error.to_string())?;
    if args.spec.format == Format::Text {
        let (written, removed) = (difference.changed.len() + difference.missing.len(), difference.orphaned.len());
        show(&format!("{}: {} files, {written} written, {removed} removed\n", args.out, files.iter().count()))?;
    }
    Ok(Outcome::Clean)
}

fn dump(DumpArgs { spec: args, lang, stats }: &DumpArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let mut diagnostics = Diagnostics::default();
    let api = apigen::read_in(&sources, lang, &mut diagnostics);
    // With an API to print, that is the one JSON document on standard output.
    if api.is_none() || args.format == Format::Text {
        report(&sources, &diagnostics, args)?;
    }
    let Some(api) = api else { return Ok(Outcome::Findings) };
    let text = match (stats, args.format) {
        (false, Format::Text | Format::Json) => format!("{:#}\n", apigen::dump::dump(&api)),
        (true, Format::Text) => Stats::of(&api).to_text(),
        (true, Format::Json) => format!("{:#}\n", Stats::of(&api).to_json()),
    };
    show(&text)?;
    Ok(Outcome::Clean)
}

fn translate(language: &str, args: &SpecArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let mut diagnostics = Diagnostics::default();
    let update = translate::update(&sources, language, &mut diagnostics);
    report(&sources, &diagnostics, args)?;
    let Some(translate::Update { files, translated, missing, stale }) = update else { return Ok(Outcome::Findings) };
    let directory = args.spec.join(language);
    let mut tree = FileTree::default();
    files.into_iter().for_each(|(path, text)| tree.insert(path, text));
    // Translators may keep notes beside the texts.
    let difference =
        output::write(&directory, &tree, |it| it.extension() != Some("yaml")).map_err(|error| error.to_string())?;
    if args.format == Format::Text {
        let (written, removed) = (difference.changed.len() + difference.missing.len(), difference.orphaned.len());
        let texts = translated + missing + stale;
        let state = format!("{translated} translated, {missing} missing, {stale} out of date");
        show(&format!("{directory}: {texts} texts, {state}; {written} files written, {removed} removed\n"))?;
    }
    Ok(Outcome::Clean)
}

/// Serves until the process is ended.
fn mock(args: MockArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec.spec)?;
    let mut diagnostics = Diagnostics::default();
    let api = apigen_model::read_facts(&sources, &mut diagnostics);
    let Some(api) = api else {
        report(&sources, &diagnostics, &args.spec)?;
        return Ok(Outcome::Findings);
    };
    let mut mock = Mock::builder(api).listen(&args.listen).rate_limits(!args.no_rate_limits).threads(2);
    for token in args.token {
        mock = mock.token(token);
    }
    if let Some(seconds) = args.token_lifetime {
        mock = mock.token_lifetime(Duration::from_secs(seconds));
    }
    let mock = mock.start().map_err(|error| error.to_string())?;
    show(&format!("{0}\nhelp, faults and the log: {0}/_mock\n", mock.url()))?;
    mock.join();
    Ok(Outcome::Clean)
}

fn verify(VerifyArgs { spec: args, server, files }: &VerifyArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let mut diagnostics = Diagnostics::default();
    let Some(api) = apigen::read(&sources, &mut diagnostics) else {
        eprint!("{}", diagnostics.render_text(&sources, args.spec.as_str(), false));
        return Err("the spec has errors".to_owned());
    };
    let mut verifier = Verifier::new(Interpreter::new(api));
    for url in server {
        verifier = verifier.server(url)?;
    }
    let read = |path: &Utf8PathBuf| fs::read(path).map_err(|error| format!("cannot read {path}: {error}"));
    let recordings = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let recordings: Vec<_> = recordings.iter().map(Vec::as_slice).collect();
    let report = verifier.verify(&recordings).map_err(|error| format!("{}: {error}", files[error.file]))?;
    let files: Vec<_> = files.iter().map(ToString::to_string).collect();
    let findings = Findings { report: &report, files: &files, sources: &sources, root: args.spec.as_str() };
    show(&match args.format {
        Format::Text => findings.to_text(is_styled(&io::stdout())),
        Format::Json => format!("{:#}\n", findings.to_json()),
    })?;
    Ok(if report.findings.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn import(ImportArgs { spec: args, generate: out, pages }: ImportArgs) -> Result<Outcome, Failure> {
    let sources = read_spec(&args.spec)?;
    let pages = pages.iter().map(|it| read_page(it)).collect::<Result<Vec<_>, _>>()?;
    let mut diagnostics = Diagnostics::default();
    let Some(import) = apigen::import::import(&sources, &pages, &mut diagnostics)? else {
        report(&sources, &diagnostics, &args)?;
        return Ok(Outcome::Findings);
    };
    let path = Utf8Path::new("pages.yaml");
    let extension = import.pages.as_ref().zip(sources.find(path.as_str()));
    let extension = extension.map(|(text, file)| Extension { path, read: sources.text(file), text });
    output::add(&args.spec, extension, &import.files).map_err(|error| error.to_string())?;
    show(&match args.format {
        Format::Text => import.to_text(&pages, args.spec.as_str()),
        Format::Json => format!("{:#}\n", import.to_json(&sources, &pages, args.spec.as_str())),
    })?;
    match out {
        Some(out) => generate(&GenerateArgs { spec: args, out, check: false, only: Vec::new(), watch: false }),
        None => Ok(Outcome::Clean),
    }
}

/// Reads a page: a file, or an id and a file.
fn read_page(argument: &str) -> Result<PageFile, Failure> {
    let is_id = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let (id, path) = match argument.split_once('=') {
        Some((id, path)) if is_id(id) => (Some(id.to_owned()), path),
        Some(_) | None => (None, argument),
    };
    let bytes = fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{path} is not UTF-8: {}", error.utf8_error()))?;
    Ok(PageFile { id, path: path.to_owned(), text })
}

fn explain(code: &str) -> Result<Outcome, Failure> {
    if let Some(rule) = apigen::diff::find(code) {
        show(&rule.page())?;
        return Ok(Outcome::Clean);
    }
    match apigen_model::codes::explain(code) {
        Ok(page) => {
            show(page)?;
            Ok(Outcome::Clean)
        }
        Err(similar) if similar.is_empty() => Err(format!("there is no code `{code}`; codes look like E0201")),
        Err(similar) => Err(format!("there is no code `{code}`; there are {}", similar.join(", "))),
    }
}

/// Prints problems: as text to standard error with colours on a terminal, as JSON to standard output.
fn report(sources: &Sources, diagnostics: &Diagnostics, args: &SpecArgs) -> Result<(), Failure> {
    match args.format {
        Format::Json => show(&diagnostics.render_json(sources, args.spec.as_str()))?,
        Format::Text if diagnostics.is_empty() => {}
        Format::Text => {
            let styled = is_styled(&io::stderr());
            eprint!("{}", diagnostics.render_text(sources, args.spec.as_str(), styled));
        }
    }
    Ok(())
}

/// Whether text for a stream is coloured: on a terminal, unless its user does not want colours.
fn is_styled<S: RawStream>(stream: &S) -> bool {
    AutoStream::choice(stream) != anstream::ColorChoice::Never && stream.is_terminal()
}

/// Prints to standard output. A reader that has seen enough and closed the pipe is no failure.
fn show(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot print: {error}")),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads every file of a spec below a directory.
fn read_spec(root: &Utf8Path) -> Result<Sources, Failure> {
    let mut files = Vec::new();
    read_directory(root, Utf8Path::new(""), &mut files)?;
    Ok(files.into_iter().collect())
}

/// Whether a file belongs to a spec: YAML, and the records of releases.
fn is_of_spec(path: &Utf8Path) -> bool {
    path.extension() == Some("yaml") || path.parent().is_some_and(|it| it == apigen::diff::release::DIRECTORY)
}

fn read_directory(root: &Utf8Path, below: &Utf8Path, files: &mut Vec<(Utf8PathBuf, String)>) -> Result<(), Failure> {
    let directory = if below.as_str().is_empty() { root.to_owned() } else { root.join(below) };
    let failed = |error: io::Error| format!("cannot read {directory}: {error}");
    for entry in directory.read_dir_utf8().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = below.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            read_directory(root, &path, files)?;
        } else if is_of_spec(&path) {
            let bytes = fs::read(root.join(&path)).map_err(failed)?;
            let text = String::from_utf8(bytes)
                .map_err(|error| format!("{root}/{path} is not UTF-8: {}", error.utf8_error()))?;
            files.push((path, text));
        }
    }
    Ok(())
}
