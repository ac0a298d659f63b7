//! The event stream: everything that a run tells, typed and versioned.
//!
//! The engine emits events and prints nothing; each report is a consumer.

use serde::{Deserialize, Serialize};

use crate::excuse::{Excuse, Outdated};
use crate::key_times::KeyFact;
use crate::scenario::{Actor, LeftOut, Level, Reference, Tier};
use crate::verdict::{Cause, Death, Strictness, Verdict, VerdictKind};

/// Version of the event stream and of the JSON report.
pub const SCHEMA: &str = "badpenny/1";

/// One event of a run, in the order in which it happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The run begins.
    RunStarted(RunStarted),
    /// The target answers.
    TargetReady {
        /// Where it is.
        url: String,
        /// What was started, such as `spawned` or `demo`.
        kind: String,
    },
    /// The control got through, and what it taught.
    ControlAccepted {
        /// The status of the answer.
        status: u16,
        /// How long it took.
        elapsed_ms: f64,
        /// The route serves requests without credentials as well.
        open: bool,
        /// Refusals come as 2xx with another body.
        envelope: bool,
    },
    /// An exchange of a case, where exchanges are to be told.
    Exchanged {
        /// The case.
        case: String,
        /// The lines of the request, each behind `>`, and of what came, each
        /// behind `<`; without credentials.
        lines: Vec<String>,
    },
    /// What the target wrote into its log, where that is to be told.
    Logged {
        /// After which scenario.
        after: String,
        /// The lines, without credentials.
        lines: Vec<String>,
    },
    /// A case has its verdict.
    CaseFinished(Box<CaseResult>),
    /// How the rest of the run is done, once that was weighed.
    Planned {
        /// What was chosen, and why, for a person.
        choice: String,
    },
    /// A case waits for something.
    WaitBegun {
        /// The case.
        case: String,
        /// For what, such as `until the target fetches the changed keys`.
        what: String,
        /// How long at most, in milliseconds.
        at_most_ms: f64,
    },
    /// A case waits no longer.
    WaitOver {
        /// The case.
        case: String,
    },
    /// The target's process ended.
    TargetDied(Death),
    /// A fresh target answers.
    TargetRestarted {
        /// Where it is.
        url: String,
    },
    /// All is judged, or the run was ended before.
    RunFinished(RunFinished),
}

/// What is to be run against what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// The version of this schema.
    pub schema: String,
    /// The tool and its version.
    pub tool: Tool,
    /// The target's name.
    pub target: String,
    /// The issuer identifier that the target is told.
    pub issuer: String,
    /// The profile's id.
    pub profile: String,
    /// Revision of the catalogue.
    pub revision: String,
    /// How many variants are to be judged.
    pub variants: usize,
    /// Of how many scenarios.
    pub scenarios: usize,
    /// Whether the control is a real token, which the issuer has signed and not this run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub real_token: bool,
    /// What is left out, since a real token is all that there is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// This program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `badpenny`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// One variant with its verdict: a row of `results` in the JSON report.
#[derive(Debug, Clone, Serialize)]
pub struct CaseResult {
    /// The scenario's id.
    pub id: String,
    /// The variant's slug.
    pub variant: String,
    /// The scenario's title.
    pub title: String,
    /// The part of the id before the slash.
    pub category: String,
    /// Level of the expectation that decided.
    pub level: Level,
    /// How much it matters.
    pub tier: Tier,
    /// Who could bring it about.
    pub who: Actor,
    /// The verdict.
    pub verdict: VerdictKind,
    /// Why it does not fail the run, where that is not in the verdict. Known
    /// once the run has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excuse: Option<Excuse>,
    /// What is expected: `2xx`, `401`, `401 or 403`, or a check's word.
    pub expected: String,
    /// What came.
    pub observed: Observed,
    /// One sentence for a person.
    pub reason: String,
    /// What is behind it.
    pub cause: Cause,
    /// The sections of the standards.
    pub references: Vec<Reference>,
    /// How the token differs from the control.
    pub changes: Vec<String>,
    /// The target's last lines of output, where it died.
    pub log: Vec<String>,
    /// From the request to the verdict, in milliseconds.
    pub duration_ms: f64,
    /// The command that repeats the case.
    pub replay: String,
    /// What was measured of the target's dealings with keys.
    #[serde(skip)]
    pub fact: Option<KeyFact>,
    /// Whether nothing was sent, so that there is no outcome to record.
    #[serde(skip)]
    pub not_run: bool,
    /// Whether the run ended before it came to this.
    #[serde(skip)]
    pub not_reached: bool,
    /// The `curl` line that repeats it, where issuer and target outlive the run;
    /// it mints the token anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curl: Option<String>,
}

