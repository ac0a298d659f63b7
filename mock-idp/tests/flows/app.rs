//! An issuer and a client of it, as an application with users has them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::MockIdp;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::clock::Clock;
use mock_idp::config::{AuthorizationServer, Client as OauthClient, Config, Scope, Secret, User};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;

/// Where the application listens; nobody does.
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const USER: &str = "user@example.com";

pub(crate) struct App {
    pub(crate) idp: MockIdp,
    pub(crate) http: Client,
    pub(crate) clock: Clock,
}

/// Fields of a query or a form.
pub(crate) type Fields<'a> = Vec<(&'a str, &'a str)>;

impl App {
    /// `default` with a second client `web`, a public one `spa`, and nobody in
    /// particular; `closed` with two users.
    pub(crate) async fn start() -> Self {
        let mut default = AuthorizationServer::new("default");
        default.scopes = vec![Scope::new("test_scope"), Scope::new("read"), with_consent("own")];
        default.clients.extend([web(), spa()]);
        let mut closed = AuthorizationServer::new("closed");
        closed.users = vec![ada(), robot()];
        closed.scopes.extend([with_consent("own"), with_consent("share")]);
        Self::with(Config::default().with_server(default).with_server(closed)).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let clock = Clock::fixed(1_800_000_000);
        let idp = MockIdp::builder().config(config).clock(clock.clone()).start().await.unwrap();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { idp, http, clock }
    }

    /// The address of an endpoint of `default`.
    pub(crate) fn at(&self, endpoint: &str) -> String {
        format!("{}/v1/{endpoint}", self.idp.http_issuer())
    }

    /// The same of another server.
    pub(crate) fn at_server(&self, server: &str, endpoint: &str) -> String {
        self.at(endpoint).replace("/oauth2/default/", &format!("/oauth2/{server}/"))
    }

    pub(crate) async fn authorize(&self, fields: &Fields<'_>) -> Response {
        self.http.get(with_query(&self.at("authorize"), fields)).send().await.unwrap()
    }

    /// Signs the user in without a page, and gets a code.
    pub(crate) async fn code(&self, fields: &Fields<'_>) -> String {
        fields_of(&self.authorize(fields).await)["code"].clone()
    }

    /// A request of the token endpoint by the test client.
    pub(crate) async fn token(&self, fields: &Fields<'_>) -> Response {
        self.token_of(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, fields).await
    }

    pub(crate) async fn token_of(&self, id: &str, secret: &str, fields: &Fields<'_>) -> Response {
        self.http.post(self.at("token")).basic_auth(id, Some(secret)).form(fields).send().await.unwrap()
    }

    /// All tokens of a user for these scopes.
    pub(crate) async fn tokens(&self, scope: &str) -> Value {
        let code = self.code(&with(asked(), "scope", scope)).await;
        self.token(&redeemed(&code)).await.json().await.unwrap()
    }

    pub(crate) async fn refresh(&self, token: &str) -> Response {
        self.token(&vec![("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub(crate) async fn introspect(&self, token: &str) -> String {
        let request = self.http.post(self.at("introspect")).form(&[("token", token)]);
        let answer = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    pub(crate) async fn is_active(&self, token: &str) -> bool {
        serde_json::from_str::<Value>(&self.introspect(token).await).unwrap()["active"] == true
    }
}

/// A whole authorization request that signs in without a page.
pub(crate) fn asked<'a>() -> Fields<'a> {
    vec![
        ("client_id", DEFAULT_CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "a b&c"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", USER),
    ]
}

/// What redeems the code of [`asked`].
pub(crate) fn redeemed(code: &str) -> Fields<'_> {
    vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
}

/// The fields with another value for one of them.
pub(crate) fn with<'a>(fields: Fields<'a>, name: &'a str, value: &'a str) -> Fields<'a> {
    let mut fields = without(fields, name);
    fields.push((name, value));
    fields
}

pub(crate) fn without<'a>(mut fields: Fields<'a>, name: &str) -> Fields<'a> {
    fields.retain(|(known, _)| *known != name);
    fields
}

pub(crate) fn with_query(url: &str, fields: &Fields<'_>) -> String {
    reqwest::Url::parse_with_params(url, fields).unwrap().to_string()
}

/// What a redirect brings back to the application, in its query or its fragment.
pub(crate) fn fields_of(answer: &Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), 302);
    let location = location(answer).replace('#', "?");
    reqwest::Url::parse(&location).unwrap().query_pairs().into_owned().collect()
}

pub(crate) fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The cookies that an answer sets, as a request sends them.
pub(crate) fn cookies(answer: &Response) -> String {
    let all = answer.headers().get_all("set-cookie").iter();
    let pairs = all.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

/// Header or payload of a token, as text.
pub(crate) fn part(token: &str, at: usize) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

pub(crate) fn claims(token: &str) -> Value {
    serde_json::from_str(&part(token, 1)).unwrap()
}

pub(crate) async fn assert_error(answer: Response, status: u16, error: &str, description: &str) {
    let found = answer.status();
    let expected = format!(r#"{{"error":"{error}","error_description":"{description}"}}"#);
    assert_eq!((answer.text().await.unwrap(), found.as_u16()), (expected, status));
}

/// A scope that its user has to consent to.
fn with_consent(name: &str) -> Scope {
    let mut scope = Scope::new(name);
    scope.needs_consent = true;
    scope
}

fn web() -> OauthClient {
    let mut web = OauthClient::test_client();
    (web.id, web.secret) = ("web".into(), Secret::new("web-secret"));
    web.scopes = Some(vec!["read".into()]);
    web.redirect_uris = vec!["https://web.example/cb?a=b".into()];
    web.any_loopback_redirect = false;
    web
}

fn spa() -> OauthClient {
    let mut spa = OauthClient::public("spa");
    spa.redirect_uris = vec![CALLBACK.into()];
    spa
}

fn ada() -> User {
    let mut ada = User::new("ada@example.com");
    ada.password = Some(Secret::new("right"));
    ada.claims.insert("name".into(), "Ada <Lovelace>".into());
    ada
}

fn robot() -> User {
    let mut robot = User::new("robot@example.com");
    robot.headless = true;
    robot
}
