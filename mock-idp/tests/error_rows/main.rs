//! Okta's refusals as a table, over real sockets: each by its condition, and on request.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod row;
mod world;

use mock_idp::config::GrantType;
use world::World;

#[tokio::test]
async fn each_refusal_is_found_by_its_condition_byte_for_byte() {
    let valid = GrantType::ALL.map(GrantType::name).join(", ");
    let mut wrong = Vec::new();
    for row in row::all() {
        let found = World::start().await.ask(&row).await;
        let expected = (row.status, row.body.replace("{valid}", &valid));
        if found != expected {
            wrong.push(format!("{}:\n  expected {expected:?}\n  found    {found:?}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn each_refusal_is_there_on_request_byte_for_byte() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for row in row::all() {
        let found = world.ask_for(&row.name).await;
        // What goes back to the client by redirect has a status of its own elsewhere.
        let status = if row.status == 302 { 400 } else { row.status };
        let expected = (status, row.on_request.unwrap_or(row.body));
        if found != expected {
            wrong.push(format!("{}:\n  expected {expected:?}\n  found    {found:?}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_error_of_the_server_is_there_on_request_only() {
    let (status, body) = World::start().await.ask_for("SERVER_ERROR").await;
    let expected = r#"{"error":"server_error","error_description":"The authorization server encountered an unexpected condition that prevented it from fulfilling the request."}"#;
    assert_eq!((status, body.as_str()), (500, expected));
}
