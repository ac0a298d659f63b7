//! Tokens that are bound to a key, at the token endpoint (RFC 9449, sections 4 to 8).

use mock_idp::keys::{Algorithm, BuiltinKey, builtin};
use rstest::rstest;
use serde_json::{Value, json};

use super::app::*;
use super::signed::{Change, Signed, payload};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const NONCE: &str = "Authorization server requires nonce in DPoP proof.";

fn invalid(description: &str) -> (u16, String) {
    oauth_error(400, "invalid_dpop_proof", description)
}

#[tokio::test]
async fn a_client_is_told_the_nonce_and_gets_a_token_for_its_key() {
    let app = App::start().await;
    let proof = app.proof(&es256(), "token").signed();
    let told = app.form("token", &for_client()).header("dpop", proof).send().await.unwrap();
    assert_eq!(told.headers()["cache-control"], "no-cache, no-store");
    let nonce = told.headers()["dpop-nonce"].to_str().unwrap().to_owned();
    assert_eq!(nonce.len(), 32);
    assert_eq!((told.status().as_u16(), told.text().await.unwrap()), oauth_error(400, "use_dpop_nonce", NONCE));

    let proof = app.proof(&es256(), "token").claim("nonce", nonce).signed();
    let answer = app.form("token", &for_client()).header("dpop", proof).send().await.unwrap();
    assert!(answer.headers().get("dpop-nonce").is_none(), "it is the newest");
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("DPoP"), &json!("test_scope")));
    let claims = payload(body["access_token"].as_str().unwrap());
    let cnf = format!(r#""exp":{},"cnf":{{"jkt":"{}"}},"cid":"#, NOW + 3600, es256().thumbprint());
    assert!(claims.contains(&cnf), "{claims}");
}

#[tokio::test]
async fn who_shows_no_proof_gets_a_bearer_token() {
    let app = App::start().await;
    let body = json_of(app.form("token", &for_client())).await;
    assert_eq!(body["token_type"], "Bearer");
    assert!(!payload(body["access_token"].as_str().unwrap()).contains("cnf"));
}

#[tokio::test]
async fn the_introspection_tells_the_key() {
    let app = App::start().await;
    let proof = app.fresh_proof(&rs256(), "token").await;
    let body = json_of(app.form("token", &for_client()).header("dpop", proof)).await;
    let token = body["access_token"].as_str().unwrap();
    let told = json_of(app.form("introspect", &vec![("token", token)])).await;
    assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("DPoP")));
    assert_eq!(told["cnf"], json!({ "jkt": rs256().thumbprint() }));
}

#[rstest]
#[case(Algorithm::Rs256)]
#[case(Algorithm::Rs384)]
#[case(Algorithm::Rs512)]
#[case(Algorithm::Es256)]
#[case(Algorithm::Es384)]
#[case(Algorithm::Es512)]
#[tokio::test]
async fn every_algorithm_of_the_metadata_is_taken(#[case] algorithm: Algorithm) {
    let app = App::start().await;
    let key = key_for(algorithm);
    let proof = app.fresh_proof(&key, "token").await;
    let body = json_of(app.form("token", &for_client()).header("dpop", proof)).await;
    assert!(payload(body["access_token"].as_str().unwrap()).contains(&key.thumbprint()));
}

#[rstest]
#[case::query_and_fragment(|url: String| format!("{url}?a=b#c"))]
#[case::upper_case(|url: String| url.replace("http://", "HTTP://"))]
#[tokio::test]
async fn an_address_may_be_written_otherwise(#[case] written: fn(String) -> String) {
    let app = App::start().await;
    let nonce = app.nonce().await;
    let proof = app.proof(&es256(), "token").claim("htu", written(app.at("token"))).claim("nonce", nonce).signed();
    assert_eq!(send(app.form("token", &for_client()).header("dpop", proof)).await.0, 200);
}

