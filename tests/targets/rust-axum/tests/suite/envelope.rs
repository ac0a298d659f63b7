//! What is around the token: header lines, methods, paths, and what every answer has.

use serde_json::json;

use super::raw::{exchange, request};
use super::{Bench, Server, Shape};

pub(crate) async fn what_carries_no_bearer_token_is_challenged_without_an_error<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let token = bench.issuer.token(json!({}));
    for value in [
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("JWT {token}"),
        format!("DPoP {token}"),
        token.clone(),
        format!("Bearer{token}"),
        format!("Bearer:{token}"),
        format!("BearerX {token}"),
        format!("XBearer {token}"),
        format!("Bearer%20{token}"),
        format!("Bearer\t{token}"),
    ] {
        bench.assert_unauthenticated("GET /", &[format!("Authorization: {value}")], "").await;
    }
    bench.assert_unauthenticated("GET /", &[], "").await;
}

impl<S: Server> Bench<S> {
    async fn assert_unauthenticated(&self, start: &str, lines: &[String], body: &str) {
        let answers = exchange(self.address, &request(start, lines, body)).await;
        let [answer] = &answers[..] else { panic!("one answer to {start} {lines:?}, not {answers:?}") };
        assert_eq!(answer.status, 401, "{start} {lines:?}: {answer:?}");
        let challenge = format!("Bearer realm=\"{}\"", S::REALM);
        assert_eq!(answer.field("www-authenticate"), challenge, "{start} {lines:?}");
        assert!(!answer.body.contains("Hello"), "{answer:?}");
    }
}

pub(crate) async fn what_carries_no_single_token_is_an_invalid_request<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let token = bench.issuer.token(json!({}));
    let one = |value: &str| vec![format!("Authorization: {value}")];
    let two = |first: &str, second: &str| vec![format!("Authorization: {first}"), format!("authorization: {second}")];
    for lines in [
        one("Bearer"),
        one("Bearer "),
        one("Bearer \"\""),
        one(&format!("Bearer {token} x")),
        one(&format!("Bearer x.y.z {token}")),
        one(&format!("Bearer {token},Bearer x.y.z")),
        one(&format!("Bearer \"{token}\"")),
        one(&format!("Bearer {}", token.replace('.', "%2E"))),
        two(&format!("Bearer {token}"), &format!("Bearer {token}")),
        two(&format!("Bearer {token}"), "Bearer x.y.z"),
        two("Bearer x.y.z", &format!("Bearer {token}")),
        two(&format!("Bearer {token}"), "DPoP x.y.z"),
    ] {
        let answer = bench.get(&lines).await;
        assert_eq!(answer.status, 400, "{lines:?}: {answer:?}");
        assert!(answer.field("www-authenticate").contains("error=\"invalid_request\""), "{answer:?}");
    }
    bench.assert_control().await;
}

pub(crate) async fn bytes_that_no_field_may_hold_are_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let token = bench.issuer.token(json!({}));
    for [before, behind] in [
        [&b"Bearer \xff"[..], b""],
        [b"Bearer \xef\xbb\xbf", b""],
        [b"Bearer \xe2\x80\x8b", b""],
        [b"Bearer\r\n ", b""],
        [b"Bearer ", b"\0x"],
    ] {
        let answer = bench.get(&[[b"Authorization: ", before, token.as_bytes(), behind].concat()]).await;
        assert_eq!(answer.status, 400, "transport/illegal-octets: {before:?}: {answer:?}");
    }
    bench.assert_control().await;
}

pub(crate) async fn a_token_counts_in_its_one_place_only<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let token = bench.issuer.token(json!({}));
    let form = format!("access_token={token}");
    bench.assert_unauthenticated(&format!("GET /?access_token={token}"), &[], "").await;
    bench.assert_unauthenticated(&format!("GET /?token={token}"), &[], "").await;
    bench.assert_unauthenticated("GET /", &[], &form).await;
    bench.assert_unauthenticated("POST /", &[], &form).await;
    for line in ["Cookie: access_token=", "Cookie: token=", "X-Access-Token: ", "X-Forwarded-Authorization: Bearer "] {
        bench.assert_unauthenticated("GET /", &[format!("{line}{token}")], "").await;
    }
    bench.assert_unauthenticated("GET /", &[format!("Proxy-Authorization: Bearer {token}")], "").await;
    let names = ["X-User", "X-Forwarded-User", "X-Remote-User", "X-Auth-Request-User"];
    bench.assert_unauthenticated("GET /", &names.map(|name| format!("{name}: admin")), "").await;
    for name in ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"] {
        bench.assert_unauthenticated("GET /", &[format!("{name}: /public")], "").await;
    }
    // transport/two-methods: what stands elsewhere neither helps nor harms.
    let bad = [format!("Authorization: Bearer {token}x")];
    assert_eq!(bench.send(&format!("GET /?access_token={token}"), &bad).await.status, 401);
    let good = [format!("Authorization: Bearer {token}")];
    assert_eq!(bench.send("GET /?access_token=x.y.z", &good).await.status, 200);
}

