//! An issuer beside another one, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use mock_idp::MockIdp;
use mock_idp::claims::TokenSettings;
use mock_idp::clock::Clock;
use mock_idp::config::AuthorizationServer;
use mock_idp::dialect::IssuerPath;
use mock_idp::input::Node;
use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::step::Step;
use reqwest::{Certificate, Client};
use serde_json::json;

/// The status of the JWKS over https for who trusts that authority.
async fn keys(ca_pem: &str, issuer: &str) -> reqwest::Result<u16> {
    let ca = Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    let client = Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
    Ok(client.get(format!("{issuer}/v1/keys")).send().await?.status().as_u16())
}

fn kid(idp: &MockIdp, server: &str) -> String {
    idp.issuer().keys(server).unwrap().active().kid().to_owned()
}

#[tokio::test]
async fn who_trusts_one_trusts_the_other_and_its_door_is_its_own() {
    let idp = MockIdp::start().await.unwrap();
    let other = idp.issuer().beside().unwrap();
    assert_ne!(other.https(), idp.https());
    assert_eq!(keys(idp.ca_pem(), &other.https_issuer()).await.unwrap(), 200);
    assert_eq!((other.journal().count("keys"), idp.journal().count("keys")), (1, 0));

    let step = Step::from_json(&json!({ "fault": "jwks", "by": "untrusted-tls" })).unwrap();
    other.issuer().apply("default", &[step], &TokenSettings::new(other.https_issuer())).unwrap();
    assert!(keys(idp.ca_pem(), &other.https_issuer()).await.unwrap_err().is_connect());
    assert_eq!(keys(idp.ca_pem(), &idp.https_issuer()).await.unwrap(), 200);
}

#[tokio::test]
async fn its_identifier_has_the_path_that_is_asked_for_and_all_of_it_states_that() {
    let idp = MockIdp::start().await.unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    for path in ["", "/", "/realms/acme/"] {
        let path = IssuerPath::from_node(&Node::from_json(&json!(path), "path")).unwrap();
        let other = idp.issuer().beside_at(&path).unwrap();
        let issuer = format!("{}{path}", other.http());
        assert_eq!(other.http_issuer(), issuer);
        let payload = other.mint(&mock_idp::MintRequest::control()).unwrap().payload;
        assert!(payload.contains(&format!(r#""iss":"{issuer}""#)), "{payload}");

        let metadata = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: serde_json::Value = client.get(metadata).send().await.unwrap().json().await.unwrap();
        assert_eq!(metadata["issuer"], json!(issuer));
        assert!(client.get(metadata["jwks_uri"].as_str().unwrap()).send().await.unwrap().status().is_success());
    }
}

#[tokio::test]
async fn it_has_the_servers_of_the_configuration_with_honest_keys_under_fresh_kids() {
    let mut orders = AuthorizationServer::new("orders");
    orders.audience = "api://orders".into();
    let clock = Clock::fixed(1_800_000_000);
    let builder = MockIdp::builder().server(orders).clock(clock.clone()).issuer_url("https://idp.test");
    let idp = builder.start().await.unwrap();
    idp.issuer().add_server_like("later", "default").unwrap();
    let rotate = Step::from_json(&json!({ "rotate": true })).unwrap();
    idp.issuer().apply("default", &[rotate], &TokenSettings::new(idp.http_issuer())).unwrap();

    let other = idp.issuer().beside().unwrap();
    assert!(other.http_issuer().starts_with("http://127.0.0.1:"), "no issuer URL is pinned");
    assert!(other.issuer().keys("orders").is_some() && other.issuer().keys("later").is_none());
    let honest = other.issuer().keys("default").unwrap();
    assert_eq!(honest.active().thumbprint(), builtin(BuiltinKey::Issuer).thumbprint());
    for server in ["default", "orders"] {
        assert_eq!(kid(&other, server).len(), 43);
        assert_ne!(kid(&other, server), kid(&idp, server));
    }
    clock.advance(100);
    let payload = other.mint(&mock_idp::MintRequest::control()).unwrap().payload;
    assert!(payload.contains(r#""iat":1800000100"#), "{payload}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_issuers_beside_it() {
    let start = || MockIdp::builder().seed(7).clock(Clock::fixed(0)).start();
    let (one, two) = (start().await.unwrap(), start().await.unwrap());
    let _ = one.token();
    let kids = |idp: &MockIdp| [(); 2].map(|()| kid(&idp.issuer().beside().unwrap(), "default"));
    let (first, second) = (kids(&one), kids(&two));
    assert_eq!(first, second);
    assert_ne!(first[0], first[1]);
}
