//! What pages load: style and scripts, byte for byte as they stand among the templates.

use crate::tree::FileTree;

/// File name and content. The licence of what is not ours stands beside it.
const ASSETS: [(&str, &str); 7] = [
    ("style.css", include_str!("../../../../templates/site/assets/style.css")),
    ("icon.svg", include_str!("../../../../templates/site/assets/icon.svg")),
    ("theme.js", include_str!("../../../../templates/site/assets/theme.js")),
    ("site.js", include_str!("../../../../templates/site/assets/site.js")),
    ("search.js", include_str!("../../../../templates/site/assets/search.js")),
    ("minisearch.js", include_str!("../../../../templates/site/assets/minisearch.js")),
    ("minisearch.LICENSE.txt", include_str!("../../../../templates/site/assets/minisearch.LICENSE.txt")),
];

/// Adds the assets.
pub(super) fn insert(files: &mut FileTree) {
    for (name, content) in ASSETS {
        files.insert(format!("site/assets/{name}"), content.to_owned());
    }
}
