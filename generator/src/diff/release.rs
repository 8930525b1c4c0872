//! Recorded releases: what the last one said, and whether a version is large enough for what changed since.

use apigen_model::codes::Code;
use apigen_model::diagnostics::{Diagnostic, Diagnostics};
use apigen_model::ir::Api;
use apigen_model::source::{FileId, Sources, Span};

use super::{Change, Class, Record, Report, Side, Version, compare, record};

/// The directory of the records below that of the spec.
pub const DIRECTORY: &str = "released";

/// A release that is to be recorded.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Name of the client package.
    pub package: String,
    /// Its version.
    pub version: Version,
    /// The text of its record; `None` when the version was recorded before and nothing changed since.
    pub record: Option<String>,
    /// Its entry in a changelog, without a date.
    pub entry: String,
}

/// Where the record of a version stands, below the directory of the spec.
pub fn path(version: Version) -> String {
    format!("{DIRECTORY}/{version}.txt")
}

/// Reads a spec that is to be released. `None` with what is wrong with it, a version that is too small included.
pub fn prepare(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Prepared> {
    let api = crate::read(sources, diagnostics)?;
    check(&api, sources, diagnostics);
    let last = newest(sources, diagnostics).map(|(version, file)| (version, read(sources, file, diagnostics)));
    if diagnostics.has_errors() {
        return None;
    }
    let version = Version::parse(&api.version)?;
    let record = Record::of(&api, sources);
    let text = record.to_text();
    let (entry, is_known) = match last {
        Some((last, before)) => {
            let side = |version| Side { root: String::new(), version };
            let changes = compare(&before?, &record);
            let report = Report { changes, old: side(last), new: side(version) };
            (report.to_changelog(), last == version)
        }
        None => (first(&api), false),
    };
    Some(Prepared { package: api.name, version, record: (!is_known).then_some(text), entry })
}

/// The entry of a first release.
fn first(api: &Api) -> String {
    let (operations, resources) = (api.operations.len(), api.resources.len());
    format!("## [{}]\n\n### Added\n\n- First release: {operations} operations in {resources} resources.\n", api.version)
}

/// Reports a version that is too small for what changed since the last release.
pub(crate) fn check(api: &Api, sources: &Sources, diagnostics: &mut Diagnostics) {
    let (Some((last, file)), Some(version)) = (newest(sources, diagnostics), Version::parse(&api.version)) else {
        return;
    };
    if version < last {
        let message = format!("the version {version} is less than {last}, which was released");
        let help = format!("write `version: {last}` or more");
        diagnostics.push(Diagnostic::error(Code::E0701, api.version_at, message).help(help));
        return;
    }
    // A version that may break everything need not be compared, nor what nobody touched.
    let is_same = version == last && record::digest_in(sources.text(file)) == Some(&record::digest(sources));
    if is_same || version >= last.after(Class::Breaking) {
        return;
    }
    let Some(released) = read(sources, file, diagnostics) else { return };
    let changes = compare(&released, &Record::of(api, sources));
    let required = last.required(&changes);
    if version < required {
        let message = format!("the version {version} is too small for what changed since {last} was released");
        let problem = Diagnostic::error(Code::E0701, api.version_at, message);
        let problem = problem.help(format!("write `version: {required}`"));
        diagnostics.push(asking(&changes).into_iter().fold(problem, Diagnostic::help));
    }
}

/// The changes that ask for the version, as far as a reader wants to see them at once.
fn asking(changes: &[Change]) -> Vec<String> {
    /// How many changes are named.
    const FEW: usize = 3;
    let class = changes.first().map(|it| it.rule.class());
    let asking: Vec<_> = changes.iter().filter(|it| Some(it.rule.class()) == class).collect();
    let named = |it: &Change| format!("{}: `{}`, {}", it.rule.class().name(), it.subject, it.message);
    let mut lines: Vec<_> = asking.iter().take(FEW).map(|it| named(it)).collect();
    if asking.len() > FEW {
        lines.push(format!("{} more; `apigen diff` shows all", asking.len() - FEW));
    }
    lines
}

/// The file of the release with the highest version.
fn newest(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<(Version, FileId)> {
    let mut newest = None;
    for (file, path) in sources.iter().filter(|(_, path)| path.starts_with(DIRECTORY)) {
        match Version::parse(path.file_stem().unwrap_or("")) {
            Some(version) => newest = newest.max(Some((version, file))),
            None => {
                let message = format!("`{path}` is not named after a version");
                let help = "the records of releases are called as `apigen release` calls them, such as `1.0.0.txt`";
                diagnostics.push(Diagnostic::error(Code::E0702, Span { file, start: 0, end: 0 }, message).help(help));
            }
        }
    }
    newest
}

fn read(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> Option<Record> {
    let text = sources.text(file);
    match Record::parse(text) {
        Ok(record) => Some(record),
        Err((line, message)) => {
            let start = text.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
            let end = start + text[start..].lines().next().unwrap_or("").len();
            let offset = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
            let span = Span { file, start: offset(start), end: offset(end) };
            let help = "nobody edits records; take the file as it was committed";
            diagnostics.push(Diagnostic::error(Code::E0702, span, message).help(help));
            None
        }
    }
}
