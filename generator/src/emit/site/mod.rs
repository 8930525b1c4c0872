//! Being written.

use apigen_model::ir::Api;

use crate::tree::FileTree;

pub(super) fn emit(_: &Api) -> FileTree {
    FileTree::default()
}
