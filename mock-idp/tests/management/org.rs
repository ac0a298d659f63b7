//! An issuer with its management API.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::MockIdp;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::clock::Clock;
use mock_idp::config::{AuthorizationServer, Config};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// The servers' path.
pub(crate) const SERVERS: &str = "/api/v1/authorizationServers";
/// Where the application listens; nobody does.
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";

pub(crate) struct Org {
    pub(crate) idp: MockIdp,
    pub(crate) http: Client,
}

impl Org {
    /// `default` and `orders`.
    pub(crate) async fn start() -> Self {
        let mut orders = AuthorizationServer::new("orders");
        orders.audience = "api://orders".into();
        Self::with(Config::default().with_server(orders)).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let clock = Clock::fixed(1_800_000_000);
        let idp = MockIdp::builder().config(config).seed(7).clock(clock).start().await.unwrap();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { idp, http }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let request = self.http.request(method, format!("{}{path}", self.idp.http()));
        match body {
            Some(body) => request.json(&body).send().await.unwrap(),
            None => request.send().await.unwrap(),
        }
    }

    /// The document at a path.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// Makes a thing, and tells what was answered.
    pub(crate) async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        let answer = self.call(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status(), status, "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::PUT, path, Some(body)).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.call(Method::DELETE, path, None).await.status().as_u16()
    }

    /// The status of a path that is read.
    pub(crate) async fn status(&self, path: &str) -> u16 {
        self.call(Method::GET, path, None).await.status().as_u16()
    }

    /// Client credentials of the test client, at a server.
    pub(crate) async fn token(&self, server: &str, scope: &str) -> Response {
        self.token_of(server, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, scope).await
    }

    pub(crate) async fn token_of(&self, server: &str, id: &str, secret: &str, scope: &str) -> Response {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let url = format!("{}/oauth2/{server}/v1/token", self.idp.http());
        self.http.post(url).basic_auth(id, Some(secret)).form(&form).send().await.unwrap()
    }

    /// All tokens of a user at `default`, who signs in without a page.
    pub(crate) async fn user_tokens(&self, login: &str, scope: &str) -> Response {
        let code = self.code(login, scope).await;
        let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
        let request = self.http.post(format!("{}/v1/token", self.idp.http_issuer())).form(&form);
        request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap()
    }

    /// A form by the test client to an endpoint of `default`.
    pub(crate) async fn of_test_client(&self, endpoint: &str, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(format!("{}/v1/{endpoint}", self.idp.http_issuer())).form(form);
        request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap()
    }

    pub(crate) async fn code(&self, login: &str, scope: &str) -> String {
        let fields = [
            ("client_id", DEFAULT_CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
            ("state", "s"),
            ("login_hint", login),
        ];
        let url = reqwest::Url::parse_with_params(&format!("{}/v1/authorize", self.idp.http_issuer()), fields).unwrap();
        let back = self.http.get(url).send().await.unwrap();
        let location = back.headers()["location"].to_str().unwrap().to_owned();
        let back = reqwest::Url::parse(&location).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }
}

/// What an OIDC app of a service looks like.
pub(crate) fn service_app(label: &str) -> Value {
    json!({
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic" } },
        "settings": { "oauthClient": {
            "response_types": ["token"], "grant_types": ["client_credentials"], "application_type": "service",
        } },
    })
}

/// The payload of a token, as text.
pub(crate) fn payload(token: &Value) -> String {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The claims of a token.
pub(crate) fn claims(token: &Value) -> Value {
    serde_json::from_str(&payload(token)).unwrap()
}

/// That an answer is that error in Okta's style, byte for byte but for its id.
pub(crate) async fn assert_okta_error(answer: Response, status: u16, code: &str, summary: &str, cause: Option<&str>) {
    let found = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let id = text.split(r#""errorId":""#).nth(1).and_then(|rest| rest.get(..25)).unwrap_or_default();
    assert!(id.starts_with("oae"), "{text}");
    let cause = cause.map(|cause| json!({ "errorSummary": cause }).to_string()).unwrap_or_default();
    let expected = format!(
        r#"{{"errorCode":"{code}","errorSummary":{},"errorLink":"{code}","errorId":"{id}","errorCauses":[{cause}]}}"#,
        json!(summary)
    );
    assert_eq!((text, found), (expected, status));
}
