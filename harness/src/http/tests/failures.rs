use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::server::{Server, hang, read_head, reset};
use super::{client, get, hasty_client, settings};
use crate::http::{Client, ClientSettings, Connection, Endpoint, Failure, FailureKind, Limits, Part, Sent};

async fn failure(client: &Client, endpoint: &Endpoint) -> Failure {
    let request = get(endpoint);
    let sent = client.send(endpoint, &request, Connection::Fresh);
    sent.await.unwrap_err()
}

#[tokio::test]
async fn a_refused_connection_is_told() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let endpoint = format!("http://{address}/").parse().unwrap();
    let failure = failure(&client(), &endpoint).await;
    assert_eq!(failure.kind, FailureKind::Refused { address });
    assert!(!failure.may_have_arrived());
}

#[tokio::test]
async fn an_unknown_host_is_told() {
    let endpoint = "http://no-such-host.invalid/".parse().unwrap();
    let failure = failure(&client(), &endpoint).await;
    assert!(matches!(failure.kind, FailureKind::Unresolved { .. }), "{failure}");
}

#[tokio::test]
async fn a_hang_ends_at_the_deadline() {
    let server = Server::start(|_, stream| async move {
        let _open = stream;
        hang().await;
    })
    .await;
    let failure = failure(&hasty_client(), &server.endpoint).await;
    let after = Duration::from_millis(200);
    assert_eq!(failure.kind, FailureKind::Deadline { after, received: 0 });
    assert_eq!(failure.sent, Sent::Entirely);
    assert!(failure.elapsed >= after && failure.elapsed < after * 10);
}

#[tokio::test]
async fn a_hang_in_the_middle_leaves_what_had_come() {
    let server = Server::start(|_, mut stream| async move {
        read_head(&mut stream).await;
        let half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
        stream.write_all(half).await.unwrap();
        hang().await;
    })
    .await;
    let failure = failure(&hasty_client(), &server.endpoint).await;
    assert!(matches!(failure.kind, FailureKind::Deadline { received: 42, .. }), "{failure}");
    let partial = failure.partial.unwrap();
    assert_eq!((partial.status, partial.body.kept()), (200, b"half".as_slice()));
}

#[tokio::test]
async fn a_request_that_nobody_reads_is_partly_sent() {
    let server = Server::start(|_, stream| async move {
        let _open = stream;
        hang().await;
    })
    .await;
    let request = get(&server.endpoint).content(vec![b'x'; 32 * 1024 * 1024]);
    let sent = hasty_client();
    let sent = sent.send(&server.endpoint, &request, Connection::Fresh);
    assert_eq!(sent.await.unwrap_err().sent, Sent::Partly);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_told() {
    let server = Server::answering_once("").await;
    let failure = failure(&client(), &server.endpoint).await;
    assert_eq!(failure.kind, FailureKind::ClosedBeforeAnswer);
    assert_eq!(failure.sent, Sent::Entirely);
}

#[tokio::test]
async fn a_reset_is_told_from_a_close() {
    let server = Server::start(|_, mut stream: TcpStream| async move {
        read_head(&mut stream).await;
        reset(stream);
    })
    .await;
    let failure = failure(&client(), &server.endpoint).await;
    assert_eq!(failure.kind, FailureKind::Reset { received: 0 });
    assert!(failure.may_have_arrived());
}

#[tokio::test]
async fn a_close_in_the_middle_is_told_with_what_had_come() {
    let server = Server::answering_once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    let failure = failure(&client(), &server.endpoint).await;
    assert_eq!(failure.kind, FailureKind::ClosedMidAnswer { received: 42 });
    assert_eq!(failure.partial.unwrap().status, 200);
}

#[tokio::test]
async fn garbage_is_told_at_once_and_shown() {
    let server = Server::start(|_, mut stream| async move {
        stream.write_all(b"\x15\x03\x01 hello").await.unwrap();
        hang().await;
    })
    .await;
    let failure = failure(&client(), &server.endpoint).await;
    assert_eq!(failure.kind.to_string(), r#"the answer is not HTTP/1.1: no status line, at "\x15\x03\x01 hello""#);
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let server = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").await.is_ok() {}
    })
    .await;
    let failure = failure(&client(), &server.endpoint).await;
    let (part, limit) = (Part::Head, 256 * 1024);
    assert_eq!(failure.kind, FailureKind::TooLarge { part, limit });
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let server = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let limits = Limits { body_read: 1_000_000, ..Limits::default() };
    let client = Client::new(ClientSettings { limits, ..settings() });
    let failure = failure(&client.unwrap(), &server.endpoint).await;
    let (part, limit) = (Part::Body, 1_000_000);
    assert_eq!(failure.kind, FailureKind::TooLarge { part, limit });
    assert_eq!(failure.partial.unwrap().body.kept().len(), 64 * 1024);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_deadline_spans_connecting_too() {
    // On Linux the backlog of a listener that accepts nobody fills up; then no handshake ends.
    let listener = tokio::net::TcpSocket::new_v4().unwrap();
    listener.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = listener.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let connect = TcpStream::connect(address);
        waiting.push(tokio::time::timeout(Duration::from_millis(50), connect).await);
    }
    let endpoint = format!("http://{address}/").parse().unwrap();
    let failure = failure(&hasty_client(), &endpoint).await;
    assert!(matches!(failure.kind, FailureKind::ConnectTimedOut { .. }), "{failure}");
    assert_eq!(failure.sent, Sent::Nothing);
}
