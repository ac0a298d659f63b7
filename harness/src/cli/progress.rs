use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use super::waits::Waits;
use crate::event::{Event, RunStarted, Sink};

/// Shows a run while it goes on: head lines at once, a bar on a terminal, and
/// what is waited for; off a terminal that is a line every ten seconds on
/// standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    waits: Waits,
    /// Ends with this.
    _teller: Option<Teller>,
    quiet: bool,
    /// Held back until the target answers.
    head: Option<RunStarted>,
}

impl Progress {
    /// With `quiet`, nothing goes to standard output.
    pub(super) fn new(quiet: bool) -> Self {
        let target =
            if output::progress_wanted() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        let waits = Waits::default();
        let teller = Teller::start(waits.clone(), bar.clone());
        Self { bar, waits, _teller: teller, quiet, head: None }
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            // The report, which comes last, tells whether this can be written.
            let _ = self.bar.suspend(|| output::print(text));
        }
    }
}

impl Sink for Progress {
    fn on(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => {
                self.bar.set_length(started.variants as u64);
                self.head = Some(started.clone());
            }
            Event::TargetReady { url, kind } => {
                if let Some(head) = self.head.take() {
                    let version = &head.tool.version;
                    self.line(&format!(
                        "badpenny {version}   profile {}\ntarget           {}   {url} ({})\n{:17}{}\n",
                        head.profile,
                        head.target,
                        told(kind),
                        if head.real_token { "issuer" } else { "mock issuer" },
                        head.issuer
                    ));
                }
            }
            Event::ControlAccepted { status, elapsed_ms, envelope, .. } => {
                let note = if *envelope { "   refusals come as 2xx too: bodies decide" } else { "" };
                self.line(&format!("valid token      {status}, {elapsed_ms:.0} ms{note}\n\n"));
            }
            Event::CaseFinished(result) => {
                self.bar.set_message(result.id.clone());
                self.bar.inc(1);
            }
            Event::Planned { choice } => self.bar.suspend(|| output::notice(&format!("plan             {choice}\n"))),
            Event::WaitBegun { case, what, at_most_ms } => {
                self.waits.begin(case, what, Duration::from_secs_f64((at_most_ms / 1000.0).max(0.0)));
            }
            Event::WaitOver { case } => self.waits.end(case),
            Event::TargetDied(death) => self.bar.set_message(format!("the target died ({})", death.exit)),
            Event::TargetRestarted { .. } => self.bar.set_message("the target was started again"),
            // Told by `replay` alone.
            Event::Exchanged { .. } | Event::Logged { .. } => {}
            Event::RunFinished(_) => self.bar.finish_and_clear(),
        }
    }
}

/// Where a target of that kind comes from.
fn told(kind: &str) -> &str {
    match kind {
        "spawned" => "started by this run",
        "external" => "running already",
        "demo" => "built in",
        other => other,
    }
}

/// Tells what is waited for while nothing else happens; dropping it ends that.
struct Teller(tokio::task::JoinHandle<()>);

impl Teller {
    /// How often a line comes where there is no bar to be kept up to date.
    const LINES: Duration = Duration::from_secs(10);
    /// How often the bar is.
    const BAR: Duration = Duration::from_secs(1);

    fn start(waits: Waits, bar: ProgressBar) -> Option<Self> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let every = if bar.is_hidden() { Self::LINES } else { Self::BAR };
        Some(Self(runtime.spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                let Some(line) = waits.line() else { continue };
                if bar.is_hidden() {
                    output::notice(&format!("waiting          {line}\n"));
                } else {
                    bar.set_message(line);
                }
            }
        })))
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.0.abort();
    }
}
