//! How clients prove themselves at `/v1/token`, over real sockets: each method, and
//! each wrong proof byte for byte.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod accepted;
mod maker;
mod once;
mod org;
mod refused;

use maker::Assertion;
use mock_idp::MockIdp;
use mock_idp::clock::Clock;
use mock_idp::config::{AuthMethod, AuthorizationServer, Client};
use mock_idp::keys::{Algorithm, BuiltinKey, Role, SigningKey, builtin};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "a secret of thirty-two characters";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn jwk(key: &SigningKey) -> Value {
    serde_json::from_str(&key.public_jwk().to_text()).unwrap()
}

fn key_1() -> SigningKey {
    builtin(BuiltinKey::Issuer).with_kid("k1")
}

fn key_2() -> SigningKey {
    Role::Issuer.key(Algorithm::Es256).with_kid("k2")
}

/// One key, two keys, a secret, and both.
fn server() -> AuthorizationServer {
    let with_keys = |id: &str, keys: &[SigningKey]| {
        Client::with_jwks(id, &json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() })).unwrap()
    };
    let mut secret = Client::new("secret", SECRET);
    secret.auth_methods = vec![AuthMethod::ClientSecretJwt];
    let mut both = with_keys("both", &[key_1()]);
    both.secret = Client::new("both", SECRET).secret;
    let methods = AuthMethod::ALL.into_iter().map(|(_, method)| method);
    both.auth_methods = methods.filter(|method| *method != AuthMethod::None).collect();
    let mut server = AuthorizationServer::new("default");
    server.clients = vec![with_keys("one", &[key_1()]), with_keys("two", &[key_1(), key_2()]), secret, both];
    server.clients.push(Client::new("basic", SECRET));
    server
}

async fn start(server: AuthorizationServer) -> MockIdp {
    MockIdp::builder().server(server).clock(Clock::fixed(NOW)).start().await.unwrap()
}

/// What is otherwise in an assertion.
type Change = fn(Assertion) -> Assertion;

fn with_key_1(endpoint: &str) -> Assertion {
    Assertion::of("one", &key_1(), Algorithm::Rs256, endpoint)
}

fn with_secret(endpoint: &str, algorithm: Algorithm) -> Assertion {
    let key = SigningKey::from_secret("s", SECRET).unwrap();
    Assertion::of("secret", &key, algorithm, endpoint).without("kid")
}

fn form(assertion: &str) -> Vec<(&'static str, String)> {
    [
        ("grant_type", "client_credentials"),
        ("scope", "test_scope"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn replaced(mut form: Vec<(&'static str, String)>, name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    form.retain(|(known, _)| *known != name);
    form.push((name, value.to_owned()));
    form
}

async fn post(endpoint: &str, form: &[(&'static str, String)], basic: Option<(&str, &str)>) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(endpoint).form(form);
    let request = match basic {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, redacted(&answer.text().await.unwrap()))
}

/// The body without what is drawn: `errorId`, and the access token.
fn redacted(body: &str) -> String {
    let mut body = body.to_owned();
    for name in ["errorId", "access_token"] {
        let start = format!(r#""{name}":""#);
        if let Some(at) = body.find(&start).map(|at| at + start.len()) {
            let end = at + body[at..].find('"').unwrap();
            body.replace_range(at..end, "...");
        }
    }
    body
}

const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"...","scope":"test_scope"}"#;
fn oauth_error(error: &str, description: &str) -> String {
    format!(r#"{{"error":"{error}","error_description":"{description}"}}"#)
}

fn invalid_client(description: &str) -> (u16, String) {
    (401, oauth_error("invalid_client", description))
}
