use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::note::{Done, Note};
use super::row::{case_result, unjudged};
use crate::check::{Fetch, Probe};
use crate::engine::settings::RunSettings;
use crate::event::{CaseResult, Event};
use crate::scenario::Case;
use crate::verdict::{Cause, Death, VerdictKind};

/// What every row of a run is made with.
pub(in crate::engine) struct Common {
    pub(in crate::engine) settings: Arc<RunSettings>,
    /// Whether the route serves everybody.
    pub(in crate::engine) is_open: bool,
    /// The subject of the control.
    pub(in crate::engine) control_subject: Option<String>,
    /// Why nothing more is to begin, once that is so.
    halted: OnceLock<String>,
}

impl Common {
    pub(in crate::engine) fn new(settings: Arc<RunSettings>, is_open: bool, control_subject: Option<String>) -> Self {
        Self { settings, is_open, control_subject, halted: OnceLock::new() }
    }

    /// The row of a case that was carried out.
    pub(super) fn row(&self, done: &Done) -> CaseResult {
        let mut evidence = done.carried.evidence.clone();
        evidence.control_subject.clone_from(&self.control_subject);
        let mut row = case_result(&done.case, &done.carried, &evidence, &self.settings);
        // On an open route every bad token gets in for one reason: nobody is asked.
        if self.is_open && matches!(row.cause, Cause::Accepted { .. }) {
            row.cause = Cause::OpenRoute;
        }
        CaseResult { changes: done.changes.clone(), curl: done.curl.clone(), ..row }
    }
}

/// The way of a bench to the record; clones lead to the same one.
#[derive(Clone)]
pub(in crate::engine) struct Reporter {
    notes: UnboundedSender<Note>,
    common: Arc<Common>,
}

impl Reporter {
    pub(super) fn new(notes: UnboundedSender<Note>, common: Arc<Common>) -> Self {
        Self { notes, common }
    }

    /// A case was carried out. With `--fail-fast`, the first that fails halts the rest.
    pub(in crate::engine) fn case(&self, done: Done) {
        let settings = &self.common.settings;
        if settings.fail_fast && settings.excused(self.common.row(&done)).fails(settings.strictness) {
            let why = "stopped after the first scenario with a finding (--fail-fast)";
            drop(self.common.halted.set(why.to_owned()));
        }
        self.tell(Note::Case(Box::new(done)));
    }

    /// A case that is not carried out, and why.
    pub(in crate::engine) fn unjudged(&self, case: &Case, kind: VerdictKind, why: &str) {
        self.tell(Note::Row(Box::new(unjudged(case, kind, why, &self.common.settings))));
    }

    /// A row that is judged.
    pub(in crate::engine) fn row(&self, row: CaseResult) {
        self.tell(Note::Row(Box::new(row)));
    }

    /// Why a case is not to begin: the run is halted, or its settings forbid it.
    pub(in crate::engine) fn hindrance(&self, case: &Case) -> Option<String> {
        self.common.halted.get().cloned().or_else(|| self.common.settings.hindrance(case))
    }

    /// How the target was after a scenario.
    pub(in crate::engine) fn probe(&self, after: &str, fault: Option<String>) {
        self.tell(Note::Probe(Probe { after: after.to_owned(), fault, death: None, intermittent: false }));
    }

    /// The control is accepted at one time and refused at another.
    pub(in crate::engine) fn probe_wavering(&self, after: &str, fault: String) {
        let probe = Probe { after: after.to_owned(), fault: Some(fault), death: None, intermittent: true };
        self.tell(Note::Probe(probe));
    }

    /// The target died after a scenario.
    pub(in crate::engine) fn probe_death(&self, after: &str, death: &Death, fault: String) {
        let death = Some(death.last_words());
        self.tell(Note::Probe(Probe { after: after.to_owned(), fault: Some(fault), death, intermittent: false }));
    }

    /// What the target wrote.
    pub(in crate::engine) fn log(&self, after: &str, lines: Vec<String>) {
        if !lines.is_empty() {
            self.tell(Note::Log { after: after.to_owned(), lines });
        }
    }

    /// What the target fetched.
    pub(in crate::engine) fn fetches(&self, fetches: Vec<Fetch>) {
        self.tell(Note::Fetches(fetches));
    }

    /// Something that whoever watches wants to know.
    pub(in crate::engine) fn event(&self, event: Event) {
        self.tell(Note::Event(event));
    }

    /// From now until the guard is dropped, a case waits for something.
    pub(in crate::engine) fn waiting(&self, case: &Case, what: &str, at_most: Duration) -> Waiting {
        let name = case.name();
        self.event(Event::WaitBegun {
            case: name.clone(),
            what: what.to_owned(),
            at_most_ms: at_most.as_secs_f64() * 1000.0,
        });
        Waiting { reporter: self.clone(), case: name }
    }

    fn tell(&self, note: Note) {
        // A record that is gone belongs to a run that has ended.
        drop(self.notes.send(note));
    }
}

/// A wait that goes on; dropping it ends it.
#[must_use = "a dropped wait is over"]
pub(in crate::engine) struct Waiting {
    reporter: Reporter,
    case: String,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.reporter.event(Event::WaitOver { case: std::mem::take(&mut self.case) });
    }
}
