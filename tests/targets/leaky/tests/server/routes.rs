//! Which request is for what, and what the settings change.

use leaky::{Defect, Leaky, Settings, Shape, http_client};
use serde_json::{Value, json};

use crate::support::{Issuer, header, sign};
use crate::wire::{Reply, exchange, request};

fn start(issuer: &Issuer, change: impl FnOnce(&mut Settings), defect: Option<Defect>) -> Leaky {
    let mut settings = Settings::new(&issuer.url, http_client().expect("a client"));
    change(&mut settings);
    Leaky::start(settings, defect).expect("a server")
}

async fn ask(server: &Leaky, line: &str, headers: &[&str]) -> Reply {
    exchange(server, &request(line, headers)).await.expect("an answer")
}

fn bearer(issuer: &Issuer, changes: Value) -> String {
    format!("Authorization: Bearer {}", issuer.token(changes))
}

#[tokio::test]
async fn each_route_needs_its_own_scopes() {
    let issuer = Issuer::start().await;
    let server = start(&issuer, |_| (), None);
    let read = bearer(&issuer, json!({}));
    let write = bearer(&issuer, json!({ "scp": ["other_scope"] }));
    let both = bearer(&issuer, json!({ "scp": ["test_scope", "other_scope"] }));

    for (line, token, due) in [
        ("GET /", &read, 200),
        ("GET /", &write, 403),
        ("POST /", &read, 403),
        ("POST /", &write, 200),
        ("GET /both", &read, 403),
        ("GET /both", &both, 200),
        ("GET /nowhere", &read, 404),
        ("DELETE /", &read, 405),
        ("GET //", &read, 404),
    ] {
        assert_eq!(ask(&server, line, &[token]).await.status, due, "{line} {token}");
        assert_eq!(ask(&server, line, &[]).await.status, 401, "{line}");
    }
    for headers in [&[][..], &["Authorization: Bearer x"]] {
        assert_eq!(ask(&server, "GET /public", headers).await.status, 200);
    }
}

#[tokio::test]
async fn a_refusal_for_scope_names_what_is_missing() {
    let issuer = Issuer::start().await;
    let server = start(&issuer, |_| (), None);

    let reply = ask(&server, "GET /both", &[&bearer(&issuer, json!({}))]).await;

    let challenge = "Bearer realm=\"leaky\", error=\"insufficient_scope\", scope=\"test_scope other_scope\"";
    assert!(reply.text.contains(challenge), "{}", reply.text);
}

#[tokio::test]
async fn browsers_are_let_in_by_a_setting() {
    let issuer = Issuer::start().await;
    let preflight = ["Origin: https://a", "Access-Control-Request-Method: GET"];
    let ask_both = async |server: &Leaky| {
        let first = ask(server, "OPTIONS /", &preflight).await;
        (first.status, ask(server, "GET /", &["Origin: https://a"]).await.text.contains("Access-Control-Allow-Origin"))
    };

    assert_eq!(ask_both(&start(&issuer, |_| (), None)).await, (401, false));
    let open = |settings: &mut Settings| settings.cors = true;
    assert_eq!(ask_both(&start(&issuer, open, None)).await, (204, true));
    let deaf = start(&issuer, open, Some(Defect::PreflightNeedsToken));
    assert_eq!(ask_both(&deaf).await, (401, true));
}

#[tokio::test]
async fn only_listed_clients_get_in_where_there_is_a_list() {
    let issuer = Issuer::start().await;
    let token = bearer(&issuer, json!({}));

    for (clients, due) in [(vec!["other"], 401), (vec!["other", "0oaTest"], 200)] {
        let list = clients.into_iter().map(str::to_owned).collect();
        let server = start(&issuer, |settings| settings.clients = list, None);
        assert_eq!(ask(&server, "GET /", &[&token]).await.status, due);
    }
}

#[tokio::test]
async fn a_token_by_rfc_9068_is_another_than_oktas() {
    let issuer = Issuer::start().await;
    let mut claims = issuer.claims();
    claims["client_id"] = json!("0oaTest");
    claims["scope"] = json!("other test_scope");
    let typed = |typ: Value| format!("Authorization: Bearer {}", sign(&header(json!({ "typ": typ })), &claims));
    let server = start(&issuer, |settings| settings.shape = Shape::Rfc9068, None);

    for (typ, due) in
        [(json!("at+jwt"), 200), (json!("application/at+JWT"), 200), (json!("JWT"), 401), (json!(null), 401)]
    {
        assert_eq!(ask(&server, "GET /", &[&typed(typ.clone())]).await.status, due, "{typ}");
    }
    assert_eq!(ask(&server, "GET /", &[&bearer(&issuer, json!({}))]).await.status, 401);
}

#[tokio::test]
async fn two_parsers_of_two_lines_serve_whom_nobody_verified() {
    let issuer = Issuer::start().await;
    let good = bearer(&issuer, json!({}));
    let (message, _) = issuer
        .token(json!({ "sub": "admin" }))
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("dots");
    let forged = format!("Authorization: Bearer {message}.c2ln");

    for (lines, defect) in [([&good, &forged], Defect::VerifiesFirstLine), ([&forged, &good], Defect::VerifiesLastLine)]
    {
        let lines = lines.map(String::as_str);
        assert_eq!(ask(&start(&issuer, |_| (), None), "GET /", &lines).await.status, 400);
        let reply = ask(&start(&issuer, |_| (), Some(defect)), "GET /", &lines).await;
        assert!(reply.status == 200 && reply.text.contains("\"sub\":\"admin\""), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_front_is_believed_by_defects_only() {
    let issuer = Issuer::start().await;
    for (header, defect) in
        [("X-User: admin", Defect::BelievesUserHeaders), ("X-Original-URL: /public", Defect::BelievesOriginalUrl)]
    {
        assert_eq!(ask(&start(&issuer, |_| (), None), "GET /", &[header]).await.status, 401, "{header}");
        assert_eq!(ask(&start(&issuer, |_| (), Some(defect)), "GET /", &[header]).await.status, 200, "{defect}");
    }
}
