//! The requests of core@1, with the statuses that each scenario allows.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::get_current_timestamp;
use serde_json::{Value, json};

use crate::support::{Issuer, header, segment, sign, sign_with};

const FOREIGN_KEY: &[u8] = include_bytes!("../../../rust-axum/tests/support/foreign-test-key.pem");
const FOREIGN_JWK: &str = include_str!("../../../rust-axum/tests/support/foreign-test-key.jwk.json");
const SPKI_PEM: &str = include_str!("../test-key.spki.pem");
const PKCS1_PEM: &str = include_str!("../test-key.pkcs1.pem");
const SSH_LINE: &str = include_str!("../test-key.ssh-rsa.txt");

/// One request.
pub(crate) struct Case {
    pub(crate) scenario: &'static str,
    /// Its `Authorization` header lines.
    pub(crate) lines: Vec<String>,
    statuses: &'static [u16],
}

impl Case {
    pub(crate) fn allows(&self, status: u16) -> bool {
        self.statuses.contains(&status)
    }

    /// Whether it must be served.
    pub(crate) fn is_honest(&self) -> bool {
        self.allows(200)
    }
}

/// Every variant, in the order of the profile.
pub(crate) fn cases(issuer: &Issuer) -> Vec<Case> {
    [
        honest(issuer),
        without_credentials(),
        structure(issuer),
        unverified(issuer),
        confused(issuer),
        embedded(issuer),
        critical(issuer),
        claims(issuer),
        scopes(issuer),
        id_tokens(issuer),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn case(scenario: &'static str, statuses: &'static [u16], token: &str) -> Case {
    Case { scenario, lines: vec![format!("Bearer {token}")], statuses }
}

fn refused(scenario: &'static str, tokens: impl IntoIterator<Item = String>) -> Vec<Case> {
    tokens.into_iter().map(|token| case(scenario, &[401], &token)).collect()
}

fn honest(issuer: &Issuer) -> Vec<Case> {
    let accepted = |scenario, changes| case(scenario, &[200], &issuer.token(changes));
    let order = "baseline/scope-superset-and-order";
    let mut cases = vec![
        accepted("baseline/valid", json!({})),
        accepted(order, json!({ "scp": ["test_scope", "other_a", "other_b"] })),
        accepted(order, json!({ "scp": ["other_a", "test_scope", "other_b"] })),
        accepted(order, json!({ "scp": ["other_a", "other_b", "test_scope"] })),
        accepted("baseline/aud-array", json!({ "aud": ["api://default"] })),
        accepted("baseline/aud-array", json!({ "aud": ["https://other.example", "api://default"] })),
    ];
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let lines = vec![format!("{scheme} {}", issuer.token(json!({})))];
        cases.push(Case { scenario: "transport/scheme-case", lines, statuses: &[200] });
    }
    cases
}

fn without_credentials() -> Vec<Case> {
    vec![Case { scenario: "transport/no-credentials", lines: Vec::new(), statuses: &[401] }]
}

fn structure(issuer: &Issuer) -> Vec<Case> {
    let token = issuer.token(json!({}));
    let parts: Vec<&str> = token.split('.').collect();
    let [h, p, s] = parts[..] else { panic!("three segments") };
    let text = ["abc", "0b9f4f2e-6c8a-4a55-9a3e-3f5f0a9a7d11", &"xY7_".repeat(2560)];
    let counts: [&[&str]; 7] =
        [&[h], &[h, p], &[h, p, s, s], &[h, p, s, p, s], &[h, p, s, h, p, s], &["", h, p, s], &[h, p, s, ""]];
    let empty: [&[&str]; 4] = [&["", p, s], &[h, "", s], &[h, p, ""], &["", "", ""]];
    [
        refused("structure/not-a-jwt", text.map(str::to_owned)),
        refused("structure/segment-count", counts.map(|segments| segments.join("."))),
        refused("structure/empty-segments", empty.map(|segments| segments.join("."))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn unverified(issuer: &Issuer) -> Vec<Case> {
    let claims = issuer.claims();
    let control = issuer.token(json!({}));
    let (message, signature) = control.rsplit_once('.').expect("three segments");
    let other = issuer.token(json!({ "jti": "AT.other" }));
    let (_, other_signature) = other.rsplit_once('.').expect("three segments");
    let later = get_current_timestamp() + 86400;
    let tampered = [json!({ "sub": "admin" }), json!({ "scp": ["test_scope", "admin"] }), json!({ "exp": later })].map(
        |changes| {
            let changed = issuer.token(changes);
            let (changed, _) = changed.rsplit_once('.').expect("three segments");
            format!("{changed}.{signature}")
        },
    );
    let unsecured = ["none", "None", "NONE", "nOnE", "none ", " none", "none\0"]
        .map(|alg| format!("{}.{}.", segment(&header(json!({ "alg": alg }))), segment(&claims)));
    let keyless = [json!({ "alg": "none", "kid": "unknown" }), json!({ "alg": "none", "kid": null })]
        .map(|changes| format!("{}.{}.", segment(&header(changes)), segment(&claims)));
    let mut flipped: Vec<String> = [0, 1024, 2047].map(|bit| flip(message, signature, bit)).into();
    flipped.push(format!("{message}.{other_signature}"));
    let foreign = sign_with(FOREIGN_KEY, &header(json!({})), &claims);
    [
        refused("signature/alg-none", unsecured.into_iter().chain(keyless)),
        refused("signature/stripped", [format!("{message}."), message.to_owned()]),
        refused("signature/payload-tampered", tampered),
        refused("signature/bit-flip", flipped),
        refused("signature/foreign-key-same-kid", [foreign]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn flip(message: &str, signature: &str, bit: usize) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    bytes[bit / 8] ^= 0x80 >> (bit % 8);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn confused(issuer: &Issuer) -> Vec<Case> {
    let claims = issuer.claims();
    let hmac = |name: &str, algorithm, secret: &str| {
        let message = format!("{}.{}", segment(&header(json!({ "alg": name }))), segment(&claims));
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    refused(
        "signature/hs256-pubkey-pem",
        [
            hmac("HS256", hmac::HMAC_SHA256, SPKI_PEM),
            hmac("HS384", hmac::HMAC_SHA384, SPKI_PEM),
            hmac("HS512", hmac::HMAC_SHA512, SPKI_PEM),
            hmac("HS256", hmac::HMAC_SHA256, SPKI_PEM.trim_end()),
            hmac("HS256", hmac::HMAC_SHA256, &SPKI_PEM.replace('\n', "\r\n")),
            hmac("HS256", hmac::HMAC_SHA256, &format!(" {SPKI_PEM}")),
            hmac("HS256", hmac::HMAC_SHA256, &format!("\n{SPKI_PEM}")),
            hmac("HS256", hmac::HMAC_SHA256, PKCS1_PEM),
            hmac("HS256", hmac::HMAC_SHA256, SSH_LINE),
        ],
    )
}

fn embedded(issuer: &Issuer) -> Vec<Case> {
    let jwk: Value = serde_json::from_str(FOREIGN_JWK).expect("a key");
    let p256 = json!({ "kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB" });
    let headers = [
        json!({ "jwk": jwk }),
        json!({ "jwk": jwk, "kid": null }),
        json!({ "jwk": jwk, "kid": "badpenny-attacker-1" }),
        json!({ "jwk": p256, "alg": "ES256" }),
    ];
    let sign = |changes| sign_with(FOREIGN_KEY, &header(changes), &issuer.claims());
    refused("signature/embedded-jwk", headers.map(sign))
}

fn critical(issuer: &Issuer) -> Vec<Case> {
    let headers = [
        json!({ "crit": ["x-badpenny"], "x-badpenny": 1 }),
        json!({ "crit": ["exp"] }),
        json!({ "crit": ["cnf"], "cnf": { "jkt": "x" } }),
    ];
    let sign = |changes| sign(&header(changes), &issuer.claims());
    refused("signature/crit-unknown", headers.map(sign))
}

fn claims(issuer: &Issuer) -> Vec<Case> {
    let now = get_current_timestamp();
    [
        ("time/expired", json!({ "iat": now - 7200, "exp": now - 3600 })),
        ("time/expired", json!({ "iat": now - 90000, "exp": now - 86400 })),
        ("time/expired", json!({ "iat": 0, "exp": 1 })),
        ("time/exp-missing", json!({ "exp": null })),
        ("time/nbf-future", json!({ "nbf": now + 3600 })),
        ("time/nbf-future", json!({ "nbf": now + 360 })),
        ("issuer/other", json!({ "iss": "https://issuer.example/oauth2/default" })),
        ("audience/other", json!({ "aud": "api://other" })),
        ("audience/other", json!({ "aud": "0oaTest" })),
    ]
    .map(|(scenario, changes)| case(scenario, &[401], &issuer.token(changes)))
    .into()
}

fn scopes(issuer: &Issuer) -> Vec<Case> {
    let lists = [
        ("scope/missing-required", json!(["other"])),
        ("scope/missing-required", json!(["openid", "profile"])),
        ("scope/partial-match", json!(["test_scope_x"])),
        ("scope/partial-match", json!(["x_test_scope"])),
        ("scope/partial-match", json!(["test_sco"])),
        ("scope/partial-match", json!(["test_scope:read"])),
        ("scope/partial-match", json!(["test_scope."])),
        ("scope/partial-match", json!(["test_scop."])),
        ("scope/partial-match", json!(["Test_Scope"])),
    ];
    let strings = [
        json!({ "scp": "not_test_scope_really" }),
        json!({ "scp": "test_scope_x" }),
        json!({ "scp": null, "scope": "not_test_scope_really" }),
    ];
    let list = |(scenario, scp)| case(scenario, &[403], &issuer.token(json!({ "scp": scp })));
    let string = |changes| case("scope/partial-match", &[401, 403], &issuer.token(changes));
    lists.map(list).into_iter().chain(strings.map(string)).collect()
}

fn id_tokens(issuer: &Issuer) -> Vec<Case> {
    let shape = |aud| {
        issuer.token(json!({
            "aud": aud, "jti": "ID.test", "nonce": "n", "at_hash": "h", "amr": ["pwd"],
            "scp": null, "cid": null,
        }))
    };
    let id = "token-type/id-token";
    vec![
        case(id, &[401], &shape(json!("0oaTest"))),
        case(id, &[401, 403], &shape(json!(["0oaTest", "api://default"]))),
        case(id, &[401, 403], &shape(json!("api://default"))),
    ]
}
