//! With one token of an issuer whose keys the run doesn't have: the same verdicts
//! on what needs no key, and the token gets nowhere but to the target.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use badpenny::engine::{Run, RunSettings};
use badpenny::event::{Event, Sink};
use badpenny::http::{Client, ClientSettings, Header};
use badpenny::issuer::{IssuerSettings, RealControl};
use badpenny::scenario::{Catalogue, Plan};
use badpenny::target::Target;
use badpenny::token::{Origin, RealToken, RealTokens, TokenFacts, Web};
use badpenny::withheld::Withheld;
use conformance_tests::node::{self, Script, Variant};
use conformance_tests::standing::Standing;
use conformance_tests::told::{self, Told};
use conformance_tests::{binary, machine};
use mock_idp::clock::Clock;
use mock_idp::keys::{Algorithm, SigningKey};
use mock_idp::mutation::Mutation;
use mock_idp::random::Random;
use mock_idp::{MintRequest, MockIdp};
use rstest::rstest;
use serde_json::json;

/// The variable that holds the token.
const VARIABLE: &str = "STAGING_TOKEN";
/// A claim that must be found nowhere.
const CANARY: &str = "canary-claim-4711";

/// An issuer that stands for a real one: of it no more is used than its tokens and
/// what it publishes.
struct Issuer {
    idp: MockIdp,
    ca: tempfile::NamedTempFile,
}

impl Issuer {
    async fn start() -> Self {
        let idp = MockIdp::builder().start().await.unwrap();
        let ca = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), idp.ca_pem()).unwrap();
        Self { idp, ca }
    }

    /// An honest token with a claim that is marked.
    fn token(&self) -> String {
        let mark = json!([{ "claim": "marked", "set": CANARY }]);
        let mut request = MintRequest::mutation(Mutation::from_json(&mark).unwrap());
        request.issuer = Some(self.idp.https_issuer());
        self.idp.issuer().mint(&request).unwrap().token.expose_text()
    }

    /// Tells a server whom it trusts.
    fn trusted_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("ISSUER", self.idp.https_issuer())
            .envs([("AUDIENCE", "api://default"), ("SCOPE", "test_scope"), ("CLIENT_ID", "0oaBadpennyTestClien")])
            .env("NODE_EXTRA_CA_CERTS", self.ca.path())
            .env("SSL_CERT_FILE", self.ca.path())
    }

    /// A run with the token alone.
    fn judge_with_token(&self, folder: &Path, url: &str, arguments: &[&str]) -> Told {
        told::run(folder, |command| {
            command.args(["--url", url, "--token", &format!("env:{VARIABLE}")]).env(VARIABLE, self.token());
            command.arg("--cacert").arg(self.ca.path()).args(arguments);
        })
    }

    /// A run with all of the issuer.
    fn judge_with_issuer(&self, folder: &Path, url: &str, arguments: &[&str]) -> Told {
        told::run(folder, |command| {
            command.args(["--url", url, "--idp", self.idp.http()]).args(arguments);
        })
    }
}

/// A server of `targets`; `None` where this machine has no Node for it.
fn server(name: &str) -> Option<Command> {
    let targets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("targets");
    let node = |folder: PathBuf, script: &str| {
        machine::has_node().then(|| {
            let mut command = Command::new(node::executable().unwrap());
            command.arg(script).current_dir(folder);
            command
        })
    };
    match name {
        "node-okta-express" => {
            let app = machine::has_node().then(|| node::installed(Variant::Current).unwrap())?;
            let mut command = node(app.dir().to_path_buf(), Script::Secured.file())?;
            command.envs(app.env());
            Some(command)
        }
        name if name.starts_with("node-") => node(targets.join(name), "server.js"),
        name => {
            let (program, defect) = name.split_once('+').unwrap_or((name, ""));
            let mut command = Command::new(binary::path(program));
            command.env("LEAKY_DEFECT", defect);
            Some(command)
        }
    }
}