pub(crate) async fn other_methods_and_paths_show_nothing<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let none: [&str; 0] = [];
    for (start, status) in [
        ("HEAD /", 401),
        ("POST /", 401),
        ("GET /?", 401),
        ("GET /both", 401),
        ("OPTIONS /", 405),
        ("PUT /", 405),
        ("DELETE /", 405),
        ("FOO /", 405),
        ("POST /both", 405),
        ("POST /public", 405),
        ("GET //", 404),
        ("GET /./", 404),
        ("GET /x/../", 404),
        ("GET /%2e/", 404),
        ("GET /;x=1", 404),
        ("GET /.json", 404),
        ("GET /BOTH", 404),
        ("GET /both/", 404),
    ] {
        let answer = bench.send(start, &none).await;
        assert_eq!(answer.status, status, "http/methods, http/path-variants: {start}: {answer:?}");
        assert!(!answer.body.contains("Hello"), "{start}: {answer:?}");
        assert_eq!(status == 405, answer.field("allow").contains("GET"), "{start}: {answer:?}");
    }
}

pub(crate) async fn a_browser_may_ask_first_and_read_the_challenge<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let asked = ["Origin: https://app.example", "Access-Control-Request-Method: POST"];
    for path in ["/", "/both"] {
        let answer = bench.send(&format!("OPTIONS {path}"), &asked).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "http/cors-preflight: {answer:?}");
        assert_eq!(answer.field("access-control-allow-origin"), "*");
        assert!(answer.field("access-control-allow-headers").contains("authorization"), "{answer:?}");
        assert!(answer.field("access-control-allow-methods").contains("POST"), "{answer:?}");
    }
    let refused = bench.get(&["Origin: https://app.example"]).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.field("access-control-allow-origin"), "*", "http/cors-expose-challenge");
    assert_eq!(refused.field("access-control-expose-headers"), "WWW-Authenticate", "http/cors-expose-challenge");
}

pub(crate) async fn no_answer_may_be_kept<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let good = format!("Authorization: Bearer {}", bench.issuer.token(json!({})));
    let little = format!("Authorization: Bearer {}", bench.issuer.token(json!({ "scp": null, "scope": null })));
    for (start, line, status) in [
        ("GET /", good.as_str(), 200),
        ("GET /", "Authorization: Basic x", 401),
        ("GET /", "Authorization: Bearer x", 401),
        ("GET /", "Authorization: Bearer", 400),
        ("GET /", &little, 403),
        ("GET /public", &good, 200),
        ("GET /nowhere", &good, 404),
        ("PUT /", &good, 405),
    ] {
        let answer = bench.send(start, &[line]).await;
        assert_eq!(answer.status, status, "{start}: {answer:?}");
        assert_eq!(answer.field("cache-control"), "no-store", "response/cacheability: {start}: {answer:?}");
        assert_eq!(answer.field("set-cookie"), "", "{start}");
    }
}

pub(crate) async fn huge_headers_do_no_harm<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    for size in [8, 16, 64, 256, 1024] {
        for filler in ["a", "."] {
            let line = format!("Authorization: Bearer {}", filler.repeat(size * 1024));
            let answers = exchange(bench.address, &request("GET /", &[line], "")).await;
            // A connection that was closed has no answer; up to 64 KB there must be one.
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert!(matches!(statuses[..], [401 | 431]) || size > 64 && statuses.is_empty(), "{size} KB: {statuses:?}");
        }
        bench.assert_control().await;
    }
    let spaces = bench.get(&[format!("Authorization: Bearer{}x", " ".repeat(7000))]).await;
    assert_eq!(spaces.status, 401, "dos/regex-header");
    let lines: Vec<String> = (0..500).map(|index| format!("X-{index}: a")).collect();
    let many = bench.get(&lines).await;
    assert!((400..500).contains(&many.status), "{many:?}");
    bench.assert_control().await;
}

pub(crate) async fn answers_on_one_connection_are_each_for_their_own_request<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let good = |sub: &str| format!("Authorization: Bearer {}\r\n", bench.issuer.token(json!({ "sub": sub })));
    let bad = "Authorization: Bearer x.y.z\r\n".to_owned();
    let get = |line: &str| format!("GET / HTTP/1.1\r\nHost: target\r\n{line}\r\n");
    let last = format!("GET /nowhere HTTP/1.1\r\nHost: target\r\nConnection: close\r\n{}\r\n", good("a"));
    let all = [get(&good("a")), get(&bad), get(&good("b")), get(""), get(&good("a")), last].concat();

    let answers = exchange(bench.address, all.as_bytes()).await;

    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 401, 200, 401, 200, 404], "concurrency/keepalive-stickiness");
    for (index, sub) in [(0, "a"), (2, "b"), (4, "a")] {
        assert!(answers[index].body.contains(&format!("\"sub\":\"{sub}\"")), "{answers:?}");
    }
}
