//! A finding is repeated by the line that is printed with it, and a replay shows
//! the whole exchange.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::process::{Command, Output};

use badpenny::cargo_test::Conformance;
use conformance_tests::binary;
use conformance_tests::naive::accepts;
use mock_idp::MockIdp;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Takes expired tokens, and wants two header lines.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let respond = |request: &Request| {
        let line = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
        if line("x-api-key").as_deref() != Some("hush") || line("x-tenant").as_deref() != Some("acme") {
            return ResponseTemplate::new(400);
        }
        match request.headers.contains_key("authorization") && (accepts(request) || is_expired(request)) {
            true => ResponseTemplate::new(200).set_body_string("hello"),
            false => ResponseTemplate::new(401),
        }
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

fn is_expired(request: &Request) -> bool {
    conformance_tests::naive::carries_jwt(request)
}

async fn sh(script: String) -> Output {
    let path = binary::path("badpenny");
    let folder = path.parent().unwrap().display().to_string();
    tokio::task::spawn_blocking(move || {
        let place = tempfile::tempdir().unwrap();
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
        Command::new("sh").args(["-c", &script]).current_dir(place.path()).env("PATH", path).output().unwrap()
    })
    .await
    .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lines_that_repeat_a_case_work_as_they_are_printed() {
    let (server, idp) = (server().await, MockIdp::builder().start().await.unwrap());
    let base = idp.http_issuer().replace("/oauth2/default", "");
    let run = format!(
        "badpenny run time/expired@one-hour --url {}/ --idp {base} --header 'X-Api-Key: hush' --header 'X-Tenant: acme'",
        server.uri()
    );
    let output = sh(run).await;
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}{}", text(&output.stderr));
    assert!(!told.contains("hush") && told.contains("X-Tenant: acme"), "{told}");
    let line =
        |start: &str| told.lines().find_map(|line| line.trim_start().strip_prefix(start)).unwrap().trim().to_owned();

    let replay = line("reproduce");
    let output = sh(format!("X_API_KEY=hush; {replay}")).await;
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}{}", text(&output.stderr));
    for shown in ["> GET / HTTP/1.1", "> X-Api-Key: [4 bytes]", "> X-Tenant: acme", "< HTTP/1.1 200 OK", "< hello"] {
        assert!(told.contains(shown), "no {shown} in {told}");
    }
    assert!(!told.contains("eyJ") && !told.contains("hush"), "{told}");
    let without = sh(replay).await;
    assert!(text(&without.stderr).contains("X_API_KEY"), "the shell says what is missing");

    let curl = line("or");
    if Command::new("curl").arg("--version").output().is_ok() {
        let output = sh(format!("X_API_KEY=hush; {curl}")).await;
        assert!(text(&output.stdout).starts_with("HTTP/1.1 200"), "{curl}\n{}", text(&output.stdout));
    }
}

#[test]
fn a_replay_shows_what_the_target_logged_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let leaky = binary::path("leaky");
    let output = binary::command("badpenny", folder.path())
        .args(["replay", "time/expired@one-hour", "--issuer-scheme", "http", "--env", "LEAKY_DEFECT=logs-tokens"])
        .args(["--command", &leaky.display().to_string()])
        .output()
        .unwrap();
    let told = text(&output.stdout);
    let log: Vec<&str> = told.lines().filter(|line| line.starts_with("log ")).collect();
    assert!(log.iter().any(|line| line.contains("good=false token=[token")), "{told}{}", text(&output.stderr));
    assert!(!log.iter().any(|line| line.contains("listens on")), "what came before is not of that moment: {told}");
    assert!(!told.contains("eyJ"), "{told}");
}

#[test]
fn a_line_leaves_to_the_settings_file_what_that_says() {
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "command = {:?}\nissuer-scheme = \"http\"\nenv = {{ LEAKY_DEFECT = \"ignores-expiry\", JWT_SCOPES = \"a\" }}\n",
        binary::path("leaky").display().to_string()
    );
    std::fs::write(folder.path().join("badpenny.toml"), settings).unwrap();
    let run = |arguments: &[&str]| binary::command("badpenny", folder.path()).args(arguments).output().unwrap();
    let told = text(&run(&["run", "time/expired@one-hour", "--leeway", "7"]).stdout);
    let line = told.lines().find_map(|line| line.trim_start().strip_prefix("reproduce")).unwrap().trim();
    assert_eq!(line, "badpenny replay time/expired@one-hour --config badpenny.toml --leeway 7");
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    let again = run(&words);
    assert_eq!(again.status.code(), Some(1), "{}{}", text(&again.stdout), text(&again.stderr));
    assert!(text(&again.stdout).contains("verdict    vulnerable"), "{}", text(&again.stdout));
}

#[test]
fn a_case_of_a_test_is_repeated_by_the_same_test() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["a_test_of_somebody", "--exact", "--ignored", "--nocapture"])
        .env("BADPENNY_ONLY", "time/expired@one-hour")
        .output()
        .unwrap();
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("1 variant of 1 scenario"), "{told}");
    let line = "BADPENNY_ONLY=time/expired@one-hour cargo test -p conformance-tests a_test_of_somebody -- --exact";
    assert!(told.contains(line), "{told}");
}

/// Fails: its server takes everything that looks like a token.
#[tokio::test]
#[ignore = "the test above runs it"]
async fn a_test_of_somebody() {
    let server = MockServer::start().await;
    let respond = |request: &Request| match is_expired(request) {
        true => ResponseTemplate::new(200).set_body_string("hello"),
        false => ResponseTemplate::new(401),
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    Conformance::start().await.profile("core").only("time/*").check(&server.uri()).await;
}
