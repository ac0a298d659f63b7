//! The binary as a process, in a state directory of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) fn command(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-idp"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MOCK_IDP_")) {
        command.env_remove(name);
    }
    command.env("MOCK_IDP_STATE_DIR", state);
    command
}

pub(crate) fn run(state: &Path, arguments: &[&str]) -> Output {
    command(state).args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// An issuer in a process; ended on drop.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) ready: Value,
}

impl Running {
    pub(crate) fn start(state: &Path, arguments: &[&str]) -> Self {
        Self::start_told(state, arguments, Stdio::inherit())
    }

    /// The same with a place for what it tells on standard error.
    pub(crate) fn start_told(state: &Path, arguments: &[&str], told: Stdio) -> Self {
        let mut child = command(state)
            .args(["--port", "0", "--https-port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(told)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.ready["http"].as_str().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            client.get(url).send().await.unwrap().json().await.unwrap()
        })
    }

    pub(crate) fn kid(&self) -> String {
        self.get("/oauth2/default/v1/keys")["keys"][0]["kid"].as_str().unwrap().to_owned()
    }

    /// Sends SIGTERM and tells the exit status.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn state() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The token of the client credentials grant, from the door of that scheme.
pub(crate) fn token(issuer: &Running, scheme: &str) -> Value {
    let base = issuer.ready[scheme].as_str().unwrap();
    let ca = std::fs::read(issuer.ready["ca_file"].as_str().unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ca = reqwest::Certificate::from_pem(&ca).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
        let request = client.post(format!("{base}/oauth2/default/v1/token"));
        let form = [("grant_type", "client_credentials"), ("scope", "test_scope")];
        let request = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).form(&form);
        request.send().await.unwrap().json().await.unwrap()
    })
}
