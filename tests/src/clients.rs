//! Client programs, `clients/`: made ready, run against an issuer, and what they tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use badpenny::target::TrustFiles;
use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_SCOPE};
use mock_idp::{MintRequest, MockIdp};
use serde::Deserialize;
use serde_json::Value;

use crate::packages::{self, PackagesError, Toolchain};
use crate::static_build::target_folder;
use crate::{binary, node};

/// What a client program tells of one step: a line of JSON.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// The name by which it was asked for.
    pub step: String,
    /// Whether all of it went well.
    pub ok: bool,
    /// What else it tells.
    #[serde(flatten)]
    pub told: BTreeMap<String, Value>,
}

/// Runs the client program `clients/{name}` against the issuer for these steps; `None`
/// where this machine lacks what it is written in, which is said by name.
///
/// # Panics
///
/// When the program can't be made ready, or fails in a step; with all that it wrote.
#[must_use]
pub fn take(name: &str, steps: &[&str], idp: &MockIdp) -> Option<Vec<Step>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name);
    let mut command = program(&dir).unwrap_or_else(|error| panic!("{name}: {error}"))?;
    let trust = TrustFiles::write(idp.ca_pem()).unwrap_or_else(|error| panic!("{error}"));
    command.args(steps).current_dir(&dir).stdin(Stdio::null()).envs(settings(idp)).envs(trusting(&trust));
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{name}: {}", binary::transcript(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    Some(lines.collect())
}

/// What starts the program in `dir`, once its packages are there.
fn program(dir: &Path) -> Result<Option<Command>, PackagesError> {
    if dir.join("Cargo.toml").is_file() {
        return Ok(Some(cargo_run(dir)));
    }
    if !packages::ready(dir)? {
        return Ok(None);
    }
    let (program, arguments): (PathBuf, &[&str]) = match Toolchain::of(dir) {
        Some(Toolchain::Python) => (dir.join(".venv/bin/python"), &["client.py"]),
        Some(Toolchain::Go) => (dir.join(".build/server"), &[]),
        Some(Toolchain::Java) => ("java".into(), &["-cp", "target/classes:target/lib/*", "client.Client"]),
        Some(Toolchain::Node) | None => (node::executable()?, &["client.mjs"]),
    };
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(Some(command))
}

/// Builds and runs a package that is no member of this workspace, beside what the
/// workspace is built into.
fn cargo_run(dir: &Path) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--locked", "--manifest-path"]).arg(dir.join("Cargo.toml"));
    command.arg("--target-dir").arg(target_folder(root).join("clients")).arg("--");
    command
}

/// What client and issuer agree on; the issuer is the one over https.
fn settings(idp: &MockIdp) -> [(&'static str, String); 7] {
    let issuer = idp.https_issuer();
    [
        ("EXPIRED_TOKEN", expired(idp, &issuer)),
        ("ISSUER", issuer),
        ("CLIENT_ID", DEFAULT_CLIENT_ID.to_owned()),
        ("CLIENT_SECRET", DEFAULT_CLIENT_SECRET.to_owned()),
        ("SCOPE", DEFAULT_SCOPE.to_owned()),
        ("AUDIENCE", DEFAULT_AUDIENCE.to_owned()),
        ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
    ]
}

fn expired(idp: &MockIdp, issuer: &str) -> String {
    let mut asked = MintRequest::scenario("time/expired@one-hour").unwrap_or_else(|error| panic!("{error}"));
    asked.issuer = Some(issuer.to_owned());
    let forged = idp.mint(&asked).unwrap_or_else(|error| panic!("{error}"));
    forged.token.expose_text()
}

/// What makes each language trust the issuer.
fn trusting(trust: &TrustFiles) -> [(&'static str, String); 4] {
    let (authority, bundle) = (trust.ca_file().display().to_string(), trust.ca_bundle().display().to_string());
    let store = trust.truststore_p12().unwrap_or_default();
    let java = format!(
        "-Djavax.net.ssl.trustStore={} -Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStoreType=PKCS12",
        store.display()
    );
    [
        ("NODE_EXTRA_CA_CERTS", authority),
        ("SSL_CERT_FILE", bundle.clone()),
        ("REQUESTS_CA_BUNDLE", bundle),
        ("JAVA_TOOL_OPTIONS", java),
    ]
}
