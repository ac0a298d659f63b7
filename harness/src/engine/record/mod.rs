//! What a run has established so far: rows, counts, and what has still to be
//! settled. It takes notes from all benches, and stands when the run is ended.

mod finish;
mod note;
mod reporter;
mod roots;
mod row;
mod settle;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub(super) use finish::totals;
pub(super) use note::{Done, Note};
pub(super) use reporter::{Common, Reporter};
pub(super) use row::{Blame, check_result};

use crate::check::{Fetch, Probe, Tally, fetch_fault, log_fault};
use crate::event::{CaseResult, Event, Partial, Sink};
use crate::listener::Listener;
use crate::printable::{printable, without_colours};
use crate::scenario::{Actor, CheckKind, Plan};
use crate::verdict::VerdictKind;

/// The record of one run.
pub(super) struct Record<'s> {
    sink: &'s mut dyn Sink,
    notes: UnboundedReceiver<Note>,
    common: Arc<Common>,
    listener: Option<Arc<Listener>>,
    /// What the checks have seen.
    pub(super) tally: Tally,
    /// How the target was after each scenario.
    pub(super) probes: Vec<Probe>,
    /// Refusals that told something, by what they told, with the case.
    pub(super) told: HashMap<String, String>,
    results: HashMap<String, CaseResult>,
    /// Cases whose verdict may still change, see [`settle`].
    held: Vec<Done>,
    /// When the last of those came whose calls are watched.
    last_watched: Option<Instant>,
}

impl<'s> Record<'s> {
    /// An empty record, and what benches tell it with.
    pub(super) fn new(common: Common, listener: Option<Arc<Listener>>, sink: &'s mut dyn Sink) -> (Self, Reporter) {
        let (sender, notes) = unbounded_channel();
        let common = Arc::new(common);
        let reporter = Reporter::new(sender, Arc::clone(&common));
        let record = Self {
            sink,
            notes,
            common,
            listener,
            tally: Tally::default(),
            probes: Vec::new(),
            told: HashMap::new(),
            results: HashMap::new(),
            held: Vec::new(),
            last_watched: None,
        };
        (record, reporter)
    }

    /// The next note; waits for it.
    pub(super) async fn note(&mut self) -> Option<Note> {
        self.notes.recv().await
    }

    /// Takes every note that has come.
    pub(super) fn take_all(&mut self) {
        while let Ok(note) = self.notes.try_recv() {
            self.take(note);
        }
    }

    /// Takes one note.
    pub(super) fn take(&mut self, note: Note) {
        match note {
            Note::Case(done) => self.case(*done),
            Note::Row(row) => self.emit(*row),
            Note::Probe(probe) => self.probes.push(probe),
            Note::Log { after, lines } => self.log(&after, &lines),
            Note::Fetches(fetches) => self.fetches(&fetches),
            Note::Event(event) => self.sink.on(&event),
        }
    }

    fn case(&mut self, mut done: Done) {
        let name = done.case.name();
        self.tally.take(&name, done.case.actor(), std::mem::take(&mut done.carried.looked));
        for lines in std::mem::take(&mut done.carried.shown) {
            self.sink.on(&Event::Exchanged { case: name.clone(), lines });
        }
        if let Some(told) = done.carried.refusal.take() {
            self.told.entry(told).or_insert(name);
        }
        if settle::is_open(&done, self.listener.is_some()) {
            if done.case.counts_calls() {
                self.last_watched = Some(Instant::now());
            }
            self.held.push(done);
        } else {
            let row = self.common.row(&done);
            self.emit(row);
        }
    }

    /// Tells a row, and keeps it.
    pub(super) fn emit(&mut self, row: CaseResult) {
        self.sink.on(&Event::CaseFinished(Box::new(row.clone())));
        self.results.insert(row.name(), row);
    }

    /// What came into a log.
    pub(super) fn log(&mut self, after: &str, lines: &[String]) {
        let lines: Vec<String> = lines.iter().map(|line| without_colours(line)).collect();
        if self.common.settings.transcript {
            let redactor = self.common.settings.withheld.redactor();
            let lines = lines.iter().map(|line| printable(&redactor.text(line))).collect();
            self.sink.on(&Event::Logged { after: after.to_owned(), lines });
        }
        for line in lines {
            for kind in [CheckKind::LogToken, CheckKind::LogLines] {
                self.tally.count(kind, after, Actor::AnyHolder, log_fault(kind, &line).map(str::to_owned));
            }
        }
    }

    /// What was fetched from the issuer.
    pub(super) fn fetches(&mut self, fetches: &[Fetch]) {
        for fetch in fetches {
            for kind in [CheckKind::FetchCredentials, CheckKind::FetchKidInUrl, CheckKind::FetchUserAgent] {
                let name = printable(&format!("GET {}", fetch.path));
                self.tally.count(kind, &name, Actor::AnyHolder, fetch_fault(kind, fetch).map(str::to_owned));
            }
        }
    }

    /// Leaves every row that is not there unjudged, because the run ends here.
    pub(super) fn not_reached(&mut self, plan: &Plan, why: Partial) {
        for case in plan.all() {
            if !self.results.contains_key(&case.name()) {
                let row = row::unjudged(case, VerdictKind::Skipped, why.reason(), &self.common.settings);
                self.emit(CaseResult { not_reached: true, ..row });
            }
        }
    }

    /// The rows, in the order of the plan, with what excuses them.
    pub(super) fn into_results(mut self, plan: &Plan) -> Vec<CaseResult> {
        roots::share(plan, &mut self.results);
        let rows = plan.all().filter_map(|case| self.results.remove(&case.name()));
        rows.map(|row| self.common.settings.excused(row)).collect()
    }
}
