//! Last step: whether the token grants what the route needs (RFC 6750 3.1).

use serde_json::Value;

use crate::claims::Claims;
use crate::defect::{Defect, Switch};
use crate::settings::Shape;

/// Whether the claim of that shape grants all of `required`: `scp`, an array in Okta's tokens;
/// `scope`, a string with spaces in RFC 9068's. No other claim and no other form grants.
pub(crate) fn grants(claims: &Claims, required: &[&str], shape: Shape, defect: Switch) -> bool {
    if defect.has(Defect::AnyScopeOfTheRoute) {
        return required.iter().any(|scope| grants_one(claims, scope, shape, defect));
    }
    required.iter().all(|scope| grants_one(claims, scope, shape, defect))
}

/// Whether the claim is of a type that the author never saw.
pub(crate) fn crashes(claims: &Claims, defect: Switch) -> bool {
    match (claims.get("scp"), defect.0) {
        (Some(scp), Some(Defect::CrashesOnScopeText)) => scp.is_string(),
        (Some(scp), Some(Defect::CrashesOnScopeType)) => match scp {
            Value::Array(all) => !all.iter().all(Value::is_string),
            other => other.is_object() || other.is_number(),
        },
        _ => false,
    }
}

fn grants_one(claims: &Claims, required: &str, shape: Shape, defect: Switch) -> bool {
    let own = match shape {
        Shape::Okta => claims.get("scp"),
        Shape::Rfc9068 => claims.get("scope"),
    };
    let other = match defect.0 {
        Some(Defect::IgnoresScope) => return true,
        Some(Defect::UnitesScopeClaims) => claims.get(if shape == Shape::Okta { "scope" } else { "scp" }),
        Some(Defect::RolesGrant) => ["roles", "permissions", "groups"].iter().find_map(|name| claims.get(name)),
        _ => None,
    };
    if other.is_some_and(|claim| member_of(claim, required)) {
        return true;
    }
    match (own, shape) {
        (None, _) => defect.has(Defect::AbsentScopeGrants),
        (Some(Value::Array(all)), Shape::Okta) => array_grants(all, required, defect),
        (Some(Value::String(text)), Shape::Rfc9068) => list_grants(&words(text), required, defect),
        (Some(Value::String(text)), Shape::Okta) => string_grants(text, required, defect),
        _ => false,
    }
}

fn member_of(claim: &Value, required: &str) -> bool {
    match claim {
        Value::Array(all) => all.iter().any(|scope| scope == required),
        Value::String(text) => text.split(' ').any(|scope| scope == required),
        _ => false,
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}

/// A string where there should be an array grants nothing.
fn string_grants(text: &str, required: &str, defect: Switch) -> bool {
    match defect.0 {
        // What `scp.includes(required)` does in JavaScript.
        Some(Defect::ScopeStringIncludes) => text.contains(required),
        Some(Defect::SplitsScopeAnywhere) => split_anywhere(text).any(|scope| scope == required),
        Some(Defect::EmptyScopeGrants) => text.is_empty(),
        _ => false,
    }
}

fn array_grants(all: &[Value], required: &str, defect: Switch) -> bool {
    let granted: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    match defect.0 {
        // `required.every(...)` over what was granted: true of nothing.
        Some(Defect::EmptyScopeGrants) if granted.iter().all(|scope| scope.is_empty()) => true,
        Some(Defect::SplitsScopeMembers) => granted.iter().any(|scope| words(scope).contains(&required)),
        Some(Defect::SplitsScopeAnywhere) => {
            granted.iter().any(|scope| split_anywhere(scope).any(|scope| scope == required))
        }
        Some(Defect::FlattensScope) => {
            all.iter().any(|scope| scope == required || scope.get(0).is_some_and(|scope| scope == required))
        }
        _ => list_grants(&granted, required, defect),
    }
}

fn split_anywhere(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\t', '\n', '+'])
}

fn list_grants(granted: &[&str], required: &str, defect: Switch) -> bool {
    let any = |grants: &dyn Fn(&str) -> bool| granted.iter().any(|scope| grants(scope));
    let whole = any(&|scope| scope == required);
    match defect.0 {
        Some(Defect::FirstScopeOnly) => granted.first() == Some(&required),
        Some(Defect::OnlyScope) => granted == [required],
        Some(Defect::OpenidGrants) => whole || any(&|scope| scope == "openid"),
        Some(Defect::ScopeAsGlob) => whole || any(&|scope| globs(scope, required)),
        Some(Defect::ScopeSubstring) => granted.join(" ").contains(required),
        Some(Defect::ScopePrefix) => any(&|scope| required.starts_with(scope)),
        Some(Defect::ScopeAnyCase) => any(&|scope| scope.eq_ignore_ascii_case(required)),
        Some(Defect::ScopePattern) => any(&|scope| matches(scope, required)),
        _ => whole,
    }
}

/// A text before a star stands for all that begin with it.
fn globs(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|prefix| !prefix.is_empty() && text.starts_with(prefix))
}

