//! The control API, without a socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::config::{AuthorizationServer, Client, Config, Secret};
use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::{Issuer, Request, Response};
use rstest::rstest;
use serde_json::{Value, json};

fn issuer() -> Issuer {
    Issuer::new(&Config::default()).unwrap()
}

fn value(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn mint(body: &Value) -> Response {
    issuer().handle(&Request::post_json("/_mock/mint", body).with_header("host", "127.0.0.1:9000"))
}

fn payload(answer: &Value) -> Value {
    serde_json::from_str(answer["payload"].as_str().unwrap()).unwrap()
}

#[test]
fn every_scenario_of_the_set_is_minted_by_name() {
    let issuer = issuer();
    issuer.change_keys("default", |keys| {
        keys.publish(builtin(BuiltinKey::IssuerNext));
    });
    for name in mock_idp::catalogue::names() {
        let steps: Vec<Value> =
            mock_idp::catalogue::steps(name).unwrap().iter().map(|step| step.to_json().clone()).collect();
        let post = |path: &str, body: Value| {
            let response = issuer.handle(&Request::post_json(path, &body));
            assert_eq!(response.status, 200, "{name}: {}", String::from_utf8_lossy(&response.body));
        };
        post("/_mock/steps", json!({ "steps": steps, "issuer": "https://idp.test/oauth2/default" }));
        let minted = issuer.handle(&Request::post_json("/_mock/mint", &json!({ "scenario": name })));
        let told = String::from_utf8_lossy(&minted.body);
        let is_for_another_issuer = ["it is about", "it is signed with"].iter().any(|words| told.contains(words));
        assert!(minted.status == 200 || minted.status == 400 && is_for_another_issuer, "{name}: {told}");
        post("/_mock/restore", json!({}));
    }
}

#[test]
fn the_settings_tell_the_algorithm_and_nothing_of_a_shared_secret() {
    let mut config = Config::default();
    config.servers[0].algorithm = Some(mock_idp::keys::Algorithm::Hs384);
    let issuer = Issuer::new(&config).unwrap();
    let settings = issuer.handle(&Request::get("/_mock/settings"));
    assert_eq!(value(&settings)["alg"], "HS384");
    assert!(!String::from_utf8_lossy(&settings.body).contains("shared-secret"));
    let keys = issuer.handle(&Request::get("/oauth2/default/v1/keys"));
    assert_eq!(String::from_utf8_lossy(&keys.body), "{\"keys\":[]}");
}

#[test]
fn nothing_asked_for_is_the_control_token() {
    let answer = value(&mint(&json!({})));
    assert_eq!(payload(&answer)["iss"], "http://127.0.0.1:9000/oauth2/default");
    assert_eq!(answer["changes"], json!([]));
    assert_eq!(answer["kid_published"], true);
    let bytes = STANDARD.decode(answer["token_base64"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, answer["token"].as_str().unwrap().as_bytes());
}

#[test]
fn a_mutation_changes_what_it_says() {
    let answer = value(&mint(&json!({ "mutation": [{ "claim": "aud", "set": "api://other" }] })));
    assert_eq!(payload(&answer)["aud"], "api://other");
    assert_eq!(answer["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn settings_of_the_control_can_be_given() {
    let body = json!({ "issuer": "https://i", "audience": "a", "scope": "s", "client_id": "c", "leeway": 5 });
    let claims = payload(&value(&mint(&body)));
    assert_eq!([&claims["iss"], &claims["aud"], &claims["cid"]], ["https://i", "a", "c"]);
    assert_eq!(claims["scp"], json!(["s"]));
}

#[test]
fn a_token_of_another_server_names_it() {
    let mut orders = AuthorizationServer::new("orders");
    orders.audience = "api://orders".into();
    let issuer = Issuer::new(&Config::default().with_server(orders)).unwrap();
    let answer = value(&issuer.handle(&Request::post_json("/_mock/mint", &json!({ "server": "orders" }))));
    assert!(payload(&answer)["iss"].as_str().unwrap().ends_with("/oauth2/orders"));
    assert_eq!(payload(&answer)["aud"], "api://orders");
}

#[rstest]
#[case(json!({ "scenario": "time/expird@one-hour" }), "#/scenario", "did you mean \"time/expired@one-hour\"?")]
#[case(json!({ "scenario": 5 }), "#/scenario", "expected a string, found an integer")]
#[case(json!({ "mutation": {} }), "#/mutation", "expected an array, found a table")]
#[case(json!({ "mutation": [{ "clam": "exp" }] }), "#/mutation/0", "")]
#[case(json!({ "scenario": "baseline/valid", "mutation": [] }), "#/mutation", "give either")]
#[case(json!({ "scenarios": "x" }), "#/scenarios", "did you mean `scenario`?")]
#[case(json!({ "server": "nope" }), "#/server", "known are default")]
#[case(json!({ "leeway": "long" }), "#/leeway", "expected an integer")]
#[case(json!([]), "#", "expected a table, found an array")]
fn a_bad_mint_request_is_a_problem_that_names_the_field(
    #[case] body: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let response = mint(&body);
    assert_eq!(response.status, 400);
    assert_eq!(response.headers["content-type"], "application/problem+json");
    let problem = value(&response);
    assert_eq!(problem["status"], 400);
    assert!(problem["type"].is_string() && problem["title"].is_string() && problem["detail"].is_string());
    let found = problem["errors"][0]["pointer"].as_str().unwrap();
    assert!(found.starts_with(pointer), "{problem}");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(detail), "{problem}");
}

#[rstest]
#[case::of_another_site("https://evil.example", 403)]
#[case::of_another_port("http://127.0.0.1:3000", 403)]
#[case::of_a_file("null", 403)]
#[case::of_its_own("http://127.0.0.1:9000", 204)]
fn no_page_but_its_own_reaches_the_control_api(#[case] origin: &str, #[case] status: u16) {
    let form = Request::post_form("/_mock/reset", "").with_header("host", "127.0.0.1:9000");
    let response = issuer().handle(&form.with_header("origin", origin));
    assert_eq!(response.status, status);
    if status == 403 {
        assert_eq!(value(&response)["type"], "urn:mock-idp:problem:other-origin");
    }
}

#[test]
fn a_call_of_the_command_line_needs_no_content_type() {
    let mut request = Request::post_form("/_mock/clock", "").with_header("host", "127.0.0.1:9000");
    request.body = r#"{"advance":60}"#.into();
    assert_eq!(issuer().handle(&request).status, 200, "as curl sends it");
}

#[test]
fn a_body_that_is_not_json_is_told_with_its_place() {
    let mut request = Request::post_json("/_mock/mint", &json!({}));
    request.body = "{\"scenario\": }".into();
    let problem = value(&issuer().handle(&request));
    assert!(problem["detail"].as_str().unwrap().contains("line 1 column"), "{problem}");
}

#[test]
fn the_settings_tell_no_secret_of_a_client_that_has_none() {
    let jwk: Value = serde_json::from_str(&builtin(BuiltinKey::Issuer).public_jwk().to_text()).unwrap();
    let mut config = Config::default();
    config.servers[0].clients = vec![Client::with_jwks("service", &json!({ "keys": [jwk] })).unwrap()];
    let settings = Issuer::new(&config).unwrap().handle(&Request::get("/_mock/settings"));
    assert_eq!(value(&settings)["client"], json!({ "id": "service", "auth_methods": ["private_key_jwt"] }));
}

#[test]
fn the_settings_tell_what_a_target_needs() {
    let settings = value(&issuer().handle(&Request::get("/_mock/settings").with_header("host", "localhost:9000")));
    assert_eq!(settings["http_issuer"], "http://localhost:9000/oauth2/default");
    assert_eq!(settings["audience"], "api://default");
    assert_eq!(settings["scope"], "test_scope");
    assert_eq!(settings["client"]["id"], DEFAULT_CLIENT_ID);
    assert_eq!(settings["client"]["secret"], DEFAULT_CLIENT_SECRET);
    assert_eq!(settings["kid"].as_str().unwrap().len(), 43);
    assert_eq!(issuer().handle(&Request::get("/_mock/settings?server=nope")).status, 400);
}

#[test]
fn the_journal_keeps_requests_without_their_credentials() {
    let issuer = issuer();
    let form = format!(
        "grant_type=client_credentials&scope=test_scope&client_id={DEFAULT_CLIENT_ID}&client_secret={DEFAULT_CLIENT_SECRET}"
    );
    let _ = issuer.handle(&Request::post_form("/oauth2/default/v1/token?x=query-secret", &form));
    let basic = STANDARD.encode("id:header-secret");
    let _ = issuer.handle(
        &Request::get("/oauth2/default/v1/keys")
            .with_header("authorization", &format!("Basic {basic}"))
            .with_header("user-agent", "tests"),
    );
    let answer = issuer.handle(&Request::get("/_mock/journal"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for secret in [DEFAULT_CLIENT_SECRET, "query-secret", basic.as_str()] {
        assert!(!text.contains(secret), "{text}");
    }
    let seen = value(&answer);
    assert_eq!(seen["entries"].as_array().unwrap().len(), 2);
    let keys = &seen["entries"][1];
    assert_eq!([&keys["route"], &keys["server"], &keys["user_agent"]], ["keys", "default", "tests"]);
    assert_eq!(keys["authorization"].as_str().unwrap().len(), 8);
    assert_eq!([&keys["status"], &keys["jwks_revision"]], [&json!(200), &json!(1)]);
    assert_eq!(seen["counters"]["routes"]["token"], 1);
}

#[test]
fn the_journal_can_be_narrowed_and_emptied() {
    let issuer = issuer();
    for path in ["/oauth2/default/v1/keys", "/oauth2/nope/v1/keys", "/oauth2/default/v1/keys"] {
        let _ = issuer.handle(&Request::get(path));
    }
    let count = |query: &str| {
        let seen = value(&issuer.handle(&Request::get(&format!("/_mock/journal{query}"))));
        seen["entries"].as_array().unwrap().len()
    };
    assert_eq!([count(""), count("?server=default"), count("?after=2"), count("?route=token")], [3, 2, 1, 0]);
    assert_eq!(issuer.handle(&Request::get("/_mock/journal?after=x")).status, 400);
    assert_eq!(issuer.handle(&Request::post_json("/_mock/reset", &json!({}))).status, 204);
    assert_eq!(count(""), 0);
}

#[test]
fn the_clock_moves_for_all_servers_or_for_one() {
    let issuer = Issuer::new(&Config::default().with_server(AuthorizationServer::new("orders"))).unwrap();
    let issued = |server: &str| {
        let answer = value(&issuer.handle(&Request::post_json("/_mock/mint", &json!({ "server": server }))));
        payload(&answer)["iat"].as_i64().unwrap()
    };
    let start = issued("default");
    let moved = |body: &Value| issuer.handle(&Request::post_json("/_mock/clock", body));
    assert_eq!(moved(&json!({ "advance": 10_000 })).status, 200);
    assert_eq!(moved(&json!({ "advance": 5_000, "server": "orders" })).status, 200);
    assert!((10_000..10_010).contains(&(issued("default") - start)));
    assert!((15_000..15_010).contains(&(issued("orders") - start)));
    assert_eq!(value(&moved(&json!({})))["errors"][0]["detail"], "`advance` is missing");
    assert_eq!(moved(&json!({ "advance": 1, "server": "nope" })).status, 400);
}

#[rstest]
#[case(None, 401)]
#[case(Some("Bearer wrong"), 401)]
#[case(Some("Basic b3Blbg=="), 401)]
#[case(Some("Bearer open"), 200)]
fn the_control_token_opens_the_control_api(#[case] authorization: Option<&str>, #[case] status: u16) {
    let mut config = Config::default();
    config.control_token = Some(Secret::new("open"));
    let request = Request::get("/_mock/");
    let request = match authorization {
        Some(value) => request.with_header("authorization", value),
        None => request,
    };
    let response = Issuer::new(&config).unwrap().handle(&request);
    assert_eq!(response.status, status);
    assert_eq!(response.headers.contains_key("www-authenticate"), status == 401);
}

#[test]
fn a_wrong_path_or_method_is_a_problem() {
    let unknown = issuer().handle(&Request::get("/_mock/nope"));
    assert_eq!((unknown.status.as_u16(), value(&unknown)["title"].as_str()), (404, Some("Not found")));
    let method = issuer().handle(&Request::get("/_mock/mint"));
    assert_eq!((method.status.as_u16(), &method.headers["allow"]), (405, &"POST".parse().unwrap()));
    assert_eq!(issuer().handle(&Request::get("/_mock/ca")).status, 404);
}

#[test]
fn the_index_lists_the_control_api() {
    let index = value(&issuer().handle(&Request::get("/_mock")));
    let paths: Vec<_> = index["endpoints"].as_array().unwrap().iter().map(|each| each["path"].as_str()).collect();
    assert!(paths.contains(&Some("/_mock/mint")), "{index}");
}

#[test]
fn a_token_of_another_shape_and_of_another_user_can_be_asked_for() {
    let body = json!({
        "dialect": { "shape": "rfc9068", "typ": "application/at+jwt", "scope-claim": "scope-array" }, "scope": "a b",
        "subject": "mallory", "other_scope": "c", "listener": "http://127.0.0.1:4711",
        "mutation": [{ "claim": "x", "set": "{other_scope} {listener_host}" }]
    });
    let answer = value(&mint(&body));
    assert!(answer["header"].as_str().unwrap().starts_with(r#"{"typ":"application/at+jwt","alg""#), "{answer}");
    let claims = payload(&answer);
    assert_eq!([&claims["sub"], &claims["x"]], ["mallory", "c 127.0.0.1:4711"]);
    assert_eq!(claims["scope"], json!(["a", "b"]));
}

#[rstest]
#[case(json!({ "dialect": { "typ": "JWT" } }), r#","typ":"JWT"}"#)]
#[case(json!({ "dialect": { "shape": "rfc9068", "typ": false } }), r#"{"alg":"RS256","kid":"#)]
#[case(json!({ "dialect": { "shape": "rfc9068" }, "subject": null }), r#"{"typ":"at+jwt","#)]
fn the_typ_is_the_shapes_unless_given_and_false_is_none(#[case] body: Value, #[case] part: &str) {
    let answer = value(&mint(&body));
    assert!(answer["header"].as_str().unwrap().contains(part), "{answer}");
}

#[test]
fn steps_are_carried_out_and_undone_over_the_control_api() {
    let issuer = issuer();
    let post = |path: &str, body: &Value| issuer.handle(&Request::post_json(path, body));
    let keys = || value(&issuer.handle(&Request::get("/oauth2/default/v1/keys")))["keys"].as_array().unwrap().len();
    let body = json!({
        "server": "default", "twin": true, "rekid": true, "listener": "http://127.0.0.1:4711",
        "steps": [{ "publish": "attacker" }, { "jwk": "attacker", "set": { "x5u": "{listener}/a.pem" } }]
    });
    assert_eq!(value(&post("/_mock/steps", &body)), json!({ "revision": 2 }));
    assert_eq!(keys(), 3);
    let seen = value(&issuer.handle(&Request::get("/_mock/journal")));
    let counted = json!({ "keys": 1, "metadata": 0, "last_revision": 2, "max_age": 3_885_115 });
    assert_eq!(seen["counters"]["servers"]["default"], counted);
    let minted = value(&post("/_mock/mint", &json!({ "mutation": [{ "header": "kid", "set": { "kid": "twin" } }] })));
    assert_eq!(minted["kid_published"], true);
    assert_eq!(value(&post("/_mock/restore", &json!({}))), json!({ "revision": 3 }));
    assert_eq!(keys(), 1);
}

#[rstest]
#[case("/_mock/steps", json!({ "steps": [{ "publish": "contrl" }] }), "#/steps/0/publish", "did you mean `control`?")]
#[case("/_mock/steps", json!({ "step": [] }), "#/step", "did you mean `steps`?")]
#[case("/_mock/steps", json!({ "server": "nope" }), "#/server", "known are default")]
#[case("/_mock/steps", json!({ "steps": [{ "jwks": "{}" }], "twin": true }), "#/twin", "no twin key")]
#[case("/_mock/steps", json!({ "steps": [{ "fault": "jwks", "by": "untrusted-tls" }] }), "#/steps", "over https")]
#[case("/_mock/steps", json!({ "dialect": { "shape": "rfc" } }), "#/dialect/shape", "rfc9068")]
#[case("/_mock/restore", json!({ "server": "nope" }), "#/server", "known are default")]
fn a_bad_call_about_steps_is_a_problem_that_names_the_field(
    #[case] path: &str,
    #[case] body: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let response = issuer().handle(&Request::post_json(path, &body));
    assert_eq!(
        (response.status.as_u16(), &response.headers["content-type"]),
        (400, &"application/problem+json".parse().unwrap())
    );
    let problem = value(&response);
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(detail), "{problem}");
}
