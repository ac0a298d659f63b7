//! A key set as it was published (RFC 7517 5).

use serde_json::Value;

use crate::accepts::Accepts;
use crate::defect::{Defect, Switch};

use super::Jwk;

/// The usable keys of a set. Two of one `kid` are both the issuer's: either may have signed.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet(Vec<Jwk>);

/// When a body is no key set.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoKeySet;

impl KeySet {
    /// Reads what the issuer sent. A member that can't be used doesn't spoil the others.
    pub(crate) fn read(body: &[u8], accepts: Accepts, defect: Switch) -> Result<Self, NoKeySet> {
        let set: Value = serde_json::from_slice(body).map_err(|_| NoKeySet)?;
        let members = set.get("keys").and_then(Value::as_array).ok_or(NoKeySet)?;
        if defect.has(Defect::OneOddKeySpoilsAll) && members.iter().any(is_odd) {
            return Err(NoKeySet);
        }
        let key = |member: &Value| serde_json::from_value(member.clone()).ok();
        let is_usable = |key: &Jwk| key.kid.is_some() && key.is_usable(accepts, defect);
        let mut keys: Vec<Jwk> = members.iter().filter_map(key).filter(is_usable).collect();
        match defect.0 {
            Some(Defect::FirstKeyOnly) => keys.truncate(1),
            Some(Defect::ForgetsOldestKey) if keys.len() > 1 => drop(keys.remove(0)),
            _ => (),
        }
        Ok(Self(keys))
    }

    /// The keys of that id.
    pub(crate) fn of(&self, kid: &str) -> Vec<Jwk> {
        self.0.iter().filter(|key| key.kid.as_deref() == Some(kid)).cloned().collect()
    }

    pub(crate) fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn all(&self) -> &[Jwk] {
        &self.0
    }

    /// With those of another set behind them.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }
}

/// Of a kind that a naive parser has no case for.
fn is_odd(member: &Value) -> bool {
    let has = |name: &str| member.get(name).is_some_and(Value::is_string);
    match member.get("kty").and_then(Value::as_str) {
        Some("RSA") => !(has("n") && has("e")),
        Some("EC") => member.get("x").and_then(Value::as_str).is_none_or(|x| x.len() < 43),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    fn rsa(kid: &str, rest: &str) -> String {
        let n = encode([0x80; 256]);
        format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","kid":"{kid}"{rest}}}"#)
    }

    fn kept(keys: &[String], defect: Option<Defect>) -> Option<Vec<String>> {
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let set = KeySet::read(body.as_bytes(), Accepts::default(), Switch(defect)).ok()?;
        Some(set.all().iter().filter_map(|key| key.kid.clone()).collect())
    }

    #[test]
    fn a_member_that_cannot_be_used_does_not_spoil_the_others() {
        let odd = [
            rsa("enc", r#","use":"enc""#),
            r#"{"kty":"AKP","kid":"pq"}"#.to_owned(),
            r#"{"kty":"RSA","kid":"no-n"}"#.to_owned(),
            r#"{"kty":1}"#.to_owned(),
            "\"x\"".to_owned(),
            rsa("good", ""),
        ];
        assert_eq!(kept(&odd, None), Some(vec!["good".to_owned()]));
        assert_eq!(kept(&odd, Some(Defect::OneOddKeySpoilsAll)), None);
    }

    #[test]
    fn two_keys_of_one_kid_are_both_the_issuers() {
        let twice = [rsa("a", ""), rsa("a", "")];
        assert_eq!(kept(&twice, None).map(|kids| kids.len()), Some(2));
    }

    #[test]
    fn some_have_room_for_some_keys_only() {
        let kept = |defect| kept(&[rsa("old", ""), rsa("new", "")], Some(defect)).expect("a key set");
        assert_eq!(kept(Defect::FirstKeyOnly), ["old"]);
        assert_eq!(kept(Defect::ForgetsOldestKey), ["new"]);
    }

    #[test]
    fn what_is_not_a_key_set_is_an_error() {
        for body in ["", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, "<html>"] {
            assert_eq!(KeySet::read(body.as_bytes(), Accepts::default(), Switch(None)).err(), Some(NoKeySet), "{body}");
        }
    }
}
