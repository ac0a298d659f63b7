use mock_idp::dialect::{Dialect, Role, ScopeForm, Shape};
use serde_json::{Map, Value};

use super::answer::Refusal;
use super::defect::Defect;

/// What the claims of a token are held against.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) scope: String,
    pub(super) dialect: Dialect,
}

/// The texts that RFC 9068, section 2.2, requires besides what is looked at anyway.
const REQUIRED: [&str; 2] = ["client_id", "jti"];

/// Whom an accepted token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject(pub(super) String);

impl Rules {
    /// The subject of verified claims, if they are good at `now` and hold the scope.
    /// The scope comes last: who is not known is never told 403.
    pub(super) fn admit(&self, claims: &Map<String, Value>, now: i64) -> Result<Subject, Refusal> {
        self.check_parties(claims)?;
        check_times(claims, now)?;
        let subject = claims.get("sub").and_then(Value::as_str).ok_or(Defect::Subject)?;
        if self.dialect.is_id_token(claims) && !self.dialect.takes_id_tokens() {
            return Err(Defect::Type.into());
        }
        if self.dialect.shape() == Shape::Rfc9068 {
            check_required(claims)?;
        }
        if !self.grants(claims) {
            return Err(Refusal::InsufficientScope { needed: self.scope.clone() });
        }
        Ok(Subject(subject.to_owned()))
    }

    /// Whether the scope is granted where this dialect states it, whole and in its
    /// case; so is everything where rights are not in the token.
    fn grants(&self, claims: &Map<String, Value>) -> bool {
        let Some(own) = self.dialect.scope_claim() else { return true };
        let granted = own.path.find(claims, &self.audience);
        match own.form {
            ScopeForm::List => granted.is_some_and(|list| holds(list, &self.scope)),
            ScopeForm::Names => granted.and_then(Value::as_object).is_some_and(|names| names.contains_key(&self.scope)),
            _ => {
                let scopes = granted.and_then(Value::as_str).unwrap_or_default();
                scopes.split(' ').any(|granted| granted == self.scope)
            }
        }
    }

    /// RFC 9068, section 4: from this issuer, for this audience.
    fn check_parties(&self, claims: &Map<String, Value>) -> Result<(), Defect> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer.as_str()) {
            return Err(Defect::Issuer);
        }
        let place = self.dialect.place_of(Role::Audience);
        let named = match place.and_then(|place| place.find(claims, &self.audience)) {
            Some(Value::String(one)) => *one == self.audience,
            Some(several) => holds(several, &self.audience),
            None => false,
        };
        if named { Ok(()) } else { Err(Defect::Audience) }
    }
}

/// RFC 9068, section 2.2.
fn check_required(claims: &Map<String, Value>) -> Result<(), Defect> {
    let is_text = |name: &str| claims.get(name).is_some_and(Value::is_string);
    let is_complete = REQUIRED.into_iter().all(is_text) && claims.get("iat").is_some_and(Value::is_number);
    if is_complete { Ok(()) } else { Err(Defect::Required) }
}

/// RFC 7519, sections 4.1.4 to 4.1.6, without leeway.
fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), Defect> {
    // Exact until the year 285 million.
    let now = now as f64;
    let time = |name: &str| claims.get(name).map(Value::as_f64);
    let expiry = time("exp").flatten().ok_or(Defect::NoExpiry)?;
    if now >= expiry {
        return Err(Defect::Expired);
    }
    // `now` has whole seconds: within the second in which it begins, a token has begun.
    if time("nbf").is_some_and(|from| from.is_none_or(|from| now < from.floor())) {
        return Err(Defect::NotYetValid);
    }
    if time("iat") == Some(None) {
        return Err(Defect::IssuedAt);
    }
    Ok(())
}