#[rstest]
#[case("node-okta-express")]
#[case("node-usual")]
#[case("node-weak")]
#[case("node-logging")]
#[case("rust-axum")]
#[case("rust-actix")]
#[case("leaky")]
#[case("leaky+accepts-alg-none")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_no_key_gets_the_same_verdict_as_with_all_keys(#[case] name: &'static str) {
    let Some(mut command) = server(name) else { return };
    let issuer = Issuer::start().await;
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let profile = ["--profile", "rfc8725", "--refresh", "2"];
        let with_token = issuer.judge_with_token(folder.path(), &url, &profile);
        let with_issuer = issuer.judge_with_issuer(folder.path(), &url, &profile);
        let all: BTreeMap<&str, &str> =
            with_issuer.rows.iter().map(|row| (row.name.as_str(), row.verdict.as_str())).collect();
        let differ: Vec<_> =
            with_token.rows.iter().filter(|row| all.get(row.name.as_str()) != Some(&row.verdict.as_str())).collect();
        assert!(with_token.rows.len() > 100, "{}", with_token.rows.len());
        assert!(differ.is_empty(), "{differ:#?}");
        drop(standing);
    })
    .await
    .unwrap();
}

/// All that a run wrote, by name.
fn written(folder: &Path, told: &Told) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all =
        vec![("stdout".to_owned(), text(&told.output.stdout)), ("stderr".to_owned(), text(&told.output.stderr))];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.push((path.display().to_string(), text(&std::fs::read(&path).unwrap())));
    }
    all
}

#[rstest]
#[case::findings("leaky+accepts-alg-none")]
#[case::an_echo("leaky+echoes-token-in-body")]
#[case::a_crash("leaky+dies-of-no-signature")]
#[case::a_log_of_tokens("leaky+logs-tokens")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_token_is_in_nothing_that_is_written_and_in_no_process_but_ours(#[case] name: &'static str) {
    let Some(mut command) = server(name) else { return };
    let issuer = Issuer::start().await;
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let token = issuer.token();
        let told = told::run(folder.path(), |command| {
            command.args(["--url", &url, "--token", &format!("env:{VARIABLE}")]).env(VARIABLE, &token);
            command.arg("--cacert").arg(issuer.ca.path()).args(["--profile", "hardening", "--all"]);
            command.args(["--header", "X-Api-Key: canary-header-4711", "--snapshot", "outcomes.snap"]);
            for format in ["junit", "markdown", "terminal"] {
                command.args(["--report", &format!("{format}=report.{format}")]);
            }
            command.args(["--report", "terminal"]);
        });
        let replayed = binary::command("badpenny", folder.path())
            .args(["replay", "signature/alg-none@none", "--url", &url, "--token", &format!("env:{VARIABLE}")])
            .arg("--cacert")
            .arg(issuer.ca.path())
            .env(VARIABLE, &token)
            .output()
            .unwrap();
        let mut all = written(folder.path(), &told);
        all.push(("replay".to_owned(), binary::transcript(&replayed)));
        let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
        for (place, text) in &all {
            for secret in [payload, signature, CANARY, "canary-header-4711"] {
                assert!(!text.contains(secret), "{place} holds {secret}:\n{text}");
            }
            assert!(!text.contains(&format!("{header}.")), "{place}:\n{text}");
        }
        let terminal = &all.iter().find(|(place, _)| place == "stdout").unwrap().1;
        if told.rows.iter().any(|row| row.verdict == "vulnerable") {
            assert!(terminal.contains(&format!("--token env:{VARIABLE}")), "{terminal}");
        }
        drop(standing);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_token_with_a_lesser_scope_is_the_one_without_the_scope() {
    let issuer = Issuer::start().await;
    let mut command = server("leaky").unwrap();
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let mut lesser = MintRequest::control();
    lesser.issuer = Some(issuer.idp.https_issuer());
    lesser.scope = Some("profile.read".to_owned());
    let lesser = issuer.idp.issuer().mint(&lesser).unwrap().token.expose_text();
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let told = told::run(folder.path(), |command| {
            command.args(["scope/*", "signature/bit-flip", "--profile", "okta", "--url", &url]);
            command.args(["--token", &format!("env:{VARIABLE}"), "--other-token", "env:LESSER"]);
            command.env(VARIABLE, issuer.token()).env("LESSER", &lesser).arg("--cacert").arg(issuer.ca.path());
        });
        let row = told.row("scope/missing-required@other-scope");
        assert_eq!((row.status, row.verdict.as_str()), (Some(403), "pass"), "{}", row.reason);
        assert_eq!(told.verdict("signature/bit-flip@of-another-token"), "pass");
        drop(standing);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_process_that_is_started_inherits_the_token() {
    let idp = MockIdp::builder().start().await.unwrap();
    let mut request = MintRequest::control();
    request.issuer = Some(idp.http_issuer());
    let token = idp.issuer().mint(&request).unwrap().token.expose_text();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let command = format!("env > target.env; exec {}", binary::path("leaky").display());
        let told = told::run(folder.path(), |run| {
            run.args(["time/*", "signature/alg-none", "--profile", "core", "--command", &command]);
            run.args(["--one-bench", "--reset", "env > reset.env", "--token", &format!("env:{VARIABLE}")]);
            run.env(VARIABLE, &token).env("HARMLESS", "inherited");
        });
        assert!(told.rows.iter().any(|row| row.verdict == "pass"), "{:?}", told.rows);
        let env = std::fs::read_to_string(folder.path().join("target.env")).unwrap();
        assert!(env.contains("HARMLESS=inherited") && !env.contains(VARIABLE) && !env.contains(&token), "{env}");
        if let Ok(env) = std::fs::read_to_string(folder.path().join("reset.env")) {
            assert!(!env.contains(VARIABLE) && !env.contains(&token), "{env}");
        }
        drop(idp);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_ended_leaves_no_token_in_its_reports() {
    let issuer = Issuer::start().await;
    let mut command = server("leaky").unwrap();
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let token = issuer.token();
        let child = binary::command("badpenny", folder.path())
            .args(["run", "--url", &url, "--token", &format!("env:{VARIABLE}"), "--rate", "5", "--profile", "core"])
            .args(["--report", "json=report.json", "--report", "terminal"])
            .arg("--cacert")
            .arg(issuer.ca.path())
            .env(VARIABLE, &token)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_secs(2));
        let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
        // SAFETY: a signal to a child of this test that has not been waited for.
        #[expect(unsafe_code, reason = "std has no way to send a signal")]
        unsafe {
            libc::kill(i32::try_from(child.id()).unwrap(), libc::SIGINT);
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", binary::transcript(&output));
        let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
        let texts = [report, binary::transcript(&output), String::from_utf8_lossy(&arguments).into_owned()];
        let signature = token.rsplit('.').next().unwrap();
        assert!(texts.iter().all(|text| !text.contains(signature) && !text.contains(CANARY)), "{texts:?}");
        drop(standing);
    })
    .await
    .unwrap();
}

