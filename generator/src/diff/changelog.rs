//! A changelog in the style of Keep a Changelog, and the place of a new entry in it.

use super::Version;

/// How an entry begins that collects what is not released yet.
const UNRELEASED: &str = "## [Unreleased]";

/// The changelog with an entry above those of earlier versions, below what is not released; a new changelog when there is
/// none. `None` when it has an entry for the version, which somebody may have edited.
pub fn insert(changelog: Option<&str>, package: &str, version: Version, entry: &str) -> Option<String> {
    let Some(text) = changelog else {
        return Some(format!(
            "# Changelog\n\nWhat changes for users of `{package}`, in the style of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/). \
             Versions follow [Semantic Versioning](https://semver.org).\n\n{entry}"
        ));
    };
    let lines: Vec<_> = text.lines().collect();
    let heading = format!("## [{version}]");
    if lines.iter().any(|it| it.starts_with(&heading)) {
        return None;
    }
    let is_released = |it: &str| it.starts_with("## ") && !it.starts_with(UNRELEASED);
    let at = lines.iter().position(|it| is_released(it)).unwrap_or(lines.len());
    let (above, below) = lines.split_at(at);
    let above = above.join("\n");
    let below = if below.is_empty() { String::new() } else { format!("\n{}\n", below.join("\n")) };
    Some(format!("{}\n\n{}\n{below}", above.trim_end(), entry.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_above_the_older_ones() {
        let version = Version(1, 1, 0);
        let entry = "## [1.1.0]\n\n### Added\n\n- A.\n";
        let with = |text: &str| insert(Some(text), "books", version, entry);
        for (before, after) in [
            (
                "# Changelog\n\n## [1.0.0]\n\nOld.\n",
                "# Changelog\n\n## [1.1.0]\n\n### Added\n\n- A.\n\n## [1.0.0]\n\nOld.\n",
            ),
            (
                "# Changelog\n\n## [Unreleased]\n\n- B.\n\n## [1.0.0]\n",
                "# Changelog\n\n## [Unreleased]\n\n- B.\n\n## [1.1.0]\n\n### Added\n\n- A.\n\n## [1.0.0]\n",
            ),
            ("# Changelog\n", "# Changelog\n\n## [1.1.0]\n\n### Added\n\n- A.\n"),
        ] {
            assert_eq!(with(before).as_deref(), Some(after));
        }
        assert_eq!(with("# Changelog\n\n## [1.1.0] - 2026-01-01\n\nEdited.\n"), None);
        let new = insert(None, "books", version, entry).expect("there was none");
        assert!(new.starts_with("# Changelog\n") && new.ends_with(entry), "{new}");
    }
}
