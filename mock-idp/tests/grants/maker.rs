//! What an issuer elsewhere signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::config::TrustedIssuer;
use mock_idp::keys::{Algorithm, BuiltinKey, SigningKey, builtin};
use serde_json::{Map, Value, json};

use super::bench::{ADA, NOW};

/// Whom some servers trust.
pub(crate) const IDP: &str = "https://idp.example";

pub(crate) fn trusted_issuer() -> TrustedIssuer {
    let jwk: Value = serde_json::from_str(&key().public_jwk().to_text()).unwrap();
    TrustedIssuer::new(IDP, &json!({ "keys": [jwk] })).unwrap()
}

fn key() -> SigningKey {
    builtin(BuiltinKey::IssuerP256).with_kid("idp-1")
}

/// An assertion in the making: everything of it can be changed.
#[derive(Clone)]
pub(crate) struct Assertion {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: SigningKey,
}

impl Assertion {
    /// An assertion about Ada for a server.
    pub(crate) fn about_ada(audience: &str) -> Self {
        let header = json!({ "alg": "ES256", "kid": "idp-1" });
        let claims = json!({ "iss": IDP, "sub": ADA, "aud": audience, "exp": NOW + 60, "iat": NOW, "jti": "1" });
        let object = |value: Value| value.as_object().unwrap().clone();
        Self { header: object(header), claims: object(claims), key: key() }
    }

    /// An ID-JAG about Ada for the client `web`.
    pub(crate) fn id_jag(audience: &str) -> Self {
        let mut id_jag = Self::about_ada(audience).claim("client_id", "web").claim("scope", "read");
        id_jag.header.insert("typ".into(), "oauth-id-jag+jwt".into());
        id_jag
    }

    /// With another value for a claim; `null` leaves it out.
    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => drop(self.claims.remove(name)),
            value => drop(self.claims.insert(name.into(), value)),
        }
        self
    }

    /// Signed by somebody else.
    pub(crate) fn forged(self) -> Self {
        Self { key: builtin(BuiltinKey::AttackerP256), ..self }
    }

    pub(crate) fn signed(&self) -> String {
        let part = |part: &Map<String, Value>| URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = self.key.sign(Algorithm::Es256, input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
