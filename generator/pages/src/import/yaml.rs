//! YAML as people write it in specs: block style, with small mappings and lists on one line, and the line of every key.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::Value;

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Yaml {
    /// Text; it is quoted where YAML would read something else.
    Text(String),
    /// A number, `true` or `false`, as it stands.
    Bare(String),
    /// A mapping, an entry per line.
    Map(Vec<(String, Yaml)>),
    /// A mapping with an empty line between its entries.
    Apart(Vec<(String, Yaml)>),
    /// A list, an item per line.
    List(Vec<Yaml>),
    /// A mapping or list that stands on one line where there is room.
    Flow(Box<Yaml>),
}

/// Keys from the root of a file to a value.
pub(super) type Keys = Vec<String>;

/// The text of a file, and the lines that its keys stand in.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// By keys from the root. What stands on one line has that line, and no entry of its own.
    lines: BTreeMap<Keys, usize>,
    line: usize,
}

/// Where lines end.
const WIDTH: usize = 120;

impl Yaml {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn bare(value: impl Display) -> Self {
        Self::Bare(format!("{value}"))
    }

    pub(super) fn flow(entries: Vec<(String, Self)>) -> Self {
        Self::Flow(Box::new(Self::Map(entries)))
    }

    pub(super) fn row(items: Vec<Self>) -> Self {
        Self::Flow(Box::new(Self::List(items)))
    }

    /// JSON, on one line where there is room.
    pub(super) fn json(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::bare(value),
            Value::Array(items) => Self::row(items.iter().map(Self::json).collect()),
            Value::Object(fields) => {
                Self::flow(fields.iter().map(|(key, value)| (key.clone(), Self::json(value))).collect())
            }
        }
    }

    /// On one line; `None` for what cannot be.
    fn inline(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(scalar(text, true)),
            Self::Bare(text) => Some(text.clone()),
            Self::Flow(inside) => inside.inline(),
            Self::Map(entries) => {
                let entry = |(key, value): &(String, Self)| Some(format!("{}: {}", scalar(key, true), value.inline()?));
                Some(format!("{{{}}}", entries.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", ")))
            }
            Self::List(items) => {
                Some(format!("[{}]", items.iter().map(Self::inline).collect::<Option<Vec<_>>>()?.join(", ")))
            }
            Self::Apart(_) => None,
        }
    }
}

impl Written {
    /// A file that begins with lines of comment.
    pub(super) fn with_comments(comments: &[&str]) -> Self {
        let mut written = Self { line: 1, ..Self::default() };
        comments.iter().for_each(|it| written.push(&format!("# {it}")));
        written
    }

    /// Adds an entry of the root, after an empty line if `apart`.
    pub(super) fn entry(&mut self, key: &str, value: &Yaml, apart: bool) {
        if apart {
            self.push("");
        }
        self.keyed(key, value, 0, "", &mut Vec::new());
    }

    /// The line of the nearest key on the way to a value.
    pub(super) fn line_of(&self, keys: &[String]) -> usize {
        (0..=keys.len()).rev().find_map(|end| self.lines.get(&keys[..end]).copied()).unwrap_or(1)
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
        self.line += 1;
    }

    /// An entry of a mapping; `mark` stands before the first one of an item of a list.
    fn keyed(&mut self, key: &str, value: &Yaml, indent: usize, mark: &str, above: &mut Keys) {
        above.push(key.to_owned());
        self.lines.insert(above.clone(), self.line);
        let head = format!("{:indent$}{mark}{}:", "", scalar(key, false));
        self.valued(&head, value, indent + mark.len(), above);
        above.pop();
    }

    /// A value behind the text that leads to it.
    fn valued(&mut self, head: &str, value: &Yaml, indent: usize, above: &mut Keys) {
        match value {
            Yaml::Text(text) => self.prose(head, text, indent),
            Yaml::Bare(text) => self.push(&format!("{head} {text}")),
            Yaml::Flow(inside) => {
                match inside.inline().filter(|it| head.chars().count() + 1 + it.chars().count() <= WIDTH) {
                    Some(line) => self.push(&format!("{head} {line}")),
                    None => self.valued(head, inside, indent, above),
                }
            }
            Yaml::Map(entries) | Yaml::Apart(entries) if entries.is_empty() => self.push(&format!("{head} {{}}")),
            Yaml::List(items) if items.is_empty() => self.push(&format!("{head} []")),
            Yaml::Map(_) | Yaml::Apart(_) | Yaml::List(_) => {
                self.push(head);
                self.block(value, indent + 2, above);
            }
        }
    }

