//! The issuer that the rows are asked of, and how a row becomes a request.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::MockIdp;
use mock_idp::clock::Clock;
use mock_idp::config::{ApplicationType, AuthorizationServer, Client, Config};
use mock_idp::keys::{Algorithm, BuiltinKey, Role, SigningKey, builtin};
use reqwest::header::{AUTHORIZATION, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, Url};
use serde_json::{Map, Value, json};

use super::row::{Row, fields, text};

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "a secret of thirty-two characters";
const CALLBACK: &str = "http://localhost:3000/callback";
/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) struct World {
    idp: MockIdp,
    clock: Clock,
    http: reqwest::Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        let mut config = Config::parse(include_str!("issuer.toml"), Path::new("")).unwrap();
        for server in &mut config.servers {
            server.key = Some(builtin(BuiltinKey::Issuer).with_kid(&server.id));
            let clients = with_keys(server);
            server.clients.extend(clients);
            // A policy names clients, so that one is left without any.
            if let Some(named) = server.policies.last_mut().and_then(|policy| policy.clients.as_mut()) {
                named.push("with-keys".into());
            }
        }
        let clock = Clock::fixed(NOW);
        let idp = MockIdp::builder().config(config).clock(clock.clone()).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { idp, clock, http }
    }

    /// Asks what the row says; status and body of the answer, its `errorId` left out.
    /// What goes back to the client as a redirect is told as the body that it would be.
    pub(crate) async fn ask(&self, row: &Row) -> (u16, String) {
        let url = self.url(&row.server, &row.to);
        let form = match &row.form {
            Some(form) => Some(self.form(row, form, &url).await),
            None => None,
        };
        let request = || {
            let url = Url::parse_with_params(&url, fields(&row.query)).unwrap();
            let request =
                form.as_ref().map_or_else(|| self.http.get(url.clone()), |form| self.http.post(url.clone()).form(form));
            authorized(with_proof(request, row, url.as_str()), row)
        };
        self.clock.advance(row.later);
        if row.twice {
            request().send().await.unwrap();
        }
        told(request().send().await.unwrap()).await
    }

    /// What a request that is right gets when it asks for that refusal.
    pub(crate) async fn ask_for(&self, name: &str) -> (u16, String) {
        let form = [("grant_type", "client_credentials"), ("scope", "read")];
        let request = self.http.post(self.url("default", "token")).basic_auth("basic", Some(SECRET)).form(&form);
        told(request.header("X-Mock-Idp-Answer", format!("error={name}")).send().await.unwrap()).await
    }

    async fn form(&self, row: &Row, form: &BTreeMap<String, toml::Value>, url: &str) -> Vec<(String, String)> {
        let mut form = fields(form);
        if let Some(changes) = &row.assertion {
            form.push(("client_assertion".into(), assertion(changes, url)));
            if form.iter().all(|(name, _)| name != "client_assertion_type") {
                form.push(("client_assertion_type".into(), ASSERTION_TYPE.into()));
            }
        }
        for (_, value) in &mut form {
            match value.as_str() {
                "{code}" => *value = self.code("openid", &[]).await,
                "{code with pkce}" => {
                    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
                    *value = self.code("openid", &pkce).await;
                }
                "{device}" => *value = self.device_code().await,
                "{refresh}" => *value = self.refresh_token().await,
                _ => {}
            }
        }
        form
    }

    fn url(&self, server: &str, endpoint: &str) -> String {
        match server {
            "org" => format!("{}/oauth2/v1/{endpoint}", self.idp.http()),
            id => format!("{}/oauth2/{id}/v1/{endpoint}", self.idp.http()),
        }
    }

    /// A code of `basic` at `default`.
    async fn code(&self, scope: &str, more: &[(&str, &str)]) -> String {
        let mut query = vec![("client_id", "basic"), ("response_type", "code"), ("redirect_uri", CALLBACK)];
        query.extend([("scope", scope), ("state", "s"), ("login_hint", "user@example.com")]);
        query.extend(more);
        let url = Url::parse_with_params(&self.url("default", "authorize"), query).unwrap();
        let answer = self.http.get(url).send().await.unwrap();
        fields_of(&answer)["code"].clone()
    }

    async fn device_code(&self) -> String {
        let request = self.http.post(self.url("default", "device/authorize")).basic_auth("basic", Some(SECRET));
        let answer: Value = request.form(&[("scope", "openid")]).send().await.unwrap().json().await.unwrap();
        answer["device_code"].as_str().unwrap().to_owned()
    }

    async fn refresh_token(&self) -> String {
        let code = self.code("openid offline_access", &[]).await;
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
        let request = self.http.post(self.url("default", "token")).basic_auth("basic", Some(SECRET)).form(&form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["refresh_token"].as_str().unwrap().to_owned()
    }
}

