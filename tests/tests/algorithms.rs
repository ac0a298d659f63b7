//! Issuers of each kind of key, and targets that fetch no keys: what is sound
//! trips nothing, what is wrong is found, and nothing waits for a fetch.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::sync::Mutex;

use conformance_tests::machine::has_node;
use conformance_tests::told::{self, Row, Told};
use conformance_tests::{binary, node};
use rstest::rstest;

/// What a run is told of the issuer and the target.
#[derive(Clone, Copy)]
struct Setting {
    algorithm: &'static str,
    /// `--verifies-by`; the usual way of the algorithm where it is empty.
    verifies_by: &'static str,
    /// Whether leaky is the target; else the demo server.
    leaky: bool,
}

const fn demo(algorithm: &'static str, verifies_by: &'static str) -> Setting {
    Setting { algorithm, verifies_by, leaky: false }
}

const fn leaky(algorithm: &'static str, verifies_by: &'static str) -> Setting {
    Setting { algorithm, verifies_by, leaky: true }
}

impl Setting {
    fn run(self, defect: &str, arguments: &[&str]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        told::run(folder.path(), |command| {
            command.args(["--strict", "--leeway", "6", "--refresh", "10", "--alg", self.algorithm]).args(arguments);
            if !self.verifies_by.is_empty() {
                command.args(["--verifies-by", self.verifies_by]);
            }
            if self.leaky {
                command.arg("--command").arg(binary::path("leaky"));
                command.args(["--declare", "identity=/sub", "--env", "LEAKY_ALG={alg}"]);
                command.args(["--env", &format!("LEAKY_DEFECT={defect}"), "--env", "LEAKY_COOLDOWN_MS=1000"]);
                match self.verifies_by {
                    "key" => command.args(["--env", "LEAKY_JWKS_FILE={jwks_file}"]),
                    "secret" => command.args(["--env", "LEAKY_SECRET={shared_secret}"]),
                    _ => command,
                };
            }
        })
    }

    /// What is wrong, if anything.
    fn fault(self, profile: &str) -> Option<String> {
        let told = self.run("", &["--all", "--profile", profile]);
        let sound = told.output.status.code() == Some(0);
        (!sound).then(|| {
            let Self { algorithm, verifies_by, leaky } = self;
            let what = binary::transcript(&told.output);
            format!("{algorithm} {verifies_by} leaky={leaky} {profile}:\n{what}")
        })
    }
}

/// Each algorithm, and each way of verifying with each kind of key.
const SOUND: [Setting; 18] = [
    demo("RS384", ""),
    demo("RS512", ""),
    demo("PS256", ""),
    demo("PS512", "key"),
    demo("ES256", ""),
    demo("ES256", "key"),
    demo("ES384", ""),
    demo("ES512", ""),
    demo("ES512", "key"),
    demo("EdDSA", ""),
    demo("Ed25519", ""),
    demo("Ed25519", "key"),
    demo("HS256", ""),
    demo("HS384", "secret"),
    demo("HS512", ""),
    leaky("ES256", ""),
    leaky("ES256", "key"),
    leaky("HS256", "secret"),
];

