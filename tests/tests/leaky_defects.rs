//! The suite proves itself: every seeded defect trips exactly the scenarios
//! that it should, in all fast rows and in the slow ones that are tagged for
//! it, and the same server without a defect trips none.
//!
//! `LEAKY_DEFECTS=name,name` narrows it to some, for work on one.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use badpenny::engine::{Run, RunError, RunReport, RunSettings};
use badpenny::event::Event;
use badpenny::http::{Client, ClientSettings};
use badpenny::issuer::{Issuer, IssuerSettings};
use badpenny::scenario::{Catalogue, Declared, Plan, Verification};
use badpenny::target::{InProcess, Served, Spawned, SpawnedSettings, Target, TrustFiles};
use badpenny::verdict::VerdictKind;
use conformance_tests::binary;
use leaky::{Defect, Leaky, Settings};
use mock_idp::keys::Algorithm;
use mock_idp::random::Random;
use serde_json::json;

/// What is declared of every leaky server.
const DECLARED: [&str; 5] = ["identity=/sub", "both-path=/both", "write-method=POST", "public-path=/public", "writes"];
/// Short waits: the server forgives five seconds, and looks for keys once a second. A burst of
/// requests must be over before it looks a fourth time, also on a busy machine.
const LEEWAY: Duration = Duration::from_secs(6);
const REFRESH: Duration = Duration::from_secs(4);
const COOLDOWN: (&str, &str) = ("LEAKY_COOLDOWN_MS", "1000");

/// All scenarios of the catalogue, graded as the strictest profile does.
fn everything(catalogue: Catalogue) -> (Catalogue, String) {
    let ids: Vec<String> = catalogue.scenarios().iter().map(|scenario| format!("{:?}", scenario.id)).collect();
    let text = format!(
        "id = 'everything@0'\ntitle = 'all'\ninclude = ['rfc8725@1', 'okta@1', 'hardening@1']\nscenarios = [{}]\n",
        ids.join(",")
    );
    catalogue.with_profile("everything.toml", text).unwrap()
}

/// The profile that shows a defect: all of the catalogue, or that of RFC 9068
/// where the server wants tokens of that shape.
fn plan(defect: Option<Defect>) -> Plan {
    let catalogue = Catalogue::embedded().unwrap();
    let is_rfc9068 = defect.is_some_and(|defect| defect.env().get("SHAPE").is_some_and(|shape| shape == "rfc9068"));
    let (catalogue, profile) = if is_rfc9068 { (catalogue, "rfc9068@1".to_owned()) } else { everything(catalogue) };
    let mut plan = Plan::new(&catalogue, &profile, &[]).unwrap();
    let slow = defect.map(Defect::slow).unwrap_or_default();
    plan.cases.retain(|case| !case.variant.slow || slow.contains(&case.scenario.id));
    // Nothing that is only measured can show a defect.
    plan.cases.retain(|case| case.variant.delivery.measure.is_none());
    plan.settings.leeway = LEEWAY;
    plan.settings.refresh = REFRESH;
    plan.settings.refresh_due = REFRESH;
    if let Some(typ) = defect.and_then(Defect::typ) {
        plan.settings.dialect = plan.settings.dialect.with(&json!({ "typ": typ })).unwrap();
    }
    plan
}

fn settings(issuer: &Issuer, defect: Option<Defect>) -> RunSettings {
    let more = defect.map(Defect::declare).unwrap_or_default();
    let declared: Declared =
        DECLARED.iter().copied().chain(more.iter().map(String::as_str)).map(|text| text.parse().unwrap()).collect();
    let algorithm = issuer.algorithm();
    let verification = Verification::default().with(algorithm);
    let control_deadline = Duration::from_secs(3);
    RunSettings { declared, slow: true, control_deadline, algorithm, verification, ..RunSettings::default() }
}

/// The variables of a server's environment, by name and value.
fn environment(issuer: &Issuer, defect: Option<Defect>) -> Vec<(String, String)> {
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let own = defect.map(|defect| defect.env().clone()).unwrap_or_default();
    let secret = issuer.key().and_then(|key| String::from_utf8(key.expose_secret()?.to_vec()).ok());
    let algorithm = [COOLDOWN, ("LEAKY_ALG", issuer.algorithm().name())].map(pair);
    algorithm.into_iter().chain(secret.map(|secret| ("LEAKY_SECRET".to_owned(), secret))).chain(own).collect()
}

/// Its log can only be read, and its CPU time told, where the server is a process of its own.
fn needs_a_process(defect: Option<Defect>) -> bool {
    let logs = |defect: Defect| defect.expected().iter().any(|id| id == "response/log-hygiene");
    defect.is_some_and(|defect| COSTLY.contains(&defect) || logs(defect))
}

/// What is proven by CPU time: with other servers beside it, the time until an answer tells little.
const COSTLY: [Defect; 6] = [
    Defect::CopiesAtEachDot,
    Defect::ComparesAllMembers,
    Defect::DerivesKeys,
    Defect::InflatesBombs,
    Defect::UsesHugeKeys,
    Defect::BacktracksOnHeader,
];

async fn run(defect: Option<Defect>) -> Result<RunReport, RunError> {
    let in_process = !needs_a_process(defect);
    let algorithm = defect.and_then(|defect| Algorithm::from_name(defect.alg()));
    let issuer = IssuerSettings { https: false, algorithm, ..IssuerSettings::default() };
    let issuer = Issuer::start(&issuer).await.unwrap();
    let client = Arc::new(Client::new(ClientSettings::default()).unwrap());
    let trust = TrustFiles::write(&issuer.ca_pem().unwrap()).unwrap();
    let target = match in_process {
        true => served(&issuer, defect).await,
        false => spawned(&issuer, &trust, defect).await,
    };
    let minter = issuer.minter();
    let settings = settings(&issuer, defect);
    let mut run = Run::new(plan(defect), target, "leaky", &minter, client, settings, Random::from_system());
    let report = run.execute(&mut |_: &Event| {}).await;
    run.target.stop().await;
    report
}

