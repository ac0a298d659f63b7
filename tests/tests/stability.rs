//! The same server gets the same verdicts, however busy the machine is.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use conformance_tests::{binary, told};
use rstest::rstest;

/// Every variant with its verdict.
fn verdicts(program: &str, profile: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(["--profile", profile, "--refresh", "15", "--declare", "identity=/sub", "--command"]);
        command.arg(binary::path(program));
    });
    told.rows.iter().map(|row| format!("{} {}", row.name, row.verdict)).collect()
}

/// Keeps as many cores busy as there are, until it is dropped.
struct Busy(Arc<AtomicBool>, Vec<std::thread::JoinHandle<()>>);

impl Busy {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let spin = |_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        };
        let threads = (0..cores).map(spin).collect();
        Self(stop, threads)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        for thread in self.1.drain(..) {
            let _ = thread.join();
        }
    }
}

#[rstest]
#[case::axum("rust-axum")]
#[case::leaky("leaky")]
fn a_busy_machine_changes_no_verdict(#[case] program: &str) {
    let idle = verdicts(program, "okta");
    let busy = Busy::start();
    let under_load = verdicts(program, "okta");
    drop(busy);
    assert!(idle.len() > 100, "okta holds more than {} variants", idle.len());
    assert_eq!(idle, under_load);
}
