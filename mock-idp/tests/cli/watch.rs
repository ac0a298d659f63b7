//! The configuration file, changed while the issuer runs.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::PathBuf;
use std::process::{ChildStderr, Stdio};

use tempfile::TempDir;

use crate::support::{Running, state};

/// An issuer whose file changes, and what it tells.
struct Watched {
    issuer: Running,
    told: Lines<BufReader<ChildStderr>>,
    file: PathBuf,
    _state: TempDir,
}

impl Watched {
    fn start(text: &str, arguments: &[&str]) -> Self {
        let state = state();
        let file = state.path().join("idp.toml");
        std::fs::write(&file, text).unwrap();
        let arguments = [&["--config", file.to_str().unwrap()], arguments].concat();
        let mut issuer = Running::start_told(state.path(), &arguments, Stdio::piped());
        let told = BufReader::new(issuer.child.stderr.take().unwrap()).lines();
        Self { issuer, told, file, _state: state }
    }

    /// Changes the file, and gives the next line that is told, without the path.
    fn change(&mut self, text: &str) -> String {
        std::fs::write(&self.file, text).unwrap();
        self.next()
    }

    fn next(&mut self) -> String {
        let line = self.told.next().unwrap().unwrap();
        line.replace(self.file.to_str().unwrap(), "FILE")
    }

    fn scopes(&self, server: &str) -> Vec<String> {
        let settings = self.issuer.get(&format!("/_mock/settings?server={server}"));
        settings["scopes"].as_array().unwrap().iter().map(|scope| scope["name"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn what_can_change_is_taken_over_and_told() {
    let mut watched = Watched::start("[server.default]\nscopes = ['a']\n", &[]);
    let kid = watched.issuer.kid();
    let told = watched
        .change("[server.default]\nscopes = ['a', 'b']\nlifetime = 60\n[[server.default.user]]\nlogin = 'ada'\n");
    assert_eq!(told, "mock-idp: FILE: server.default has taken over scopes, user, lifetime");
    assert_eq!(watched.scopes("default"), ["a", "b"]);
    assert_eq!(watched.issuer.get("/_mock/settings")["lifetime"], 60);
    assert_eq!(watched.issuer.kid(), kid, "the keys stay");
}

#[test]
fn whom_a_server_trusts_is_taken_over_too() {
    let mut watched = Watched::start("[server.orders]\n", &[]);
    let told = watched.change(
        "[server.orders]\nresources = ['https://mcp.example.com']\ntrusted_servers = ['default']\n\
         id_jag_audiences = ['https://as.example.com']\n[[server.orders.trusted_issuer]]\n\
         issuer = 'https://idp.example.com'\njwks = { keys = [{ kty = 'EC', crv = 'P-256', \
         x = 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y = 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }] }\n",
    );
    let words = "resources, trusted_servers, trusted_issuer, id_jag_audiences";
    assert_eq!(told, format!("mock-idp: FILE: server.orders has taken over {words}"));
}

#[test]
fn a_broken_file_changes_nothing_and_is_told_with_its_line() {
    let mut watched = Watched::start("[server.default]\nscopes = ['a']\n", &[]);
    let told = watched.change("[server.default]\nscopes = ['b']\nlifetme = 1\n");
    assert!(told.starts_with("mock-idp: FILE:3:1: server.default.lifetme: `lifetme` is not known here"), "{told}");
    assert!(told.ends_with("; nothing has changed"), "{told}");
    assert_eq!(watched.scopes("default"), ["a"]);
    let told = watched.change("[server.default]\nscopes = ['c']\n");
    assert_eq!(told, "mock-idp: FILE: server.default has taken over scopes");
    assert_eq!(watched.scopes("default"), ["c"]);
}

#[test]
fn servers_come_and_go_with_the_file() {
    let mut watched = Watched::start("", &[]);
    assert_eq!(watched.change("[server.orders]\nscopes = ['o']\n"), "mock-idp: FILE: server.orders is added");
    assert_eq!(watched.scopes("orders"), ["o"]);
    assert_eq!(watched.change("# nothing\n"), "mock-idp: FILE: server.orders is removed");
    assert_eq!(watched.issuer.get("/_mock/servers")["servers"], serde_json::json!(["default"]));
}

#[test]
fn what_needs_a_restart_is_told() {
    let mut watched = Watched::start("[server.default]\nscopes = ['a']\n", &[]);
    let told = watched.change("seed = 7\n[server.default]\nscopes = ['b']\nalg = 'ES256'\n");
    assert_eq!(told, "mock-idp: FILE: server.default has taken over scopes");
    assert_eq!(
        watched.next(),
        "mock-idp: FILE: server.default: alg, key_file, dialect and whatever else is changed there need a restart"
    );
    assert_eq!(
        watched.next(),
        "mock-idp: FILE: what stands above the servers (ports, addresses, tokens) needs a restart"
    );
    assert_eq!(watched.issuer.get("/_mock/settings")["alg"], "RS256");
}