#[rstest]
#[case::sound("", "pass", "pass")]
#[case::caching("serves-answer-of-another", "vulnerable", "vulnerable")]
#[case::global("keeps-current-user-in-global", "pass", "vulnerable")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_token_of_another_subject_is_another_user(
    #[case] defect: &str,
    #[case] one_by_one: &'static str,
    #[case] at_once: &'static str,
) {
    let issuer = Issuer::start().await;
    let mut command = server(&format!("leaky+{defect}")).unwrap();
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let mut other = MintRequest::control();
    other.issuer = Some(issuer.idp.https_issuer());
    other.subject = Some("somebody.else@badpenny.example".to_owned());
    let other = issuer.idp.issuer().mint(&other).unwrap().token.expose_text();
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let told = told::run(folder.path(), |command| {
            command.args(["concurrency/interleaved", "response/cache-cross-serve", "--url", &url]);
            command.args(["--profile", "hardening"]);
            command.args(["--token", &format!("env:{VARIABLE}"), "--other-token", "env:OTHER"]);
            command.args(["--declare", "identity=/sub"]);
            command.env(VARIABLE, issuer.token()).env("OTHER", &other).arg("--cacert").arg(issuer.ca.path());
        });
        assert_eq!(told.verdict("response/cache-cross-serve@other-user-after-control"), one_by_one);
        assert_eq!(told.verdict("concurrency/interleaved@short"), at_once);
        drop(standing);
    })
    .await
    .unwrap();
}

/// A server that takes one opaque token, and logs what it is sent.
const OPAQUE_SERVER: &str = "require('node:http').createServer((request, response) => { \
     console.log(JSON.stringify(request.headers)); \
     const good = request.headers.authorization === `Bearer ${process.env.GOOD}`; \
     if (good && process.env.DIES) process.exit(3); \
     response.writeHead(good ? 200 : 401, good ? {} : { 'WWW-Authenticate': 'Bearer' }).end(); \
   }).listen(process.env.PORT, '127.0.0.1')";

