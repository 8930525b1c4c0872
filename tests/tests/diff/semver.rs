//! The classes of changes held against cargo-semver-checks on the generated crates, there and back, for each case.
//!
//! `APIGEN_SEMVER=1 cargo test -p apigen-tests --test diff semver -- --nocapture` takes some minutes and needs
//! `cargo install cargo-semver-checks --version 0.51.0 --locked`. The tool sees public items, their fields and variants; it
//! sees neither the types of arguments nor what is on the wire. So whatever it calls breaking must be breaking, whatever it
//! calls an addition must be one at least, and what only the rules see is listed.
#![expect(clippy::disallowed_methods, reason = "the crates are on disk, and the environment says whether it is wanted")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it reports what it compares, or that it was skipped")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Output};

use apigen::diff::{Class, compare};
use apigen::output;
use apigen_tests::change::changed;
use apigen_tests::project::{SpecFiles, generate, root, spec, text};
use camino::{Utf8Path, Utf8PathBuf};

use super::{BASE, base, cases, rules};

/// The case whose crates have other names, which the tool does not compare.
const RENAMED: &str = "package-renamed";

#[test]
fn semver_checks_sees_nothing_that_the_rules_do_not() {
    if std::env::var("APIGEN_SEMVER").is_err() {
        eprintln!("skipped: APIGEN_SEMVER=1 compares the classes with cargo-semver-checks");
        return;
    }
    let workspace = Workspace::new();
    workspace.document("base", &spec(BASE));
    let base = base();
    let (mut wrong, mut seen, mut unseen) = (Vec::new(), 0, BTreeMap::<&str, BTreeSet<String>>::new());
    for case in cases().iter().filter(|it| it.name != RENAMED) {
        workspace.document(&case.name, &changed(spec(BASE), &text(format!("tests/diff/{}.diff", case.name))));
        let there = (["base", case.name.as_str()], compare(&base, &case.new));
        let back = ([case.name.as_str(), "base"], compare(&case.new, &base));
        for ([from, to], changes) in [there, back] {
            let ours = changes.iter().map(|it| it.rule.class()).min();
            let theirs = workspace.compare(from, to);
            println!("{from} → {to}: {} here, {} there", name(ours), name(theirs));
            match (ours, theirs) {
                (ours, Some(theirs)) if ours.is_none_or(|it| it > theirs) => {
                    wrong.push(format!("{from} → {to}: {}, and for the tool {}", name(ours), name(Some(theirs))));
                }
                (Some(Class::Breaking), theirs) if theirs != Some(Class::Breaking) => {
                    let breaking = rules(&changes).into_iter().filter(|it| it.class() == Class::Breaking);
                    breaking.for_each(|it| {
                        unseen.entry(it.id()).or_default().insert(format!("{from} → {to}"));
                    });
                }
                (_, theirs) => seen += usize::from(theirs.is_some()),
            }
        }
    }
    println!("{seen} agree where the tool sees something; breaking for the rules alone:");
    unseen.iter().for_each(|(rule, cases)| println!("  {rule}: {}", cases.len()));
    assert!(wrong.is_empty(), "the tool sees more:\n{}", wrong.join("\n"));
    assert!(seen > 20, "the tool sees next to nothing: {seen}");
}

fn name(class: Option<Class>) -> &'static str {
    class.map_or("nothing", Class::name)
}

/// A workspace around generated packages, and their documentation as JSON, state by state.
struct Workspace {
    root: Utf8PathBuf,
}

impl Workspace {
    fn new() -> Self {
        let root = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("semver");
        fs::create_dir_all(&root).expect("the target directory can be written");
        let manifest = text("Cargo.toml");
        let start = manifest.find("[workspace.package]").expect("the packages inherit their version");
        let end = manifest.find("[workspace.lints").expect("the packages inherit their lints");
        let project = self::root();
        let inherited = manifest[start..end].replace("path = \"", &format!("path = \"{project}/"));
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"packages/client\", \"packages/validation\"]\n\n";
        fs::write(root.join("Cargo.toml"), format!("{members}{inherited}")).expect("it is a directory");
        fs::write(root.join("Cargo.lock"), text("Cargo.lock")).expect("it is a directory");
        Self { root }
    }

    /// Generates the packages of a state and keeps what rustdoc says of them.
    fn document(&self, state: &str, files: &SpecFiles) {
        output::write(&self.root.join("packages"), &generate(files), |_| false)
            .expect("the target directory can be written");
        let directory = self.root.join("json").join(state);
        fs::create_dir_all(&directory).expect("the target directory can be written");
        for package in ["diff-library", "diff-library-validation"] {
            let flags = ["rustdoc", "--quiet", "--lib", "--package", package, "--"];
            let flags = flags.into_iter().chain(["-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
            let output = self.run(Command::new(env!("CARGO")).args(flags));
            assert!(output.status.success(), "{state}: {}", String::from_utf8_lossy(&output.stderr));
            let file = format!("{}.json", package.replace('-', "_"));
            fs::copy(self.root.join("target/doc").join(&file), directory.join(&file)).expect("rustdoc wrote it");
        }
    }

    /// The class of the changes from one state to another, as the tool sees them.
    fn compare(&self, from: &str, to: &str) -> Option<Class> {
        let of_package = |package: &str| {
            let file = |state: &str| self.root.join("json").join(state).join(format!("{package}.json"));
            let output = self.run(
                Command::new("cargo-semver-checks")
                    .args(["semver-checks", "--release-type", "patch", "--color", "never"])
                    .args(["--baseline-rustdoc", file(from).as_str(), "--current-rustdoc", file(to).as_str()]),
            );
            let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            match output.status.success() {
                true => None,
                false if said.contains("requires new major version") => Some(Class::Breaking),
                false if said.contains("requires new minor version") => Some(Class::Addition),
                false => panic!("{from} → {to}: {said}"),
            }
        };
        ["diff_library", "diff_library_validation"].into_iter().filter_map(of_package).min()
    }

    fn run(&self, command: &mut Command) -> Output {
        // Stable compilers write JSON only for those who know that its form is not stable.
        command.current_dir(&self.root).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", self.root.join("target"));
        command.output().unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()))
    }
}
