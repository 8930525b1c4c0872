//! Pages against specs: that what agrees is no finding, and that each kind of change is exactly one.
//!
//! A case is a directory of `drift/<spec>`: `page.md`, perhaps with `accepted.md` as it was before, is held against the spec;
//! `old.md` and `new.md` are held against each other. Beside them stands what is reported. The pages are made up. To accept a
//! change after reading it: `INSTA_UPDATE=always cargo test -p apigen-tests --test drift`.
#![expect(clippy::disallowed_methods, reason = "the pages are on disk")]

use std::fs;
use std::slice;

use apigen_model::ir::{Api, Explanation, Side};
use apigen_pages::Vocabulary;
use apigen_pages::digest::Digest;
use apigen_pages::drift::{Drift, Given, drift, revisions};
use apigen_pages::expected::{At, Expected, Explained, Operation};
use apigen_pages::facts::{self, Amount, Claim, ErrorRow, Facet, Fact, Page, Place, Shape};
use apigen_pages::finding::{Change, Finding, Moved};
use apigen_tests::project;
use camino::Utf8PathBuf;

const SPECS: [&str; 2] = ["tests/cases/bookshop/spec", "spec"];

/// Directories of cases, and the specs that they are held against.
const CASES: [(&str, &str); 2] = [("tests/drift/bookshop", SPECS[0]), ("tests/drift/easemob", SPECS[1])];

#[test]
fn cases_report_what_stands_beside_them() {
    for (cases, spec) in CASES {
        let expected = Expected { explained: Vec::new(), ..expected(spec) };
        let vocabulary = Vocabulary::new(&project::api(spec));
        for case in directories(cases) {
            let read = |name: &str| {
                let text = fs::read_to_string(case.join(name)).ok()?;
                Some((apigen_pages::read(name, &text, &vocabulary), text))
            };
            let found = match (read("page.md"), read("accepted.md"), read("old.md"), read("new.md")) {
                (Some((page, _)), accepted, None, None) => {
                    let digests = accepted.map(|(page, text)| Digest::of("readers", &text, &page));
                    let given = [Given { id: "readers".to_owned(), page }];
                    drift(&given, &expected, &digests.into_iter().collect::<Vec<_>>())
                }
                (None, None, Some((old, _)), Some((new, _))) => revisions(&[old], &[new]),
                _ => panic!("{case} is no case"),
            };
            let mut settings = insta::Settings::new();
            settings.set_snapshot_path(&case);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| {
                insta::assert_snapshot!("out.txt", found.to_text(true));
                insta::assert_snapshot!("out.md", found.to_markdown(true));
                insta::assert_snapshot!("out.json", format!("{:#}", found.to_json()));
            });
        }
    }
}

fn directories(cases: &str) -> Vec<Utf8PathBuf> {
    let entries = project::root().join(cases).read_dir_utf8().expect("the cases can be listed");
    let mut all: Vec<_> = entries.map(|it| it.expect("the cases can be listed").into_path()).collect();
    all.sort();
    all
}

fn expected(spec: &str) -> Expected {
    let sources = project::sources(&project::spec(spec));
    let api: Api = project::api(spec);
    Expected::of_spec(&api, &sources, spec)
}

/// A page that says what a spec says.
fn perfect(operations: &[Operation]) -> Page {
    let operation = |it: &Operation| facts::Operation {
        method: it.method.clone(),
        path: it.path.clone(),
        title: String::new(),
        line: 1,
        facts: claims(it).into_iter().map(|claim| Fact { claim, line: 2 }).collect(),
    };
    Page { file: "page.md".to_owned(), operations: operations.iter().map(operation).collect(), ..Page::default() }
}

fn claims(operation: &Operation) -> Vec<Claim> {
    let mut claims = Vec::new();
    for field in operation.fields.iter().filter(|it| !it.is_envelope) {
        let name = || field.name.clone();
        claims.push(Claim::Field(name()));
        claims.extend(field.types.first().map(|it| Claim::Type(name(), *it)));
        // A mark cannot tell a condition.
        claims.extend(
            field.required.first().filter(|_| field.required.len() == 1).map(|it| Claim::Required(name(), *it)),
        );
        claims.extend(field.defaults.first().map(|it| Claim::Default(name(), it.clone())));
        claims.extend(field.values.iter().map(|it| Claim::Value(name(), it.clone())));
    }
    let due = operation.numbers.iter().filter(|it| it.is_due);
    claims.extend(due.map(|it| Claim::Limit(it.name.clone(), it.amount)));
    claims.extend(operation.errors.iter().map(|it| {
        let message = placeholders_as_letters(&it.row.message);
        Claim::Error(ErrorRow { message, ..it.row.clone() })
    }));
    claims
}

/// The message as pages show it.
fn placeholders_as_letters(message: &str) -> String {
    let mut parts = message.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}XX{}", part.split_once('}').map_or("", |(_, rest)| rest)))
}

#[test]
fn a_page_that_says_what_the_spec_says_shows_nothing() {
    for spec in SPECS {
        let expected = expected(spec);
        let page = perfect(&expected.operations);
        let found = compare(&page, &expected, &[]);
        assert_eq!(
            found.to_text(true),
            format!("{} operations compared, 0 findings\n", expected.operations.len()),
            "{spec}"
        );
    }
}

