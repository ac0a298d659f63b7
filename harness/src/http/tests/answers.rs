use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::server::{Server, read_head};
use super::{get, send};
use crate::http::{Answer, Header, Request};

async fn answer_of(server: &Server) -> Answer {
    send(&server.endpoint, &get(&server.endpoint)).await.unwrap()
}

#[tokio::test]
async fn the_bytes_of_a_request_arrive_as_they_were_given() {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    let server = Server::start(move |_, mut stream| {
        let sender = sender.clone();
        async move {
            let head = read_head(&mut stream).await.unwrap();
            sender.send(head).await.unwrap();
            stream.write_all(b"HTTP/1.1 204 x\r\n\r\n").await.unwrap();
        }
    })
    .await;
    let request = Request::new("FOO", "//p/%2e")
        .header("aUTHORIZATION", b"Bearer \xff\0\xef\xbb\xbf".as_slice())
        .header("X", "a\r\n b");
    let sent = send(&server.endpoint, &request);
    assert_eq!(sent.await.unwrap().status, 204);
    assert_eq!(receiver.recv().await, Some(request.to_bytes()));
}

#[tokio::test]
async fn an_answer_that_drips_byte_by_byte_is_read_whole() {
    let server = Server::start(|_, mut stream| async move {
        read_head(&mut stream).await;
        let bytes = b"HTTP/1.1 401 No\r\nwWW-Authenticate: Bearer\r\n\
                      Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\nT: 1\r\n\r\n";
        for byte in bytes {
            stream.write_all(&[*byte]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    let answer = answer_of(&server).await;
    assert_eq!((answer.status, answer.body.kept()), (401, b"no".as_slice()));
    assert_eq!(answer.headers[0], Header::new("wWW-Authenticate", "Bearer"));
    assert_eq!(answer.trailers, [Header::new("T", "1")]);
}

#[tokio::test]
async fn of_a_long_body_the_start_is_kept_and_all_is_hashed() {
    const LENGTH: usize = 3_000_000;
    let body = vec![b'x'; LENGTH];
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n");
    let server = Server::answering([head.as_bytes(), &body].concat()).await;
    let answer = answer_of(&server).await;
    assert_eq!(answer.body.length(), LENGTH as u64);
    assert_eq!(answer.body.kept().len(), 64 * 1024);
    assert_eq!(answer.body.sha256(), Answer::new(200).with_body(body).body.sha256());
}

#[tokio::test]
async fn a_body_without_length_ends_with_the_connection() {
    let server = Server::answering_once("HTTP/1.0 200 OK\r\n\r\nuntil the end").await;
    let answer = answer_of(&server).await;
    assert_eq!((answer.minor_version, &*answer.body.text()), (0, "until the end"));
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n").await;
    let request = Request::to("HEAD", &server.endpoint);
    let sent = send(&server.endpoint, &request);
    assert_eq!(sent.await.unwrap().body.length(), 0);
}

#[tokio::test]
async fn the_answer_to_100_continue_is_the_one_after_it() {
    let server =
        Server::answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n").await;
    let request = get(&server.endpoint).header("Expect", "100-continue");
    let sent = send(&server.endpoint, &request);
    let answer = sent.await.unwrap();
    assert_eq!((answer.status, answer.interim), (413, vec![100]));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_nothing_is_decoded() {
    let server = Server::answering(
        "HTTP/1.1 302 Found\r\nLocation: /login\r\nSet-Cookie: a=b\r\n\
         Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x01",
    )
    .await;
    let answer = answer_of(&server).await;
    assert_eq!((answer.status, answer.body.kept()), (302, b"\x1f\x01".as_slice()));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_in_the_middle_of_a_long_request_counts() {
    // More than the sockets' buffers hold, so that writing is still under way.
    let server = Server::start(|_, mut stream| async move {
        let answer = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        super::server::hang().await;
    })
    .await;
    let request = get(&server.endpoint).content(vec![b'x'; 32 * 1024 * 1024]);
    let sent = send(&server.endpoint, &request);
    assert_eq!(sent.await.unwrap().status, 413);
}