/// Whether this is an array of strings, one of which is exactly `wanted`.
fn holds(value: &Value, wanted: &str) -> bool {
    value
        .as_array()
        .is_some_and(|members| members.iter().all(Value::is_string) && members.iter().any(|one| one == wanted))
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )` (RFC 6749, section 3.3).
pub(super) fn is_scope_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// What becomes of an honest token's claims with these in place of its own;
    /// `null` takes a claim away.
    fn admitted(changes: &Value) -> Result<Subject, Refusal> {
        let mut claims = json!({
            "iss": "https://i.example", "aud": "api://a", "iat": NOW, "exp": NOW + 60, "scp": ["read"], "sub": "s"
        });
        let claims = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            claims.insert(name.clone(), value.clone());
        }
        claims.retain(|_, value| !value.is_null());
        let rules = Rules {
            issuer: "https://i.example".into(),
            audience: "api://a".into(),
            scope: "read".into(),
            dialect: Dialect::default(),
        };
        rules.admit(claims, NOW)
    }

    #[rstest]
    #[case::honest(json!({}))]
    #[case::several_audiences(json!({"aud": ["api://b", "api://a"]}))]
    #[case::several_scopes(json!({"scp": ["a", "read", "b"]}))]
    #[case::last_second(json!({"exp": NOW + 1}))]
    #[case::fraction(json!({"exp": 1_800_000_000.5}))]
    #[case::milliseconds(json!({"exp": NOW * 1000}))]
    #[case::valid_from_now(json!({"nbf": NOW}))]
    #[case::valid_from_this_second_on(json!({"nbf": NOW as f64 + 0.9, "iat": NOW as f64 + 0.9}))]
    #[case::no_time_of_issue(json!({"iat": null}))]
    #[case::unknown_claims(json!({"x": {"y": [1]}, "name": "Zoë 測試"}))]
    fn good_claims_are_admitted(#[case] changes: Value) {
        assert_eq!(admitted(&changes), Ok(Subject("s".into())));
    }

    #[rstest]
    #[case(json!({"iss": null}), Defect::Issuer)]
    #[case(json!({"iss": "https://i.example/"}), Defect::Issuer)]
    #[case(json!({"iss": ["https://i.example"]}), Defect::Issuer)]
    #[case(json!({"aud": null}), Defect::Audience)]
    #[case(json!({"aud": "api://A"}), Defect::Audience)]
    #[case(json!({"aud": "api://b api://a"}), Defect::Audience)]
    #[case(json!({"aud": []}), Defect::Audience)]
    #[case(json!({"aud": ["api://a", 1]}), Defect::Audience)]
    #[case(json!({"aud": [["api://a"]]}), Defect::Audience)]
    #[case(json!({"aud": {"api://a": true}}), Defect::Audience)]
    #[case(json!({"exp": null}), Defect::NoExpiry)]
    #[case(json!({"exp": "9999999999"}), Defect::NoExpiry)]
    #[case(json!({"exp": true}), Defect::NoExpiry)]
    #[case(json!({"exp": NOW}), Defect::Expired)]
    #[case(json!({"exp": -1}), Defect::Expired)]
    #[case(json!({"nbf": NOW + 1}), Defect::NotYetValid)]
    #[case(json!({"nbf": "0"}), Defect::NotYetValid)]
    #[case(json!({"iat": "now"}), Defect::IssuedAt)]
    #[case(json!({"sub": null}), Defect::Subject)]
    #[case(json!({"sub": 7}), Defect::Subject)]
    #[case::before_the_scope(json!({"scp": ["other"], "exp": 1}), Defect::Expired)]
    fn bad_claims_make_a_token_invalid(#[case] changes: Value, #[case] defect: Defect) {
        assert_eq!(admitted(&changes), Err(Refusal::InvalidToken(defect)));
    }

    #[rstest]
    #[case(json!({"scp": null}))]
    #[case(json!({"scp": []}))]
    #[case(json!({"scp": ["Read"]}))]
    #[case(json!({"scp": ["read:more", "rea"]}))]
    #[case(json!({"scp": ["other read"]}))]
    #[case(json!({"scp": "read"}))]
    #[case(json!({"scp": ["read", 1]}))]
    #[case(json!({"scp": [["read"]]}))]
    #[case(json!({"scp": {"read": true}}))]
    #[case(json!({"scp": ["other"], "scope": "read"}))]
    fn the_scope_is_one_whole_string_of_the_array_or_it_is_not_there(#[case] changes: Value) {
        assert_eq!(admitted(&changes), Err(Refusal::InsufficientScope { needed: "read".into() }));
    }

    #[rstest]
    #[case("read:all.x", true)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("a\"b", false)]
    #[case("a\\b", false)]
    #[case("é", false)]
    fn a_scope_value_has_the_characters_of_the_standard(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_scope_value(text), expected);
    }

    #[rstest]
    #[case::honest(json!({}), true)]
    #[case::among_others(json!({"scope": "a read b"}), true)]
    #[case::within_another(json!({"scope": "reader"}), false)]
    #[case::in_the_claim_of_okta(json!({"scope": null, "scp": ["read"]}), false)]
    #[case::no_client(json!({"client_id": null}), false)]
    #[case::no_time_of_issue(json!({"iat": null}), false)]
    fn rfc_9068_has_its_own_claims(#[case] changes: Value, #[case] is_admitted: bool) {
        let mut claims = json!({
            "iss": "https://i.example", "exp": NOW + 60, "aud": "api://a", "sub": "s", "client_id": "c",
            "iat": NOW, "jti": "j", "scope": "read"
        });
        let claims = claims.as_object_mut().unwrap();
        claims.extend(changes.as_object().unwrap().clone());
        claims.retain(|_, value| !value.is_null());
        let rules = Rules {
            issuer: "https://i.example".into(),
            audience: "api://a".into(),
            scope: "read".into(),
            dialect: Dialect::of(Shape::Rfc9068),
        };
        assert_eq!(rules.admit(claims, NOW).is_ok(), is_admitted);
    }
}
