//! The model of apigen: from YAML text to a checked API, with diagnostics for what is wrong on the way.
//!
//! The stages are [`load`], [`resolve`] and [`check`]; [`read`] runs them with a barrier after each. Nothing here knows an
//! output format, touches a file, or asks the clock.

pub mod check;
pub mod codes;
pub mod diagnostics;
pub mod facts;
pub mod flat;
pub mod ir;
pub mod load;
pub mod progress;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod text;
pub mod translate;

use camino::Utf8Path;
use rayon::prelude::*;

use crate::diagnostics::Diagnostics;
use crate::progress::{Progress, Stage};
use crate::source::Sources;

/// Reads a spec: all problems that can be found are recorded; with an error among them, there is no API.
pub fn read(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<ir::Api> {
    read_in(sources, translate::ENGLISH, diagnostics)
}

/// Reads a spec as [`read`] does, with its texts in a language: a BCP 47 tag, English or one that the spec declares. What
/// is not translated, or was translated from another English, stays English.
pub fn read_in(sources: &Sources, language: &str, diagnostics: &mut Diagnostics) -> Option<ir::Api> {
    let (spec, languages) = load(sources, &Progress::default(), diagnostics)?;
    let translated: Vec<_> = languages.iter().map(|it| translate::translated(&spec, it, diagnostics)).collect();
    if language == translate::ENGLISH {
        return resolved(&spec, diagnostics);
    }
    let index = translate::find(&languages, language, diagnostics)?;
    resolved(&translated[index], diagnostics)
}

/// Reads a spec as [`read`] does, without a look at its translations: for those who need the facts alone, and soon.
pub fn read_facts(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<ir::Api> {
    resolved(&load::spec(sources, diagnostics)?, diagnostics)
}

/// Reads a spec as [`read`] does, in English and then in every language that it declares, each with its tag.
pub fn read_all(
    sources: &Sources,
    progress: &Progress,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(String, ir::Api)>> {
    let (spec, languages) = load(sources, progress, diagnostics)?;
    let read = |language: Option<&translate::Language>| {
        let mut found = Diagnostics::default();
        let Some(language) = language else {
            return (translate::ENGLISH.to_owned(), resolved(&spec, &mut found), found);
        };
        let spec = translate::translated(&spec, language, &mut found);
        (language.tag.value.clone(), resolved(&spec, &mut found), found)
    };
    let wanted: Vec<_> = std::iter::once(None).chain(languages.iter().map(Some)).collect();
    let mut all = Vec::new();
    for (tag, api, found) in wanted.into_par_iter().map(read).collect::<Vec<_>>() {
        // What is wrong in every language is reported once, because equal problems are.
        diagnostics.extend(found.0);
        all.extend(api.map(|api| (tag, api)));
    }
    // Freeing millions of strings takes a while, and nobody waits for it.
    rayon::spawn(|| drop((spec, languages)));
    if diagnostics.has_errors() { None } else { Some(all) }
}

/// The files of a spec and its languages.
fn load(
    sources: &Sources,
    progress: &Progress,
    diagnostics: &mut Diagnostics,
) -> Option<(resolve::Spec, Vec<translate::Language>)> {
    let is_read = |(_, path): &(_, &Utf8Path)| path.extension() == Some("yaml");
    progress.expect(Stage::Reading, sources.iter().filter(is_read).count());
    let mut spec = load::spec_counted(sources, progress, diagnostics)?;
    translate::unwritten(&mut spec, diagnostics);
    let languages = load::languages(sources, &spec, progress, diagnostics);
    Some((spec, languages))
}

fn resolved(spec: &resolve::Spec, diagnostics: &mut Diagnostics) -> Option<ir::Api> {
    let api = resolve::resolve(spec, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    check::check(&api, diagnostics);
    if diagnostics.has_errors() { None } else { Some(api) }
}

/// The JSON Schema of the files of a spec, for editors: completion, hovers, and underlined mistakes.
pub fn schema() -> serde_json::Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let files = [
        generator.subschema_for::<spec::ApiFile>(),
        generator.subschema_for::<spec::PagesFile>(),
        generator.subschema_for::<spec::ResourceFile>(),
        generator.subschema_for::<spec::TranslationFile>(),
    ];
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of an apigen spec",
        "anyOf": files,
        "$defs": generator.take_definitions(true),
    })
}
