//! What the tests of this module share.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A server in the command line of a target: it reads its port from the environment.
pub(super) const SERVER: &str = "python3 -m http.server $SERVER_PORT --bind 127.0.0.1";

/// The command line of a server on `port` of `host`.
pub(super) fn http_server(port: u16, host: &str) -> String {
    format!("python3 -m http.server {port} --bind {host}")
}

/// Whether Python is here; says that a test is skipped otherwise.
pub(super) fn python() -> bool {
    has("python3")
}

/// Whether Node is here; says that a test is skipped otherwise.
pub(super) fn node() -> bool {
    has("node")
}

/// Waits until no process of the group lives, dead ones that init has yet to reap aside.
#[cfg(target_os = "linux")]
pub(super) fn wait_until_gone(group: u32) {
    let started = Instant::now();
    loop {
        let left = members(group);
        if left.is_empty() {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "left: {left:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The living members of a process group, as `/proc/PID/stat` has them.
#[cfg(target_os = "linux")]
pub(super) fn members(group: u32) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    let stats = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    let alive = stats.filter(|stat| {
        let behind_the_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let fields: Vec<_> = behind_the_name.split(' ').collect();
        matches!(fields[..], [state, _, of, ..] if state != "Z" && state != "X" && of == group.to_string())
    });
    alive.collect()
}

#[expect(clippy::print_stderr, reason = "only tests call it")]
fn has(program: &str) -> bool {
    let mut command = Command::new(program);
    let started = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = started.is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: there is no {program} here");
    }
    there
}