fn compare(page: &Page, expected: &Expected, digests: &[Digest]) -> Drift {
    let expected = Expected { explained: Vec::new(), ..expected.clone() };
    drift(&[Given { id: "page".to_owned(), page: page.clone() }], &expected, digests)
}

/// What is left of the facts of an operation, and how the one finding must look: its change and its facts.
struct Mutation {
    facts: Vec<Claim>,
    change: Change,
    told: Option<Claim>,
    expected: Option<Claim>,
}

/// Whatever can change about one fact of an operation.
fn mutations(claims: &[Claim]) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        let without = || [&claims[..index], &claims[index + 1..]].concat();
        let mut changed = |other: Claim| {
            let facts = [&claims[..index], slice::from_ref(&other), &claims[index + 1..]].concat();
            let (told, expected) = (Some(other), Some(claim.clone()));
            all.push(Mutation { facts, change: Change::Changed, told, expected });
        };
        match claim {
            Claim::Field(name) => {
                let is_at =
                    |it: &&Claim| it.name().is_some_and(|it| it.place == name.place && is_within(&it.path, &name.path));
                let facts = claims.iter().filter(|it| !is_at(it)).cloned().collect();
                if name.place != Place::Path {
                    let expected = Some(claim.clone());
                    all.push(Mutation { facts, change: Change::Removed, told: None, expected });
                }
            }
            // What may be anything, or a list that is joined, is no proof.
            Claim::Type(name, shape) => match shape {
                Shape::String | Shape::Boolean | Shape::File => changed(Claim::Type(name.clone(), Shape::Integer)),
                Shape::Integer | Shape::Number => changed(Claim::Type(name.clone(), Shape::List)),
                Shape::List => changed(Claim::Type(name.clone(), Shape::Boolean)),
                Shape::Object => {}
            },
            Claim::Required(name, required) if name.place != Place::Response => {
                changed(Claim::Required(name.clone(), !required));
            }
            Claim::Default(name, _) => {
                changed(Claim::Default(name.clone(), "another".to_owned()));
                all.push(Mutation {
                    facts: without(),
                    change: Change::Removed,
                    told: None,
                    expected: Some(claim.clone()),
                });
            }
            Claim::Value(..) => {
                all.push(Mutation {
                    facts: without(),
                    change: Change::Removed,
                    told: None,
                    expected: Some(claim.clone()),
                });
            }
            Claim::Limit(name, amount) => {
                changed(Claim::Limit(name.clone(), Amount { number: 987_654_321, ..*amount }));
                all.push(Mutation {
                    facts: without(),
                    change: Change::Removed,
                    told: None,
                    expected: Some(claim.clone()),
                });
            }
            Claim::Error(row) => {
                if !row.message.is_empty() {
                    // Only by its message is a row recognised that has another status.
                    changed(Claim::Error(ErrorRow { status: 499, ..row.clone() }));
                }
                all.push(Mutation {
                    facts: without(),
                    change: Change::Removed,
                    told: None,
                    expected: Some(claim.clone()),
                });
            }
            Claim::Required(..) | Claim::Shown(..) => {}
        }
    }
    all
}

