//! HTTP as the server speaks it.

use leaky::{Defect, Leaky, Settings, http_client};
use serde_json::json;

use crate::support::Issuer;
use crate::wire::{Wire, exchange, request};

fn start(issuer: &Issuer, defect: Option<Defect>) -> Leaky {
    let settings = Settings::new(&issuer.url, http_client().expect("a client"));
    Leaky::start(settings, defect).expect("a server")
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

/// The statuses that the server answers on one connection, everything sent at once.
async fn pipelined(server: &Leaky, requests: &[Vec<u8>]) -> Vec<u16> {
    let mut wire = Wire::to(server).await;
    wire.send(&requests.concat()).await;
    let mut statuses = Vec::new();
    for _ in requests {
        statuses.push(wire.reply().await.expect("an answer").status);
    }
    statuses
}

#[tokio::test]
async fn requests_that_wait_are_answered_in_their_order() {
    let issuer = Issuer::start().await;
    let good = request("GET /", &[&bearer(&issuer.token(json!({})))]);
    let requests = [good.clone(), request("GET /", &[&bearer("a.b.c")]), good];

    assert_eq!(pipelined(&start(&issuer, None), &requests).await, [200, 401, 200]);
    let disorderly = start(&issuer, Some(Defect::AnswersOutOfOrder));
    assert_eq!(pipelined(&disorderly, &requests).await, [200, 200, 401]);
}

#[tokio::test]
async fn a_connection_remembers_nobody_but_for_a_defect_while_requests_wait() {
    let issuer = Issuer::start().await;
    let good = request("GET /", &[&bearer(&issuer.token(json!({})))]);
    let requests = [good.clone(), request("GET /", &[]), request("GET /", &[&bearer("a.b.c")])];

    assert_eq!(pipelined(&start(&issuer, None), &requests).await, [200, 401, 401]);
    let sticky = start(&issuer, Some(Defect::AuthenticatesPipelines));
    assert_eq!(pipelined(&sticky, &requests).await, [200, 200, 200]);
    let mut wire = Wire::to(&sticky).await;
    for (bytes, due) in [(good, 200), (request("GET /", &[]), 401)] {
        wire.send(&bytes).await;
        assert_eq!(wire.reply().await.map(|reply| reply.status), Some(due));
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let issuer = Issuer::start().await;
    let server = start(&issuer, None);
    let token = bearer(&issuer.token(json!({})));
    let mut wire = Wire::to(&server).await;

    // The second answer would begin with the first one's body, if that had one.
    wire.send(&request("HEAD /", &[&token])).await;
    wire.send(&request("GET /nowhere", &[])).await;
    let mut heads = Vec::new();
    let mut byte = [0];
    while heads.windows(4).filter(|end| *end == b"\r\n\r\n").count() < 2 {
        assert_eq!(wire.read(&mut byte).await, 1);
        heads.extend(byte);
    }

    let heads = String::from_utf8(heads).expect("ASCII");
    assert!(heads.starts_with("HTTP/1.1 200 OK\r\n"), "{heads}");
    assert!(heads.contains("\r\n\r\nHTTP/1.1 401 Unauthorized\r\n"), "{heads}");
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_connection_ends() {
    let issuer = Issuer::start().await;
    let server = start(&issuer, None);
    let token = issuer.token(json!({}));

    for (bytes, status) in [
        (request("GET /", &[&format!("Authorization: Bearer\r\n {token}")]), 400),
        (request("GET /", &[&format!("Authorization: Bearer {token}\0x")]), 400),
        (request("POST /", &["Transfer-Encoding: chunked"]), 411),
        (request("POST /", &["Content-Length: 1000000"]), 413),
        (request("GET /", &[&bearer(&"a".repeat(300_000))]), 431),
    ] {
        let mut wire = Wire::to(&server).await;
        wire.send(&bytes).await;
        let reply = wire.reply().await.expect("an answer");
        assert_eq!(reply.status, status);
        assert!(reply.text.contains("Connection: close"), "{}", reply.text);
        assert!(wire.reply().await.is_none(), "{status}");
    }
    let cut = start(&issuer, Some(Defect::CutsAtNul));
    let bytes = request("GET /", &[&format!("Authorization: Bearer {token}\0x")]);
    assert_eq!(exchange(&cut, &bytes).await.map(|reply| reply.status), Some(200));
}

#[tokio::test]
async fn a_body_is_read_before_the_next_request() {
    let issuer = Issuer::start().await;
    let server = start(&issuer, None);
    let mut wire = Wire::to(&server).await;

    let mut posted = request("POST /", &["Content-Length: 4"]);
    posted.extend(b"a=b&");
    wire.send(&posted).await;
    wire.send(&request("GET /public", &[])).await;

    assert_eq!(wire.reply().await.map(|reply| reply.status), Some(401));
    assert_eq!(wire.reply().await.map(|reply| reply.status), Some(200));
}

#[tokio::test]
async fn a_large_head_kills_who_has_no_room_for_it() {
    let issuer = Issuer::start().await;
    let large = request("GET /", &[&bearer(&"a".repeat(16_384))]);

    let sound = start(&issuer, None);
    assert_eq!(exchange(&sound, &large).await.map(|reply| reply.status), Some(401));
    let dying = start(&issuer, Some(Defect::DiesOfLargeHeader));
    assert!(exchange(&dying, &large).await.is_none());
}