fn authorized(request: RequestBuilder, row: &Row) -> RequestBuilder {
    if let Some(header) = &row.authorization {
        return request.header(AUTHORIZATION, header);
    }
    match row.basic.as_ref().map(|pair| pair.split_once(':').unwrap()) {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    }
}

/// With a DPoP proof (RFC 9449, section 4.2) that has no nonce.
fn with_proof(request: RequestBuilder, row: &Row, url: &str) -> RequestBuilder {
    if !row.proof {
        return request;
    }
    let key = Role::Issuer.key(Algorithm::Es256);
    let mut jwk: Value = serde_json::from_str(&key.public_jwk().to_text()).unwrap();
    jwk.as_object_mut().unwrap().retain(|name, _| ["kty", "crv", "x", "y"].contains(&name.as_str()));
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
    let claims = json!({ "jti": "once", "htm": "POST", "htu": url, "iat": NOW });
    request.header("DPoP", signed(&key, Algorithm::Es256, &header, &claims))
}

fn signed(key: &SigningKey, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let input = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(algorithm, input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn told(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    if answer.headers().contains_key(LOCATION) {
        let fields = fields_of(&answer);
        let (error, text) = (&fields["error"], &fields["error_description"]);
        return (status, format!(r#"{{"error":"{error}","error_description":"{text}"}}"#));
    }
    (status, without_id(answer.text().await.unwrap()))
}

fn fields_of(answer: &Response) -> BTreeMap<String, String> {
    let location = answer.headers()[LOCATION].to_str().unwrap();
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

fn without_id(mut body: String) -> String {
    const START: &str = r#""errorId":""#;
    if let Some(at) = body.find(START).map(|at| at + START.len()) {
        let end = at + body[at..].find('"').unwrap();
        body.replace_range(at..end, "...");
    }
    body
}

/// A service with two keys, which may have one scope of the org server, and an application that is none.
fn with_keys(server: &AuthorizationServer) -> [Client; 2] {
    const SCOPE: &str = "okta.users.read";
    let jwk = |key: &SigningKey| serde_json::from_str::<Value>(&key.public_jwk().to_text()).unwrap();
    let keys = ["k1", "k2"].map(|kid| jwk(&builtin(BuiltinKey::IssuerNext).with_kid(kid)));
    let mut service = Client::with_jwks("with-keys", &json!({ "keys": keys })).unwrap();
    service.scopes = server.has_scope(SCOPE).then(|| vec![SCOPE.into()]);
    let mut web = service.clone();
    web.id = "no-service".into();
    web.application_type = ApplicationType::Web;
    [service, web]
}

/// An assertion of `signs` with its secret, or of a client with a key, and what is changed of it.
fn assertion(changes: &BTreeMap<String, toml::Value>, endpoint: &str) -> String {
    let client = changes.get("client").map_or_else(|| "signs".to_owned(), text);
    let (key, algorithm) = match client.as_str() {
        "signs" => (SigningKey::from_secret("s", SECRET).unwrap(), Algorithm::Hs256),
        _ => (builtin(BuiltinKey::IssuerNext).with_kid("k1"), Algorithm::Rs256),
    };
    let mut header = json!({ "alg": algorithm.name() });
    let mut claims = Map::new();
    claims.extend([("iss", client.clone().into()), ("sub", client.clone().into()), ("aud", endpoint.into())].map(own));
    claims.extend([("exp", (NOW + 60).into()), ("jti", "once".into())].map(own));
    if client != "signs" {
        header["kid"] = "k1".into();
    }
    let mut key = key;
    for (name, change) in changes {
        match (name.as_str(), change) {
            ("client", _) => {}
            ("kid", kid) => header["kid"] = text(kid).into(),
            ("key", _) => key = SigningKey::from_secret("s", "another secret of the same length").unwrap(),
            (claim, toml::Value::Integer(offset)) => drop(claims.insert(claim.into(), (NOW + offset).into())),
            (claim, value) => drop(claims.insert(claim.into(), text(value).into())),
        }
    }
    signed(&key, algorithm, &header, &Value::Object(claims))
}

fn own((name, value): (&str, Value)) -> (String, Value) {
    (name.to_owned(), value)
}
