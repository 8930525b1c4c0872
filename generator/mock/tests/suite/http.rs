//! A plain HTTP client over one socket: what a test says is what is sent, and what comes back is what it sees.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use apigen_mock::Mock;
use serde_json::Value;

/// A connection that is kept.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
}

/// A request to be sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self { body: body.to_string().into_bytes(), ..self }.header("content-type", "application/json")
    }

    pub(crate) fn form(self, parts: &[(String, Option<String>, String)]) -> Self {
        let mut body = String::new();
        for (name, file, content) in parts {
            let file = file.as_ref().map(|it| format!("; filename=\"{it}\"")).unwrap_or_default();
            body += &format!("--limit\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n");
        }
        body += "--limit--\r\n";
        Self { body: body.into_bytes(), ..self }.header("content-type", "multipart/form-data; boundary=limit")
    }
}

impl Connection {
    pub(crate) fn to(mock: &Mock) -> Self {
        let stream = TcpStream::connect(mock.address()).expect("the mock listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("there may be a timeout");
        stream.set_nodelay(true).expect("small requests need not wait");
        Self { reader: BufReader::new(stream) }
    }

    /// Sends a request and reads the answer.
    pub(crate) fn send(&mut self, sent: &Sent) -> io::Result<Got> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: mock\r\n", sent.method, sent.target);
        for (name, value) in &sent.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n", sent.body.len());
        let socket = self.reader.get_mut();
        socket.write_all(text.as_bytes())?;
        socket.write_all(&sent.body)?;
        self.receive()
    }

    fn receive(&mut self) -> io::Result<Got> {
        let status = self.line()?;
        let number = status.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = number.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, status))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, it)| it.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.reader.read_exact(&mut body)?;
        Ok(Got { status, headers, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.reader.get_ref().shutdown(Shutdown::Both);
    }
}

/// Sends one request over a connection of its own.
pub(crate) fn send(mock: &Mock, sent: &Sent) -> io::Result<Got> {
    Connection::to(mock).send(sent)
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body should be text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("this is no JSON: {}", self.text()))
    }
}
