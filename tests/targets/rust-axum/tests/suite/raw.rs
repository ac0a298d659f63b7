//! A client that sends bytes as they are, since header lines and their count matter here.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a server answered.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The header fields, with their names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    /// The body as text.
    pub(crate) body: String,
}

impl Answer {
    /// The first field of that name in lower case, or nothing.
    pub(crate) fn field(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.as_str())
    }
}

/// A request whose answer ends the connection. `lines` are header lines without their CR LF.
pub(crate) fn request(start: &str, lines: &[impl AsRef<[u8]>], body: &str) -> Vec<u8> {
    let mut bytes = format!("{start} HTTP/1.1\r\nHost: target\r\nConnection: close\r\n").into_bytes();
    if !body.is_empty() {
        let length = body.len();
        bytes
            .extend(format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n").bytes());
    }
    for line in lines {
        bytes.extend(line.as_ref());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    bytes.extend(body.bytes());
    bytes
}

/// Sends `bytes` on a connection of their own and reads all answers until it ends.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<Answer> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let mut answer = Vec::new();
    // A server that has read enough may close before everything was sent.
    let _ = stream.write_all(bytes).await;
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.expect("the answer ends");
    answers(&String::from_utf8(answer).expect("UTF-8"))
}

fn answers(mut text: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some((head, rest)) = text.split_once("\r\n\r\n") {
        let mut answer = answer(head);
        let length = answer.field("content-length").parse().unwrap_or(0).min(rest.len());
        let (body, behind) = rest.split_at(length);
        body.clone_into(&mut answer.body);
        answers.push(answer);
        text = behind;
    }
    answers
}

fn answer(head: &str) -> Answer {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let field = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer { status: status.expect("a status"), fields: lines.filter_map(field).collect(), body: String::new() }
}
