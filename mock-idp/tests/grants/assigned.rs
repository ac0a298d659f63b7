//! Who may use a client, and from where.

use super::bench::*;

const NOT_ASSIGNED: &str =
    "error=access_denied&error_description=User%20is%20not%20assigned%20to%20the%20client%20application.&state=s1";
const OUTSIDE: &str = "The request is made from outside the client's permitted network zones.";

#[tokio::test]
async fn a_user_who_is_not_assigned_is_told_at_the_client() {
    let bench = Bench::start().await;
    let back = bench.authorize("closed", &with(sign_in("web", "openid"), "login_hint", "eve@example.com")).await;
    assert_eq!(back, format!("{CALLBACK}?{NOT_ASSIGNED}"));
    let back = bench.authorize("closed", &with(sign_in("service", "openid"), "login_hint", "eve@example.com")).await;
    assert!(back.starts_with("http://localhost:3000/callback?code="), "{back}");
}

#[tokio::test]
async fn who_is_assigned_no_more_gets_no_more_tokens() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("closed", "web", "openid offline_access").await;
    let unassign = |server: &mut mock_idp::config::AuthorizationServer| server.users[0].clients = Some(Vec::new());
    bench.idp.issuer().change_server("closed", unassign).unwrap();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let fields = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let description = "User is not assigned to the client application.";
    assert_eq!(bench.token("closed", "web", &fields).await, refusal(400, "access_denied", description));
}

#[tokio::test]
async fn a_client_asks_from_its_networks_only() {
    let bench = Bench::start().await;
    let fields = vec![("grant_type", "client_credentials"), ("scope", "read")];
    assert_eq!(bench.token("default", "elsewhere", &fields).await, refusal(403, "access_denied", OUTSIDE));
    let back = bench.authorize("default", &sign_in("elsewhere", "openid")).await;
    let text = "error=access_denied&error_description=The%20request%20is%20made%20from%20outside";
    assert!(back.starts_with(&format!("{CALLBACK}?{text}")), "{back}");
}

#[tokio::test]
async fn who_can_not_prove_to_be_the_client_learns_nothing_of_its_networks() {
    let bench = Bench::start().await;
    let request = bench.http.post(bench.at("default", "token")).basic_auth("elsewhere", Some("wrong"));
    let answer = request.form(&[("grant_type", "client_credentials")]).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn who_is_assigned_again_goes_on_with_what_was_granted() {
    let bench = Bench::start().await;
    let rotated = |server: &mut mock_idp::config::AuthorizationServer| {
        server.clients.iter_mut().for_each(|client| client.rotate_refresh_tokens = true);
    };
    bench.idp.issuer().change_server("closed", rotated).unwrap();
    let tokens = bench.of_ada("closed", "web", "openid offline_access").await;
    let fields = vec![("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let assign = |to: Option<Vec<String>>| {
        bench.idp.issuer().change_server("closed", |server| server.users[0].clients = to).unwrap();
    };
    assign(Some(Vec::new()));
    assert_eq!(bench.token("closed", "web", &fields).await.0, 400);
    assign(None);
    bench.clock.advance(60);
    bench.granted("closed", "web", &fields).await;
}

#[tokio::test]
async fn a_device_asks_from_the_networks_of_its_client_only() {
    let bench = Bench::start().await;
    let request = bench.http.post(bench.at("default", "device/authorize")).basic_auth("elsewhere", Some(SECRET));
    let answer = request.form(&[("scope", "openid")]).send().await.unwrap();
    let found = (answer.status().as_u16(), answer.text().await.unwrap());
    assert_eq!(found, refusal(403, "access_denied", OUTSIDE));
}
