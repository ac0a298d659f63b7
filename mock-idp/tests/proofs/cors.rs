//! Pages of other origins, where the issuer trusts some.

use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::config::{AuthorizationServer, Client, Config};
use reqwest::Method;
use rstest::rstest;

use super::app::*;

const TRUSTED: &str = "https://console.example";
const OF_CLIENT: &str = "http://localhost:3000";
const STRANGER: &str = "https://evil.example";

/// An issuer that trusts one origin, whose client `spa` has a redirect URI on another; a
/// `service` has none.
async fn strict() -> App {
    let mut server = AuthorizationServer::new("default");
    let mut spa = Client::public("spa");
    spa.redirect_uris = vec![CALLBACK.into()];
    server.clients = vec![spa, Client::new("service", "secret")];
    let mut config = Config::default().with_server(server);
    config.trusted_origins = Some(vec![TRUSTED.into()]);
    App::with(config).await
}

fn allowed(answer: &reqwest::Response) -> Option<&str> {
    answer.headers().get("access-control-allow-origin").map(|origin| origin.to_str().unwrap())
}

#[rstest]
#[case(TRUSTED, true)]
#[case(OF_CLIENT, true)]
#[case("http://localhost", false)]
#[case("http://localhost:30000", false)]
#[case("https://localhost:3000", false)]
#[case(STRANGER, false)]
#[case("null", false)]
#[tokio::test]
async fn a_page_reads_where_its_origin_is_trusted(#[case] origin: &str, #[case] expected: bool) {
    let app = strict().await;
    for endpoint in ["keys", "userinfo"] {
        let answer = app.http.get(app.at(endpoint)).header("origin", origin).send().await.unwrap();
        assert_eq!(allowed(&answer), expected.then_some(origin), "{endpoint}");
        let preflight = app.http.request(Method::OPTIONS, app.at(endpoint)).header("origin", origin);
        assert_eq!(allowed(&preflight.send().await.unwrap()), expected.then_some(origin), "{endpoint}");
    }
}

#[rstest]
#[case("token")]
#[case("par")]
#[tokio::test]
async fn who_asks_first_is_told_by_the_endpoints_that_know_the_client(#[case] endpoint: &str) {
    let app = strict().await;
    let preflight = app.http.request(Method::OPTIONS, app.at(endpoint)).header("origin", STRANGER);
    let answer = preflight.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), allowed(&answer)), (204, Some(STRANGER)));

    let answer = app.public_form(endpoint, &with(redeemed("c"), "x", "y")).header("origin", STRANGER).send().await;
    let answer = answer.unwrap();
    assert_eq!(allowed(&answer), Some(STRANGER), "so that the page can read why");
    let text = "Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.";
    let found = answer.status().as_u16();
    assert_eq!((found, answer.text().await.unwrap()), oauth_error(400, "invalid_request", text));
}

#[tokio::test]
async fn a_client_without_pages_is_told_of_trusted_origins() {
    let app = strict().await;
    let request = || app.public_form("token", &for_client()).basic_auth("service", Some("secret"));
    let text = "Browser requests to the token endpoint must be made from one of the registered Trusted Origins.";
    assert_eq!(send(request().header("origin", OF_CLIENT)).await, oauth_error(400, "invalid_request", text));
    assert_eq!(send(request().header("origin", TRUSTED)).await.0, 200);
    assert_eq!(send(request()).await.0, 200, "a program has no origin");
}

#[tokio::test]
async fn a_clients_own_page_gets_a_token() {
    let app = strict().await;
    let code = app.code(&asked()).await;
    assert_eq!(send(app.public_form("token", &redeemed(&code)).header("origin", OF_CLIENT)).await.0, 200);
}

#[tokio::test]
async fn an_empty_list_leaves_the_clients_origins() {
    let config = Config::parse("trusted_origins = []", "".as_ref()).unwrap();
    let app = App::with(config).await;
    let asks = |origin| {
        let request = app.public_form("token", &for_client());
        send(request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).header("origin", origin))
    };
    assert_eq!(asks("http://localhost:4000").await.0, 200, "the test client takes any URL on this machine");
    assert_eq!(asks(STRANGER).await.0, 400);
}

#[tokio::test]
async fn without_a_list_every_page_reads() {
    let app = App::start().await;
    let proof = app.proof(&es256(), "token").signed();
    let request = app.form("token", &for_client()).header("dpop", proof).header("origin", STRANGER);
    let answer = request.send().await.unwrap();
    assert_eq!(allowed(&answer), Some(STRANGER));
    assert_eq!(answer.headers()["access-control-expose-headers"], "dpop-nonce", "or no page could prove anything");
}
