//! A run that is ended in its midst, by Ctrl-C, a polite request or its time:
//! it reports what was judged, ends what it started, and leaves an issuer that
//! outlives it as it was.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use badpenny::scenario::{Catalogue, Plan};
use conformance_tests::{binary, processes};
use leaky::{Leaky, Settings};
use mock_idp::{MockIdp, Request};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

/// Longer than this nothing takes on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the issuer answers requests for its keys, asked without a network.
fn is_whole(idp: &MockIdp) -> bool {
    idp.issuer().handle(&Request::get("/oauth2/default/v1/keys")).status == 200
}

fn rows_of_okta() -> usize {
    let plan = Plan::new(&Catalogue::embedded().unwrap(), "okta", &[]).unwrap();
    plan.cases.len() + plan.checks.len()
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn run(idp: &MockIdp, server: &Leaky) -> Child {
    binary::command("badpenny", Path::new("."))
        .args(["run", "keys/jwks-outage-cold", "--profile", "hardening", "--idp", idp.http()])
        .args(["--issuer-scheme", "http", "--url", &format!("{}/", server.url())])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, number: i32) {
    let id = i32::try_from(child.id()).unwrap();
    // SAFETY: a signal to a child of this test that has not been waited for.
    #[expect(unsafe_code, reason = "std has no way to send a signal")]
    unsafe {
        libc::kill(id, number);
    }
}

/// The four reports of a run, each in a file.
struct Reports(TempDir);

impl Reports {
    const FORMATS: [&str; 4] = ["json", "junit", "markdown", "terminal"];

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn arguments(&self) -> Vec<String> {
        let path = |format: &&str| format!("{format}={}", self.0.path().join(format).display());
        Self::FORMATS.iter().flat_map(|format| ["--report".to_owned(), path(format)]).collect()
    }

    fn text(&self, format: &str) -> String {
        std::fs::read_to_string(self.0.path().join(format)).unwrap_or_else(|error| panic!("{format}: {error}"))
    }

    /// Each is whole in its form and says that the run was not; how many rows were judged.
    fn assert_partial(&self, why: &str, phrase: &str) -> usize {
        let json: Value = serde_json::from_str(&self.text("json")).unwrap();
        assert_eq!(json["partial"], why);
        let rows = json["results"].as_array().unwrap();
        let unreached = rows.iter().filter(|row| row["reason"].as_str().unwrap().starts_with("not reached")).count();
        let line = format!("{phrase}, {unreached} of {} variants were not reached", rows.len());
        assert_eq!(rows.len(), rows_of_okta(), "every row of okta is there");
        for format in ["junit", "markdown", "terminal"] {
            assert!(self.text(format).contains(&line), "{format} does not say: {line}");
        }
        assert!(self.text("junit").trim_end().ends_with("</testsuites>"));
        rows.len() - unreached
    }
}

/// `okta` against a server that takes a while to fetch again, with a marker that
/// is found in every process of the run.
fn okta(reports: &Reports, marker: &str, more: &[&str]) -> Child {
    binary::command("badpenny", Path::new("."))
        .args(["run", "--profile", "okta", "--command"])
        .arg(binary::path("leaky"))
        .args(["--env", "LEAKY_COOLDOWN_MS=3000", "--env", &format!("MARKER={marker}")])
        .args(more)
        .args(reports.arguments())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the program has said that signals go to it; it would die of one before.
fn listens(child: &Child) {
    let begin = Instant::now();
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
        [libc::SIGINT, libc::SIGTERM].iter().all(|number| caught & (1 << (number - 1)) != 0)
    };
    while cfg!(target_os = "linux") && !catches() {
        assert!(begin.elapsed() < PATIENCE, "it never listens to signals");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn ended(mut child: Child) -> Option<i32> {
    child.wait().unwrap().code()
}

#[rstest]
#[case::at_once(0, libc::SIGINT)]
#[case::while_it_starts(60, libc::SIGTERM)]
#[case::while_it_learns(250, libc::SIGINT)]
#[case::on_benches(900, libc::SIGTERM)]
#[case::while_it_waits(2000, libc::SIGINT)]
fn a_run_that_is_ended_at_any_moment_reports_what_was_judged(#[case] milliseconds: u64, #[case] number: i32) {
    let (reports, marker) = (Reports::new(), format!("ended-{}-{milliseconds}", std::process::id()));
    let child = okta(&reports, &marker, &[]);
    listens(&child);
    std::thread::sleep(Duration::from_millis(milliseconds));
    signal(&child, number);
    assert_eq!(ended(child), Some(130));
    let judged = reports.assert_partial("interrupted", "partial: the run was interrupted");
    assert!(milliseconds < 2000 || judged > 0, "by then something was judged");
    assert_eq!(processes::gone_within(&marker, PATIENCE), [0_u32; 0]);
}

#[test]
fn a_run_that_has_taken_as_long_as_it_may_is_judged_by_what_was_found() {
    let (reports, marker) = (Reports::new(), format!("max-time-{}", std::process::id()));
    let child = okta(&reports, &marker, &["--max-time", "2s"]);
    assert_eq!(ended(child), Some(1), "a demand was not reached");
    assert!(reports.assert_partial("max-time", "partial: the run ended at --max-time") > 0);
    let child = okta(&reports, &marker, &["--max-time", "2s", "--allow-inconclusive"]);
    assert_eq!(ended(child), Some(0));
    assert_eq!(processes::gone_within(&marker, PATIENCE), [0_u32; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_takes_its_servers_away_from_an_issuer_that_runs_on() {
    let idp = MockIdp::builder().start().await.unwrap();
    let servers = async || {
        let listed = reqwest::get(format!("{}/_mock/servers", idp.http())).await.unwrap();
        let listed: Value = listed.json().await.unwrap();
        listed["servers"].as_array().unwrap().len()
    };
    let before = servers().await;
    let (reports, marker) = (Reports::new(), format!("servers-{}", std::process::id()));
    let child = okta(&reports, &marker, &["--idp", idp.http(), "--issuer-scheme", "http"]);
    let begin = Instant::now();
    while servers().await == before {
        assert!(begin.elapsed() < PATIENCE, "no bench was made");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    signal(&child, libc::SIGINT);
    let code = tokio::task::spawn_blocking(move || ended(child)).await.unwrap();
    assert_eq!(code, Some(130));
    assert_eq!(servers().await, before, "a server of the run is left at the issuer");
    assert!(is_whole(&idp));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_leaves_the_issuer_whole() {
    let idp = MockIdp::builder().start().await.unwrap();
    let settings = Settings::of(idp.http_issuer(), leaky::http_client().unwrap(), &|_| None).unwrap();
    // Dropped first, as long as the issuer is there: it may be waiting for an answer.
    let server = Leaky::start(settings, None).unwrap();
    let mut child = run(&idp, &server);
    until("a scenario broke the issuer", || !is_whole(&idp)).await;
    signal(&child, libc::SIGINT);
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(is_whole(&idp), "the fault stands after the run has ended");
}
