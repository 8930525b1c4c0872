//! The lines of a file that arrives in chunks, compressed or not. No more than a line and a chunk is held in memory.

use std::io::{self, Write};

use bytes::buf::{BufMut, Writer};
use bytes::{Buf, Bytes, BytesMut};
use flate2::write::MultiGzDecoder;

/// Bytes of the longest line that is handed out whole.
pub(crate) const MAX_LINE: usize = 8 * 1024 * 1024;

/// Bytes of a longer line that are handed out.
const EXCERPT: usize = 4096;

/// Compressed bytes that are taken at once. They may become a thousand times as many.
const PORTION: usize = 4096;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Splits a file into lines.
pub(crate) struct Lines {
    text: Text,
    /// What has arrived and not been looked at.
    input: Bytes,
    /// No more will arrive.
    ended: bool,
    failure: Option<io::Error>,
    /// Bytes of the text that are known to hold no line break.
    scanned: usize,
    /// Start of the line that is skipped because it is too long.
    skipped: Option<Bytes>,
    number: u64,
}

/// A line that is not empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: u64,
    /// Without its line break.
    pub(crate) bytes: Bytes,
    /// Whether these are all its bytes.
    pub(crate) is_whole: bool,
}

/// The text that has not been handed out.
enum Text {
    /// The first bytes will tell.
    Unknown,
    Plain(BytesMut),
    Gzip(Box<MultiGzDecoder<Writer<BytesMut>>>),
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self {
            text: Text::Unknown,
            input: Bytes::new(),
            ended: false,
            failure: None,
            scanned: 0,
            skipped: None,
            number: 0,
        }
    }

    /// Takes a chunk of the file.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.input = if self.input.is_empty() { chunk } else { [&*self.input, &*chunk].concat().into() };
    }

    /// Takes note that the file has ended.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// Whether nothing follows.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// The next line; `None` when another chunk is needed, or at the end of the file.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            while let Some(line) = self.split() {
                if !line.bytes.trim_ascii().is_empty() {
                    return Ok(Some(line));
                }
            }
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if !self.fill() {
                return Ok(if self.ended { self.last() } else { None });
            }
        }
    }

    /// Turns input into text. Whether there was any.
    fn fill(&mut self) -> bool {
        match &mut self.text {
            Text::Unknown if self.input.len() < GZIP.len() && !self.ended => return false,
            Text::Unknown if self.input.starts_with(&GZIP) => {
                self.text = Text::Gzip(Box::new(MultiGzDecoder::new(BytesMut::new().writer())));
            }
            Text::Unknown => self.text = Text::Plain(BytesMut::new()),
            Text::Plain(_) if self.input.is_empty() => return false,
            Text::Plain(text) => text.extend_from_slice(&std::mem::take(&mut self.input)),
            Text::Gzip(decoder) => match inflate(decoder, &mut self.input, self.ended) {
                Ok(worked) => return worked,
                Err(failure) => {
                    // What came before the failure is still good. That this fails as well is no news.
                    drop(decoder.flush());
                    (self.failure, self.ended) = (Some(failure), true);
                    self.input.clear();
                }
            },
        }
        true
    }

    fn split(&mut self) -> Option<Line> {
        let scanned = self.scanned;
        let text = self.text.buffer()?;
        let Some(end) = text[scanned..].iter().position(|byte| *byte == b'\n') else {
            self.scanned = text.len();
            if self.scanned > MAX_LINE {
                let start = text.split_to(EXCERPT).freeze();
                text.clear();
                self.scanned = 0;
                self.skipped.get_or_insert(start);
            }
            return None;
        };
        let mut line = text.split_to(scanned + end + 1).freeze();
        self.scanned = 0;
        line.truncate(line.len() - 1);
        Some(self.line(line))
    }

    /// What stands after the last line break.
    fn last(&mut self) -> Option<Line> {
        let rest = self.text.buffer().map(|text| std::mem::take(text).freeze()).unwrap_or_default();
        self.scanned = 0;
        let is_nothing = rest.trim_ascii().is_empty() && self.skipped.is_none();
        if is_nothing { None } else { Some(self.line(rest)).filter(|line| !line.bytes.is_empty()) }
    }

    fn line(&mut self, mut bytes: Bytes) -> Line {
        self.number += 1;
        let mut is_whole = true;
        if let Some(start) = self.skipped.take() {
            (bytes, is_whole) = (start, false);
        } else if bytes.len() > MAX_LINE {
            bytes.truncate(EXCERPT);
            is_whole = false;
        } else if bytes.ends_with(b"\r") {
            bytes.truncate(bytes.len() - 1);
        }
        if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.advance(BYTE_ORDER_MARK.len());
        }
        Line { number: self.number, bytes, is_whole }
    }
}

impl Text {
    fn buffer(&mut self) -> Option<&mut BytesMut> {
        match self {
            Self::Unknown => None,
            Self::Plain(text) => Some(text),
            Self::Gzip(decoder) => Some(decoder.get_mut().get_mut()),
        }
    }
}