    fn block(&mut self, value: &Yaml, indent: usize, above: &mut Keys) {
        match value {
            Yaml::Map(entries) => entries.iter().for_each(|(key, value)| self.keyed(key, value, indent, "", above)),
            Yaml::Apart(entries) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        self.push("");
                    }
                    self.keyed(key, value, indent, "", above);
                }
            }
            Yaml::List(items) => items.iter().for_each(|it| self.item(it, indent, above)),
            Yaml::Text(_) | Yaml::Bare(_) | Yaml::Flow(_) => {
                self.valued(&format!("{:indent$}", ""), value, indent, above)
            }
        }
    }

    fn item(&mut self, item: &Yaml, indent: usize, above: &mut Keys) {
        let line = match item {
            Yaml::Flow(_) | Yaml::Text(_) | Yaml::Bare(_) => item.inline(),
            Yaml::Map(_) | Yaml::Apart(_) | Yaml::List(_) => None,
        };
        if let Some(line) = line.filter(|it| indent + 2 + it.chars().count() <= WIDTH) {
            self.push(&format!("{:indent$}- {line}", ""));
            return;
        }
        let inside = if let Yaml::Flow(inside) = item { inside } else { item };
        match inside {
            Yaml::Map(entries) | Yaml::Apart(entries) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    let (indent, mark) = if index == 0 { (indent, "- ") } else { (indent + 2, "") };
                    self.keyed(key, value, indent, mark, above);
                }
            }
            Yaml::Text(_) | Yaml::Bare(_) | Yaml::List(_) | Yaml::Flow(_) => {
                let line = inside.inline().unwrap_or_default();
                self.push(&format!("{:indent$}- {line}", ""));
            }
        }
    }

    /// Text on the line of its key, or folded below it when it is too long for that.
    fn prose(&mut self, head: &str, text: &str, indent: usize) {
        let line = format!("{head} {}", scalar(text, false));
        let indent = indent + 2;
        if line.chars().count() <= WIDTH || text.contains('\n') || !text.contains(' ') || text.contains("  ") {
            self.push(&line);
            return;
        }
        self.push(&format!("{head} >-"));
        let mut folded = String::new();
        for word in text.split(' ') {
            if !folded.is_empty() && indent + folded.chars().count() + 1 + word.chars().count() > WIDTH {
                self.push(&format!("{:indent$}{folded}", ""));
                folded.clear();
            }
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        self.push(&format!("{:indent$}{folded}", ""));
    }
}

/// Text as a scalar: plain where every reader of YAML takes it for that text, else in double quotes.
fn scalar(text: &str, in_flow: bool) -> String {
    if is_plain(text) && !(in_flow && text.contains([',', '[', ']', '{', '}'])) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn is_plain(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|it| it.is_alphabetic() || it == '/' || it == '_');
    let word = text.to_ascii_lowercase();
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str());
    let breaks = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let is_visible = text.chars().all(|it| it == ' ' || (!it.is_control() && !it.is_whitespace() && it != '\u{feff}'));
    first && !is_word && !breaks && is_visible
}

/// JSON text is YAML text, but for what lies beyond ASCII and cannot be seen.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut quoted = String::new();
    for char in json.chars() {
        if !char.is_ascii() && (char.is_control() || char.is_whitespace() || char == '\u{feff}') {
            quoted.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            quoted.push(char);
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Yaml) -> String {
        let mut written = Written::with_comments(&["why"]);
        written.entry("root", value, false);
        written.text
    }

    #[test]
    fn small_mappings_stand_on_one_line_and_large_ones_do_not() {
        let small = Yaml::flow(vec![("a".to_owned(), Yaml::bare(1)), ("b".to_owned(), Yaml::text("x, y"))]);
        assert_eq!(written(&small), "# why\nroot: {a: 1, b: \"x, y\"}\n");
        let large = Yaml::flow(vec![("a".to_owned(), Yaml::text("word ".repeat(30).trim())), ("b".to_owned(), small)]);
        let text = written(&Yaml::List(vec![large]));
        let folded = ["word"; 23].join(" ");
        let rest = ["word"; 7].join(" ");
        assert_eq!(
            text,
            format!("# why\nroot:\n  - a: >-\n      {folded}\n      {rest}\n    b: {{a: 1, b: \"x, y\"}}\n")
        );
    }

    #[test]
    fn what_yaml_would_read_as_something_else_is_quoted() {
        for text in
            ["", "no", "Null", "12", "1.5", "- a", "a: b", "a #b", "@a", "*a", "a\nb", "a\u{feff}", "'a'", "{a}"]
        {
            let yaml = written(&Yaml::flow(vec![("k".to_owned(), Yaml::text(text))]));
            let read: Value = serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{error}: {yaml}"));
            assert_eq!(read["root"]["k"], Value::from(text), "{yaml}");
        }
        assert_eq!(scalar("ラベル (old)", false), "ラベル (old)");
    }

    #[test]
    fn lines_are_those_of_the_nearest_key() {
        let inner = Yaml::Apart(vec![("a".to_owned(), Yaml::bare(1)), ("b".to_owned(), Yaml::flow(Vec::new()))]);
        let mut written = Written::with_comments(&["one", "two"]);
        written.entry("title", &Yaml::text("T"), false);
        written.entry("root", &inner, true);
        let line = |keys: &[&str]| written.line_of(&keys.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(written.text, "# one\n# two\ntitle: T\n\nroot:\n  a: 1\n\n  b: {}\n");
        assert_eq!([line(&["title"]), line(&["root"]), line(&["root", "b", "c"]), line(&["x"])], [3, 5, 8, 1]);
    }
}
