use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::server::{Server, hang, read_head, reset};
use super::{client, get, settings};
use crate::http::{Client, ClientSettings, Connection, FailureKind, Overrides, Request, Sent};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const LAST: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn an_idle_connection_is_used_again_unless_a_fresh_one_is_asked_for() {
    let server = Server::answering(OK).await;
    let (client, request) = (client(), get(&server.endpoint));
    let mut reused = Vec::new();
    for connection in [Connection::Reuse, Connection::Reuse, Connection::Fresh] {
        let answer = client.send(&server.endpoint, &request, connection).await;
        reused.push(answer.unwrap().reused);
    }
    assert_eq!(reused, [false, true, false]);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_closed_between_requests_is_noticed() {
    let server = Server::answering_once(OK).await;
    let (client, request) = (client(), get(&server.endpoint));
    for _ in 0..3 {
        let answer = client.send(&server.endpoint, &request, Connection::Reuse).await;
        let answer = answer.unwrap();
        assert!(!answer.reused && answer.first_try.is_none());
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_failure_on_a_reused_connection_is_tried_once_on_a_new_one_and_told() {
    // Each connection answers one request and is reset by the second.
    let server = Server::start(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        read_head(&mut stream).await;
        reset(stream);
    })
    .await;
    let (client, request) = (client(), get(&server.endpoint));
    let first = client.send(&server.endpoint, &request, Connection::Reuse).await;
    assert!(first.unwrap().first_try.is_none());
    let second = client.send(&server.endpoint, &request, Connection::Reuse).await;
    let first_try = second.unwrap().first_try.unwrap();
    assert_eq!(first_try.kind, FailureKind::Reset { received: 0 });
    assert_eq!(first_try.sent, Sent::Entirely);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_target_that_dies_of_a_request_is_seen_through_the_second_try() {
    let died = Arc::new(AtomicBool::new(false));
    let server = Server::start(move |_, mut stream| {
        let died = Arc::clone(&died);
        async move {
            if died.load(Ordering::SeqCst) {
                return reset(stream);
            }
            read_head(&mut stream).await;
            stream.write_all(OK).await.unwrap();
            read_head(&mut stream).await;
            died.store(true, Ordering::SeqCst);
        }
    })
    .await;
    let (client, request) = (client(), get(&server.endpoint));
    let first = client.send(&server.endpoint, &request, Connection::Reuse).await;
    assert!(first.is_ok());
    let failure = client.send(&server.endpoint, &request, Connection::Reuse).await;
    let failure = failure.unwrap_err();
    assert!(failure.may_have_arrived());
    assert_eq!(failure.first_try.unwrap().kind, FailureKind::ClosedBeforeAnswer);
}

#[tokio::test]
async fn a_hang_on_a_reused_connection_is_not_tried_again() {
    let server = Server::start(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        hang().await;
    })
    .await;
    let (client, request) = (super::hasty_client(), get(&server.endpoint));
    let first = client.send(&server.endpoint, &request, Connection::Reuse).await;
    assert!(first.is_ok());
    let failure = client.send(&server.endpoint, &request, Connection::Reuse).await;
    let failure = failure.unwrap_err();
    assert!(failure.reused && failure.first_try.is_none());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn bytes_that_nobody_asked_for_never_answer_a_later_request() {
    let server = Server::start(|number, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        if number == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let stray = b"HTTP/1.1 500 Stray\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(stray).await.unwrap();
        }
        hang().await;
    })
    .await;
    let (client, request) = (client(), get(&server.endpoint));
    for _ in 0..2 {
        let answer = client.send(&server.endpoint, &request, Connection::Reuse).await;
        assert_eq!(answer.unwrap().status, 200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn what_might_be_two_requests_leaves_no_connection_behind() {
    let server = Server::answering(OK).await;
    let client = client();
    let odd = [
        get(&server.endpoint).header("X", "a\r\n b"),
        get(&server.endpoint).header("Connection", "close"),
        Request::to("HEAD", &server.endpoint),
    ];
    for request in &odd {
        let sent = client.send(&server.endpoint, request, Connection::Reuse);
        assert!(!sent.await.unwrap().reused);
    }
    assert_eq!(server.connections(), odd.len());
}

#[tokio::test]
async fn a_sequence_stays_on_one_connection() {
    let server = Server::answering(OK).await;
    let requests = [get(&server.endpoint), Request::get(&server.endpoint)];
    let results = client().send_sequence(&server.endpoint, &requests).await;
    let reused: Vec<bool> = results.into_iter().map(|answer| answer.unwrap().reused).collect();
    assert_eq!(reused, [false, true]);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_follows_the_end_of_a_sequence_is_not_sent() {
    let server = Server::answering(LAST).await;
    let requests = vec![get(&server.endpoint); 3];
    let results = client().send_sequence(&server.endpoint, &requests).await;
    assert_eq!(results.len(), 3);
    assert!(results[0].is_ok());
    for result in &results[1..] {
        let failure = result.as_ref().unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConnectionEnded);
        assert_eq!(failure.sent, Sent::Nothing);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn pipelined_answers_come_in_the_order_of_the_requests() {
    let server = Server::start(|_, mut stream| async move {
        for _ in 0..3 {
            assert!(read_head(&mut stream).await.is_some());
        }
        let answers = ["200 A", "401 B", "200 C"].map(|line| format!("HTTP/1.1 {line}\r\nContent-Length: 1\r\n\r\nx"));
        stream.write_all(answers.concat().as_bytes()).await.unwrap();
        hang().await;
    })
    .await;
    let requests = vec![get(&server.endpoint); 3];
    let results = client().send_pipelined(&server.endpoint, &requests).await;
    let statuses: Vec<u16> = results.into_iter().map(|answer| answer.unwrap().status).collect();
    assert_eq!(statuses, [200, 401, 200]);
}

#[tokio::test]
async fn pipelined_requests_without_an_answer_say_why() {
    let server = Server::answering_once([OK, b"HTTP/1.1 2"].concat()).await;
    let requests = vec![get(&server.endpoint); 3];
    let results = client().send_pipelined(&server.endpoint, &requests).await;
    assert!(results[0].is_ok());
    for result in &results[1..] {
        let failure = result.as_ref().unwrap_err();
        assert_eq!(failure.sent, Sent::Entirely);
        // Closing with requests unread makes the server's side send a reset.
        assert!(
            matches!(failure.kind, FailureKind::ClosedMidAnswer { received: 10 } | FailureKind::Reset { .. }),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn an_override_leads_to_another_address_and_keeps_the_name() {
    let server = Server::answering(OK).await;
    let address = ([127, 0, 0, 1], server.endpoint.port()).into();
    let client =
        Client::new(ClientSettings { overrides: Overrides::default().with("api.invalid", 80, address), ..settings() });
    let endpoint = "http://api.invalid/".parse().unwrap();
    let request = get(&endpoint);
    assert_eq!(request.header_values("host").next(), Some(b"api.invalid".as_slice()));
    let sent = client.unwrap();
    let sent = sent.send(&endpoint, &request, Connection::Fresh);
    assert_eq!(sent.await.unwrap().status, 200);
}
