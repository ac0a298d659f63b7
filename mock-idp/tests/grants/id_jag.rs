use serde_json::{Value, json};

use super::bench::*;

/// The request of the first step.
pub(crate) fn form<'a>(token: &'a Value, kind: &'a str, audience: &'a str) -> Fields<'a> {
    let subject = [("subject_token", token.as_str().unwrap()), ("subject_token_type", kind)];
    let target = [("requested_token_type", ID_JAG), ("audience", audience), ("scope", "read write")];
    [("grant_type", EXCHANGE)].into_iter().chain(subject).chain(target).collect()
}

async fn use_at(bench: &Bench, server: &str, id_jag: &Value) -> Value {
    let fields = vec![("grant_type", JWT_BEARER), ("assertion", id_jag.as_str().unwrap())];
    bench.granted(server, "web", &fields).await
}

#[tokio::test]
async fn the_org_server_answers_with_an_id_jag_as_oktas() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("org", "web", "openid email").await;
    let audience = bench.issuer("default");
    let (status, body) = bench.token("org", "web", &form(&tokens["id_token"], ID_TOKEN, &audience)).await;
    let answer: Value = serde_json::from_str(&body).unwrap();
    let id_jag = answer["access_token"].as_str().unwrap();
    let expected =
        format!(r#"{{"token_type":"N_A","expires_in":300,"access_token":"{id_jag}","issued_token_type":"{ID_JAG}"}}"#);
    assert_eq!((status, body.as_str()), (200, expected.as_str()));
    let header = part(&answer["access_token"], 0);
    assert_eq!(names(&header), ["kid", "typ", "alg"]);
    assert!(header.ends_with(r#","typ":"oauth-id-jag+jwt","alg":"RS256"}"#), "{header}");
    let payload = part(&answer["access_token"], 1);
    assert_eq!(names(&payload), ["jti", "iss", "aud", "iat", "exp", "sub", "email", "client_id", "scope"]);
    let claims = claims(&answer["access_token"]);
    let jti = claims["jti"].as_str().unwrap();
    assert!(jti.starts_with("IDAAG.") && jti.len() == 49, "{jti}");
    assert_eq!((&claims["iss"], &claims["aud"]), (&bench.issuer("org").into(), &audience.into()));
    assert_eq!((&claims["iat"], &claims["exp"]), (&NOW.into(), &(NOW + 300).into()));
    assert_eq!((&claims["email"], &claims["client_id"]), (&ADA.into(), &"web".into()));
    assert_eq!(claims["scope"], "read write");
}

#[tokio::test]
async fn an_id_jag_becomes_an_access_token_of_the_user() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("org", "web", "openid offline_access").await;
    for (name, kind) in [("id_token", ID_TOKEN), ("refresh_token", REFRESH_TOKEN)] {
        for server in ["default", "closed"] {
            let audience = bench.issuer(server);
            let id_jag = bench.granted("org", "web", &form(&tokens[name], kind, &audience)).await;
            assert!(claims(&id_jag["access_token"]).get("email").is_none(), "it wasn't asked for at the sign-in");
            let answer = use_at(&bench, server, &id_jag["access_token"]).await;
            assert_eq!(answer["scope"], "read write");
            let token = claims(&answer["access_token"]);
            assert_eq!((&token["sub"], &token["cid"]), (&ADA.into(), &"web".into()), "{name} {server}");
            assert_eq!((&token["iss"], &token["aud"]), (&audience.into(), &"api://default".into()));
        }
    }
}

#[tokio::test]
async fn an_access_token_that_another_client_got_tells_who_acts() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "service", "openid email read").await;
    let audience = bench.issuer("default");
    let id_jag = bench.granted("org", "web", &form(&tokens["access_token"], ACCESS_TOKEN, &audience)).await;
    let act = json!({ "sub": "web", "sub_profile": "ai_agent", "act": { "sub": "service" } });
    let told = claims(&id_jag["access_token"]);
    assert_eq!((&told["act"], &told["sub_profile"], &told["email"]), (&act, &"user".into(), &ADA.into()));
    let answer = use_at(&bench, "default", &id_jag["access_token"]).await;
    let token = claims(&answer["access_token"]);
    assert_eq!((&token["act"], &token["sub"]), (&act, &ADA.into()));
}

#[tokio::test]
async fn an_id_jag_may_be_for_a_server_elsewhere_and_name_a_resource() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("org", "web", "openid").await;
    let fields = with(form(&tokens["id_token"], ID_TOKEN, "https://auth.example.com/"), "scope", "chat.read");
    let answer = bench.granted("org", "web", &with(fields, "resource", "https://chat.example.com")).await;
    let claims = claims(&answer["access_token"]);
    assert_eq!((&claims["aud"], &claims["scope"]), (&"https://auth.example.com/".into(), &"chat.read".into()));
    assert_eq!(claims["resource"], "https://chat.example.com");
}

#[tokio::test]
async fn the_resource_of_an_id_jag_is_the_audience_of_the_access_token() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("org", "web", "openid").await;
    let audience = bench.issuer("mcp");
    let fields = with(form(&tokens["id_token"], ID_TOKEN, &audience), "resource", MCP);
    let id_jag = bench.granted("org", "web", &fields).await;
    let answer = use_at(&bench, "mcp", &id_jag["access_token"]).await;
    assert_eq!(claims(&answer["access_token"])["aud"], MCP);
}

#[tokio::test]
async fn metadata_tell_of_id_jags_where_they_are_taken() {
    let bench = Bench::start().await;
    for document in ["openid-configuration", "oauth-authorization-server"] {
        let url = format!("{}/.well-known/{document}", bench.issuer("downstream"));
        let text = bench.http.get(url).send().await.unwrap().text().await.unwrap();
        assert_eq!(names(&text).last().unwrap(), "authorization_grant_profiles_supported");
        let told: Value = serde_json::from_str(&text).unwrap();
        let profiles = json!(["urn:ietf:params:oauth:grant-profile:id-jag"]);
        assert_eq!(told["authorization_grant_profiles_supported"], profiles);
        assert_eq!(told["grant_types_supported"].as_array().unwrap().last().unwrap(), JWT_BEARER);
    }
    let url = format!("{}/.well-known/openid-configuration", bench.issuer("org"));
    let text = bench.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("grant_profiles"), "{text}");
}

#[tokio::test]
async fn an_id_jag_gives_access_to_nothing_at_the_server_that_issued_it() {
    let mut servers = servers();
    let org = servers.iter_mut().find(|server| server.id == "org").unwrap();
    // It names its client as the access tokens of this server do.
    org.dialect = org.dialect.with(&json!({ "client-claim": "client_id" })).unwrap();
    let bench = Bench::with(servers).await;
    let tokens = bench.of_ada("org", "web", "openid").await;
    let audience = bench.issuer("default");
    let id_jag = bench.granted("org", "web", &form(&tokens["id_token"], ID_TOKEN, &audience)).await;
    let fields = [("token", id_jag["access_token"].as_str().unwrap())];
    let asked = bench.http.post(bench.at("org", "introspect")).basic_auth("web", Some(SECRET)).form(&fields);
    assert_eq!(asked.send().await.unwrap().text().await.unwrap(), r#"{"active":false}"#);
}
