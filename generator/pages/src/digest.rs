//! What was understood of a page, as a file to review: a fact per line, no prose.
//!
//! ```text
//! # Facts of a page of the vendor; `apigen drift --accept` writes this file.
//! page books
//! hash 9ae16a3b2f90404f
//!
//! 12 common
//! +0 response uri
//!
//! 48 GET /books/{book_id}
//! -1 limit: 600 items
//! +4 type response data.title: string
//! ```
//!
//! Facts are counted from the line above them, so that a page that grows changes few lines of its digest.

use crate::facts::{Fact, Operation, Page};

/// What was understood of a page when it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Id of the page in the spec.
    pub id: String,
    /// Hash of the page's text.
    pub hash: String,
    /// The facts; their places are those on the page, and its name is the id.
    pub page: Page,
}

/// Why a digest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Line of the digest, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

const HEADER: &str = "# Facts of a page of the vendor; `apigen drift --accept` writes this file.\n";

impl Digest {
    /// The digest of a page with a text. Titles and what could not be read are left out.
    pub fn of(id: &str, text: &str, page: &Page) -> Self {
        let operation = |it: &Operation| Operation { title: String::new(), ..it.clone() };
        let page = Page {
            file: id.to_owned(),
            operations: page.operations.iter().map(operation).collect(),
            common: page.common.clone(),
            unread: Vec::new(),
        };
        Self { id: id.to_owned(), hash: hash(text), page }
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}page {}\nhash {}\n", self.id, self.hash);
        if let Some(first) = self.page.common.first() {
            section(&mut text, first.line, "common", &self.page.common);
        }
        for operation in &self.page.operations {
            let what = format!("{} {}", operation.method, operation.path);
            section(&mut text, operation.line, &what, &operation.facts);
        }
        text
    }

    /// Reads the text of the file.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut digest = Self { id: String::new(), hash: String::new(), page: Page::default() };
        let mut above: Option<(usize, bool)> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |reason: &str| Unreadable { line: number, reason: reason.to_owned() };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, rest) = line.split_once(' ').ok_or_else(|| fail("expected two words"))?;
            match word.as_bytes()[0] {
                b'+' | b'-' => {
                    let (start, is_common) = above.ok_or_else(|| fail("a fact stands before the first operation"))?;
                    let offset: isize = word.parse().map_err(|_| fail("expected a distance in lines, as in `+3`"))?;
                    let claim = rest.parse().map_err(|it| fail(&format!("this is no fact: {it}")))?;
                    let fact = Fact { claim, line: usize::saturating_add_signed(start, offset) };
                    match digest.page.operations.last_mut() {
                        Some(operation) if !is_common => operation.facts.push(fact),
                        Some(_) | None => digest.page.common.push(fact),
                    }
                }
                b'0'..=b'9' => {
                    let line = word.parse().map_err(|_| fail("expected a line of the page"))?;
                    above = Some((line, rest == "common"));
                    if rest != "common" {
                        let (method, path) =
                            rest.split_once(' ').ok_or_else(|| fail("expected a method and a path"))?;
                        let (method, path) = (method.to_owned(), path.to_owned());
                        let operation = Operation { method, path, title: String::new(), line, facts: Vec::new() };
                        digest.page.operations.push(operation);
                    }
                }
                _ => match word {
                    "page" => {
                        rest.clone_into(&mut digest.id);
                        rest.clone_into(&mut digest.page.file);
                    }
                    "hash" => rest.clone_into(&mut digest.hash),
                    _ => return Err(fail("expected `page`, `hash`, an operation or a fact")),
                },
            }
        }
        if digest.id.is_empty() {
            return Err(Unreadable { line: 1, reason: "the digest does not say of which page it is".to_owned() });
        }
        Ok(digest)
    }
}

/// The hash of a page's text: FNV-1a of 64 bits, in hexadecimal.
pub fn hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn section(text: &mut String, start: usize, what: &str, facts: &[Fact]) {
    text.push_str(&format!("\n{start} {what}\n"));
    for Fact { claim, line } in facts {
        let offset = i64::try_from(*line).unwrap_or(i64::MAX) - i64::try_from(start).unwrap_or(i64::MAX);
        text.push_str(&format!("{offset:+} {claim}\n"));
    }
}
