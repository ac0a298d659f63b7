//! The program against a small issuer: what it must take, what it must refuse, and how.

#[path = "../../rust-axum/tests/suite/mod.rs"]
mod suite;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use suite::forms::OTHER_KEY;
use suite::issuer::{OTHER_JWK, OTHER_KID};
use suite::token::{KID, sign_with};
use suite::{Bench, Server, Setup, Shape};

/// The program, on a free port, for one test.
struct Actix(Child);

impl Drop for Actix {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Actix {
    /// Starts it with these variables in place of all that are there.
    fn spawn(variables: &[(&str, String)]) -> (Self, SocketAddr) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rust-actix"))
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let line = BufReader::new(stdout).lines().next().expect("a line").expect("text");
        let address = line.rsplit('/').next().and_then(|address| address.parse().ok());
        (Self(child), address.expect("an address"))
    }
}

impl Server for Actix {
    const REALM: &'static str = "rust-actix";

    async fn start(setup: Setup) -> (Self, SocketAddr) {
        let shape = match setup.shape {
            Shape::Okta => "okta",
            Shape::Rfc9068 => "rfc9068",
        };
        Self::spawn(&[
            ("ISSUER", setup.issuer),
            ("SHAPE", shape.to_owned()),
            ("COOLDOWN_MS", setup.cooldown.to_string()),
            ("MAX_AGE_MS", setup.max_age.to_string()),
            ("CLIENTS", setup.clients.to_owned()),
            ("SERVER_PORT", "0".to_owned()),
        ])
    }
}

mod okta {
    use super::{Actix, Shape};

    crate::suite::hold_all!(Actix, Shape::Okta);
}

mod rfc9068 {
    use super::{Actix, Shape};

    crate::suite::hold_all!(Actix, Shape::Rfc9068);
}

#[tokio::test]
async fn metadata_that_lie_bring_no_keys() {
    let attacker = Bench::<Actix>::start(Shape::Okta).await;
    let bench = Bench::<Actix>::start_with(Shape::Okta, |setup| setup.cooldown = 0).await;
    bench.assert_served("baseline/valid", &bench.issuer.token(json!({}))).await;
    let truth = bench.issuer.stage().metadata.clone();
    bench.publish(&[OTHER_JWK]);
    for (member, lie) in [
        ("issuer", attacker.issuer.id.clone()),
        ("issuer", format!("{}/", bench.issuer.id)),
        ("jwks_uri", format!("{}/v1/keys", attacker.issuer.id)),
        ("jwks_uri", "nowhere".to_owned()),
    ] {
        let mut metadata = truth.clone();
        metadata[member] = json!(lie);
        bench.issuer.stage().metadata = metadata;
        bench.assert_invalid("keys/metadata-issuer-mismatch", &bench.by_other_key()).await;
    }
    assert_eq!(bench.issuer.stage().fetches, 1, "nothing was fetched on the word of a liar");
    assert_eq!(attacker.issuer.stage().fetches, 0, "nor from the attacker");
    bench.issuer.stage().metadata = truth;
    bench.assert_served("keys/metadata-issuer-mismatch", &bench.by_other_key()).await;
}

#[tokio::test]
async fn a_key_is_good_for_the_tokens_of_its_own_issuer() {
    let [first, second] = [Bench::<Actix>::start(Shape::Okta).await, Bench::<Actix>::start(Shape::Okta).await];
    let variables = [
        ("ISSUER", first.issuer.id.clone()),
        ("SECOND_ISSUER", second.issuer.id.clone()),
        ("SERVER_PORT", "0".to_owned()),
    ];
    // Under the very id of the first issuer's key.
    second.publish(&[OTHER_JWK.replace(OTHER_KID, KID).as_str()]);
    let (server, address) = Actix::spawn(&variables);
    let bench = Bench { issuer: first.issuer, address, _server: server };
    let by_the_second = |claims| sign_with(OTHER_KEY, &second.issuer.header(json!({})), &claims);

    bench.assert_served("baseline/valid", &bench.issuer.token(json!({}))).await;
    bench.assert_served("baseline/valid", &by_the_second(second.issuer.claims(json!({})))).await;

    for scenario in ["issuer/cross-issuer-key", "issuer/second-as-own-key"] {
        bench.assert_invalid(scenario, &by_the_second(bench.issuer.claims(json!({})))).await;
        bench.assert_invalid(scenario, &second.issuer.token(json!({}))).await;
        bench.assert_invalid(scenario, &second.issuer.token(json!({ "iss": [second.issuer.id] }))).await;
    }
}

#[test]
fn a_setting_that_can_not_be_read_is_said() {
    for (name, value, said) in [
        ("SHAPE", "rfc9069", "set SHAPE to okta or rfc9068, not \"rfc9069\""),
        ("ISSUER", "default", "an issuer is an address with a host, not \"default\""),
        ("COOLDOWN_MS", "soon", "set COOLDOWN_MS to a whole number, not \"soon\""),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_rust-actix"))
            .env("ISSUER", "http://127.0.0.1:1/oauth2/default")
            .env(name, value)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(said), "{text}");
    }
}
