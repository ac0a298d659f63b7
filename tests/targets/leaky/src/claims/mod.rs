//! Sixth step: who issued the token, for whom, and when it holds (RFC 7519 4.1).

mod audience;
mod issuer;
mod time;

use serde_json::Value;

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::quirk::Quirk;
use crate::settings::{Settings, Shape};
use crate::token::Object;

/// Claims of Okta's access tokens (and RFC 9068's), besides which a defect knows none.
const KNOWN: [&str; 15] = [
    "ver",
    "jti",
    "iss",
    "aud",
    "iat",
    "exp",
    "nbf",
    "cid",
    "uid",
    "scp",
    "sub",
    "client_id",
    "scope",
    "auth_time",
    "acr",
];

/// The claims of a token whose signature holds.
#[derive(Debug)]
pub(crate) struct Claims(Object);

impl Claims {
    pub(crate) fn read(payload: &[u8], defect: Switch) -> Result<Self, Refusal> {
        if payload == b"null" && defect.has(Defect::CrashesOnPayloadNull) {
            return Err(Refusal::CRASH);
        }
        Object::read(payload, defect).map(Self).ok_or(Refusal::InvalidToken)
    }

    pub(crate) fn subject(&self) -> Option<&str> {
        self.0.text("sub")
    }

    /// `iss` as it stands, where it is a string.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.0.text("iss")
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The client, as Okta or as RFC 9068 names it.
    pub(crate) fn client(&self) -> Option<&str> {
        self.0.text("cid").or_else(|| self.0.text("client_id"))
    }

    /// Whether it tells a client who logged in, in Okta's shape.
    pub(crate) fn is_id_token(&self) -> bool {
        let of_id = |jti: &str| jti.starts_with("ID.");
        self.0.text("jti").is_some_and(of_id) || ["nonce", "at_hash", "amr", "idp"].iter().any(|name| self.0.has(name))
    }

    /// Every claim that is a list.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &[Value]> {
        self.0.members().filter_map(|(_, value)| value.as_array().map(Vec::as_slice))
    }

    /// Whether it expired before that time.
    pub(crate) fn ended_before(&self, time: f64) -> bool {
        self.0.get("exp").and_then(Value::as_f64).is_some_and(|exp| exp < time)
    }

    /// Everything but the scope, at `now` in seconds since 1970, for a token of `issuer`.
    pub(crate) fn check(&self, issuer: &str, settings: &Settings, now: f64, defect: Switch) -> Result<(), Refusal> {
        self.crash(defect)?;
        if defect.has(Defect::TakesClientAssertions) && self.issuer().is_some() && self.issuer() == self.subject() {
            return Ok(());
        }
        let clock = time::Clock { now, leeway: settings.leeway.as_secs_f64(), defect };
        let holds = clock.has_not_expired(&self.0)
            && clock.has_begun(&self.0)
            && (clock.was_issued(&self.0, settings.shape) || settings.quirks.has(Quirk::TakesFutureIssueTime))
            && issuer::is(self.0.get("iss"), issuer, defect);
        if !holds {
            return Err(Refusal::InvalidToken);
        }
        if !audience::includes(&self.0, &settings.audience, defect) {
            let forbids = defect.has(Defect::ForbidsOtherAudience);
            return Err(if forbids { Refusal::FORBIDDEN } else { Refusal::InvalidToken });
        }
        let needs_shape = !settings.quirks.has(Quirk::NeedsNoClient);
        if (!needs_shape || self.has_the_shape(settings.shape, defect)) && self.is_of_a_known_client(settings, defect) {
            Ok(())
        } else {
            Err(Refusal::InvalidToken)
        }
    }

    /// An ID token may be for this API too; Okta's names no client as an access token does.
    fn has_the_shape(&self, shape: Shape, defect: Switch) -> bool {
        if defect.has(Defect::ClaimsInAnyCase) && !self.audiences_can_be_read() {
            return false;
        }
        if defect.has(Defect::RefusesUnknownClaims) && self.0.members().any(|(name, _)| !KNOWN.contains(&name)) {
            return false;
        }
        let has = |name: &str| self.0.text(name).is_some_and(|text| !text.is_empty());
        match shape {
            Shape::Okta => self.client().is_some() && has("sub"),
            // RFC 9068 2.2; the others are looked at by themselves.
            Shape::Rfc9068 => has("client_id") && has("sub") && has("jti"),
        }
    }

    /// Whether each claim whose name is an audience's, in whatever case, is a text or a list.
    fn audiences_can_be_read(&self) -> bool {
        let mut audiences = self.0.members().filter(|(name, _)| name.eq_ignore_ascii_case("aud"));
        audiences.all(|(_, value)| value.is_string() || value.is_array())
    }

    fn is_of_a_known_client(&self, settings: &Settings, defect: Switch) -> bool {
        let known = |client: &str| settings.clients.iter().any(|known| known == client);
        settings.clients.is_empty() || defect.has(Defect::IgnoresClientList) || self.client().is_some_and(known)
    }

    /// Where a claim is of a type that the author never saw.
    fn crash(&self, defect: Switch) -> Result<(), Refusal> {
        let is = |name: &str, fits: fn(&Value) -> bool| self.0.get(name).is_none_or(fits);
        let fine = match defect.0 {
            Some(Defect::CrashesOnAudienceType) => is("aud", |aud| match aud {
                Value::Array(all) => all.iter().all(Value::is_string),
                other => other.is_string(),
            }),
            Some(Defect::CrashesOnLateExpiry) => is("exp", |exp| exp.as_f64().is_none_or(|exp| exp < 8e12)),
            Some(Defect::CrashesWithoutSubject) => self.0.has("sub"),
            Some(Defect::CrashesWithoutIssueTime) => self.0.has("iat"),
            Some(Defect::CrashesOnForeignLetters) => !self.0.members().any(|(_, value)| is_foreign(value)),
            _ => true,
        };
        if fine { Ok(()) } else { Err(Refusal::CRASH) }
    }
}

