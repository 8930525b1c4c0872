//! Files as values, and places in them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// The files of a spec by path below its directory. Their order is that of their paths, whatever order they came in.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<File>,
}

#[derive(Debug, Clone)]
struct File {
    path: Utf8PathBuf,
    text: String,
    /// Byte offsets at which lines begin.
    lines: Vec<usize>,
}

/// A file of [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A place as people count: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Sources {
    /// The files, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Utf8Path)> {
        (0..).zip(&self.files).map(|(index, file)| (FileId(index), file.path.as_path()))
    }

    /// The file with a path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.iter().find(|(_, it)| *it == path).map(|(id, _)| id)
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &Utf8Path {
        &self.files[file.0 as usize].path
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// Where a byte of a file is.
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let file = &self.files[file.0 as usize];
        let offset = file.text.floor_char_boundary(offset as usize);
        let line = file.lines.partition_point(|start| *start <= offset);
        let start = file.lines[line - 1];
        Position { line, column: file.text[start..offset].chars().count() + 1 }
    }
}

impl FileId {
    /// The position of the file in [`Sources`].
    pub fn index(self) -> u32 {
        self.0
    }

    /// The file at a position.
    pub(crate) fn from_index(index: u32) -> Self {
        Self(index)
    }
}

impl<P: Into<Utf8PathBuf>> FromIterator<(P, String)> for Sources {
    fn from_iter<I: IntoIterator<Item = (P, String)>>(files: I) -> Self {
        let files: BTreeMap<Utf8PathBuf, String> = files.into_iter().map(|(path, text)| (path.into(), text)).collect();
        let file = |(path, text): (Utf8PathBuf, String)| {
            // A byte-order mark is no text: it would shift the columns of the first line.
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
            File { path, text, lines }
        };
        Self { files: files.into_iter().map(file).collect() }
    }
}