#[rstest]
#[case::is_no_jwt(|_: Signed| "abc".to_owned(), "The DPoP proof JWT cannot be parsed.")]
#[case::is_nothing(|_: Signed| String::new(), "The DPoP proof JWT cannot be parsed.")]
#[case::has_an_extension(|it: Signed| it.header("crit", json!(["b64"])).signed(), "The DPoP proof JWT cannot be parsed.")]
#[case::says_no_algorithm(|it: Signed| it.without("alg").signed(), "The DPoP proof JWT cannot be parsed.")]
#[case::has_no_type(|it: Signed| it.without("typ").signed(), "'typ' must be 'dpop+jwt' in the DPoP proof JWT.")]
#[case::has_another_type(|it: Signed| it.header("typ", "JWT").signed(), "'typ' must be 'dpop+jwt' in the DPoP proof JWT.")]
#[case::says_none(|it: Signed| it.header("alg", "none").signed(), "The DPoP proof JWT signature algorithm is invalid.")]
#[case::says_hmac(|it: Signed| it.header("alg", "HS256").signed(), "The DPoP proof JWT signature algorithm is invalid.")]
#[case::says_what_okta_does_not_take(|it: Signed| it.header("alg", "PS256").signed(), "The DPoP proof JWT signature algorithm is invalid.")]
#[case::has_no_key(|it: Signed| it.without("jwk").signed(), "The DPoP proof JWT is invalid.")]
#[case::has_a_key_that_is_none(|it: Signed| it.header("jwk", json!({ "kty": "EC" })).signed(), "The DPoP proof JWT is invalid.")]
#[case::has_a_secret(|it: Signed| it.header("jwk", json!({ "kty": "oct", "k": "AAAA" })).signed(), "The DPoP proof JWT is invalid.")]
#[case::is_another_keys(
    |it: Signed| it.header("jwk", serde_json::from_str::<Value>(&builtin(BuiltinKey::IssuerP256).bare_jwk().to_text()).unwrap()).signed(),
    "The DPoP proof JWT signature is invalid."
)]
#[case::says_another_algorithm(|it: Signed| it.header("alg", "RS256").signed(), "The DPoP proof JWT signature is invalid.")]
#[case::is_for_another_method(|it: Signed| it.claim("htm", "GET").signed(), "'htm' claim in the DPoP proof JWT is invalid.")]
#[case::spells_the_method_otherwise(|it: Signed| it.claim("htm", "post").signed(), "'htm' claim in the DPoP proof JWT is invalid.")]
#[case::has_no_method(|it: Signed| it.without("htm").signed(), "'htm' claim in the DPoP proof JWT is invalid.")]
#[case::is_for_another_host(|it: Signed| it.claim("htu", "http://idp.test/oauth2/default/v1/token").signed(), "'htu' claim in the DPoP proof JWT is invalid.")]
#[case::has_no_address(|it: Signed| it.without("htu").signed(), "'htu' claim in the DPoP proof JWT is invalid.")]
#[case::has_no_time(|it: Signed| it.without("iat").signed(), "'iat' claim in the DPoP proof JWT is invalid.")]
#[case::has_a_time_that_is_none(|it: Signed| it.claim("iat", "now").signed(), "'iat' claim in the DPoP proof JWT is invalid.")]
#[case::is_of_the_future(|it: Signed| it.claim("iat", NOW + 61).signed(), "The DPoP proof JWT is issued in the future.")]
#[case::starts_in_the_future(|it: Signed| it.claim("nbf", NOW + 61).signed(), "The DPoP proof JWT is issued in the future.")]
#[case::is_too_old(|it: Signed| it.claim("iat", NOW - 301).signed(), "The DPoP proof JWT is issued more than five minutes in the past.")]
#[case::has_expired(|it: Signed| it.claim("exp", NOW).signed(), "The DPoP proof JWT is expired.")]
#[case::has_an_end_that_is_none(|it: Signed| it.claim("exp", "never").signed(), "The DPoP proof JWT is invalid.")]
#[case::has_no_id(|it: Signed| it.without("jti").signed(), "'jti' claim in the DPoP proof JWT is invalid.")]
#[case::has_an_id_that_is_no_text(|it: Signed| it.claim("jti", 1).signed(), "'jti' claim in the DPoP proof JWT is invalid.")]
#[tokio::test]
async fn a_proof_is_refused_that(#[case] change: fn(Signed) -> String, #[case] description: &str) {
    let app = App::start().await;
    let honest = app.proof(&es256(), "token").claim("nonce", app.nonce().await);
    let answer = send(app.form("token", &for_client()).header("dpop", change(honest))).await;
    assert_eq!(answer, invalid(description));
}

