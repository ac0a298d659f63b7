//! An issuer with several servers, whose clients all have one secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::MockIdp;
use mock_idp::clock::Clock;
use mock_idp::config::{ApplicationType, AuthorizationServer, Client, Config, GrantType, Scope, Secret, User};
use mock_idp::dialect::{Dialect, Shape};
use mock_idp::keys::{BuiltinKey, builtin};
use reqwest::redirect::Policy;
use serde_json::Value;

use super::maker::trusted_issuer;

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const SECRET: &str = "only-for-tests";
pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";
pub(crate) const PASSWORD: &str = "password";
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
pub(crate) const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
pub(crate) const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
pub(crate) const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
pub(crate) const MCP: &str = "https://mcp.example.com";
pub(crate) const FILES: &str = "https://files.example.com";

/// Fields of a form.
pub(crate) type Fields<'a> = Vec<(&'a str, &'a str)>;
/// Status and body of an answer.
pub(crate) type Answer = (u16, String);

pub(crate) struct Bench {
    pub(crate) idp: MockIdp,
    pub(crate) http: reqwest::Client,
    pub(crate) clock: Clock,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(servers()).await
    }

    pub(crate) async fn with(servers: Vec<AuthorizationServer>) -> Self {
        let clock = Clock::fixed(NOW);
        let config = servers.into_iter().fold(Config::default(), Config::with_server);
        let idp = MockIdp::builder().config(config).clock(clock.clone()).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { idp, http, clock }
    }

    /// The issuer identifier of a server.
    pub(crate) fn issuer(&self, server: &str) -> String {
        let base = self.idp.http();
        if server == "org" { base.to_string() } else { format!("{base}/oauth2/{server}") }
    }

    pub(crate) fn at(&self, server: &str, endpoint: &str) -> String {
        let path = if server == "org" { "oauth2/v1" } else { "v1" };
        format!("{}/{path}/{endpoint}", self.issuer(server))
    }

    /// What the token endpoint answers to a client.
    pub(crate) async fn token(&self, server: &str, client: &str, fields: &Fields<'_>) -> Answer {
        let request = self.http.post(self.at(server, "token")).basic_auth(client, Some(SECRET)).form(fields);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The same where it is to be good.
    pub(crate) async fn granted(&self, server: &str, client: &str, fields: &Fields<'_>) -> Value {
        let (status, body) = self.token(server, client, fields).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The tokens of Ada.
    pub(crate) async fn of_ada(&self, server: &str, client: &str, scope: &str) -> Value {
        self.granted(server, client, &by_password(ADA, "right", scope)).await
    }

    /// Where a browser that Ada signs in with is sent back to.
    pub(crate) async fn authorize(&self, server: &str, fields: &Fields<'_>) -> String {
        let url = reqwest::Url::parse_with_params(&self.at(server, "authorize"), fields).unwrap();
        let answer = self.http.get(url).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }
}

/// `default`, `downstream` that trusts it, `org`; `closed` with users; `mcp` with resources.
pub(crate) fn servers() -> Vec<AuthorizationServer> {
    let mut default = custom("default", BuiltinKey::Issuer);
    default.trusted_issuers = vec![trusted_issuer()];
    let mut downstream = custom("downstream", BuiltinKey::IssuerNext);
    downstream.audience = "api://downstream".into();
    downstream.trusted_servers = vec!["default".into()];
    let mut org = custom("org", BuiltinKey::SecondIssuer);
    org.dialect = Dialect::of(Shape::OktaOrg);
    org.id_jag_audiences = vec!["https://auth.example.com/".into()];
    let mut closed = custom("closed", BuiltinKey::Twin);
    closed.users = users();
    closed.trusted_issuers = vec![trusted_issuer()];
    let mut mcp = custom("mcp", BuiltinKey::IssuerRsa3072);
    mcp.resources = vec![MCP.into(), FILES.into()];
    mcp.trusted_issuers = vec![trusted_issuer()];
    vec![default, downstream, org, closed, mcp]
}

fn custom(id: &str, key: BuiltinKey) -> AuthorizationServer {
    let mut server = AuthorizationServer::new(id);
    server.key = Some(builtin(key));
    let mut careful = Scope::new("delete");
    careful.needs_consent = true;
    server.scopes = vec![Scope::new("read"), Scope::new("write"), careful];
    server.clients = ["service", "second-service"].map(|id| client(id, ApplicationType::Service)).to_vec();
    server.clients.push(client("web", ApplicationType::Web));
    let mut elsewhere = client("elsewhere", ApplicationType::Web);
    elsewhere.networks = Some(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    server.clients.push(elsewhere);
    server
}

fn client(id: &str, application_type: ApplicationType) -> Client {
    let mut client = Client::new(id, SECRET);
    client.grants = GrantType::SERVED.to_vec();
    client.application_type = application_type;
    client.any_loopback_redirect = true;
    client
}

/// Ada, Max who needs a second factor, Eve who may use `service` alone.
fn users() -> Vec<User> {
    let named = |login: &str| {
        let mut user = User::new(login);
        user.password = Some(Secret::new("right"));
        user.headless = true;
        user
    };
    let (mut max, mut eve) = (named("max@example.com"), named("eve@example.com"));
    max.mfa = true;
    eve.clients = Some(vec!["service".into()]);
    vec![named(ADA), max, eve]
}

pub(crate) fn by_password<'a>(login: &'a str, password: &'a str, scope: &'a str) -> Fields<'a> {
    vec![("grant_type", PASSWORD), ("username", login), ("password", password), ("scope", scope)]
}

/// An authorization request that signs Ada in without a page.
pub(crate) fn sign_in<'a>(client: &'a str, scope: &'a str) -> Fields<'a> {
    let fields = [("client_id", client), ("scope", scope), ("login_hint", ADA)];
    [("response_type", "code"), ("redirect_uri", CALLBACK), ("state", "s1")].into_iter().chain(fields).collect()
}

/// The fields with another value for one of them; an empty one leaves it out.
pub(crate) fn with<'a>(mut fields: Fields<'a>, name: &'a str, value: &'a str) -> Fields<'a> {
    fields.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        fields.push((name, value));
    }
    fields
}

/// Header or payload of a token, as text.
pub(crate) fn part(token: &Value, at: usize) -> String {
    let part = token.as_str().unwrap().split('.').nth(at).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) fn claims(token: &Value) -> Value {
    serde_json::from_str(&part(token, 1)).unwrap()
}

/// The names of an object's members, in their order.
pub(crate) fn names(object: &str) -> Vec<String> {
    let object = mock_idp::json::Object::from_text(object).unwrap();
    object.members().iter().map(|member| member.plain_name().into_owned()).collect()
}

pub(crate) fn refusal(status: u16, error: &str, description: &str) -> Answer {
    (status, format!(r#"{{"error":"{error}","error_description":"{description}"}}"#))
}
