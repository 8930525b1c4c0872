//! Examples: what commands send and what replies hold.

use apigen_model::ir::Heading;

use super::{Reader, json, shell};
use crate::document::Part;
use crate::facts::{Claim, Fact, Name, Place, Shape};

impl Reader<'_> {
    /// Reads an example: a command, or JSON of a request or a reply.
    pub(super) fn example(&mut self, lines: &[Part]) {
        let Some(operation) = self.current else { return };
        if let Some(start) = lines.iter().position(|it| it.text.trim_start().starts_with("curl ")) {
            return self.command(operation, lines.get(start..).unwrap_or_default());
        }
        let place = match self.section.heading {
            Some(Heading::Body | Heading::Request | Heading::RequestExamples) => Place::Body,
            Some(Heading::Common | Heading::CommonRequest | Heading::CommonResponse | Heading::Other) => return,
            Some(_) | None => Place::Response,
        };
        self.json(operation, place, lines);
    }

    fn command(&mut self, operation: usize, lines: &[Part]) {
        let words = shell::words(lines);
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.text().as_str() {
                "-H" | "--header" => {
                    if let Some(header) = rest.next() {
                        self.header(operation, header);
                    }
                }
                "-d" | "--data" | "--data-raw" | "--data-binary" => {
                    if let Some(body) = rest.next() {
                        self.json(operation, Place::Body, &body.parts);
                    }
                }
                "-F" | "--form" => {
                    if let Some(field) = rest.next() {
                        self.form(operation, field);
                    }
                }
                _ => {}
            }
        }
    }

    fn json(&mut self, operation: usize, place: Place, lines: &[Part]) {
        let (seen, broken) = json::shown(lines);
        // A list without a name shows items of the field that the section is about.
        let is_list = lines.iter().find_map(|it| it.text.trim().chars().next()) == Some('[');
        let within = self.section.within.clone().filter(|_| is_list);
        for it in seen {
            let path = within.as_ref().map_or(it.path.clone(), |within| format!("{within}.{}", it.path));
            let claim = Claim::Shown(Name { place, path }, it.shape);
            self.say(operation, Fact { claim, line: it.line });
        }
        if let Some(line) = broken {
            self.unread(line, "the example is not JSON here, and is read as far as it can be made out");
        }
    }

    fn header(&mut self, operation: usize, word: &shell::Word) {
        let (text, line) = (word.text(), word.parts.first().map_or(0, |it| it.line));
        let Some((name, value)) = text.split_once(':') else { return };
        let name = name.trim();
        if name.is_empty() || name.contains(char::is_whitespace) || self.vocabulary.is_no_parameter(name) {
            return;
        }
        let shape = match value.trim() {
            "true" | "false" => Shape::Boolean,
            _ => Shape::String,
        };
        let claim = Claim::Shown(Name { place: Place::Header, path: name.to_owned() }, shape);
        self.say(operation, Fact { claim, line });
    }

    fn form(&mut self, operation: usize, word: &shell::Word) {
        let (text, line) = (word.text(), word.parts.first().map_or(0, |it| it.line));
        let Some((name, value)) = text.split_once('=') else { return };
        let shape = if value.starts_with('@') { Shape::File } else { Shape::String };
        if !name.is_empty() && !name.contains(char::is_whitespace) {
            let claim = Claim::Shown(Name { place: Place::Body, path: name.to_owned() }, shape);
            self.say(operation, Fact { claim, line });
        }
    }
}
