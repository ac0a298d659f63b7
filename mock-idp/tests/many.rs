//! As many issuers as a test run has tests, side by side.

use std::collections::HashSet;

use mock_idp::MockIdp;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_issuers_at_once_have_ports_of_their_own_and_answer() {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut starting = JoinSet::new();
    for _ in 0..200 {
        let http = http.clone();
        starting.spawn(async move {
            let idp = MockIdp::start().await.unwrap();
            let answer = http.get(format!("{}/v1/keys", idp.http_issuer())).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            idp
        });
    }
    let all = starting.join_all().await;
    assert!(all.iter().all(|idp| idp.journal().count("keys") == 1));
    let ports: HashSet<_> =
        all.iter().flat_map(|idp| [idp.http(), idp.https()]).filter_map(|url| url.rsplit(':').next()).collect();
    assert_eq!(ports.len(), 400);
}