#[test]
fn a_sound_server_trips_nothing_whatever_its_issuer_signs_with() {
    let profiles = ["rfc8725", "hardening"];
    let pairs = SOUND.iter().flat_map(|setting| profiles.map(|profile| (*setting, profile)));
    let (queue, faults) = (Mutex::new(pairs.collect::<Vec<_>>()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((setting, profile)) = { queue.lock().unwrap().pop() } {
                    let fault = setting.fault(profile);
                    faults.lock().unwrap().extend(fault);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Most of the time of a run is waited for.
const WORKERS: usize = 4;

/// Each row that is there for another kind of issuer is tripped by a defect.
#[rstest]
#[case(leaky("ES256", "key"), "takes-zero-signatures", "signature/ecdsa-psychic@own-key-zero")]
#[case(leaky("ES256", "key"), "takes-der-signatures", "signature/ecdsa-der@own-key")]
#[case(leaky("ES256", "key"), "hmac-with-spki-pem", "signature/hs256-pubkey-pem@spki")]
#[case(leaky("ES256", "key"), "hmac-with-ssh-line", "signature/hs256-pubkey-pem@ssh-rsa")]
#[case(leaky("ES256", "key"), "hmac-with-der", "signature/hs256-pubkey-jwk@spki-der")]
#[case(leaky("ES256", "key"), "hmac-with-thumbprint-input", "signature/hs256-pubkey-jwk@thumbprint-input")]
#[case(leaky("ES256", ""), "trusts-embedded-jwk", "signature/embedded-jwk@rsa-trusted-kid")]
#[case(leaky("ES256", ""), "fetches-key-set-url", "signature/jku-x5u-ssrf@jku")]
#[case(leaky("ES256", ""), "alg-in-any-case", "signature/alg-unknown-or-wrong-case@lower-case")]
#[case(leaky("HS256", "secret"), "takes-half-the-secret", "signature/hmac-secret@first-half")]
#[case(leaky("HS256", "secret"), "keeps-an-empty-secret", "signature/hmac-secret@empty")]
#[case(leaky("HS256", "secret"), "accepts-alg-none", "signature/alg-none@none")]
#[case(leaky("HS256", "secret"), "ignores-signature", "signature/foreign-key-same-kid@attacker-key")]
fn a_defect_is_found_whatever_the_issuer_signs_with(
    #[case] setting: Setting,
    #[case] defect: &str,
    #[case] name: &str,
) {
    let told = setting.run(defect, &["--profile", "rfc8725", name]);
    assert_eq!(told.verdict(name), "vulnerable", "{}", binary::transcript(&told.output));
}

/// The same settings in another language, with a library that others have written.
#[rstest]
#[case("ES256", "jwks", "ALG={alg}")]
#[case("ES256", "key", "PUBLIC_KEY={public_key_pem}")]
#[case("Ed25519", "key", "PUBLIC_KEY={public_key_pem}")]
#[case("PS256", "key", "PUBLIC_KEY={public_key_pem}")]
#[case("HS256", "secret", "SECRET={shared_secret}")]
fn no_forgery_gets_past_jose(#[case] algorithm: &str, #[case] verifies_by: &str, #[case] handed: &str) {
    if !has_node() {
        return;
    }
    let (app, folder) = (node::packages("node-jose").unwrap(), tempfile::tempdir().unwrap());
    let told = told::run(folder.path(), |command| {
        command.args(["--profile", "rfc8725", "--alg", algorithm, "--verifies-by", verifies_by, "signature/*"]);
        command.args(["--command", "node server.mjs", "--env", "ALG={alg}", "--env", handed, "--refresh", "10"]);
        command.arg("--cwd").arg(&app);
    });
    let got_in: Vec<_> = told.rows.iter().filter(|row| row.verdict == "vulnerable").collect();
    assert!(got_in.is_empty(), "{got_in:#?}");
    let passed = told.rows.iter().filter(|row| row.verdict == "pass").count();
    assert!(passed > 60, "{passed}: {}", binary::transcript(&told.output));
}

/// What a server takes beside its issuer's algorithm is declared by name.
#[test]
fn an_algorithm_that_is_declared_is_tried_with_a_key_of_its_kind() {
    if !has_node() {
        return;
    }
    let (app, folder) = (node::packages("node-jose").unwrap(), tempfile::tempdir().unwrap());
    let run = |taken: &str, declared: &[&str]| {
        told::run(folder.path(), |command| {
            command.args(["--profile", "interop", "interop/algorithms", "--refresh", "5"]);
            command.args(["--command", "node server.mjs", "--env", &format!("ALG={taken}")]).args(declared);
            command.arg("--cwd").arg(&app);
        })
    };
    let all = "ES256,ES384,PS256,EdDSA,Ed25519";
    let declared = format!("algorithms={all}");
    let sound = run(&format!("RS256,{all}"), &["--declare", &declared]);
    assert!(sound.rows.iter().all(|row| row.verdict == "pass"), "{:#?}", sound.rows);
    let silent = run("RS256", &[]);
    assert_eq!(silent.verdict("interop/algorithms@rsa-4096"), "pass");
    let reason = &silent.row("interop/algorithms@es256").reason;
    assert!(reason.ends_with("--declare algorithms=ES256"), "{reason}");
    let wrong = run("RS256", &["--declare", "algorithms=ES256,Ed25519"]);
    for name in ["interop/algorithms@es256", "interop/algorithms@ed25519"] {
        assert_eq!(wrong.verdict(name), "deviates", "{}", wrong.row(name).reason);
    }
}

/// Each row of `interop/algorithms` is tripped by a defect of a server that takes them all, but
/// for the one that a sound server may decline.
#[test]
fn a_server_that_forgets_what_it_takes_is_found_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let verdicts = |defect: &str| {
        let told = told::run(folder.path(), |command| {
            command.args(["--profile", "interop", "interop/algorithms", "--refresh", "5"]);
            command.arg("--command").arg(binary::path("leaky")).args(["--env", "LEAKY_COOLDOWN_MS=300"]);
            command.args(["--env", "LEAKY_TAKES=ES256,ES384,PS256,EdDSA,Ed25519"]);
            command.args(["--declare", "algorithms=ES256,ES384,PS256,EdDSA,Ed25519"]);
            command.args(["--env", &format!("LEAKY_DEFECT={defect}")]);
        });
        let not_passed = told.rows.iter().filter(|row| row.verdict != "pass");
        let slug = |row: &Row| row.name.split_once('@').map(|(_, slug)| slug.to_owned()).unwrap_or_default();
        not_passed.map(|row| format!("{} {}", slug(row), row.verdict)).collect::<Vec<_>>()
    };
    assert!(verdicts("").is_empty());
    let others = ["es256", "es384", "ps256", "eddsa", "ed25519"].map(|slug| format!("{slug} deviates"));
    assert_eq!(verdicts("one-algorithm-only"), others);
    assert_eq!(verdicts("knows-one-name-of-ed25519"), ["ed25519 deviates"]);
    let sizes = ["rsa-3072 deviates", "rsa-4096 deviates", "rsa-with-exponent-three note", "ps256 deviates"];
    assert_eq!(verdicts("keys-of-one-size"), sizes);
}

#[rstest]
#[case(demo("ES256", "key"), "its key was handed to it (--verifies-by key)")]
#[case(demo("HS256", ""), "it shares a secret with its issuer (--verifies-by secret)")]
fn what_is_about_fetches_is_skipped_with_the_reason(#[case] setting: Setting, #[case] reason: &str) {
    let told = setting.run("", &["--profile", "hardening", "keys/*"]);
    assert_eq!(told.output.status.code(), Some(0), "{}", binary::transcript(&told.output));
    let about_keys: Vec<_> = told.rows.iter().filter(|row| row.name.starts_with("keys/")).collect();
    assert!(about_keys.len() > 30, "{}", about_keys.len());
    let is_told =
        |row: &&&Row| row.verdict == "skipped" && (row.reason.contains(reason) || row.reason.contains("--slow"));
    let untold: Vec<_> = about_keys.iter().filter(|row| !is_told(row)).collect();
    assert!(untold.is_empty(), "{untold:#?}");
}

#[test]
fn a_row_for_another_kind_of_key_says_so() {
    let reason = |algorithm, name| {
        let told = demo(algorithm, "").run("", &["--profile", "rfc8725", name]);
        assert_eq!(told.verdict(name), "skipped");
        told.row(name).reason.clone()
    };
    let rsa = reason("ES256", "signature/truncated-or-extended@number-n");
    assert_eq!(rsa, "it is about RSA, and this token is not signed so: sign with an RSA key first");
    let secret = reason("RS256", "signature/hmac-secret@empty");
    assert!(secret.starts_with("it is about a shared secret, and the issuer signs with RS256"), "{secret}");
    let public = reason("HS256", "signature/hs256-pubkey-pem@spki");
    assert!(public.contains("the shared secret of HS256 has none"), "{public}");
}

#[test]
fn a_secret_stands_in_no_report_and_no_replay_line() {
    let told = leaky("HS256", "secret").run("accepts-alg-none", &["--profile", "rfc8725", "--report", "markdown"]);
    let text = binary::transcript(&told.output) + &told.report.to_string();
    assert!(text.contains("LEAKY_SECRET={shared_secret}"), "the line that repeats a case has the template");
    assert!(!text.contains("mock-idp-shared-secret-1"), "{text}");
}
