//! Files as values: what emitters return and the output module writes.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// Files by path below the output directory, in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTree(BTreeMap<Utf8PathBuf, String>);

impl FileTree {
    /// Adds a file.
    ///
    /// # Panics
    /// There is one with this path: two emitters that overwrite each other are a bug.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, text: String) {
        let path = path.into();
        let previous = self.0.insert(path.clone(), text);
        assert!(previous.is_none(), "two emitters produced {path}");
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(Utf8Path::new(path)).map(String::as_str)
    }

    /// Whether a path leads to none of the directories and files that the tree has below its root.
    pub fn is_beside(&self, path: &Utf8Path) -> bool {
        let top = path.components().next();
        !self.0.keys().any(|it| it.components().next() == top)
    }

    /// All files, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &str)> {
        self.0.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }
}

impl FromIterator<FileTree> for FileTree {
    fn from_iter<I: IntoIterator<Item = FileTree>>(trees: I) -> Self {
        let mut all = FileTree::default();
        for (path, text) in trees.into_iter().flat_map(|tree| tree.0) {
            all.insert(path, text);
        }
        all
    }
}
