use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use sha2::Digest as _;

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A JWT of a client in the making: everything of it can be changed.
#[derive(Clone)]
pub(crate) struct Signed {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: SigningKey,
    algorithm: Algorithm,
}

/// What is otherwise in one.
pub(crate) type Change = fn(Signed) -> Signed;

impl Signed {
    /// A proof that the client holds a key (RFC 9449, section 4.2), with an id of its own.
    pub(crate) fn proof(key: &SigningKey, method: &str, url: &str, now: i64) -> Self {
        let algorithm = key.algorithm();
        let jwk: Value = serde_json::from_str(&key.bare_jwk().to_text()).unwrap();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            header: object(&json!({ "typ": "dpop+jwt", "alg": algorithm.name(), "jwk": jwk })),
            claims: object(&json!({ "htm": method, "htu": url, "iat": now, "jti": format!("proof-{number}") })),
            key: key.clone(),
            algorithm,
        }
    }

    /// An assertion of the client `service` for that endpoint.
    pub(crate) fn assertion(key: &SigningKey, audience: &str, now: i64) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let claims = json!({
            "iss": "service", "sub": "service", "aud": audience, "exp": now + 60, "jti": format!("assertion-{number}")
        });
        Self {
            header: object(&json!({ "alg": key.algorithm().name(), "kid": key.kid() })),
            claims: object(&claims),
            key: key.clone(),
            algorithm: key.algorithm(),
        }
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self.header.remove(name);
        self
    }

    /// Bound to an access token (RFC 9449, section 4.2: `ath`).
    pub(crate) fn for_token(self, token: &str) -> Self {
        self.claim("ath", URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(token)))
    }

    pub(crate) fn signed(&self) -> String {
        let part = |part: &Map<String, Value>| URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = self.key.sign(self.algorithm, input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The claims of a token, as text.
pub(crate) fn payload(token: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}
