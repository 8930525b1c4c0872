//! `apigen mock`: the first line is the address, and whoever connects there is answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::desk::{BROKEN, Desk};

#[test]
fn the_first_line_is_the_address_and_the_api_is_served_there() {
    let desk = Desk::new();
    let mut child = Desk::command(&["mock", "--listen", "127.0.0.1:0", "--spec", desk.spec().as_str()])
        .spawn()
        .expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("a line is printed");
    let address = line.trim_end().strip_prefix("http://").unwrap_or_else(|| panic!("{line:?} is no address"));
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream.write_all(b"GET /_mock HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("there is an answer");
    child.kill().expect("it is our own");
    child.wait().expect("it has ended");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("books.get"), "{answer}");
}

#[test]
fn a_mock_that_cannot_start_says_why() {
    let desk = Desk::new();
    let run = Desk::run(&["mock", "--spec", desk.spec().as_str(), "--listen", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot start the mock"), "{}", run.stderr);
    desk.edit("resources/books.yaml", BROKEN);
    let run = Desk::run(&["mock", "--spec", desk.spec().as_str()]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("error[E0201]"), "{}", run.stderr);
}
