//! What the harness costs: a profile's fast rows against the demo server, and
//! what a bare loop over the same client takes for the same exchanges.
//!
//! The bare loop signs a token for each request, starts the server anew and
//! waits wherever the harness did; it checks, judges and reports nothing. The
//! exchanges alone, with tokens that are ready, are shown beside it.
//!
//! ```console
//! $ cargo run --release -p badpenny --all-features --example overhead -- okta
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use badpenny::demo::{Demo, DemoSettings};
use badpenny::engine::{Minter, Run, RunReport, RunSettings};
use badpenny::event::Event;
use badpenny::http::{Client, ClientSettings, Connection, Endpoint, Recorded, Recorder};
use badpenny::issuer::{Issuer, IssuerSettings};
use badpenny::scenario::{Catalogue, Plan};
use badpenny::target::Target;
use mock_idp::mutation::Mutation;
use mock_idp::random::Random;

type Failed = Box<dyn Error>;

/// How often each is measured; the medians are compared.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let profile = std::env::args().nth(1).unwrap_or_else(|| "okta".to_owned());
    let plan = Plan::new(&Catalogue::embedded()?, &profile, &[])?;
    let issuer = Issuer::start(&IssuerSettings::default()).await?;
    let (mut harness, mut bare, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    let mut recorded = Vec::new();
    for _ in 0..ROUNDS {
        let recorder = Recorder::default();
        let (report, took) = run(&plan, &issuer, recorder.clone()).await?;
        if report.finished.exit != 0 {
            return Err(format!("the demo server trips {profile}: exit {}", report.finished.exit).into());
        }
        recorded = recorder.take();
        harness.push(took);
        bare.push(BareLoop::new(&issuer, Some(issuer.minter())).await?.repeat(&recorded).await?);
        let exchanges: Vec<Recorded> = recorded.iter().filter(|what| is_exchange(what)).cloned().collect();
        ready.push(BareLoop::new(&issuer, None).await?.repeat(&exchanges).await?);
    }
    let exchanges = recorded.iter().filter(|what| is_exchange(what)).count();
    let restarts = recorded.iter().filter(|what| matches!(what, Recorded::Restart)).count();
    let (harness, bare, ready) = (median(harness), median(bare), median(ready));
    println!("{}: {} variants, medians of {ROUNDS}", plan.profile, plan.all().count());
    println!("harness            {:8.1} ms", milliseconds(harness));
    println!("bare loop          {:8.1} ms", milliseconds(bare));
    println!("  of it waits      {:8.1} ms", milliseconds(pauses(&recorded)));
    println!(
        "  of it exchanges  {:8.1} ms, {exchanges} of them; the rest: tokens, and {restarts} restarts",
        milliseconds(ready)
    );
    let waits = pauses(&recorded);
    let without = harness.saturating_sub(waits).as_secs_f64() / bare.saturating_sub(waits).as_secs_f64();
    println!("ratio              {:8.2}", harness.as_secs_f64() / bare.as_secs_f64());
    println!("  without waits    {without:8.2}");
    println!("memory             {:8.1} MiB at its highest", memory().unwrap_or_default());
    Ok(())
}

async fn run(plan: &Plan, issuer: &Issuer, recorder: Recorder) -> Result<(RunReport, Duration), Failed> {
    let (demo, settings) = demo(issuer).await?;
    let client = Client::new(ClientSettings { recorder: Some(recorder), ..ClientSettings::default() })?;
    let target = Target::Demo { demo, settings: Box::new(settings) };
    let (minter, random) = (issuer.minter(), Random::from_system());
    let mut run = Run::new(plan.clone(), target, "demo", &minter, Arc::new(client), RunSettings::default(), random);
    let begin = Instant::now();
    let report = run.execute(&mut |_: &Event| {}).await?;
    Ok((report, begin.elapsed()))
}

/// Does what was recorded once more, one after the other, to a server of its own.
struct BareLoop<'a> {
    issuer: &'a Issuer,
    /// What signs a token for each request; none where those sent are enough.
    minter: Option<Minter>,
    client: Client,
    demo: Demo,
    endpoint: Endpoint,
}

impl<'a> BareLoop<'a> {
    async fn new(issuer: &'a Issuer, minter: Option<Minter>) -> Result<Self, Failed> {
        let (demo, _settings) = demo(issuer).await?;
        let endpoint = demo.url().parse()?;
        Ok(Self { issuer, minter, client: Client::new(ClientSettings::default())?, demo, endpoint })
    }

    async fn repeat(mut self, recorded: &[Recorded]) -> Result<Duration, Failed> {
        let begin = Instant::now();
        for what in recorded {
            self.once(what).await?;
        }
        Ok(begin.elapsed())
    }

    async fn once(&mut self, what: &Recorded) -> Result<(), Failed> {
        match what {
            Recorded::One(request) => {
                self.sign(1).await?;
                drop(self.client.send(&self.endpoint, request, Connection::Reuse).await);
            }
            Recorded::Sequence(requests) => {
                self.sign(requests.len()).await?;
                drop(self.client.send_sequence(&self.endpoint, requests).await);
            }
            Recorded::Pipelined(requests) => {
                self.sign(requests.len()).await?;
                drop(self.client.send_pipelined(&self.endpoint, requests).await);
            }
            Recorded::Pause(pause) => self.client.pause(*pause).await,
            Recorded::Restart => {
                self.demo = demo(self.issuer).await?.0;
                self.client.close_idle();
                self.endpoint = self.demo.url().parse()?;
            }
        }
        Ok(())
    }

    async fn sign(&self, tokens: usize) -> Result<(), Failed> {
        let Some(minter) = &self.minter else { return Ok(()) };
        for _ in 0..tokens {
            drop(minter.mint(&Mutation::control()).await?);
        }
        Ok(())
    }
}

fn is_exchange(what: &Recorded) -> bool {
    !matches!(what, Recorded::Pause(_) | Recorded::Restart)
}

fn pauses(recorded: &[Recorded]) -> Duration {
    recorded.iter().map(|what| if let Recorded::Pause(pause) = what { *pause } else { Duration::ZERO }).sum()
}

async fn demo(issuer: &Issuer) -> Result<(Demo, DemoSettings), Failed> {
    let tokens = issuer.minter().settings().clone();
    let settings = DemoSettings::new(tokens.issuer, issuer.ca_pem().unwrap_or_default());
    Ok((Demo::start(settings.clone()).await?, settings))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The highest resident memory of this process so far (Linux).
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
