//! Holds `defects.toml` to the truth as far as the profile core@1 goes: each defect is found by
//! the requests of those of its scenarios that it names, and by no others. The requests are
//! written down a second time, so that a mistake in either shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use leaky::{Defect, Leaky, Settings, http_client};
use serde_json::json;

use crate::cases::{Case, cases};
use crate::support::{Answer, Issuer, ask};

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
            if answer.is_some_and(|answer| matches!(answer.status, 302 | 401 | 403) && !is_bearer(&answer.challenge)) {
                tripped.insert("response/challenge-present".to_owned());
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

/// The scheme, alone or with parameters, all of them well-formed as far as this server goes.
fn is_bearer(challenge: &str) -> bool {
    if challenge == "Bearer" {
        return true;
    }
    let Some(mut rest) = challenge.strip_prefix("Bearer ") else { return false };
    loop {
        let Some((_, value)) = rest.split_once('=') else { return false };
        let end = match value.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map(|end| end + 2),
            None => Some(value.find(',').unwrap_or(value.len())),
        };
        let Some(behind) = end.and_then(|end| value.get(end..)) else { return false };
        match behind.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return behind.is_empty(),
        }
    }
}

#[tokio::test]
async fn without_a_defect_nothing_trips() {
    let issuer = Issuer::start().await;

    let tripped = Bench::start(&issuer, None).run(&cases(&issuer)).await;

    assert_eq!(tripped, Tripped::new());
    assert_eq!(issuer.fetches(), 1, "unknown kids don't make it fetch again within the cooldown");
}

/// Every scenario of core@1.
fn core(cases: &[Case]) -> Tripped {
    let checks = ["response/challenge-present", "response/alive-after"];
    cases.iter().map(|case| case.scenario).chain(checks).map(str::to_owned).collect()
}

/// These die of what core@1 doesn't send.
const DIE_OF_MORE: [Defect; 2] = [Defect::DiesOfLargeHeader, Defect::DiesOfDeepJson];

/// What the defect must trip of core@1.
fn expected(defect: Defect, core: &Tripped) -> Tripped {
    let dies_of_more = |id: &str| id == "response/alive-after" && DIE_OF_MORE.contains(&defect);
    defect.expected().iter().filter(|id| core.contains(*id) && !dies_of_more(id)).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_defect_trips_of_core_what_it_is_expected_to_and_nothing_else() {
    let issuer = Arc::new(Issuer::start().await);
    let cases = Arc::new(cases(&issuer));
    let core = core(&cases);
    // Some defects take their time: the others needn't wait for them.
    let runs: Vec<_> = Defect::ALL
        .chunks(Defect::ALL.len().div_ceil(8))
        .map(|defects| {
            let (issuer, cases) = (Arc::clone(&issuer), Arc::clone(&cases));
            tokio::spawn(async move {
                let mut tripped = Vec::new();
                for defect in defects {
                    tripped.push((*defect, Bench::start(&issuer, Some(*defect)).run(&cases).await));
                }
                tripped
            })
        })
        .collect();
    let mut wrong = Vec::new();
    for run in runs {
        for (defect, tripped) in run.await.expect("no panic") {
            let expected = expected(defect, &core);
            if tripped != expected {
                wrong.push(format!("{defect}: tripped {tripped:?}, expected {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_scenario_of_core_is_found_by_some_defect() {
    let issuer = Issuer::start().await;
    let core = core(&cases(&issuer));

    let found: Tripped = Defect::ALL.iter().flat_map(|defect| expected(*defect, &core)).collect();

    assert_eq!(found, core);
    assert_eq!(core.len(), 26);
}

#[tokio::test]
async fn a_good_token_is_greeted_by_its_subject() {
    let issuer = Issuer::start().await;
    let bench = Bench::start(&issuer, None);

    let answer = bench.send(std::slice::from_ref(&bench.control)).await.expect("an answer");

    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body, json!({ "message": "Hello, world!", "sub": "0oaTest" }));
}
