//! Okta's refusals as a table, over real sockets: each by its condition.
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
