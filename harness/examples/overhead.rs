//! What the harness costs: a profile's fast rows against the demo server, and
//! the same exchanges sent by a bare loop over the same client.
//!
//! ```console
//! $ cargo run --release -p badpenny --example overhead -- okta
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use badpenny::demo::{Demo, DemoSettings};
use badpenny::engine::{Run, RunReport, RunSettings};
use badpenny::event::Event;
use badpenny::http::{Client, ClientSettings, Connection, Endpoint, Recorded, Recorder};
use badpenny::issuer::{Issuer, IssuerSettings};
use badpenny::scenario::{Catalogue, Plan};
use badpenny::target::Target;
use mock_idp::random::Random;

/// How often both are measured; the medians are compared.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let profile = std::env::args().nth(1).unwrap_or_else(|| "okta".to_owned());
    let plan = Plan::new(&Catalogue::embedded()?, &profile, &[])?;
    let issuer = Issuer::start(&IssuerSettings::default()).await?;
    let (mut harness, mut bare, mut exchanges) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let recorder = Recorder::default();
        let (report, took) = run(&plan, &issuer, recorder.clone()).await?;
        let recorded = recorder.take();
        exchanges = recorded.len();
        harness.push(took);
        bare.push(replay(&issuer, &recorded).await?);
        if report.finished.exit != 0 {
            return Err(format!("the demo server trips {profile}: exit {}", report.finished.exit).into());
        }
    }
    let (harness, bare) = (median(harness), median(bare));
    println!("{}: {} variants, {exchanges} exchanges, medians of {ROUNDS}", plan.profile, plan.all().count());
    println!("harness    {:8.1} ms", harness.as_secs_f64() * 1000.0);
    println!("bare loop  {:8.1} ms", bare.as_secs_f64() * 1000.0);
    println!("ratio      {:8.2}", harness.as_secs_f64() / bare.as_secs_f64());
    println!("memory     {:8.1} MiB at its highest", memory().unwrap_or_default());
    Ok(())
}

async fn run(plan: &Plan, issuer: &Issuer, recorder: Recorder) -> Result<(RunReport, Duration), Box<dyn Error>> {
    let (demo, settings) = demo(issuer).await?;
    let client = Client::new(ClientSettings { recorder: Some(recorder), ..ClientSettings::default() })?;
    let target = Target::Demo { demo, settings };
    let (minter, random) = (issuer.minter(), Random::from_system());
    let mut run = Run::new(plan.clone(), target, "demo", &minter, Arc::new(client), RunSettings::default(), random);
    let begin = Instant::now();
    let report = run.execute(&mut |_: &Event| {}).await?;
    Ok((report, begin.elapsed()))
}

/// The same requests, one after the other, to a fresh server of the same kind.
async fn replay(issuer: &Issuer, recorded: &[Recorded]) -> Result<Duration, Box<dyn Error>> {
    let (demo, _settings) = demo(issuer).await?;
    let client = Client::new(ClientSettings::default())?;
    let endpoint: Endpoint = demo.url().parse()?;
    let begin = Instant::now();
    for sent in recorded {
        match sent {
            Recorded::One(request) => drop(client.send(&endpoint, request, Connection::Reuse).await),
            Recorded::Sequence(requests) => drop(client.send_sequence(&endpoint, requests).await),
            Recorded::Pipelined(requests) => drop(client.send_pipelined(&endpoint, requests).await),
        }
    }
    Ok(begin.elapsed())
}

async fn demo(issuer: &Issuer) -> Result<(Demo, DemoSettings), Box<dyn Error>> {
    let tokens = issuer.minter().settings().clone();
    let settings = DemoSettings::new(tokens.issuer, issuer.ca_pem().unwrap_or_default());
    Ok((Demo::start(settings.clone()).await?, settings))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The highest resident memory of this process so far (Linux).
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