#[rstest]
#[case::that_is_accepted("replay", "")]
#[case::that_ends_the_target("replay", "1")]
#[case::that_is_refused("run", "")]
fn an_opaque_token_is_in_no_line_of_a_targets_log(#[case] verb: &str, #[case] dies: &str) {
    let (Ok(node), true) = (node::executable(), machine::has_node()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let opaque = "opaque-canary-4711-token";
    std::fs::write(folder.path().join("token"), opaque).unwrap();
    std::fs::write(folder.path().join("server.js"), OPAQUE_SERVER).unwrap();
    let good = if verb == "run" { "another" } else { opaque };
    let output = binary::command("badpenny", folder.path())
        .args([verb, "transport/no-credentials@no-header", "--profile", "core", "--token", "file:token", "--wait", "2"])
        .arg("--command")
        .arg(format!("{} server.js", node.display()))
        .args(["--header", "X-Api-Key: canary-header-4711"])
        .envs([("GOOD", good), ("DIES", dies)])
        .output()
        .unwrap();
    let text = binary::transcript(&output);
    assert!(text.contains("[token sha256:") && !text.contains("4711"), "{text}");
}

#[test]
fn a_target_that_does_not_start_is_told_without_the_token_that_it_logs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "opaque-canary-4711-token").unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--token", "file:token", "--wait", "2", "--command", "cat token; exit 1"])
        .output()
        .unwrap();
    let text = binary::transcript(&output);
    assert!(text.contains("[token sha256:") && !text.contains("4711"), "{text}");
}

/// What panics on the first verdict, with all that it is given and all of the run.
struct Panicking(String);

impl Sink for Panicking {
    fn on(&mut self, event: &Event) {
        if let Event::CaseFinished(_) = event {
            panic!("forced by a test: {event:?} {}", self.0);
        }
    }
}

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn a_run_with_a_real_token_that_panics() {
    let target = std::env::var("TARGET_URL").unwrap();
    let secret = Withheld::variables_of(vec![VARIABLE.to_owned()]);
    let origin = Origin::Place(format!("env:{VARIABLE}").parse().unwrap());
    let first = RealToken::obtain(origin, Web::new(None).unwrap(), Clock::system(), secret.clone()).await.unwrap();
    let facts = TokenFacts::of(&first.current().await.unwrap()).unwrap();
    let real = RealControl {
        tokens: RealTokens { first, second: None },
        settings: facts.settings(),
        key: SigningKey::unknown(facts.kid.clone().unwrap(), Algorithm::Rs256),
    };
    let issuer = IssuerSettings { real: Some(real), ..IssuerSettings::default() };
    let issuer = badpenny::issuer::Issuer::start(&issuer).await.unwrap();
    let settings = RunSettings {
        headers: vec![Header::new("X-Api-Key", "canary-header-4711")],
        withheld: secret,
        ..RunSettings::default()
    };
    let plan = Plan::new(&Catalogue::embedded().unwrap(), "core", &["baseline/valid".parse().unwrap()]).unwrap();
    let mut run = Run::new(
        plan,
        Target::Url(target.parse().unwrap()),
        "a server",
        &issuer.minter(),
        Arc::new(Client::new(ClientSettings::default()).unwrap()),
        settings,
        Random::from_system(),
    );
    let mut sink = Panicking(format!("{run:?} {issuer:?} {facts:?}"));
    drop(run.execute(&mut sink).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_in_the_middle_of_a_run_shows_no_token() {
    let issuer = Issuer::start().await;
    let mut command = server("leaky").unwrap();
    let standing = Standing::start(issuer.trusted_by(&mut command));
    let url = standing.url();
    tokio::task::spawn_blocking(move || {
        let token = issuer.token();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_run_with_a_real_token_that_panics", "--ignored", "--nocapture"])
            .env(VARIABLE, &token)
            .env("TARGET_URL", &url)
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let text = binary::transcript(&output);
        assert!(text.contains("forced by a test") && text.contains("baseline/valid"), "{text}");
        for secret in token.split('.').skip(1).chain([CANARY, "canary-header-4711"]) {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
        drop(standing);
    })
    .await
    .unwrap();
}

#[rstest]
#[case(&["--header", "hush-4711"], "no colon")]
#[case(&["--header", "hush 4711: x"], "no name of a header")]
#[case(&["--token-param", "hush-4711"], "NAME=VALUE")]
#[case(&["--env", "hush-4711"], "NAME=VALUE")]
fn an_argument_that_may_be_a_secret_is_not_repeated(#[case] arguments: &[&str], #[case] told: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = binary::command("badpenny", folder.path()).arg("run").args(arguments).output().unwrap();
    let text = binary::transcript(&output);
    assert!(text.contains(told) && !text.contains("4711"), "{text}");
}

#[test]
fn a_token_itself_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--url", "http://127.0.0.1:9/", "--token", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("env:NAME, file:PATH or cmd:COMMAND") && !text.contains("eyJ"), "{text}");
    let help = binary::command("badpenny", folder.path())
        .args(["run", "--help"])
        .env("BADPENNY_TOKEN", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln")
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("eyJ"));
}
