//! Holds `defects.toml` to the truth: each defect is found by the requests of the scenarios that
//! it names, and by no others. The requests are those of the profile core@1, written down a
//! second time, so that a mistake in either shows.

mod cases;
#[path = "../../rust-axum/tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use cases::{Case, cases};
use leaky::{Defect, Leaky, Settings, http_client};
use serde_json::json;
use support::{Answer, Issuer, ask};

type Tripped = BTreeSet<String>;

/// A server with one defect, replaced by a fresh one when it doesn't take the control any more.
struct Bench<'a> {
    issuer: &'a Issuer,
    client: reqwest::Client,
    defect: Option<Defect>,
    control: String,
    server: Leaky,
}

impl<'a> Bench<'a> {
    fn start(issuer: &'a Issuer, defect: Option<Defect>) -> Self {
        let client = http_client().expect("a client");
        let control = format!("Bearer {}", issuer.token(json!({})));
        let server = start(issuer, &client, defect);
        Self { issuer, client, defect, control, server }
    }

    async fn send(&self, lines: &[String]) -> Option<Answer> {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        ask(&self.client, self.server.url(), &lines).await
    }

    async fn takes_the_control(&self) -> bool {
        let answer = self.send(std::slice::from_ref(&self.control)).await;
        answer.is_some_and(|answer| answer.status == 200)
    }

    /// The ids of the scenarios that find something. A refusal proves nothing before the
    /// control got through.
    async fn run(mut self, cases: &[Case]) -> Tripped {
        let mut tripped = Tripped::new();
        let sound = self.takes_the_control().await;
        for case in cases.iter().filter(|case| sound || case.is_honest()) {
            let answer = self.send(&case.lines).await;
            if !answer.as_ref().is_some_and(|answer| case.allows(answer.status)) {
                tripped.insert(case.scenario.to_owned());
            }
            if answer.is_some_and(|answer| answer.status == 401 && !is_bearer(&answer.challenge)) {
                tripped.insert("response/challenge-on-401".to_owned());
            }
            if sound && !self.takes_the_control().await {
                tripped.insert("response/alive-after".to_owned());
                self.server = start(self.issuer, &self.client, self.defect);
            }
        }
        tripped
    }
}

fn start(issuer: &Issuer, client: &reqwest::Client, defect: Option<Defect>) -> Leaky {
    let settings = Settings::new(&issuer.url, client.clone());
    Leaky::start(settings, defect).expect("a server")
}

/// The scheme and at least one parameter.
fn is_bearer(challenge: &str) -> bool {
    challenge.strip_prefix("Bearer ").is_some_and(|parameters| parameters.contains('='))
}

#[tokio::test]
async fn without_a_defect_nothing_trips() {
    let issuer = Issuer::start().await;

    let tripped = Bench::start(&issuer, None).run(&cases(&issuer)).await;

    assert_eq!(tripped, Tripped::new());
    assert_eq!(issuer.fetches(), 1, "unknown kids don't make it fetch again within the cooldown");
}

#[tokio::test]
async fn each_defect_trips_what_it_is_expected_to_and_nothing_else() {
    let issuer = Issuer::start().await;
    let cases = cases(&issuer);
    for defect in Defect::ALL {
        let tripped = Bench::start(&issuer, Some(*defect)).run(&cases).await;
        let expected: Tripped = defect.expected().iter().cloned().collect();
        assert_eq!(tripped, expected, "{defect}");
    }
}

#[tokio::test]
async fn every_scenario_is_found_by_some_defect() {
    let issuer = Issuer::start().await;
    let expected: Tripped = Defect::ALL.iter().flat_map(|defect| defect.expected()).cloned().collect();

    let mut scenarios: Tripped = cases(&issuer).iter().map(|case| case.scenario.to_owned()).collect();
    scenarios.insert("response/challenge-on-401".to_owned());
    scenarios.insert("response/alive-after".to_owned());

    assert_eq!(expected, scenarios);
    assert_eq!(scenarios.len(), 26);
}

#[tokio::test]
async fn a_good_token_is_greeted_by_its_subject() {
    let issuer = Issuer::start().await;
    let bench = Bench::start(&issuer, None);

    let answer = bench.send(std::slice::from_ref(&bench.control)).await.expect("an answer");

    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body, json!({ "message": "Hello, world!", "sub": "0oaTest" }));
}
