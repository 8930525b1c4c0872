//! Multipart forms as recorders keep them: as text, perhaps with the contents of files left out or garbled.

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'h> {
    pub(super) name: &'h str,
    /// Size in bytes, where the text still tells.
    pub(super) size: Option<u64>,
    pub(super) text: Option<&'h str>,
}

/// The parts of a form; `None` when the text is no such form.
pub(super) fn parts<'h>(content_type: &str, text: &'h str) -> Option<Vec<Part<'h>>> {
    let boundary = attribute(content_type, "boundary")?;
    if boundary.is_empty() {
        return None;
    }
    let delimiter = format!("--{boundary}");
    let mut pieces = text.split(&delimiter).skip(1);
    let mut parts = Vec::new();
    loop {
        let piece = pieces.next()?;
        if piece.starts_with("--") {
            return Some(parts);
        }
        let piece = piece.strip_prefix("\r\n").or_else(|| piece.strip_prefix('\n'))?;
        let (head, content) = piece.split_once("\r\n\r\n").or_else(|| piece.split_once("\n\n"))?;
        let content = content.strip_suffix("\r\n").or_else(|| content.strip_suffix('\n')).unwrap_or(content);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let is_file = attribute(disposition, "filename").is_some() || attribute(disposition, "filename*").is_some();
        // A recorder that leaves the content of a file out leaves nothing, and one that takes bytes for text leaves marks.
        let is_garbled = content.contains('\u{fffd}') || (is_file && content.is_empty());
        parts.push(Part {
            name: attribute(disposition, "name")?,
            size: (!is_garbled).then_some(content.len() as u64),
            text: Some(content),
        });
    }
}

/// An attribute of a header, as in `form-data; name="file"`.
fn attribute<'h>(header: &'h str, wanted: &str) -> Option<&'h str> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if name.trim_start_matches([';', ' ', '\t', '\r', '\n']).trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim());
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_forms_apart() {
        let part = |name, size, text| Part { name, size, text: Some(text) };
        let cases = [
            (
                "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n;=.txt\"\r\n\r\nhello\r\n--x--\r\n",
                Some(vec![part("a", Some(1), "1"), part("f", Some(5), "hello")]),
            ),
            (
                "--x\r\ncontent-disposition: form-data; filename=n; name=f\r\n\r\n\r\n--x--",
                Some(vec![part("f", None, "")]),
            ),
            ("--x\ncontent-disposition: form-data; name=f\n\n\u{fffd}\n--x--", Some(vec![part("f", None, "\u{fffd}")])),
            ("--x--", Some(Vec::new())),
            ("--x\r\nno head", None),
            ("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut off", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parts("multipart/form-data; charset=utf-8; boundary=\"x\"", text), expected, "{text:?}");
        }
        assert_eq!(parts("multipart/form-data", "--x--"), None);
        assert_eq!(parts("multipart/form-data; boundary=", "----"), None);
    }
}
