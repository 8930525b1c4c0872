//! What is the same to a reader: full-width and ASCII punctuation, curly and straight quotes, upper and lower case.

/// Text with ASCII forms of full-width letters and punctuation, and straight quotes. Has as many characters as before.
pub(crate) fn narrow(text: &str) -> String {
    text.chars().map(narrow_char).collect()
}

/// The spelling that words are compared by: narrow, in lower case, without spaces and without a colon behind.
pub(crate) fn key(text: &str) -> String {
    let mut key: String = text.chars().map(narrow_char).filter(|it| !it.is_whitespace()).collect();
    key = key.to_lowercase();
    while key.ends_with([':', '*']) {
        key.pop();
    }
    key
}

/// The spelling that names are compared by when pages cannot decide on one: without case and separators.
pub(crate) fn loose(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

pub(crate) fn narrow_char(char: char) -> char {
    /// From a full-width form to its ASCII character.
    const WIDTH: u32 = 0xFEE0;
    match char {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(char as u32 - WIDTH).unwrap_or(char),
        '\u{3000}' | '\u{A0}' => ' ',
        '“' | '”' | '„' | '″' => '"',
        '‘' | '’' => '\'',
        other => other,
    }
}

/// Whether a text, had it been broken before this, would read on.
pub(crate) fn continues(text: &str) -> bool {
    text.chars().next().map(narrow_char).is_some_and(|it| ",.;:!?)]}、。…".contains(it))
}
