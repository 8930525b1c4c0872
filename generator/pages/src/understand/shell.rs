//! Commands as a shell reads them, as far as examples of requests need it.

use crate::document::Part;

/// A word of a command, with the lines that it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
}

impl Word {
    /// The word in one line.
    pub(super) fn text(&self) -> String {
        let parts: Vec<_> = self.parts.iter().map(|it| it.text.as_str()).collect();
        parts.join("\n")
    }
}

/// The words of a command: quotes hold words together, and a backslash takes a line's end away.
pub(super) fn words(lines: &[Part]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Vec<Part> = Vec::new();
    let mut quote = None;
    for line in lines {
        if quote.is_some() {
            word.push(Part::new(line.line, ""));
        }
        let mut chars = line.text.chars().peekable();
        while let Some(char) = chars.next() {
            match (quote, char) {
                (None, '"' | '\'') => {
                    quote = Some(char);
                    if word.is_empty() {
                        word.push(Part::new(line.line, ""));
                    }
                }
                (Some(open), _) if open == char => quote = None,
                (None | Some('"'), '\\') => {
                    if let Some(escaped) = chars.next() {
                        push(&mut word, line.line, escaped);
                    }
                }
                (None, _) if char.is_whitespace() => end(&mut word, &mut words),
                (None, '#') if word.is_empty() => break,
                (None | Some(_), _) => push(&mut word, line.line, char),
            }
        }
        if quote.is_none() {
            end(&mut word, &mut words);
        }
    }
    end(&mut word, &mut words);
    words
}

fn push(word: &mut Vec<Part>, line: usize, char: char) {
    match word.last_mut() {
        Some(part) => part.text.push(char),
        None => word.push(Part::new(line, char)),
    }
}

fn end(word: &mut Vec<Part>, words: &mut Vec<Word>) {
    if !word.is_empty() {
        words.push(Word { parts: std::mem::take(word) });
    }
}