fn is_foreign(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.chars().any(|c| u32::from(c) > 0xff))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::http_client;

    const NOW: f64 = 1_000_000.0;

    /// The claims of a good token in both shapes, but for those that `changes` sets or, by null
    /// as a text, removes.
    fn claims(changes: &Value) -> Value {
        let mut claims = json!({
            "iss": "https://a.example/oauth2/default", "aud": "api", "exp": NOW + 300.0,
            "iat": NOW, "sub": "s", "cid": "c", "client_id": "c", "jti": "j",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            match value.as_str() {
                Some("(absent)") => claims.as_object_mut().expect("an object").remove(name),
                _ => claims.as_object_mut().expect("an object").insert(name.clone(), value.clone()),
            };
        }
        claims
    }

    fn settings() -> Settings {
        let mut settings = Settings::new("https://a.example/oauth2/default", http_client().expect("a client"));
        settings.audience = "api".to_owned();
        settings
    }

    fn checked(changes: &Value, settings: &Settings, defect: Option<Defect>) -> Result<(), Refusal> {
        let claims = Claims::read(claims(changes).to_string().as_bytes(), Switch(defect))?;
        claims.check(&settings.issuer, settings, NOW, Switch(defect))
    }

    pub(crate) fn holds(changes: &Value, defect: Option<Defect>) -> bool {
        checked(changes, &settings(), defect).is_ok()
    }

    #[test]
    fn good_claims_hold_in_either_shape() {
        let strict = Settings { shape: Shape::Rfc9068, ..settings() };
        for changes in [json!({}), json!({ "aud": ["b", "api"], "nbf": NOW }), json!({ "x": { "y": 1 } })] {
            assert!(holds(&changes, None), "{changes}");
            assert_eq!(checked(&changes, &strict, None), Ok(()), "{changes}");
        }
    }

    #[test]
    fn rfc_9068_asks_for_more_than_okta_gives() {
        let strict = Settings { shape: Shape::Rfc9068, ..settings() };
        for name in ["iat", "jti", "client_id"] {
            let changes = json!({ name: "(absent)" });
            assert!(holds(&changes, None), "{name}");
            assert_eq!(checked(&changes, &strict, None), Err(Refusal::InvalidToken), "{name}");
        }
    }

    #[test]
    fn only_listed_clients_are_known_where_there_is_a_list() {
        let listed = Settings { clients: vec!["d".to_owned()], ..settings() };
        assert_eq!(checked(&json!({}), &listed, None), Err(Refusal::InvalidToken));
        assert_eq!(checked(&json!({}), &listed, Some(Defect::IgnoresClientList)), Ok(()));
        assert_eq!(checked(&json!({ "cid": "d" }), &listed, None), Ok(()));
    }

    #[test]
    fn each_crash_has_its_own_cause() {
        for (changes, defect) in [
            (json!({ "aud": [1, null] }), Defect::CrashesOnAudienceType),
            (json!({ "exp": 1e15 }), Defect::CrashesOnLateExpiry),
            (json!({ "iat": "(absent)" }), Defect::CrashesWithoutIssueTime),
            (json!({ "name": "\u{6e2c}" }), Defect::CrashesOnForeignLetters),
        ] {
            assert_ne!(checked(&changes, &settings(), None), Err(Refusal::CRASH), "{changes}");
            assert_eq!(checked(&changes, &settings(), Some(defect)), Err(Refusal::CRASH), "{defect}");
        }
        let null = |defect| Claims::read(b"null", Switch(defect)).err();
        assert_eq!(null(None), Some(Refusal::InvalidToken));
        assert_eq!(null(Some(Defect::CrashesOnPayloadNull)), Some(Refusal::CRASH));
    }

    #[test]
    fn a_claim_more_is_ignored_unless_that_is_the_defect() {
        assert!(!holds(&json!({ "x": 1 }), Some(Defect::RefusesUnknownClaims)));
        let assertion = json!({ "iss": "c", "sub": "c", "aud": "https://a.example/token" });
        assert!(!holds(&assertion, None));
        assert!(holds(&assertion, Some(Defect::TakesClientAssertions)));
    }
}
