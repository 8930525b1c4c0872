//! How many bytes JSON text has, without writing it.

use std::io;

use super::Number;

/// Brackets, commas, and what stands between them.
pub(super) fn list(parts: impl Iterator<Item = usize>) -> usize {
    let (count, bytes) = parts.fold((0_usize, 0), |(count, bytes), part| (count + 1, bytes + part));
    2 + bytes + count.saturating_sub(1)
}

/// Quotes, and text with escapes.
pub(super) fn text(text: &str) -> usize {
    // To the end in any case, since several bytes are looked at in one step then.
    let has_escapes = text.bytes().fold(false, |found, byte| found | matches!(byte, 0..=0x1f | b'"' | b'\\'));
    let length = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | b'\x08' | b'\x0c' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    2 + if has_escapes { text.bytes().map(length).sum() } else { text.len() }
}

/// What the serializer makes of a number.
pub(super) fn number(number: Number) -> usize {
    /// Counts what is written to it.
    struct Length(usize);
    impl io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    serde_json::to_writer(&mut length, &number).expect("counting cannot fail");
    length.0
}
