//! Answers that are otherwise, through clients as their users have them: wrong ID Tokens
//! are refused, and of legal odd ones it is held what becomes of them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use conformance_tests::packages;
use mock_idp::MockIdp;
use mock_idp::config::{AuthorizationServer, Client, Config};
use rstest::rstest;
use serde_json::Value;
use tokio::process::Command;

/// The wrong ID Tokens of OpenID's basic tests for clients, with the client that refuses
/// each: what one leaves to others goes through another.
const WRONG: [(&str, &[&str]); 2] = [
    (
        "openid-client",
        &[
            "id-token-wrong-iss",
            "id-token-no-sub",
            "id-token-wrong-aud",
            "id-token-no-aud",
            "id-token-wrong-azp",
            "id-token-expired",
            "id-token-no-iat",
            "id-token-wrong-nonce",
            "id-token-no-nonce",
            "id-token-by-stranger",
            "id-token-alg-none",
            "id-token-hs256",
            "userinfo-wrong-sub",
        ],
    ),
    ("okta-auth-js", &["id-token-wrong-at-hash"]),
];

/// Further answers that a client must refuse, and does.
const REFUSED: &[&str] = &[
    "id-token-no-iss",
    "id-token-no-exp",
    "id-token-unknown-kid",
    "userinfo-no-sub",
    "refreshed-id-token-wrong-iss",
    "no-id-token",
    "wrong-state",
    "no-state",
    "no-code",
    "no-iss",
    "wrong-iss",
    "no-access-token",
    "no-token-type",
    "other-token-type",
    "metadata-wrong-issuer",
    "cut",
    "garbled",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/odd")
}

/// An issuer with the test client and a public one.
async fn issuer() -> MockIdp {
    let mut server = AuthorizationServer::new("default");
    let mut spa = Client::public("spa");
    (spa.any_loopback_redirect, spa.rotate_refresh_tokens) = (true, false);
    server.clients.push(spa);
    MockIdp::builder().config(Config::default().with_server(server)).start().await.unwrap()
}

/// What came of each case; `None` where this machine lacks the client's language.
async fn outcomes(idp: &MockIdp, client: &str, cases: &[&str]) -> Option<BTreeMap<String, Value>> {
    let is_python = ["authlib", "requests-oauthlib"].contains(&client);
    let dir = if is_python { folder().join("python") } else { folder() };
    if !packages::ready(&dir).unwrap() {
        return None;
    }
    let mut command = if is_python { Command::new(dir.join(".venv/bin/python")) } else { Command::new("node") };
    command.arg(if is_python { "run.py" } else { "run.mjs" }).arg(client).args(cases).current_dir(&dir);
    let output = command.env("ISSUER", idp.http_issuer()).env("CONTROL", idp.http()).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told: BTreeMap<String, Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|told| (told["case"].as_str().unwrap().to_owned(), told))
        .collect();
    assert_eq!(told.len(), cases.len(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(told)
}

/// Every case is refused in a sign-in that is right but for it, and was really given.
async fn all_are_refused(client: &str, cases: &[&str]) {
    let idp = issuer().await;
    let all: Vec<&str> = ["honest"].into_iter().chain(cases.iter().copied()).collect();
    let Some(told) = outcomes(&idp, client, &all).await else { return };
    assert_eq!(told["honest"]["outcome"], "taken", "{}", told["honest"]);
    let given: Vec<_> = idp.journal().entries().into_iter().filter_map(|entry| entry.note).collect();
    for case in cases {
        assert_eq!(told[*case]["outcome"], "refused", "{client}: {case}");
        assert!(given.contains(case), "{client}: {case} was never given");
        assert_ne!(told[*case]["why"], "", "{client}: {case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_fourteen_wrong_id_tokens_is_refused() {
    assert_eq!(WRONG.iter().map(|(_, rows)| rows.len()).sum::<usize>(), 14);
    for (client, rows) in WRONG {
        all_are_refused(client, rows).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_must_be_refused_is() {
    all_are_refused("openid-client", REFUSED).await;
}

/// What every client takes.
const LEGAL: [&str; 5] = ["no-scope", "token-type-in-capitals", "unknown-member", "unknown-field", "new-refresh-token"];

/// What a client makes of legal answers, as `seen.json` has it.
#[derive(serde::Deserialize)]
struct Seen {
    taken: Vec<String>,
    refused: Vec<String>,
    /// What its program tells of those that it takes.
    told: BTreeMap<String, Value>,
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_legal_answers_is_as_it_was_measured(
    #[values(
        "openid-client",
        "oauth4webapi",
        "express-openid-connect",
        "simple-oauth2",
        "okta-auth-js",
        "authlib",
        "requests-oauthlib"
    )]
    client: &str,
) {
    let text = std::fs::read_to_string(folder().join("seen.json")).unwrap();
    let mut all: BTreeMap<String, Seen> = serde_json::from_str(&text).unwrap();
    let seen = all.remove(client).unwrap();
    let taken: Vec<&str> = seen.taken.iter().chain(seen.told.keys()).map(String::as_str).chain(LEGAL).collect();
    let cases: Vec<&str> = taken.iter().copied().chain(seen.refused.iter().map(String::as_str)).collect();
    let idp = issuer().await;
    let Some(told) = outcomes(&idp, client, &cases).await else { return };
    for case in &cases {
        let expected = if taken.contains(case) { "taken" } else { "refused" };
        assert_eq!(told[*case]["outcome"], expected, "{client}: {}", told[*case]);
    }
    for (case, members) in &seen.told {
        for (name, expected) in members.as_object().unwrap() {
            assert_eq!(&told[case]["seen"][name], expected, "{client}: {}", told[case]);
        }
    }
}
