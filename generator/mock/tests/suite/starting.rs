//! Starting a mock: what it needs, and what keeps two of them apart.

use apigen_mock::{Mock, StartError};
use apigen_model::source::Sources;

use crate::http::{Sent, send};
use crate::shown;

#[test]
fn a_mock_starts_from_a_directory() {
    let mock = Mock::from_dir(shown::root().join("spec")).expect("the spec is good");
    let got = send(&mock, &Sent::new("GET", "/_mock")).expect("there is an answer");
    assert_eq!(got.status, 200);
    assert!(format!("{mock:?}").contains(mock.url()));
}

#[test]
fn what_keeps_a_mock_from_starting_is_told() {
    let io = Mock::from_dir("there/is/no/such/directory").expect_err("there is nothing");
    assert!(matches!(io, StartError::Io(_)), "{io}");
    let spec = Mock::from_sources(&Sources::default()).expect_err("there is nothing");
    assert!(matches!(&spec, StartError::Spec(report) if report.contains("api.yaml")), "{spec}");
    let mock = shown::start(&shown::api());
    let taken = shown::builder(&shown::api()).listen(mock.address().to_string()).start().expect_err("it is taken");
    assert!(taken.to_string().contains("cannot start the mock"), "{taken}");
}

#[test]
fn mocks_do_not_accept_the_tokens_of_others() {
    let (one, other) = (shown::start(&shown::api()), shown::start(&shown::api()));
    let request = Sent::new("GET", "/acme/chat/chatgroups/1").token(&one.issue_token());
    let status = |mock| send(mock, &request).expect("there is an answer").status;
    assert_eq!((status(&one), status(&other)), (200, 401));
}
