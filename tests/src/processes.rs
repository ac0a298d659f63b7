//! Which processes are there (Linux): for tests that nothing is left behind.

use std::time::{Duration, Instant};

/// Ids of the processes whose environment or command line holds `marker`,
/// zombies left out.
#[must_use]
pub fn with_marker(marker: &str) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| *id != std::process::id() && holds(*id, marker)).collect()
}

/// Waits until no such process is left; gives back those that are.
#[must_use]
pub fn gone_within(marker: &str, limit: Duration) -> Vec<u32> {
    let deadline = Instant::now() + limit;
    loop {
        let left = with_marker(marker);
        if left.is_empty() || Instant::now() > deadline {
            return left;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn holds(id: u32, marker: &str) -> bool {
    let find = |file: &str| {
        std::fs::read(format!("/proc/{id}/{file}")).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(marker))
    };
    find("environ") || find("cmdline")
}