/// As a regular expression would: a dot stands for any character.
fn matches(pattern: &str, text: &str) -> bool {
    let same = |(one, other): (u8, u8)| one == b'.' || one == other;
    pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(same)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(claims: &Value) -> Claims {
        Claims::read(claims.to_string().as_bytes(), Switch(None)).expect("claims")
    }

    fn granted(scp: &Value, defect: Option<Defect>) -> bool {
        grants(&claims(&json!({ "scp": scp })), &["read_it"], Shape::Okta, Switch(defect))
    }

    #[test]
    fn a_whole_member_of_a_list_grants() {
        assert!(granted(&json!(["a", "read_it", "b"]), None));
        for scp in [
            json!(["read_it_x"]),
            json!(["read"]),
            json!(["Read_It"]),
            json!(["a read_it"]),
            json!("read_it"),
            json!([]),
            json!({ "read_it": true }),
        ] {
            assert!(!granted(&scp, None), "{scp}");
        }
        assert!(!grants(&claims(&json!({})), &["read_it"], Shape::Okta, Switch(None)));
    }

    #[test]
    fn rfc_9068_separates_by_spaces() {
        let granted =
            |scope: Value| grants(&claims(&json!({ "scope": scope })), &["a", "b"], Shape::Rfc9068, Switch(None));
        assert!(granted(json!("b x a")));
        for scope in [json!("a"), json!("a,b"), json!("a\tb"), json!(["a", "b"]), json!(null)] {
            assert!(!granted(scope.clone()), "{scope}");
        }
    }

    #[test]
    fn each_defect_grants_its_own_near_miss() {
        for (scp, defect) in [
            (json!(["x_read_it"]), Defect::ScopeSubstring),
            (json!("x_read_it"), Defect::ScopeStringIncludes),
            (json!(["read"]), Defect::ScopePrefix),
            (json!(["Read_It"]), Defect::ScopeAnyCase),
            (json!(["read_i."]), Defect::ScopePattern),
            (json!(["openid"]), Defect::OpenidGrants),
            (json!(["read_*"]), Defect::ScopeAsGlob),
            (json!(["a"]), Defect::IgnoresScope),
            (json!([]), Defect::EmptyScopeGrants),
            (json!([""]), Defect::EmptyScopeGrants),
            (json!(["a read_it"]), Defect::SplitsScopeMembers),
            (json!(["a,read_it"]), Defect::SplitsScopeAnywhere),
            (json!([["read_it"]]), Defect::FlattensScope),
        ] {
            assert!(!granted(&scp, None), "{scp}");
            assert!(granted(&scp, Some(defect)), "{defect}");
        }
        let other = |defect| grants(&claims(&json!({})), &["read_it"], Shape::Okta, Switch(defect));
        assert!(other(Some(Defect::AbsentScopeGrants)) && !other(None));
    }

    #[test]
    fn other_claims_grant_by_defects_only() {
        for (other, defect) in [
            (json!({ "scp": ["a"], "scope": "read_it" }), Defect::UnitesScopeClaims),
            (json!({ "scp": ["a"], "permissions": ["read_it"] }), Defect::RolesGrant),
        ] {
            let granted = |defect| grants(&claims(&other), &["read_it"], Shape::Okta, Switch(defect));
            assert!(granted(Some(defect)) && !granted(None), "{defect}");
        }
        let one = claims(&json!({ "scp": ["a"] }));
        let granted = |defect| grants(&one, &["a", "b"], Shape::Okta, Switch(defect));
        assert!(granted(Some(Defect::AnyScopeOfTheRoute)) && !granted(None));
    }

    #[test]
    fn each_crash_has_its_own_cause() {
        for (scp, defect) in [
            (json!("a b"), Defect::CrashesOnScopeText),
            (json!([null]), Defect::CrashesOnScopeType),
            (json!(1), Defect::CrashesOnScopeType),
        ] {
            let claims = claims(&json!({ "scp": scp }));
            assert!(crashes(&claims, Switch(Some(defect))) && !crashes(&claims, Switch(None)), "{defect}");
        }
    }
}
