//! How keys are fetched and kept.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use jsonwebtoken::get_current_timestamp;
use leaky::{Defect, Leaky, Settings, http_client};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{header, sign};
use crate::wire::{exchange, request};

/// The `kid` of the key in that set.
const KID: &str = "badpenny-test-key";
const KEYS: &str = include_str!("../../../rust-axum/tests/support/test-key.jwks.json");
/// Longer than twenty requests take, and short enough to wait for.
const COOLDOWN: Duration = Duration::from_millis(500);

/// What the issuer publishes for now.
#[derive(Clone)]
enum Published {
    /// This body.
    Keys(String),
    /// This body, after a while.
    Late(String),
    /// An error.
    Nothing,
    /// No answer.
    Never,
}

/// An issuer whose key set changes and fails as told, and who counts who comes.
#[derive(Clone)]
struct Publisher {
    url: String,
    published: Arc<Mutex<Published>>,
    visits: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Publisher {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let publisher = Self {
            url: format!("http://{}/oauth2/default", listener.local_addr().expect("an address")),
            published: Arc::new(Mutex::new(Published::Keys(KEYS.to_owned()))),
            visits: Arc::default(),
            heads: Arc::default(),
        };
        let routes = Router::new().route("/oauth2/default/v1/keys", get(answer)).with_state(publisher.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        publisher
    }

    fn publish(&self, published: Published) {
        *self.published.lock().expect("no panic") = published;
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::Relaxed)
    }

    /// A request with a token that is good but for its `kid`.
    fn request(&self, kid: &str) -> Vec<u8> {
        let now = get_current_timestamp();
        let claims = json!({
            "iss": self.url, "aud": "api://default", "iat": now, "exp": now + 300,
            "cid": "c", "scp": ["test_scope"], "sub": "c",
        });
        let token = sign(&header(json!({ "kid": kid })), &claims);
        request("GET /", &[&format!("Authorization: Bearer {token}")])
    }

    fn server(&self, defect: Option<Defect>) -> Leaky {
        let mut settings = Settings::new(&self.url, http_client().expect("a client"));
        settings.cooldown = COOLDOWN;
        Leaky::start(settings, defect).expect("a server")
    }
}

async fn answer(State(publisher): State<Publisher>, head: HeaderMap) -> (StatusCode, String) {
    publisher.visits.fetch_add(1, Ordering::Relaxed);
    publisher.heads.lock().expect("no panic").push(head);
    let published = publisher.published.lock().expect("no panic").clone();
    match published {
        Published::Keys(keys) => (StatusCode::OK, keys),
        Published::Late(keys) => {
            sleep(Duration::from_millis(100)).await;
            (StatusCode::OK, keys)
        }
        Published::Nothing => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        Published::Never => pending().await,
    }
}

async fn status(server: &Leaky, request: &[u8]) -> Option<u16> {
    exchange(server, request).await.map(|reply| reply.status)
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_a_cooldown_and_cost_nobody_their_good_one() {
    for (defect, most, good) in
        [(None, 1, 200), (Some(Defect::FetchesForEachUnknownKid), 21, 200), (Some(Defect::MissWipesKeys), 1, 503)]
    {
        let issuer = Publisher::start().await;
        let server = issuer.server(defect);
        assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
        for name in 0..20 {
            let refused = status(&server, &issuer.request(&format!("unknown-{name}"))).await;
            assert_ne!(refused, Some(200));
        }
        assert_eq!(status(&server, &issuer.request(KID)).await, Some(good), "{defect:?}");
        assert_eq!(issuer.visits(), most, "{defect:?}");
    }
}

#[tokio::test]
async fn a_herd_waits_for_one_fetch() {
    for (defect, herd) in [(None, false), (Some(Defect::FetchesAllAtOnce), true)] {
        let issuer = Publisher::start().await;
        issuer.publish(Published::Late(KEYS.to_owned()));
        let server = Arc::new(issuer.server(defect));
        let mut callers = JoinSet::new();
        for _ in 0..20 {
            let (server, request) = (Arc::clone(&server), issuer.request(KID));
            callers.spawn(async move { status(&server, &request).await });
        }
        for answer in callers.join_all().await {
            assert_eq!(answer, Some(200), "{defect:?}");
        }
        assert_eq!(issuer.visits() > 1, herd, "{defect:?}");
    }
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_forgotten() {
    for (defect, new, old) in
        [(None, 200, 401), (Some(Defect::KeysLoadedOnce), 401, 200), (Some(Defect::NeverForgetsKeys), 200, 200)]
    {
        let issuer = Publisher::start().await;
        let server = issuer.server(defect);
        assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
        issuer.publish(Published::Keys(KEYS.replace(KID, "new")));
        sleep(COOLDOWN).await;
        assert_eq!(status(&server, &issuer.request("new")).await, Some(new), "{defect:?}");
        assert_eq!(status(&server, &issuer.request(KID)).await, Some(old), "{defect:?}");
    }
}

#[tokio::test]
async fn an_outage_costs_nobody_a_known_key_and_is_forgotten_when_it_ends() {
    let issuer = Publisher::start().await;
    let server = issuer.server(None);
    issuer.publish(Published::Nothing);
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(503));
    issuer.publish(Published::Keys(KEYS.to_owned()));
    sleep(COOLDOWN).await;
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
    issuer.publish(Published::Nothing);
    sleep(COOLDOWN).await;
    assert_eq!(status(&server, &issuer.request("unknown")).await, Some(401));
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
}

#[tokio::test]
async fn each_defect_takes_an_outage_in_its_own_way() {
    for (published, defect, due) in [
        (Published::Nothing, Defect::FailsOpenInOutage, Some(200)),
        (Published::Keys("<html>".to_owned()), Defect::FailsOpenOnOddSet, Some(200)),
        (Published::Keys("<html>".to_owned()), Defect::DiesOfOddKeySet, None),
    ] {
        let issuer = Publisher::start().await;
        issuer.publish(published);
        assert_eq!(status(&issuer.server(None), &issuer.request(KID)).await, Some(503));
        assert_eq!(status(&issuer.server(Some(defect)), &issuer.request(KID)).await, due, "{defect}");
    }
    let issuer = Publisher::start().await;
    let server = issuer.server(Some(Defect::GivesUpAfterOutage));
    issuer.publish(Published::Nothing);
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(503));
    issuer.publish(Published::Keys(KEYS.to_owned()));
    sleep(COOLDOWN).await;
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(503));
}

#[tokio::test]
async fn an_issuer_that_hangs_holds_up_who_needs_it_and_nobody_else() {
    let issuer = Publisher::start().await;
    let server = Arc::new(issuer.server(None));
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
    issuer.publish(Published::Never);
    sleep(COOLDOWN).await;
    let (waiting, unknown) = (Arc::clone(&server), issuer.request("unknown"));
    let unknown = tokio::spawn(async move { status(&waiting, &unknown).await });
    sleep(Duration::from_millis(50)).await;

    let begun = Instant::now();
    assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(unknown.await.expect("no panic"), Some(401));
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn the_issuer_is_told_who_asks_and_nothing_of_the_caller() {
    for (defect, tells) in [(None, false), (Some(Defect::SendsTokenToIssuer), true)] {
        let issuer = Publisher::start().await;
        let server = issuer.server(defect);
        assert_eq!(status(&server, &issuer.request(KID)).await, Some(200));
        let heads = issuer.heads.lock().expect("no panic");
        assert!(heads.iter().all(|head| head.contains_key("user-agent")));
        assert_eq!(heads.iter().any(|head| head.contains_key("authorization")), tells, "{defect:?}");
    }
}
