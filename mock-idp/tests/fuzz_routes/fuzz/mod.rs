//! Requests to all routes, made from sound ones with what earlier answers gave, and changed. Held: no
//! panic, no 5xx that no fault asked for, no wait, and JSON where the header says so.

mod change;
mod dice;
mod draft;
mod grammar;
mod pool;
mod routes;
mod tokens;
mod watch;

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mock_idp::clock::Clock;
use mock_idp::config::Config;
use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::{Issuer, MockIdp, Request, Response};

use dice::Dice;
use draft::{Draft, Source};
use pool::{Pool, server_of};
pub(crate) use watch::{Progress, watched};

/// What is called: `iss` and the endpoints begin with it.
const BASE: &str = "http://127.0.0.1";
const JWT_CLIENT: &str = "jwt-client";
const JWT_SECRET: &str = "only-for-tests-and-long-enough-for-hs256";
/// An issuer lives for so many requests, so that what broke it for good does not hide all else.
const LIFETIME: u64 = 2_000;
/// After so many requests there are fresh tokens, and all steps are undone.
const REFILL: u64 = 100;

/// All authorization servers; the last one comes and goes.
const SERVERS: [&str; 4] = ["default", "closed", "org", "added"];

/// `default` is open, `closed` has users, `org` is shaped like an organisation's.
const CONFIG: &str = r#"
[server.default]
alg = "EdDSA"
scopes = ["test_scope", { name = "read", default = true }, { name = "own", consent = "required" }]
[[server.default.client]]
id = "0oaBadpennyTestClien"
secret = "badpenny-test-secret-public-by-intent-00"
auth_methods = ["client_secret_basic", "client_secret_post"]
any_loopback_redirect = true
[[server.default.client]]
id = "spa"
auth_methods = ["none"]
redirect_uris = ["http://localhost:3000/callback"]
[[server.default.client]]
id = "jwt-client"
secret = "only-for-tests-and-long-enough-for-hs256"
auth_methods = ["client_secret_jwt"]
[server.closed]
[[server.closed.client]]
id = "0oaBadpennyTestClien"
secret = "badpenny-test-secret-public-by-intent-00"
any_loopback_redirect = true
[[server.closed.user]]
login = "ada@example.com"
password = "right"
claims = { name = "Ada", groups = ["admins"] }
[[server.closed.user]]
login = "robot@example.com"
headless = true
[server.org]
dialect = { shape = "okta-org" }
"#;

/// How many answers had each status.
#[derive(Debug, Default)]
pub(crate) struct Summary(pub(crate) BTreeMap<u16, u64>);

/// Sends so many requests.
pub(crate) fn run(requests: u64, seed: u64, progress: &Progress) -> Result<Summary, Box<dyn Error>> {
    let mut summary = Summary::default();
    let mut sent = 0;
    while sent < requests {
        let count = LIFETIME.min(requests - sent);
        live(count, Dice::new(seed.wrapping_add(sent)), &mut summary, progress)?;
        sent += count;
    }
    Ok(summary)
}

/// The life of one issuer.
fn live(count: u64, mut dice: Dice, summary: &mut Summary, progress: &Progress) -> Result<(), Box<dyn Error>> {
    let clock = Clock::fixed(1_800_000_000);
    let start = MockIdp::builder().config(config()?).clock(clock.clone()).seed(dice.bits());
    let idp = tokio::runtime::Builder::new_current_thread().build()?.block_on(start.start())?;
    let (issuer, mut pool) = (idp.issuer(), Pool::default());
    pool.keep("", "id", "added");
    let routes = routes::all(issuer);
    for number in 0..count {
        if number % REFILL == 0 {
            for id in SERVERS {
                issuer.restore(id);
            }
            tokens::refill(&mut pool, issuer, clock.now(), &mut dice)?;
        }
        let source = Source { routes: &routes, pool: &pool, now: clock.now() };
        let request = draw(&source, &mut dice);
        let answer = ask(issuer, &request).map_err(|fault| format!("{fault}\n{request:#?}"))?;
        pool.learn(server_of(&request.path), &answer);
        *summary.0.entry(answer.status.as_u16()).or_default() += 1;
        progress.step();
    }
    Ok(())
}

fn config() -> Result<Config, Box<dyn Error>> {
    let mut config = Config::parse(CONFIG, "".as_ref())?;
    // There are built-in keys for two servers.
    for server in config.servers.iter_mut().filter(|server| server.id == "org") {
        server.key = Some(builtin(BuiltinKey::AttackerP256).with_kid("org"));
    }
    Ok(config)
}

/// A sound request in a third of the cases, else one with a change or several.
fn draw(source: &Source<'_>, dice: &mut Dice) -> Request {
    let mut draft = Draft::sound(source, dice);
    for _ in 0..dice.roll(3) * (1 + dice.roll(3)) {
        change::change(&mut draft, source, dice);
    }
    draft.request()
}

/// The answer, if it is one that may be given.
fn ask(issuer: &Issuer, request: &Request) -> Result<Response, String> {
    let number = issuer.journal().last_number();
    let answer = catch_unwind(AssertUnwindSafe(|| issuer.handle(request))).map_err(|_| "a panic")?;
    let entries = || SERVERS.iter().flat_map(|id| issuer.journal().entries_of(id, number));
    let is_asked_for = || entries().any(|entry| entry.fault.is_some());
    if answer.status.is_server_error() && !is_asked_for() {
        return Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
    }
    if !answer.headers.contains_key("x-mock-idp") {
        return Err("an answer without X-Mock-Idp".into());
    }
    let is_json = answer.headers.get("content-type").is_some_and(|kind| kind.as_bytes() == b"application/json");
    let is_staged = || entries().any(|entry| entry.jwks_revision.is_some() || entry.fault.is_some());
    if is_json && serde_json::from_slice::<serde_json::Value>(&answer.body).is_err() && !is_staged() {
        return Err(format!("no JSON: {}", String::from_utf8_lossy(&answer.body)));
    }
    Ok(answer)
}
