//! JSON as pages show it: with comments, trailing commas, full-width punctuation, curly quotes, ellipses and words
//! without quotes. Only names and shapes are read, since values of examples are made up.

use crate::document::Part;
use crate::facts::Shape;
use crate::spelling::narrow_char;

/// Deeper nesting is not read.
const DEPTH: usize = 48;

/// A longer key is no name, in bytes.
const NAME: usize = 128;

/// Something that an example shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Dotted path, without marks for items of lists.
    pub(super) path: String,
    pub(super) shape: Shape,
    pub(super) line: usize,
}

/// What JSON values in a text show, and the line where they break off, if they do.
pub(super) fn shown(lines: &[Part]) -> (Vec<Seen>, Option<usize>) {
    let mut chars = Vec::new();
    for part in lines {
        chars.extend(part.text.chars().map(|it| (narrow_char(it), part.line)));
        chars.push(('\n', part.line));
    }
    let mut scanner = Scanner { chars: &chars, at: 0, seen: Vec::new(), broken: None };
    scanner.skip();
    if !scanner.peek().is_some_and(|it| matches!(it.0, '{' | '[' | '"')) {
        return (Vec::new(), None);
    }
    while let Some((char, _)) = scanner.peek() {
        match char {
            '{' | '[' => scanner.value(Some(""), 0, false),
            // A member of an object that is not shown.
            '"' => scanner.member(Some(""), 0),
            _ => scanner.at += 1,
        }
    }
    (scanner.seen, scanner.broken)
}

struct Scanner<'t> {
    chars: &'t [(char, usize)],
    at: usize,
    seen: Vec<Seen>,
    broken: Option<usize>,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<(char, usize)> {
        self.chars.get(self.at).copied()
    }

    fn is_next(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, it)| self.chars.get(self.at + index).is_some_and(|next| next.0 == it))
    }

    /// Skips spaces, comments, commas and ellipses.
    fn skip(&mut self) {
        while let Some((char, _)) = self.peek() {
            if self.is_next("//") || char == '#' {
                while self.peek().is_some_and(|it| it.0 != '\n') {
                    self.at += 1;
                }
            } else if self.is_next("/*") {
                while self.peek().is_some() && !self.is_next("*/") {
                    self.at += 1;
                }
                self.at += 2;
            } else if char.is_whitespace() || matches!(char, ',' | ';' | '.' | '…' | '、') {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Reads a value; what items of a list are is not said of the list. Without a path, nothing is said of anything.
    fn value(&mut self, path: Option<&str>, depth: usize, is_item: bool) {
        self.skip();
        let Some((char, line)) = self.peek() else { return self.broken() };
        let shape = match char {
            '{' => Some(Shape::Object),
            '[' => Some(Shape::List),
            '"' | '\'' => {
                self.quoted();
                Some(Shape::String)
            }
            '}' | ']' | ':' => return self.broken(),
            _ => word_shape(&self.word()),
        };
        if let (Some(shape), Some(path)) = (shape, path.filter(|it| !it.is_empty() && !is_item)) {
            self.seen.push(Seen { path: path.to_owned(), shape, line });
        }
        match shape {
            Some(Shape::Object) if char == '{' => self.within(path, depth, true),
            Some(Shape::List) if char == '[' => self.within(path, depth, false),
            _ => {}
        }
    }

    /// Reads what stands in an object or a list, up to the end of either: a page may close one as the other.
    fn within(&mut self, path: Option<&str>, depth: usize, is_object: bool) {
        self.at += 1;
        loop {
            self.skip();
            match self.peek() {
                None => return self.broken(),
                Some((end @ ('}' | ']'), _)) => {
                    if (end == '}') == is_object {
                        self.at += 1;
                    } else {
                        self.broken();
                        if depth == 0 {
                            self.at += 1;
                        }
                    }
                    return;
                }
                Some(_) if depth >= DEPTH => self.at += 1,
                Some(_) if is_object => self.member(path, depth),
                Some((':', _)) => self.at += 1,
                Some(_) => self.value(path, depth + 1, true),
            }
        }
    }

    fn member(&mut self, path: Option<&str>, depth: usize) {
        let start = self.at;
        let key = match self.peek() {
            Some(('"' | '\'', _)) => self.quoted(),
            Some(_) | None => self.word(),
        };
        self.skip();
        if !self.peek().is_some_and(|it| matches!(it.0, ':' | '=')) {
            self.broken();
            if self.at == start {
                self.at += 1;
            }
            return;
        }
        self.at += 1;
        let key = key.trim();
        let is_name = (1..=NAME).contains(&key.len()) && !key.contains(char::is_whitespace);
        let path = path.filter(|_| is_name).map(|path| match path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        });
        self.value(path.as_deref(), depth + 1, false);
    }

    /// Text in quotes. One that is not closed ends with its line.
    fn quoted(&mut self) -> String {
        let Some((quote, _)) = self.peek() else { return String::new() };
        self.at += 1;
        let mut text = String::new();
        while let Some((char, _)) = self.peek() {
            self.at += 1;
            match char {
                '\\' => self.at += 1,
                '\n' => {
                    self.broken();
                    return text;
                }
                _ if char == quote => return text,
                _ => text.push(char),
            }
        }
        self.broken();
        text
    }

    /// Text without quotes, up to what cannot be part of it.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some((char, _)) =
            self.peek().filter(|it| !matches!(it.0, ',' | ':' | '{' | '}' | '[' | ']' | '"' | '\n'))
        {
            word.push(char);
            self.at += 1;
        }
        if word.is_empty() {
            self.at += 1;
        }
        word
    }

    fn broken(&mut self) {
        let last = self.chars.get(self.at).or(self.chars.last());
        self.broken = self.broken.or(last.map(|it| it.1));
    }
}

/// What a word without quotes is; `null` tells nothing.
fn word_shape(word: &str) -> Option<Shape> {
    let word = word.split(['/', '#']).next().unwrap_or_default().trim();
    match word {
        "" | "null" => None,
        "true" | "false" => Some(Shape::Boolean),
        _ if word.parse::<i128>().is_ok() => Some(Shape::Integer),
        _ if word.parse::<f64>().is_ok() => Some(Shape::Number),
        _ => Some(Shape::String),
    }
}
