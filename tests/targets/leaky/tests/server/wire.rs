//! A client that sends bytes as they are.

use leaky::Leaky;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back: the status, and all of the head and the body as text.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// A connection to the server.
pub(crate) struct Wire(TcpStream);

impl Wire {
    pub(crate) async fn to(server: &Leaky) -> Self {
        let address = server.url().strip_prefix("http://").expect("an http address");
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("sent");
    }

    /// Some of what comes, and how much: 0 at the end of the connection.
    pub(crate) async fn read(&mut self, bytes: &mut [u8]) -> usize {
        self.0.read(bytes).await.unwrap_or_default()
    }

    /// The next answer, by its `Content-Length`; nothing at the end of the connection.
    pub(crate) async fn reply(&mut self) -> Option<Reply> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.0.read_u8().await.ok()?);
        }
        let mut text = String::from_utf8(bytes).expect("ASCII");
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let length = text.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
        self.0.read_exact(&mut body).await.ok()?;
        text.push_str(&String::from_utf8(body).expect("text"));
        Some(Reply { status, text })
    }
}

/// Sends these bytes on a connection of their own.
pub(crate) async fn exchange(server: &Leaky, bytes: &[u8]) -> Option<Reply> {
    let mut wire = Wire::to(server).await;
    wire.send(bytes).await;
    wire.reply().await
}

/// A request without a body, with these header lines.
pub(crate) fn request(line: &str, headers: &[&str]) -> Vec<u8> {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("{line} HTTP/1.1\r\nHost: h\r\n{headers}\r\n").into_bytes()
}
