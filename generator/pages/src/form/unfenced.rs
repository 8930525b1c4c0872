//! Code without a fence around it: where JSON and commands begin, and where they end.

/// How many lines of code, from a line on; 0 when it does not begin one. `stop` tells which lines are none in any case.
pub(super) fn lines<'t>(text: &[&'t str], from: usize, stop: impl Fn(&'t str) -> bool) -> usize {
    let Some(first) = text.get(from).map(|it| it.trim()) else { return 0 };
    let is_command = first.starts_with("curl ");
    if !is_command && !begins_json(first) {
        return 0;
    }
    let mut state = State::default();
    let mut count = 0;
    for (index, line) in text.iter().enumerate().skip(from) {
        if index > from && stop(line) {
            break;
        }
        state.read(line);
        count += 1;
        let next = text.get(index + 1).map_or("", |it| it.trim());
        let goes_on = line.trim_end().ends_with('\\') || is_command && goes_on(next);
        let is_over = if is_command { state.quote.is_none() } else { state.depth <= 0 };
        if is_over && !goes_on {
            break;
        }
    }
    count
}

/// Whether a line holds options or the URL of the command in the line before.
fn goes_on(line: &str) -> bool {
    let is_option = line.starts_with('-') && line.chars().nth(1).is_some_and(|it| it.is_ascii_alphabetic());
    is_option || line.trim_start_matches(['"', '\'']).starts_with("http")
}

/// Whether a line opens a JSON value, or a member of an object that is not shown.
fn begins_json(line: &str) -> bool {
    let member = line.strip_prefix('"').and_then(|it| it.split_once('"'));
    if let Some((_, value)) = member {
        return value.trim_start().strip_prefix(':').is_some_and(|it| it.trim_start().starts_with(['{', '[']));
    }
    let rest = line.strip_prefix(['{', '[']).map(str::trim_start);
    rest.is_some_and(|it| it.is_empty() || it.starts_with(['"', '{', '[', '}', ']', '“', '/']))
        && !line.starts_with("[[")
}

/// What is open at the end of a line.
#[derive(Default)]
struct State {
    quote: Option<char>,
    depth: isize,
}

impl State {
    fn read(&mut self, line: &str) {
        let mut chars = line.chars();
        while let Some(char) = chars.next() {
            match (self.quote, char) {
                (_, '\\') => drop(chars.next()),
                (Some(open), _) if open == char => self.quote = None,
                (None, '"' | '\'') => self.quote = Some(char),
                (None, '{' | '[') => self.depth += 1,
                (None, '}' | ']') => self.depth -= 1,
                (Some(_) | None, _) => {}
            }
        }
        // Text in JSON ends with its line; what quotes the body of a command does not.
        if self.depth > 0 {
            self.quote = None;
        }
    }
}