/// What came of a case, for snapshots and reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// The status, where an answer came.
    pub status: Option<u16>,
    /// The class of the challenge, where an answer came.
    pub challenge: Option<String>,
    /// What happened in place of an answer.
    pub failure: Option<String>,
}

impl RunFinished {
    /// What a reader must know of a report that is not the whole: why, and how
    /// many of these rows were not reached.
    #[must_use]
    pub fn partial_line(&self, results: &[CaseResult]) -> Option<String> {
        let unreached = results.iter().filter(|result| result.not_reached).count();
        Some(format!("{}, {unreached} of {} variants were not reached", self.partial?.phrase(), results.len()))
    }
}

impl CaseResult {
    /// `category/name@variant`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.variant)
    }

    /// Whether it makes the run fail (exit 1).
    #[must_use]
    pub fn fails(&self, strictness: Strictness) -> bool {
        self.excuse.is_none() && self.verdict().fails(strictness)
    }

    /// The verdict with its weight.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict {
            kind: self.verdict,
            level: self.level,
            tier: self.tier,
            actor: self.who,
            cause: self.cause.clone(),
            reason: self.reason.clone(),
        }
    }
}

/// Why a run ended before everything was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partial {
    /// The user asked for its end.
    Interrupted,
    /// It had taken as long as it might.
    MaxTime,
    /// The real token came to its end.
    TokenExpired,
    /// A target that others use as well did not do well under it.
    Trouble,
}

impl Partial {
    /// Why a row was not reached.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Interrupted => "not reached: the run was interrupted",
            Self::MaxTime => "not reached within --max-time",
            Self::TokenExpired => "not reached before the token expired",
            Self::Trouble => "not reached: the run ended at the first sign of trouble",
        }
    }

    /// What a reader must know of the whole report.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Interrupted => "partial: the run was interrupted",
            Self::MaxTime => "partial: the run ended at --max-time",
            Self::TokenExpired => "partial: the run ended with the life of its token",
            Self::Trouble => "partial: the run ended at the first sign of trouble, since others use the target as well",
        }
    }
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFinished {
    /// Why it is not the whole of the plan, where it is not.
    pub partial: Option<Partial>,
    /// A count per verdict.
    pub summary: Summary,
    /// From the first request to the last verdict, in milliseconds.
    pub duration_ms: f64,
    /// Entries of `[[accept]]` that no longer hold; each makes the run fail.
    pub outdated: Vec<Outdated>,
    /// The exit code that the verdicts ask for.
    pub exit: u8,
}

/// A count per verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// As expected.
    pub pass: usize,
    /// Worth saying.
    pub note: usize,
    /// The answer breaks the protocol.
    pub deviates: usize,
    /// A bad credential got in.
    pub vulnerable: usize,
    /// A good one didn't, or the target died or hung.
    pub broken: usize,
    /// Could not be judged.
    pub inconclusive: usize,
    /// Nothing to judge.
    pub skipped: usize,
    /// A fault of the harness.
    pub error: usize,
}

impl Summary {
    /// Counts the verdicts.
    #[must_use]
    pub fn of<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Self {
        let mut summary = Self::default();
        for result in results {
            *summary.slot(result.verdict) += 1;
        }
        summary
    }

    /// Each verdict with its count, the gravest first.
    #[must_use]
    pub fn counts(mut self) -> Vec<(VerdictKind, usize)> {
        VerdictKind::ALL.iter().rev().map(|kind| (*kind, *self.slot(*kind))).collect()
    }

    fn slot(&mut self, kind: VerdictKind) -> &mut usize {
        match kind {
            VerdictKind::Pass => &mut self.pass,
            VerdictKind::Note => &mut self.note,
            VerdictKind::Deviates => &mut self.deviates,
            VerdictKind::Vulnerable => &mut self.vulnerable,
            VerdictKind::Broken => &mut self.broken,
            VerdictKind::Inconclusive => &mut self.inconclusive,
            VerdictKind::Skipped => &mut self.skipped,
            VerdictKind::Error => &mut self.error,
        }
    }
}

/// Takes the events of a run. Every `FnMut(&Event)` is one.
pub trait Sink: Send {
    /// Takes one event.
    fn on(&mut self, event: &Event);
}

impl<F: FnMut(&Event) + Send> Sink for F {
    fn on(&mut self, event: &Event) {
        self(event);
    }
}