#[rstest]
#[case::without_a_nonce(|it: Signed| it)]
#[case::without_an_id_either(|it: Signed| it.without("jti"))]
#[case::with_a_nonce_of_nobody(|it: Signed| it.claim("nonce", "8NLZUUhVawx1ns8AjrC4F6j8D2phvaw7"))]
#[case::with_a_nonce_that_is_no_text(|it: Signed| it.claim("nonce", 1))]
#[tokio::test]
async fn a_proof_needs_the_servers_nonce(#[case] change: Change) {
    let app = App::start().await;
    let proof = change(app.proof(&es256(), "token")).signed();
    let answer = send(app.form("token", &for_client()).header("dpop", proof)).await;
    assert_eq!(answer, oauth_error(400, "use_dpop_nonce", NONCE));
}

#[rstest]
#[case::is_five_minutes_old(|it: Signed| it.claim("iat", NOW - 300))]
#[case::is_of_a_clock_that_is_ahead(|it: Signed| it.claim("iat", NOW + 60))]
#[case::has_parts_of_a_second(|it: Signed| it.claim("iat", 1_799_999_999.5))]
#[case::says_from_when_to_when(|it: Signed| it.claim("nbf", NOW).claim("exp", NOW + 300))]
#[tokio::test]
async fn a_proof_is_taken_that(#[case] change: Change) {
    let app = App::start().await;
    let proof = change(app.proof(&es256(), "token").claim("nonce", app.nonce().await)).signed();
    assert_eq!(send(app.form("token", &for_client()).header("dpop", proof)).await.0, 200);
}

#[tokio::test]
async fn a_private_key_has_no_place_in_a_proof() {
    let app = App::start().await;
    let mut jwk: Value = serde_json::from_str(&es256().bare_jwk().to_text()).unwrap();
    jwk["d"] = json!("AAAA");
    let proof = app.proof(&es256(), "token").claim("nonce", app.nonce().await).header("jwk", jwk).signed();
    let answer = send(app.form("token", &for_client()).header("dpop", proof)).await;
    assert_eq!(answer, invalid("The DPoP proof JWT is invalid."));
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let app = App::start().await;
    let proof = app.fresh_proof(&es256(), "token").await;
    let request = || send(app.form("token", &for_client()).header("dpop", &proof));
    assert_eq!(request().await.0, 200);
    assert_eq!(request().await, invalid("The DPoP proof JWT has already been used."));
    app.clock.advance(300);
    assert_eq!(request().await, invalid("The DPoP proof JWT has already been used."));
    app.clock.advance(1);
    assert_eq!(request().await, invalid("The DPoP proof JWT is issued more than five minutes in the past."));
}

#[tokio::test]
async fn a_request_has_one_proof() {
    let app = App::start().await;
    let request = app.form("token", &for_client());
    let request = request.header("dpop", app.fresh_proof(&es256(), "token").await);
    let request = request.header("dpop", app.fresh_proof(&rs256(), "token").await);
    assert_eq!(send(request).await, invalid("Multiple DPoP proof JWT headers are not allowed."));
}

#[tokio::test]
async fn a_nonce_is_renewed_each_day_and_taken_for_three() {
    const HOUR: i64 = 3600;
    let app = App::start().await;
    let first = app.nonce().await;
    let with_first = || async {
        let proof = app.proof(&es256(), "token").claim("nonce", first.clone()).signed();
        let answer = app.form("token", &for_client()).header("dpop", proof).send().await.unwrap();
        let renewed = answer.headers().get("dpop-nonce").map(|nonce| nonce.to_str().unwrap().to_owned());
        (answer.status().as_u16(), renewed)
    };
    app.clock.advance(24 * HOUR - 1);
    assert_eq!((with_first().await, app.nonce().await), ((200, None), first.clone()));
    app.clock.advance(1);
    let second = app.nonce().await;
    assert_ne!(second, first);
    assert_eq!(with_first().await, (200, Some(second)), "the answer tells the next one");
    app.clock.advance(48 * HOUR - 1);
    assert_eq!(with_first().await.0, 200);
    app.clock.advance(1);
    assert_eq!(with_first().await, (400, Some(app.nonce().await)));
}

