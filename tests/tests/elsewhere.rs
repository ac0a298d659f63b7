//! A server that is not on this machine is others' as well: it is told before
//! what will be sent, little is sent, and slowly, and it is left in peace when it
//! does badly.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conformance_tests::binary;
use conformance_tests::naive::{accepts, refused, server};
use wiremock::{MockServer, ResponseTemplate};

/// A name that stands for another machine, at the address of this server.
fn somewhere(server: &MockServer) -> [String; 4] {
    let port = server.address().port();
    let (url, address) = (format!("http://api.example:{port}/"), format!("api.example:{port}:127.0.0.1"));
    ["--url".to_owned(), url, "--resolve".to_owned(), address]
}

async fn run(server: &MockServer, arguments: &[&str]) -> Output {
    perform("run", server, arguments).await
}

async fn perform(verb: &'static str, server: &MockServer, arguments: &[&str]) -> Output {
    let place = somewhere(server);
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        binary::command("badpenny", folder.path()).arg(verb).args(place).args(arguments).output().unwrap()
    })
    .await
    .unwrap()
}

fn told(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn sound(count: &Arc<AtomicUsize>) -> MockServer {
    let count = Arc::clone(count);
    server(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        if accepts(request) { ResponseTemplate::new(200) } else { refused() }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_before_somebody_says_yes() {
    let count = Arc::default();
    let server = sound(&count).await;
    let output = run(&server, &["time/expired"]).await;
    let text = told(&output.stderr);
    assert_eq!((output.status.code(), count.load(Ordering::Relaxed)), (Some(2), 0), "{text}");
    assert!(text.contains("plan             3 variants to http://api.example:"), "{text}");
    assert!(text.contains("5 a second at most") && text.contains("add --yes"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_of_more_than_one_variant_is_told_before_and_asked_about() {
    let count = Arc::default();
    let server = sound(&count).await;
    let output = perform("replay", &server, &["response/no-internals@stack-trace", "--profile", "hardening"]).await;
    let text = told(&output.stderr);
    assert_eq!((output.status.code(), count.load(Ordering::Relaxed)), (Some(2), 0), "{text}");
    assert!(text.contains("variants to http://api.example:") && text.contains("add --yes"), "{text}");
    let text = told(&perform("replay", &server, &["transport/no-credentials@no-header"]).await.stderr);
    assert!(text.contains("plan             1 variant to"), "{text}");
    assert!(count.load(Ordering::Relaxed) > 0, "one variant that was named is sent: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_floods_writes_or_calls_back_is_left_out_until_it_is_allowed() {
    let count = Arc::default();
    let server = sound(&count).await;
    let rows = ["baseline/valid", "signature/jku-x5u-ssrf", "keys/unknown-kid-flood", "concurrency/interleaved"];
    let profile = ["--profile", "hardening", "--yes", "--all", "--rate", "50"];
    let text = told(&run(&server, &[&rows[..], &profile].concat()).await.stdout);
    assert!(text.contains("name an address that it can reach with --listener ADDR:PORT"), "{text}");
    assert!(text.contains("add --allow floods"), "{text}");
    let allowed = [&rows[1..2], &profile, &["--listener", "127.0.0.1:0", "--allow", "floods"]].concat();
    let text = told(&run(&server, &allowed).await.stdout);
    // Port 0 of loopback is where it listens anyway: nothing was named.
    assert!(text.contains("--listener ADDR:PORT"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_proves_nothing_before_somebody_has_called_it() {
    // Takes what has the very header of the first good token.
    let header = std::sync::OnceLock::new();
    let server = server(move |request| {
        let line = request.headers.get("authorization").and_then(|line| line.to_str().ok()).unwrap_or_default();
        let own = line.split('.').next().unwrap_or_default().to_owned();
        let is_good = accepts(request) && *header.get_or_init(|| own.clone()) == own;
        if is_good { ResponseTemplate::new(200) } else { refused() }
    })
    .await;
    let address = format!("127.0.0.1:{}", conformance_tests::standing::free_port());
    let arguments = ["signature/jku-x5u-ssrf", "--profile", "rfc8725", "--yes", "--all", "--rate", "50"];
    let text = told(&run(&server, &[&arguments[..], &["--listener", &address]].concat()).await.stdout);
    assert!(text.contains("no call has shown that the target can reach the address of --listener"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_badly_is_left_in_peace() {
    const BEFORE: usize = 12;
    let count: Arc<AtomicUsize> = Arc::default();
    let seen = Arc::clone(&count);
    let server = server(move |request| match seen.fetch_add(1, Ordering::Relaxed) {
        BEFORE.. => ResponseTemplate::new(500),
        _ if accepts(request) => ResponseTemplate::new(200),
        _ => refused(),
    })
    .await;
    let output = run(&server, &["--profile", "core", "--yes", "--rate", "50"]).await;
    let text = told(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("partial: the run ended at the first sign of trouble"), "{text}");
    // Far from the ninety of the profile.
    let sent = count.load(Ordering::Relaxed);
    assert!(sent < BEFORE + 40, "{sent}");
}

/// Lets ten requests a second through, and counts those that it turns away.
async fn limited(turned_away: &Arc<AtomicUsize>) -> MockServer {
    let turned_away = Arc::clone(turned_away);
    let times = std::sync::Mutex::new(Vec::<std::time::Instant>::new());
    server(move |request| {
        let mut times = times.lock().unwrap();
        times.retain(|time| time.elapsed() < std::time::Duration::from_secs(1));
        if times.len() >= 10 {
            turned_away.fetch_add(1, Ordering::Relaxed);
            return ResponseTemplate::new(429).insert_header("Retry-After", "1");
        }
        times.push(std::time::Instant::now());
        if accepts(request) { ResponseTemplate::new(200) } else { refused() }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_the_rate_is_kept_where_it_is_told_and_learned_where_it_is_not() {
    for (arguments, most) in [(&["--rate", "8"][..], 0), (&[], 3)] {
        let turned_away = Arc::default();
        let server = limited(&turned_away).await;
        let url = format!("{}/", server.uri());
        let arguments =
            [&["time/*", "audience/*", "scope/*", "issuer/*", "--url", &url, "--profile", "okta"], arguments];
        let arguments: Vec<String> = arguments.concat().iter().map(ToString::to_string).collect();
        let output = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().unwrap();
            binary::command("badpenny", folder.path()).arg("run").args(arguments).output().unwrap()
        });
        let text = told(&output.await.unwrap().stdout);
        assert!(!text.contains("inconclusive"), "{text}");
        let count = turned_away.load(Ordering::Relaxed);
        assert!(count <= most, "{count} of them: {text}");
    }
}
