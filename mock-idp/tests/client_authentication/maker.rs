use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::NOW;

/// An assertion in the making: everything of it can be changed.
#[derive(Clone)]
pub(crate) struct Assertion {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) key: SigningKey,
    pub(crate) algorithm: Algorithm,
}

impl Assertion {
    /// What an honest client sends to that endpoint, signed with `key`.
    pub(crate) fn of(client: &str, key: &SigningKey, algorithm: Algorithm, endpoint: &str) -> Self {
        let header = json!({ "alg": algorithm.name(), "kid": key.kid(), "typ": "JWT" });
        let claims = json!({ "iss": client, "sub": client, "aud": endpoint, "exp": NOW + 60, "iat": NOW, "jti": "id" });
        let object = |value: Value| value.as_object().unwrap().clone();
        Self { header: object(header), claims: object(claims), key: key.clone(), algorithm }
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self.header.remove(name);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    pub(crate) fn signed(&self) -> String {
        let part = |part: &Map<String, Value>| URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = self.key.sign(self.algorithm, input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
