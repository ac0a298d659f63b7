use serde_json::{Value, json};

use super::bench::*;

fn form<'a>(token: &'a Value, kind: &'a str) -> Fields<'a> {
    let token = token.as_str().unwrap();
    let subject = [("subject_token", token), ("subject_token_type", kind)];
    [("grant_type", EXCHANGE), ("audience", "api://default"), ("scope", "write")].into_iter().chain(subject).collect()
}

#[tokio::test]
async fn a_service_acts_on_behalf_of_a_user() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "openid read").await;
    bench.clock.advance(10);
    let (status, body) = bench.token("default", "service", &form(&tokens["access_token"], ACCESS_TOKEN)).await;
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(names(&body), ["token_type", "expires_in", "access_token", "scope", "issued_token_type"]);
    assert_eq!((&answer["scope"], &answer["issued_token_type"]), (&"write".into(), &ACCESS_TOKEN.into()));
    let payload = part(&answer["access_token"], 1);
    let members = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"];
    assert_eq!(names(&payload), members, "as Okta's: no actor");
    let token = claims(&answer["access_token"]);
    assert_eq!((&token["sub"], &token["cid"]), (&ADA.into(), &"service".into()));
    assert_eq!((&token["uid"], &token["auth_time"]), (&claims(&tokens["id_token"])["sub"], &(NOW + 10).into()));
}

#[tokio::test]
async fn a_token_of_a_trusted_server_is_exchanged() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "read").await;
    let fields = with(form(&tokens["access_token"], ACCESS_TOKEN), "audience", "api://downstream");
    let answer = bench.granted("downstream", "service", &fields).await;
    let token = claims(&answer["access_token"]);
    assert_eq!((&token["aud"], &token["sub"]), (&"api://downstream".into(), &ADA.into()));
    assert_eq!(token["iss"], bench.issuer("downstream"));
}

#[tokio::test]
async fn the_clients_own_id_token_and_refresh_token_are_exchanged_too() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "service", "openid offline_access").await;
    for (name, kind) in [("id_token", ID_TOKEN), ("refresh_token", REFRESH_TOKEN)] {
        let answer = bench.granted("default", "service", &form(&tokens[name], kind)).await;
        assert_eq!(claims(&answer["access_token"])["sub"], ADA, "{name}");
    }
}

#[tokio::test]
async fn actors_are_told_one_within_another() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "read").await;
    let credentials = vec![("grant_type", "client_credentials"), ("scope", "read")];
    let actor = bench.granted("default", "service", &credentials).await;
    let actor = actor["access_token"].as_str().unwrap();
    let acting = |token| {
        let fields = with(form(token, ACCESS_TOKEN), "actor_token", actor);
        with(fields, "actor_token_type", ACCESS_TOKEN)
    };
    let once = bench.granted("default", "service", &acting(&tokens["access_token"])).await;
    assert_eq!(claims(&once["access_token"])["act"], json!({ "sub": "service" }));
    let twice = bench.granted("default", "service", &acting(&once["access_token"])).await;
    assert_eq!(claims(&twice["access_token"])["act"], json!({ "sub": "service", "act": { "sub": "service" } }));
    let kept = bench.granted("default", "service", &form(&twice["access_token"], ACCESS_TOKEN)).await;
    assert_eq!(claims(&kept["access_token"])["act"], claims(&twice["access_token"])["act"]);
}

#[tokio::test]
async fn an_exchanged_token_is_known_to_its_server() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "read").await;
    let answer = bench.granted("default", "service", &form(&tokens["access_token"], ACCESS_TOKEN)).await;
    let request = bench.http.post(bench.at("default", "introspect")).basic_auth("service", Some(SECRET));
    let told = request.form(&[("token", answer["access_token"].as_str().unwrap())]).send().await.unwrap();
    let told: Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
    assert_eq!((&told["active"], &told["username"]), (&true.into(), &ADA.into()));
}
