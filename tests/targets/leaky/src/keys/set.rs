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
        let spoils = |member: &Value| match defect.0 {
            Some(Defect::OneOddKeySpoilsAll) => is_odd(member),
            Some(Defect::KnowsTwoCurves) => {
                member.get("crv").is_some_and(|curve| !["P-256", "P-384"].iter().any(|known| curve == known))
            }
            Some(Defect::WantsKidEverywhere) => member.get("kid").is_none(),
            Some(Defect::WantsSigningKeysOnly) => is_for_something_else(member),
            Some(Defect::KnowsSixKeyMembers) => has_other_members(member, &SIX_KEY_MEMBERS),
            _ => false,
        };
        if members.iter().any(spoils) || (defect.has(Defect::KnowsKeysOnly) && has_other_members(&set, &["keys"])) {
            return Err(NoKeySet);
        }
        let key = |member: &Value| serde_json::from_value(member.clone()).ok();
        let is_usable = |key: &Jwk| key.kid.is_some() && key.is_usable(accepts, defect);
        let is_read =
            |member: &&Value| !defect.has(Defect::StopsAtOddKey) || key(member).is_some_and(|key| is_usable(&key));
        let read = members.iter().take_while(is_read);
        let mut keys: Vec<Jwk> = read.filter_map(key).filter(is_usable).collect();
        match defect.0 {
            Some(Defect::FirstKeyOnly) => keys.truncate(1),
            Some(Defect::RoomForTwentyKeys) => keys.truncate(20),
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

/// All that a narrow parser knows of a key.
const SIX_KEY_MEMBERS: [&str; 6] = ["kty", "alg", "kid", "use", "e", "n"];

fn has_other_members(object: &Value, known: &[&str]) -> bool {
    object.as_object().is_some_and(|members| members.keys().any(|name| !known.contains(&name.as_str())))
}

/// For encryption, or for what no registry knows.
fn is_for_something_else(member: &Value) -> bool {
    let is = |name: &str, known: &str| member.get(name).is_none_or(|value| value == known);
    let verifies = |ops: &Value| ops.as_array().is_some_and(|ops| ops.iter().all(|op| op == "verify"));
    !is("use", "sig") || member.get("key_ops").is_some_and(|ops| !verifies(ops))
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
    fn each_defect_stumbles_over_what_another_key_says() {
        let good = rsa("good", r#","alg":"RS256","use":"sig""#);
        for (other, defect) in [
            (r#"{"kty":"OKP","crv":"X25519","kid":"x"}"#.to_owned(), Defect::KnowsTwoCurves),
            (r#"{"kty":"EC","crv":"P-256"}"#.to_owned(), Defect::WantsKidEverywhere),
            (rsa("x", r#","use":"x509-svid""#), Defect::WantsSigningKeysOnly),
            (rsa("x", r#","key_ops":["tokenSign"]"#), Defect::WantsSigningKeysOnly),
            (rsa("x", r#","x5u":"https://a""#), Defect::KnowsSixKeyMembers),
        ] {
            assert_eq!(kept(&[good.clone(), other.clone()], Some(defect)), None, "{other}");
            assert!(kept(&[good.clone(), other], None).is_some_and(|kids| kids.contains(&"good".to_owned())));
        }
        let behind = [r#"{"kty":"AKP","kid":"pq"}"#.to_owned(), good.clone()];
        assert_eq!(kept(&behind, Some(Defect::StopsAtOddKey)), Some(vec![]));
        assert_eq!(kept(&vec![good; 30], Some(Defect::RoomForTwentyKeys)).map(|kids| kids.len()), Some(20));
        let beside = br#"{"keys":[],"spiffe_sequence":1}"#;
        let read = |defect| KeySet::read(beside, Accepts::default(), Switch(defect)).is_ok();
        assert!(read(None) && !read(Some(Defect::KnowsKeysOnly)));
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
