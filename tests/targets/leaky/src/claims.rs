//! Sixth step: who issued the token, for whom, and when it holds (RFC 7519 4.1).

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::compact;
use crate::defect::{Defect, Switch};
use crate::settings::Settings;

/// How far the clocks may be apart, in seconds.
const LEEWAY: f64 = 5.0;
const DAY: f64 = 86400.0;

/// The claims of a token whose signature holds.
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn read(segment: &str) -> Option<Self> {
        compact::json(segment).map(Self)
    }

    pub(crate) fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    pub(crate) fn scope(&self) -> Option<&Value> {
        self.0.get("scp")
    }

    /// Whether it tells a client who logged in, in Okta's shape.
    pub(crate) fn is_id_token(&self) -> bool {
        let of_id = |jti: &str| jti.starts_with("ID.");
        self.text("jti").is_some_and(of_id)
            || ["nonce", "at_hash", "amr", "idp"].iter().any(|name| self.0.contains_key(*name))
    }

    /// Everything but the scope, at `now` in seconds since 1970.
    pub(crate) fn check(&self, settings: &Settings, now: f64, defect: Switch) -> Result<(), Refusal> {
        let holds =
            self.is_unexpired(now, defect) && self.has_begun(now, defect) && self.is_from(&settings.issuer, defect);
        if !holds {
            return Err(Refusal::InvalidToken);
        }
        if !self.is_for(&settings.audience, defect) {
            let forbids = defect.has(Defect::ForbidsOtherAudience);
            return Err(if forbids { FORBIDDEN } else { Refusal::InvalidToken });
        }
        // An ID token may be for this API too; Okta's names no client as an access token does.
        if self.client().is_none() || self.subject().is_none() {
            return Err(Refusal::InvalidToken);
        }
        Ok(())
    }

    fn is_unexpired(&self, now: f64, defect: Switch) -> bool {
        if defect.has(Defect::JudgesByAge) {
            return self.number("iat").is_some_and(|iat| now < iat + DAY);
        }
        if defect.has(Defect::ExpiryOptional) && !self.0.contains_key("exp") {
            return true;
        }
        let Some(exp) = self.number("exp") else { return false };
        match defect.0 {
            Some(Defect::IgnoresExpiry) => true,
            Some(Defect::ExpiryInMilliseconds) => now < exp * 1000.0,
            _ => now < exp + leeway(defect),
        }
    }

    fn has_begun(&self, now: f64, defect: Switch) -> bool {
        if defect.has(Defect::IgnoresNotBefore) || !self.0.contains_key("nbf") {
            return true;
        }
        self.number("nbf").is_some_and(|nbf| nbf <= now + leeway(defect))
    }

    fn is_from(&self, issuer: &str, defect: Switch) -> bool {
        if defect.has(Defect::IgnoresIssuer) {
            return true;
        }
        let Some(iss) = self.text("iss") else { return false };
        match defect.0 {
            Some(Defect::IssuerByPath) => path(iss) == path(issuer),
            Some(Defect::AnyHttpsIssuer) if iss.starts_with("https://") => true,
            _ => iss == issuer,
        }
    }

    fn is_for(&self, audience: &str, defect: Switch) -> bool {
        if defect.has(Defect::IgnoresAudience) {
            return true;
        }
        match self.0.get("aud") {
            Some(Value::String(aud)) => {
                let of_client = defect.has(Defect::AudienceOfClient) && self.client() == Some(aud);
                aud == audience || of_client
            }
            Some(Value::Array(_)) if defect.has(Defect::AudienceStringOnly) => false,
            Some(Value::Array(all)) if defect.has(Defect::FirstAudienceOnly) => {
                all.first().is_some_and(|aud| aud == audience)
            }
            Some(Value::Array(all)) => all.iter().any(|aud| aud == audience),
            _ => false,
        }
    }

    /// The client, as Okta or as RFC 9068 names it.
    fn client(&self) -> Option<&str> {
        self.text("cid").or_else(|| self.text("client_id"))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }
}

const FORBIDDEN: Refusal = Refusal::Wrong(StatusCode::FORBIDDEN);

fn leeway(defect: Switch) -> f64 {
    if defect.has(Defect::LeewayOfHalfADay) { DAY / 2.0 } else { LEEWAY }
}

fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: f64 = 1_000_000.0;

    fn claims(changes: &Value) -> Claims {
        let mut claims = json!({
            "iss": "https://a.example/oauth2/default", "aud": "api", "exp": NOW + 300.0,
            "iat": NOW, "sub": "s", "cid": "c",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let Value::Object(claims) = claims else { panic!("an object") };
        Claims(claims)
    }

    fn holds(changes: &Value, defect: Option<Defect>) -> bool {
        let client = crate::settings::http_client().expect("a client");
        let mut settings = Settings::new("https://a.example/oauth2/default", client);
        settings.audience = "api".to_owned();
        claims(changes).check(&settings, NOW, Switch(defect)).is_ok()
    }

    #[test]
    fn good_claims_hold() {
        assert!(holds(&json!({}), None));
        assert!(holds(&json!({ "aud": ["b", "api"], "nbf": NOW }), None));
    }

    #[test]
    fn a_claim_of_the_wrong_type_never_holds() {
        for changes in [
            json!({ "exp": "9999999999" }),
            json!({ "nbf": "0" }),
            json!({ "nbf": null }),
            json!({ "iss": ["https://a.example/oauth2/default"] }),
            json!({ "aud": [["api"]] }),
            json!({ "aud": null }),
        ] {
            assert!(!holds(&changes, None), "{changes}");
        }
    }

    #[test]
    fn each_defect_of_time_is_as_described() {
        let old = json!({ "exp": NOW - 3600.0, "iat": NOW - 7200.0 });
        let early = json!({ "nbf": NOW + 3600.0 });
        assert!(!holds(&old, None));
        assert!(!holds(&early, None));
        for defect in [Defect::IgnoresExpiry, Defect::LeewayOfHalfADay, Defect::JudgesByAge] {
            assert!(holds(&old, Some(defect)), "{defect}");
        }
        for defect in [Defect::IgnoresNotBefore, Defect::LeewayOfHalfADay] {
            assert!(holds(&early, Some(defect)), "{defect}");
        }
    }

    #[test]
    fn an_issuer_may_be_told_by_too_little() {
        let other = json!({ "iss": "https://b.example/oauth2/default" });
        assert!(!holds(&other, None));
        assert!(holds(&other, Some(Defect::IssuerByPath)));
        assert!(holds(&other, Some(Defect::AnyHttpsIssuer)));
        assert!(!holds(&json!({ "iss": "https://b.example/x" }), Some(Defect::IssuerByPath)));
    }
}
