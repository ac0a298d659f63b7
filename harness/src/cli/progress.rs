use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use crate::event::{Event, RunStarted, Sink};

/// Shows a run while it goes on: head lines at once, a bar on a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
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
        Self { bar, quiet, head: None }
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
                        "badpenny {version}   {} -> {}   {url} ({kind})\nissuer           {}\n",
                        head.profile, head.target, head.issuer
                    ));
                }
            }
            Event::ControlAccepted { status, elapsed_ms, envelope, .. } => {
                let note = if *envelope { "   refusals come as 2xx too: bodies decide" } else { "" };
                self.line(&format!("control          {status}, {elapsed_ms:.0} ms{note}\n\n"));
            }
            Event::CaseFinished(result) => {
                self.bar.set_message(result.id.clone());
                self.bar.inc(1);
            }
            Event::TargetDied(death) => self.bar.set_message(format!("the target died ({})", death.exit)),
            Event::TargetRestarted { .. } => self.bar.set_message("the target was started again"),
            Event::RunFinished(_) => self.bar.finish_and_clear(),
        }
    }
}
