//! Tests that nothing is left of a target, however the harness ends.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::process::{Process, SpawnSettings};
use super::testing::{members, wait_until_gone};

/// Names the file in which [`a_harness_that_holds_a_target`] notes the group of its target.
const NOTE: &str = "BADPENNY_TEST_NOTE";

/// Names the command of that target.
const COMMAND: &str = "BADPENNY_TEST_COMMAND";

/// Targets that are hard to get rid of.
const STUBBORN: [&str; 4] = [
    "exec sleep 1000",
    "sh -c 'sleep 1000 & sleep 1000'",
    "trap '' HUP INT TERM; sleep 1000 & sleep 1000 >/dev/null 2>&1 & sleep 1000",
    "(sh -c 'sleep 1000 & wait' &) ; sleep 1000",
];

fn spawn(command: &str) -> Process {
    Process::spawn(&SpawnSettings::new(format!("echo up; {command}"))).expect("sh is there")
}

/// Waits until the target runs, and with it what it forks.
fn settle(process: &Process) {
    let started = Instant::now();
    while !process.logs().contains("up") {
        assert!(started.elapsed() < Duration::from_secs(10), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(50));
}

#[test]
fn nothing_is_left_after_a_drop() {
    for command in STUBBORN {
        let process = spawn(command);
        settle(&process);
        let group = process.group_id();
        assert!(members(group).len() >= 2, "the target and its watcher run");

        drop(process);

        wait_until_gone(group);
        let leader = format!("/proc/{group}");
        assert!(!Path::new(&leader).exists(), "the leader was reaped");
    }
}

#[tokio::test]
async fn nothing_is_left_after_a_stop() {
    for command in STUBBORN {
        let process = spawn(command);
        settle(&process);

        process.stop().await;

        wait_until_gone(process.group_id());
    }
}

#[tokio::test]
async fn nothing_is_left_after_a_target_ended_by_itself() {
    let process = spawn("sleep 1000 & exit 3");

    process.wait().await;

    wait_until_gone(process.group_id());
}

#[test]
fn nothing_is_left_after_a_panic() {
    let (tell, told) = std::sync::mpsc::channel();
    let harness = std::thread::spawn(move || {
        let process = spawn("sleep 1000 & sleep 1000");
        tell.send(process.group_id()).expect("the test listens");
        settle(&process);
        panic!("as a fault of the harness would");
    });

    assert!(harness.join().is_err());

    wait_until_gone(told.recv().expect("it was sent"));
}

#[test]
fn nothing_is_left_after_a_drop_right_behind_the_start() {
    for _ in 0..20 {
        let process = spawn("sleep 1000 & sleep 1000");
        let group = process.group_id();

        drop(process);

        wait_until_gone(group);
    }
}

#[test]
fn nothing_is_left_after_the_harness_was_killed() {
    for command in STUBBORN {
        let (mut harness, group) = harness_with_a_target(command);
        assert!(!members(group).is_empty(), "the target runs");

        harness.kill().expect("SIGKILL to our child");
        harness.wait().expect("it is our child");

        wait_until_gone(group);
    }
}

#[test]
fn nothing_is_left_after_the_harness_was_interrupted() {
    let (mut harness, group) = harness_with_a_target("sleep 1000 & sleep 1000");

    let interrupt = Command::new("/bin/sh").args(["-c", "kill -INT $1", "sh", &harness.id().to_string()]).status();

    assert!(interrupt.is_ok_and(|status| status.success()));
    harness.wait().expect("it is our child");
    wait_until_gone(group);
}

/// No test by itself: the tests above run it in a process of its own, and end that.
#[test]
fn a_harness_that_holds_a_target() {
    let (Ok(note), Ok(command)) = (std::env::var(NOTE), std::env::var(COMMAND)) else {
        return;
    };
    let process = spawn(&command);
    settle(&process);
    // In one step, so that a reader never sees half a number.
    let draft = format!("{note}.draft");
    std::fs::write(&draft, process.group_id().to_string()).expect("a writable directory");
    std::fs::rename(draft, note).expect("a writable directory");
    std::thread::sleep(Duration::from_secs(60));
}

/// Another process that holds a target, and the process group of the target.
fn harness_with_a_target(command: &str) -> (Child, u32) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let note = directory.path().join("group");
    let module = module_path!().split_once("::").map_or("", |(_, path)| path);
    let mut harness = Command::new(std::env::current_exe().expect("this test has a file"))
        .args(["--exact", &format!("{module}::a_harness_that_holds_a_target")])
        .env(NOTE, &note)
        .env(COMMAND, command)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test can be started again");
    let started = Instant::now();
    loop {
        if let Ok(group) = std::fs::read_to_string(&note) {
            return (harness, group.parse().expect("a number"));
        }
        let ended = harness.try_wait().expect("it is our child");
        assert!(ended.is_none(), "the helper ended early");
        assert!(started.elapsed() < Duration::from_secs(20), "no target");
        std::thread::sleep(Duration::from_millis(5));
    }
}