#[test]
fn each_change_of_a_page_is_one_finding() {
    /// One in so many of all changes; they are three thousand.
    const STEP: usize = 7;
    let (mut count, mut wrong) = (0, Vec::new());
    for spec in SPECS {
        let expected = expected(spec);
        for operation in &expected.operations {
            let alone = Expected { operations: vec![operation.clone()], ..expected.clone() };
            let page = perfect(&alone.operations);
            let accepted = [Digest::of("page", "", &page)];
            let claims: Vec<_> = page.operations[0].facts.iter().map(|it| it.claim.clone()).collect();
            for Mutation { facts, change, told, expected } in
                mutations(&claims).into_iter().skip(operation.id.len() % STEP).step_by(STEP)
            {
                let mut changed = page.clone();
                changed.operations[0].facts = facts.into_iter().map(|claim| Fact { claim, line: 3 }).collect();
                let found = compare(&changed, &alone, &accepted);
                let what = format!("{}: {told:?} {expected:?}\n{}", operation.id, found.to_text(true));
                let is_it = |it: &Finding| {
                    (it.change, it.moved) == (change, Some(Moved::Vendor))
                        && it.told == told
                        && it.expected.as_ref().map(shape_of) == expected.as_ref().map(shape_of)
                };
                if found.findings.len() != 1 || !is_it(&found.findings[0]) {
                    wrong.push(what);
                }
                count += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 300, "{count}");
}

#[test]
fn operations_that_come_and_go_are_one_finding_each() {
    for spec in SPECS {
        let expected = expected(spec);
        let page = perfect(&expected.operations);
        let accepted = [Digest::of("page", "", &page)];
        // The only operation of a page cannot be missed on it; a few of the others will do.
        let is_alone = |it: &Operation| expected.operations.iter().filter(|other| other.page == it.page).count() < 3;
        for (index, operation) in expected.operations.iter().enumerate().step_by(19).filter(|(_, it)| !is_alone(it)) {
            let mut changed = page.clone();
            changed.operations[index].path.push_str("/renamed");
            let found = compare(&changed, &expected, &accepted);
            let line = |it: &Finding| (it.operation.clone(), it.facet, it.change, it.moved);
            let moved = Some(Moved::Vendor);
            let new = format!("{} {}/renamed", operation.method, operation.path);
            let wanted = vec![
                (operation.id.clone(), Facet::Operation, Change::Removed, moved),
                (new, Facet::Operation, Change::Added, moved),
            ];
            assert_eq!(found.findings.iter().map(line).collect::<Vec<_>>(), wanted, "{}", found.to_text(true));
        }
    }
}

#[test]
fn a_digest_is_read_as_it_was_written() {
    for spec in SPECS {
        let page = perfect(&expected(spec).operations);
        let digest = Digest::of("page", "text", &page);
        let read = Digest::parse(&digest.to_text());
        assert_eq!(read.as_ref(), Ok(&digest));
        assert_eq!(read.expect("it was read").to_text(), digest.to_text());
    }
    for (text, line) in [
        ("", 1),
        ("page a\n+1 query b\n", 2),
        ("page a\n3 GET\n", 2),
        ("page a\n3 GET /b\n+x query b\n", 3),
        ("page a\n3 GET /b\n+1 cookie b\n", 3),
        ("pages a\n", 1),
    ] {
        assert_eq!(Digest::parse(text).map_err(|it| it.line), Err(line), "{text}");
    }
}

/// The ledger explains what it names, and only where it says so; what no page says any more is expired.
#[test]
fn the_ledger_explains_and_expires() {
    let digest = |text: &str| Digest::parse(&text.replace("    ", "")).expect("a digest");
    let sources = project::sources(&project::spec(SPECS[0]));
    let mut diagnostics = apigen_model::diagnostics::Diagnostics::default();
    let api = apigen::read(&sources, &mut diagnostics).expect("the specs of the project are valid");
    let mut expected = Expected::of_spec(&api, &sources, "spec");
    expected.operations.retain(|it| it.id == "readers.forget");
    let at = api.operations[0].at;
    let explains = |side: Side, fact: &str| Explanation { fact: fact.parse().expect("a fact"), side, at };
    let facts = vec![
        explains(Side::Page, "query farewell"),
        explains(Side::Spec, "error 404 READER_NOT_FOUND: reader not found"),
        explains(Side::Page, "limit query farewell: 80 characters"),
    ];
    let lines = vec![At::default(); facts.len()];
    let operations = vec!["readers.forget".to_owned()];
    expected.explained =
        vec![Explained { entry: "readers.e".to_owned(), facts, at: lines, operations, pages: Vec::new() }];
    let page = "page readers\n3 DELETE /readers/{id}\n+1 query farewell\n+2 error 410 GONE: gone\n+3 response result\n";
    let given = |page: &str| vec![Given { id: "readers".to_owned(), page: digest(page).page }];
    let found = drift(&given(page), &expected, &[]);
    let explained: Vec<_> = found.findings.iter().map(|it| (it.name.as_str(), it.explained.as_deref())).collect();
    assert_eq!(
        explained,
        [
            ("farewell", Some("readers.e")),
            ("410 GONE: gone", None),
            ("404 READER_NOT_FOUND: reader not found", Some("readers.e"))
        ]
    );
    let expired: Vec<_> = found.expired.iter().map(|it| it.line.as_str()).collect();
    assert_eq!(expired, ["limit query farewell: 80 characters"]);
    assert!(!found.is_clean());
    // Of an operation that the pages do not tell, nothing expires.
    let found = drift(&given("page readers\n3 GET /other\n+1 query b\n"), &expected, &[]);
    assert_eq!((found.expired.len(), found.findings.len()), (0, 1));
}

/// The committed digests: what the spec was made from, without the pages.
#[test]
fn the_spec_says_what_the_accepted_pages_say() {
    let digests: Vec<_> = project::files_below("spec/pages")
        .iter()
        .map(|path| Digest::parse(&project::text(path)).unwrap_or_else(|error| panic!("{path}: {error:?}")))
        .collect();
    let operations: usize = digests.iter().map(|it| it.page.operations.len()).sum();
    assert!(operations >= 77, "{operations} operations in {} digests", digests.len());
    let given: Vec<_> = digests.iter().map(|it| Given { id: it.id.clone(), page: it.page.clone() }).collect();
    let found = drift(&given, &expected("spec"), &digests);
    assert!(found.is_clean(), "{}", found.to_text(false));
    assert!(found.findings.len() > 30, "contradictions of the pages are explained, not overlooked");
}

/// The fact as pages show it.
fn shape_of(claim: &Claim) -> Claim {
    match claim {
        Claim::Error(row) => Claim::Error(ErrorRow { message: placeholders_as_letters(&row.message), ..row.clone() }),
        other => other.clone(),
    }
}

/// Whether a path is another one, or stands below it.
fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