async fn served(issuer: &Issuer, defect: Option<Defect>) -> Target {
    let url = issuer.minter().settings().issuer.clone();
    let client = leaky::http_client().unwrap();
    let variables = environment(issuer, defect);
    let serve = move |url: String| {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_owned());
        let settings = Settings::of(&url, client.clone(), &variable);
        let served = settings.map_err(|error| error.to_string()).and_then(|settings| {
            let server = Leaky::start(settings, defect).map_err(|error| error.to_string())?;
            Ok(Served::new(format!("{}/", server.url()), server))
        });
        Box::pin(async move { served }) as badpenny::target::Serving
    };
    Target::InProcess(InProcess::start(url, serve).await.unwrap())
}

async fn spawned(issuer: &Issuer, trust: &TrustFiles, defect: Option<Defect>) -> Target {
    let mut settings = SpawnedSettings::new(binary::path("leaky").display().to_string());
    let name = defect.map(|defect| ("LEAKY_DEFECT".to_owned(), defect.name().to_owned()));
    settings.env = environment(issuer, defect)
        .into_iter()
        .chain(name)
        .map(|(name, value)| format!("{name}={value}").parse().unwrap())
        .collect();
    let probe = |address| -> badpenny::target::ProbeFuture<'_> {
        Box::pin(async move {
            let connected = tokio::net::TcpStream::connect(address).await;
            connected.map(drop).map_err(|error| badpenny::target::ProbeFailure(error.to_string()))
        })
    };
    let spawned = Spawned::start(settings, issuer.contract(trust), Arc::new(probe)).await.unwrap();
    Target::Spawned { spawned: Box::new(spawned), path: "/".to_owned() }
}

/// The scenarios that found something, and what they found.
fn tripped(report: &RunReport) -> (BTreeSet<String>, Vec<String>) {
    let fine = [VerdictKind::Pass, VerdictKind::Skipped, VerdictKind::Note];
    let rows: Vec<_> = report.results.iter().filter(|row| !fine.contains(&row.verdict)).collect();
    let told = rows.iter().map(|row| format!("    {} {}: {}", row.verdict, row.name(), row.reason)).collect();
    (rows.iter().map(|row| row.id.clone()).collect(), told)
}

/// What is wrong with the set that a defect trips, if anything.
async fn fault_of(defect: Defect) -> Option<String> {
    let expected: BTreeSet<String> = defect.expected().iter().cloned().collect();
    let name = defect.name();
    let report = match run(Some(defect)).await {
        Ok(report) => report,
        // A server that refuses the control is not judged.
        Err(RunError::Control(_)) if expected.contains("baseline/valid") => return None,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let (tripped, told) = tripped(&report);
    let missed: Vec<_> = expected.difference(&tripped).collect();
    let extra: Vec<_> = tripped.difference(&expected).filter(|id| !defect.either().contains(id)).collect();
    (!missed.is_empty() || !extra.is_empty())
        .then(|| format!("{name}: missed {missed:?}, tripped besides {extra:?}\n{}", told.join("\n")))
}

/// The defects that are to be tried: all, unless some are named.
fn chosen() -> Vec<Defect> {
    let names = std::env::var("LEAKY_DEFECTS").unwrap_or_default();
    let named: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    let is_chosen = |defect: &&Defect| named.is_empty() || named.contains(&defect.name());
    Defect::ALL.iter().filter(is_chosen).copied().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_without_a_defect_trips_nothing() {
    let report = run(None).await.unwrap();
    let (tripped, told) = tripped(&report);
    assert!(tripped.is_empty(), "{}", told.join("\n"));
}

#[test]
fn every_defect_trips_exactly_the_scenarios_that_it_should() {
    let queue = Mutex::new(chosen().into_iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let runtime =
                    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
                while let Some(defect) = { queue.lock().unwrap().next() } {
                    let fault = runtime.block_on(fault_of(defect));
                    wrong.lock().unwrap().extend(fault);
                }
            });
        }
    });
    let wrong = wrong.lock().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// How many defects are tried at once: most of the time is waited for.
const WORKERS: usize = 12;

#[test]
fn every_grave_scenario_is_tripped_by_some_defect() {
    let catalogue = Catalogue::embedded().unwrap();
    let tripped: BTreeSet<&String> = Defect::ALL.iter().flat_map(|defect| defect.expected()).collect();
    let grave = badpenny::scenario::Tier::Medium;
    let untripped: Vec<_> = catalogue
        .scenarios()
        .iter()
        .filter(|scenario| scenario.tier() >= grave && !tripped.contains(&scenario.id))
        .map(|scenario| &scenario.id)
        .collect();
    assert!(untripped.is_empty(), "no defect trips {untripped:?}: they measure nothing");
    assert!(Defect::ALL.len() >= 90, "there are {} defects", Defect::ALL.len());
}

#[test]
fn every_expected_scenario_is_in_the_catalogue() {
    let catalogue = Catalogue::embedded().unwrap();
    let unknown: Vec<_> =
        Defect::ALL.iter().flat_map(|defect| defect.expected()).filter(|id| catalogue.scenario(id).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