/// Decompresses a portion of the input. Whether there was anything to do.
fn inflate(decoder: &mut MultiGzDecoder<Writer<BytesMut>>, input: &mut Bytes, ended: bool) -> io::Result<bool> {
    let before = decoder.get_ref().get_ref().len();
    if input.is_empty() {
        if ended {
            decoder.try_finish()?
        } else {
            decoder.flush()?
        }
        return Ok(decoder.get_ref().get_ref().len() > before);
    }
    let taken = decoder.write(&input[..input.len().min(PORTION)])?;
    input.advance(taken);
    if taken == 0 && decoder.get_ref().get_ref().len() == before {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "corrupt gzip stream"));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut file = GzEncoder::new(Vec::new(), Compression::default());
        file.write_all(text).expect("memory takes everything");
        file.finish().expect("memory takes everything")
    }

    fn numbered(count: usize) -> Vec<u8> {
        (0..count).flat_map(|number| format!("line {number} of the file\n").into_bytes()).collect()
    }

    /// Number, text, and whether it is whole.
    type Found = (u64, String, bool);

    /// The lines of a file that arrives in chunks of a size, and whether it ended well.
    fn lines(file: &[u8], size: usize) -> (Vec<Found>, Result<(), String>) {
        let mut lines = Lines::new();
        let mut found = Vec::new();
        let mut chunks = file.chunks(size);
        loop {
            match lines.next() {
                Ok(Some(line)) => {
                    found.push((line.number, String::from_utf8_lossy(&line.bytes).into_owned(), line.is_whole));
                }
                Ok(None) if lines.has_ended() => return (found, Ok(())),
                Ok(None) => match chunks.next() {
                    Some(chunk) => lines.push(Bytes::copy_from_slice(chunk)),
                    None => lines.end(),
                },
                Err(error) => return (found, Err(error.to_string())),
            }
        }
    }

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let cases: [(&str, &[(u64, &str)]); 9] = [
            ("", &[]),
            ("\n\r\n \n", &[]),
            ("a", &[(1, "a")]),
            ("a\n", &[(1, "a")]),
            ("a\r\nb\n\n\nc", &[(1, "a"), (2, "b"), (5, "c")]),
            ("\u{feff}a\n\u{feff}b", &[(1, "a"), (2, "\u{feff}b")]),
            ("\u{feff}", &[]),
            ("\u{feff}\n漢", &[(2, "漢")]),
            ("\u{1f}x", &[(1, "\u{1f}x")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(number, line)| (*number, (*line).to_owned(), true)).collect();
            let (first, second) = text.as_bytes().split_at(text.len() / 2);
            let members = [gzip(first), gzip(b""), gzip(second)].concat();
            for size in [1, 2, 3, 7, 1000] {
                for file in [text.as_bytes(), &gzip(text.as_bytes()), &members] {
                    assert_eq!(lines(file, size), (expected.clone(), Ok(())), "{text:?} in chunks of {size}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped() {
        let long = "x".repeat(MAX_LINE + 1);
        let text = format!("a\n{}\nb\n{long}\nc\n{long}", &long[1..]);
        for file in [text.as_bytes(), &gzip(text.as_bytes())] {
            for size in [64 * 1024, usize::MAX] {
                let (found, end) = lines(file, size);
                let found: Vec<_> =
                    found.iter().map(|(number, line, is_whole)| (*number, line.len(), *is_whole)).collect();
                let expected = [
                    (1, 1, true),
                    (2, MAX_LINE, true),
                    (3, 1, true),
                    (4, EXCERPT, false),
                    (5, 1, true),
                    (6, EXCERPT, false),
                ];
                assert_eq!((found.as_slice(), end), (&expected[..], Ok(())));
            }
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..48 {
            bomb.write_all(&vec![b'x'; 1024 * 1024]).expect("memory takes everything");
        }
        let bomb = bomb.finish().expect("memory takes everything");
        let mut lines = Lines::new();
        lines.push(bomb.into());
        while lines.fill() {
            assert!(lines.split().is_none());
            let held = lines.text.buffer().map_or(0, |text| text.capacity());
            assert!(held <= 4 * MAX_LINE, "{held}");
        }
        lines.end();
        assert!(lines.next().is_ok_and(|line| line.is_some_and(|line| !line.is_whole)));
    }

    #[test]
    fn a_broken_file_yields_what_came_before() {
        let text = numbered(5000);
        let whole = gzip(&text);
        for size in [1, 100, usize::MAX] {
            let (found, end) = lines(&whole[..whole.len() - 8], size);
            assert_eq!((found.len(), end.is_err()), (5000, true), "without its sum");
            let (found, end) = lines(&whole[..whole.len() / 2], size);
            assert!(found.len() > 1000 && found.len() < 4000 && end.is_err(), "{} {end:?}", found.len());
            let mut damaged = whole.clone();
            damaged[whole.len() - 5] ^= 1;
            let (found, end) = lines(&damaged, size);
            assert_eq!((found.len(), end.is_err()), (5000, true), "with a wrong sum");
            let (found, end) = lines(&[&whole, &b"rubbish"[..]].concat(), size);
            assert_eq!((found.len(), end.is_err()), (5000, true), "with rubbish behind it");
            assert_eq!(lines(&GZIP, size), (Vec::new(), lines(&GZIP, size).1), "the start alone");
            assert!(lines(&GZIP, size).1.is_err());
        }
    }

    #[test]
    fn a_line_is_there_as_soon_as_it_can_be() {
        let mut file = GzEncoder::new(Vec::new(), Compression::default());
        file.write_all(b"a\nb\nc").expect("memory takes everything");
        file.flush().expect("memory takes everything");
        let begun = file.get_ref().clone();
        let mut lines = Lines::new();
        lines.push(begun.clone().into());
        for expected in [Some("a"), Some("b"), None] {
            let line = lines.next().expect("nothing is wrong so far");
            assert_eq!(line.as_ref().map(|line| &*line.bytes), expected.map(str::as_bytes));
        }
        let (found, end) = self::lines(&[&*begun, &[0xff; 8]].concat(), usize::MAX);
        assert_eq!((found.len(), end.is_err()), (2, true), "also when the next byte is wrong");
    }

    #[test]
    fn no_damage_makes_it_panic_or_hang() {
        let text = numbered(40);
        let whole = [gzip(&text), gzip(b"more")].concat();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                for size in [1, usize::MAX] {
                    assert!(lines(&damaged, size).0.len() <= whole.len() * 1000);
                }
            }
        }
    }
}