#[tokio::test]
async fn a_nonce_is_one_servers() {
    let app = App::start().await;
    let token = app.at("token").replace("/default/", "/other/");
    let proof = Signed::proof(&es256(), "POST", &token, NOW).claim("nonce", app.nonce().await).signed();
    let fields = [("grant_type", "client_credentials"), ("scope", "test_scope")];
    let request = app.http.post(&token).form(&fields).header("dpop", proof);
    let client = (mock_idp::claims::DEFAULT_CLIENT_ID, mock_idp::claims::DEFAULT_CLIENT_SECRET);
    let answer = send(request.basic_auth(client.0, Some(client.1))).await;
    assert_eq!(answer, oauth_error(400, "use_dpop_nonce", NONCE));
}

#[rstest]
#[case("token", 200)]
#[case("par", 201)]
#[tokio::test]
async fn a_request_that_lacks_the_nonce_is_repeated_with_the_same_assertion_once(
    #[case] endpoint: &str,
    #[case] status: u16,
) {
    let app = App::start().await;
    let assertion = Signed::assertion(&service_key(), &app.at(endpoint), NOW).signed();
    let mut fields = if endpoint == "par" { with(asked(), "client_id", "service") } else { for_client() };
    fields.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.as_str())]);
    let with_proof = |proof: Signed| app.public_form(endpoint, &fields).header("dpop", proof.signed());
    let told = with_proof(app.proof(&es256(), endpoint)).send().await.unwrap();
    let nonce = told.headers()["dpop-nonce"].to_str().unwrap().to_owned();
    assert_eq!((told.status().as_u16(), told.text().await.unwrap()), oauth_error(400, "use_dpop_nonce", NONCE));

    let proof = || app.proof(&es256(), endpoint).claim("nonce", nonce.clone());
    assert_eq!(send(with_proof(proof())).await.0, status);
    let used = oauth_error(401, "invalid_client", "The client_assertion token has already been used.");
    assert_eq!(send(with_proof(proof())).await, used);
}

#[tokio::test]
async fn a_client_of_bound_tokens_must_show_a_proof() {
    let app = App::start().await;
    let request = || app.public_form("token", &for_client()).basic_auth("bound", Some("bound-secret"));
    assert_eq!(send(request()).await, invalid("The DPoP proof JWT header is missing."));
    let proof = app.fresh_proof(&es256(), "token").await;
    assert_eq!(json_of(request().header("dpop", proof)).await["token_type"], "DPoP");
}

#[tokio::test]
async fn a_code_is_for_the_key_that_it_was_asked_for() {
    let app = App::start().await;
    let jkt = es256().thumbprint();
    let code = app.code(&with(asked(), "dpop_jkt", &jkt)).await;
    let request = || app.public_form("token", &redeemed(&code));
    assert_eq!(send(request()).await, invalid("The DPoP proof JWT header is missing."));
    let wrong = app.fresh_proof(&rs256(), "token").await;
    assert_eq!(send(request().header("dpop", wrong)).await, invalid("The DPoP proof JWT is invalid."));
    let right = app.fresh_proof(&es256(), "token").await;
    let body = json_of(request().header("dpop", right)).await;
    let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(body["token_type"], "DPoP", "{names:?}");
    let claims = payload(body["access_token"].as_str().unwrap());
    assert!(claims.contains(&format!(r#""exp":{},"cnf":{{"jkt":"{jkt}"}},"cid":"spa""#, NOW + 3600)), "{claims}");
    assert!(!payload(body["id_token"].as_str().unwrap()).contains("cnf"));
}

#[tokio::test]
async fn the_error_about_a_nonce_brings_one_on_request_too() {
    let app = App::start().await;
    let request = app.form("token", &for_client()).header("x-mock-idp-answer", "error=USE_DPOP_NONCE");
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("dpop-nonce")), (400, true));
}
