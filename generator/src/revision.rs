//! Files as they were at a revision of a git repository, read with the `git` program; nothing is checked out.

use std::io::{Seek, SeekFrom, Write};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::Failure;

/// The files below a directory as they were at a revision of the repository that holds the directory, by path below it.
pub(crate) fn files(
    directory: &Utf8Path,
    revision: &str,
    wanted: impl Fn(&Utf8Path) -> bool,
) -> Result<Vec<(Utf8PathBuf, String)>, Failure> {
    let git = Git { directory };
    let commit = git.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]);
    let commit = commit.map_err(|_| format!("`{revision}` is no file, no directory and no revision of {directory}"))?;
    let prefix = git.line(&["rev-parse", "--show-prefix"])?;
    let tree = format!("{commit}:{}", prefix.trim_end_matches('/'));
    let listing = git.run(&["ls-tree", "-r", "-z", "--full-tree", &tree], Stdio::null());
    let listing = text(listing.map_err(|_| format!("{revision} has no {directory}"))?, &tree)?;
    let entries: Vec<_> = listing.split('\0').filter_map(entry).filter(|(_, path)| wanted(path)).collect();
    let contents = git.contents(entries.iter().map(|(id, _)| *id))?;
    let read = |(content, (_, path)): (Vec<u8>, &(&str, &Utf8Path))| {
        Ok(((*path).to_owned(), text(content, &format!("{revision}:{path}"))?))
    };
    contents.into_iter().zip(&entries).map(read).collect()
}

/// The id and path of a file in a listing; other entries, such as submodules, hold no text.
fn entry(line: &str) -> Option<(&str, &Utf8Path)> {
    let (meta, path) = line.split_once('\t')?;
    let mut words = meta.split(' ').skip(1);
    let (kind, id) = (words.next()?, words.next()?);
    (kind == "blob").then_some((id, Utf8Path::new(path)))
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| format!("{name} is not UTF-8: {}", error.utf8_error()))
}

struct Git<'a> {
    directory: &'a Utf8Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str], input: Stdio) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.directory).args(arguments).stdin(input);
        let output = command.output().map_err(|error| format!("cannot run git: {error}"))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
    }

    fn line(&self, arguments: &[&str]) -> Result<String, Failure> {
        Ok(text(self.run(arguments, Stdio::null())?, "the output of git")?.trim_end_matches('\n').to_owned())
    }

    /// The contents of objects, in their order.
    fn contents<'i>(&self, ids: impl Iterator<Item = &'i str>) -> Result<Vec<Vec<u8>>, Failure> {
        let failed = |error: std::io::Error| format!("cannot ask git: {error}");
        // From a file, since a pipe would have to be written and read at the same time.
        let mut input = tempfile::tempfile().map_err(failed)?;
        let mut count = 0;
        for id in ids {
            writeln!(input, "{id}").map_err(failed)?;
            count += 1;
        }
        input.seek(SeekFrom::Start(0)).map_err(failed)?;
        let output = self.run(&["cat-file", "--batch"], input.into())?;
        let mut rest = output.as_slice();
        let object = |rest: &mut &[u8]| {
            let end = rest.iter().position(|it| *it == b'\n')?;
            let head = std::str::from_utf8(&rest[..end]).ok()?;
            let size: usize = head.rsplit(' ').next()?.parse().ok()?;
            let content = rest.get(end + 1..end + 1 + size)?.to_vec();
            *rest = rest.get(end + 2 + size..)?;
            Some(content)
        };
        (0..count).map(|_| object(&mut rest).ok_or_else(|| "git answered something else".to_owned())).collect()
    }
}
