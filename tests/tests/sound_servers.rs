//! Sound servers trip nothing: the table `sound-servers.toml`, server by
//! profile, at the strictest and with everything that is slow.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use badpenny::scenario::Catalogue;
use conformance_tests::binary;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    server: Vec<Server>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    name: String,
    /// The program; the demo server where there is none.
    binary: Option<String>,
    #[serde(default)]
    env: Vec<String>,
    #[serde(default)]
    declare: Vec<String>,
    profiles: BTreeSet<String>,
}

fn table() -> Vec<Server> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sound-servers.toml");
    toml::from_str::<Table>(&std::fs::read_to_string(path).unwrap()).unwrap().server
}

/// What is wrong with a server in a profile, if anything.
fn fault_of(server: &Server, profile: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary::command("badpenny", folder.path());
    // Short waits: these servers are lenient by seconds, and see new keys at once.
    command.args(["run", "--strict", "--slow", "--all", "--leeway", "6", "--refresh", "10", "--profile", profile]);
    // What is only measured can trip nothing, and takes its time.
    command.args(["--exclude", "keys/cache"]);
    for declared in &server.declare {
        command.args(["--declare", declared]);
    }
    if let Some(name) = &server.binary {
        command.arg("--command").arg(binary::path(name));
        for variable in &server.env {
            command.args(["--env", variable]);
        }
    }
    let output = command.output().unwrap();
    let sound = output.status.code() == Some(0);
    (!sound).then(|| format!("{} in {profile}:\n{}", server.name, binary::transcript(&output)))
}

#[test]
fn a_sound_server_trips_nothing_in_any_of_its_profiles() {
    let servers = table();
    let pairs: Vec<(&Server, &String)> =
        servers.iter().flat_map(|server| server.profiles.iter().map(move |profile| (server, profile))).collect();
    let (queue, faults) = (Mutex::new(pairs.into_iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((server, profile)) = { queue.lock().unwrap().next() } {
                    let fault = fault_of(server, profile);
                    faults.lock().unwrap().extend(fault);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// How many runs go on at once: most of their time is waited for.
const WORKERS: usize = 6;

#[test]
fn every_profile_has_a_sound_server() {
    let passed: BTreeSet<String> = table().into_iter().flat_map(|server| server.profiles).collect();
    let profiles: BTreeSet<String> =
        Catalogue::embedded().unwrap().profiles().iter().map(|profile| profile.id.clone()).collect();
    assert_eq!(passed, profiles);
}
