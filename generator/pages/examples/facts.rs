//! Prints what is understood of pages: `cargo run -p apigen-pages --example facts -- SPEC PAGES…`, or with `--time` as
//! the first argument how long ten megabytes of each take: `cargo run --release …`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool that reads files, prints and measures")]

use std::time::Instant;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_pages::Vocabulary;
use apigen_pages::facts::{Fact, Page};
use camino::Utf8PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_timed = arguments.next_if(|it| it == "--time").is_some();
    let vocabulary = vocabulary(&arguments.next().ok_or("expected a spec and pages")?)?;
    for file in arguments {
        let text = std::fs::read_to_string(&file)?;
        if is_timed {
            time(&file, &text, &vocabulary);
        } else {
            print(&apigen_pages::read(&file, &text, &vocabulary));
        }
    }
    Ok(())
}

fn vocabulary(spec: &str) -> Result<Vocabulary, Box<dyn std::error::Error>> {
    let mut paths = vec!["api.yaml".to_owned(), "pages.yaml".to_owned()];
    for entry in std::fs::read_dir(format!("{spec}/resources"))? {
        paths.push(format!("resources/{}", entry?.file_name().to_string_lossy()));
    }
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(format!("{spec}/{path}"))?;
        files.push((Utf8PathBuf::from(path), text));
    }
    let sources: Sources = files.into_iter().collect();
    let mut diagnostics = Diagnostics::default();
    let api = apigen_model::read_facts(&sources, &mut diagnostics);
    let api = api.ok_or_else(|| diagnostics.render_text(&sources, "", false))?;
    Ok(Vocabulary::new(&api))
}

fn print(page: &Page) {
    println!("# {}: {} operations, {} not read", page.file, page.operations.len(), page.unread.len());
    let say = |fact: &Fact| println!("{:6} {}", fact.line, fact.claim);
    page.common.iter().for_each(say);
    for operation in &page.operations {
        println!("\n{:6} {} {}  # {}", operation.line, operation.method, operation.path, operation.title);
        operation.facts.iter().for_each(say);
    }
    for it in &page.unread {
        println!("{:6} ? {}", it.line, it.reason);
    }
}

/// Reads a page as often as ten megabytes hold it, and the same as one page.
fn time(file: &str, text: &str, vocabulary: &Vocabulary) {
    let copies = 10_000_000 / text.len().max(1) + 1;
    let start = Instant::now();
    for _ in 0..copies {
        apigen_pages::read(file, text, vocabulary);
    }
    let many = start.elapsed();
    let long = text.repeat(copies);
    let start = Instant::now();
    apigen_pages::read(file, &long, vocabulary);
    println!("{file}: {many:.0?} as {copies} pages, {:.0?} as one", start.elapsed());
}
