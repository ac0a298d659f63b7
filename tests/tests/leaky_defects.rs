//! The suite proves itself: every seeded defect trips exactly the scenarios
//! that it should, and the same server without a defect trips none.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeSet;
use std::sync::Mutex;

use badpenny::verdict::VerdictKind;
use conformance_tests::binary;
use leaky::Defect;
use serde_json::Value;

/// Runs core against the spawned server with that defect; the ids that it trips.
fn tripped(defect: Option<Defect>) -> (i32, BTreeSet<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let mut command = binary::command("badpenny", folder.path());
    command.args(["run", "--strict", "--wait", "15", "--command"]).arg(binary::path("leaky"));
    command.arg("--report").arg(format!("json={}", report.display()));
    if let Some(defect) = defect {
        command.arg("--env").arg(format!("LEAKY_DEFECT={}", defect.name()));
    }
    let output = command.output().unwrap();
    let transcript = binary::transcript(&output);
    let code = output.status.code().unwrap_or(-1);
    let Ok(text) = std::fs::read_to_string(&report) else { return (code, BTreeSet::new(), transcript) };
    let report: Value = serde_json::from_str(&text).unwrap();
    let fine = [VerdictKind::Pass, VerdictKind::Skipped, VerdictKind::Note].map(VerdictKind::word);
    let tripped = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| !fine.contains(&row["verdict"].as_str().unwrap()))
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    (code, tripped, transcript)
}

#[test]
fn the_server_without_a_defect_trips_nothing() {
    let (code, tripped, transcript) = tripped(None);
    assert_eq!((code, tripped), (0, BTreeSet::new()), "{transcript}");
}

#[test]
fn every_defect_trips_exactly_the_scenarios_that_it_should() {
    let wrong = Mutex::new(Vec::new());
    let queue = Mutex::new(Defect::ALL.iter());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(defect) = { queue.lock().unwrap().next() } {
                    if let Some(fault) = fault_of(*defect) {
                        wrong.lock().unwrap().push(fault);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the set that a defect trips, if anything.
fn fault_of(defect: Defect) -> Option<String> {
    let expected: BTreeSet<String> = defect.expected().iter().cloned().collect();
    let (code, tripped, transcript) = tripped(Some(defect));
    // A server that refuses the control is not judged: it is exit 3.
    if expected.contains("baseline/valid") {
        return (code != 3).then(|| format!("{}: exit {code} where 3 is due\n{transcript}", defect.name()));
    }
    let missed: Vec<_> = expected.difference(&tripped).collect();
    let extra: Vec<_> = tripped.difference(&expected).collect();
    (code != 1 || !missed.is_empty() || !extra.is_empty())
        .then(|| format!("{}: exit {code}, missed {missed:?}, tripped besides {extra:?}\n{transcript}", defect.name()))
}

#[test]
fn every_scenario_of_core_is_tripped_by_some_defect() {
    let catalogue = badpenny::scenario::Catalogue::embedded().unwrap();
    let core = catalogue.profile("core").unwrap();
    let tripped: BTreeSet<&String> = Defect::ALL.iter().flat_map(|defect| defect.expected()).collect();
    let untripped: Vec<_> = core.scenarios.iter().filter(|id| !tripped.contains(id)).collect();
    assert!(untripped.is_empty(), "no defect trips {untripped:?}: they measure nothing");
}
