//! Assertions that are used again, and their audience.

use mock_idp::MockIdp;
use mock_idp::clock::Clock;
use mock_idp::keys::Algorithm;

use super::maker::Assertion;
use super::{NOW, TOKEN, form, invalid_client, key_1, post, replaced, server, start, with_key_1};

#[tokio::test]
async fn an_id_is_used_once_by_each_client_at_each_server_until_it_expires() {
    let mut second = server();
    second.id = "second".into();
    let idp = MockIdp::builder().server(server()).server(second).clock(Clock::fixed(NOW)).start().await.unwrap();
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let used = invalid_client("The client_assertion token has already been used.");
    let form_of = |assertion: Assertion| form(&assertion.signed());

    assert_eq!(post(&endpoint, &form_of(with_key_1(&endpoint)), None).await.0, 200);
    assert_eq!(post(&endpoint, &form_of(with_key_1(&endpoint)), None).await, used);
    assert_eq!(post(&endpoint, &form_of(with_key_1(&endpoint).claim("exp", NOW + 90)), None).await, used);

    let of_another = Assertion::of("two", &key_1(), Algorithm::Rs256, &endpoint);
    assert_eq!(post(&endpoint, &form_of(of_another), None).await.0, 200, "another client's");
    let elsewhere = endpoint.replace("/default/", "/second/");
    assert_eq!(post(&elsewhere, &form_of(with_key_1(&elsewhere)), None).await.0, 200, "another server's");

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let clock = format!("{}/_mock/clock", idp.http());
    http.post(clock).body(r#"{"advance":60,"server":"default"}"#).send().await.unwrap().error_for_status().unwrap();
    let later = with_key_1(&endpoint).claim("exp", NOW + 120);
    assert_eq!(post(&endpoint, &form_of(later), None).await.0, 200, "the first is over in the server's clock");
}

#[tokio::test]
async fn a_request_that_fails_for_its_scope_has_spent_its_assertion() {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let form = form(&with_key_1(&endpoint).signed());
    assert_eq!(post(&endpoint, &replaced(form.clone(), "scope", "nope"), None).await.0, 400);
    let used = invalid_client("The client_assertion token has already been used.");
    assert_eq!(post(&endpoint, &form, None).await, used);
}

#[tokio::test]
async fn the_audience_is_the_pinned_address_or_the_one_that_was_called() {
    let builder = MockIdp::builder().server(server()).issuer_url("https://idp.test").clock(Clock::fixed(NOW));
    let idp = builder.start().await.unwrap();
    let endpoint = format!("{}/oauth2/default/v1/token", idp.http());
    let pinned = with_key_1("https://idp.test/oauth2/default/v1/token").signed();
    assert_eq!(post(&endpoint, &form(&pinned), None).await, (200, TOKEN.to_owned()));
    let called = with_key_1(&endpoint).claim("jti", "other").signed();
    assert_eq!(post(&endpoint, &form(&called), None).await, (200, TOKEN.to_owned()));
}
