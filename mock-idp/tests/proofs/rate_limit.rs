//! The limit on how often the token endpoint is called.

use mock_idp::config::{AuthorizationServer, Config};

use super::app::*;

const EXCEEDED: &str = r#"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests.","errorLink":"E0000047","errorId":"oae"#;

async fn limited(limit: u32) -> App {
    let mut server = AuthorizationServer::new("default");
    server.rate_limit = Some(limit);
    App::with(Config::default().with_server(server).with_server(AuthorizationServer::new("other"))).await
}

/// Status, the three headers, and the body of one call.
async fn call(app: &App) -> (u16, [String; 3], String) {
    let answer = app.form("token", &for_client()).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let rate = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"].map(header);
    (answer.status().as_u16(), rate, answer.text().await.unwrap())
}

#[tokio::test]
async fn what_is_beyond_the_limit_waits_for_the_next_minute() {
    let app = limited(2).await;
    let reset = (NOW + 60).to_string();
    for (status, remaining) in [(200, "1"), (200, "0"), (429, "0"), (429, "0")] {
        let (found, rate, body) = call(&app).await;
        assert_eq!((found, rate), (status, ["2", remaining, reset.as_str()].map(str::to_owned)));
        assert_eq!(body.starts_with(EXCEEDED), status == 429, "{body}");
        assert!(status == 200 || body.ends_with(r#"","errorCauses":[]}"#), "{body}");
    }
    app.clock.advance(59);
    assert_eq!(call(&app).await.0, 429);
    app.clock.advance(1);
    let (status, rate, _) = call(&app).await;
    assert_eq!((status, rate), (200, ["2", "1", (NOW + 120).to_string().as_str()].map(str::to_owned)));
}

#[tokio::test]
async fn a_refused_call_counts_too() {
    let app = limited(1).await;
    assert_eq!(send(app.public_form("token", &for_client())).await.0, 401);
    assert_eq!(call(&app).await.0, 429);
}

#[tokio::test]
async fn each_server_counts_for_itself_and_one_endpoint_only() {
    let app = limited(1).await;
    assert_eq!(call(&app).await.0, 200);
    assert_eq!(app.http.get(app.at("keys")).send().await.unwrap().status(), 200);
    let other = app.at("token").replace("/default/", "/other/");
    let request = app.http.post(other).form(&for_client());
    let client = (mock_idp::claims::DEFAULT_CLIENT_ID, mock_idp::claims::DEFAULT_CLIENT_SECRET);
    assert_eq!(send(request.basic_auth(client.0, Some(client.1))).await.0, 200);
}

#[tokio::test]
async fn without_a_limit_nobody_waits() {
    let app = App::start().await;
    for _ in 0..3 {
        let (status, rate, _) = call(&app).await;
        assert_eq!((status, rate), (200, ["1000", "999", (NOW + 60).to_string().as_str()].map(str::to_owned)));
    }
}
