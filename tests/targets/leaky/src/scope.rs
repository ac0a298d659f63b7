//! Last step: whether the token grants what the route needs (RFC 6750 3.1).

use serde_json::Value;

use crate::defect::{Defect, Switch};

/// Whether `scp`, an array in Okta's tokens, grants `required`. A string grants nothing.
pub(crate) fn grants(scp: Option<&Value>, required: &str, defect: Switch) -> bool {
    if defect.has(Defect::IgnoresScope) {
        return true;
    }
    match scp {
        None => defect.has(Defect::AbsentScopeGrants),
        Some(Value::Array(members)) => {
            let granted: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
            list_grants(&granted, required, defect)
        }
        // What `scp.includes(required)` does in JavaScript where `scp` is a string.
        Some(Value::String(text)) => defect.has(Defect::ScopeStringIncludes) && text.contains(required),
        Some(_) => false,
    }
}

fn list_grants(granted: &[&str], required: &str, defect: Switch) -> bool {
    let any = |grants: &dyn Fn(&str) -> bool| granted.iter().any(|scope| grants(scope));
    let whole = any(&|scope| scope == required);
    match defect.0 {
        Some(Defect::FirstScopeOnly) => granted.first() == Some(&required),
        Some(Defect::OnlyScope) => granted == [required],
        Some(Defect::OpenidGrants) => whole || any(&|scope| scope == "openid"),
        Some(Defect::ScopeSubstring) => granted.join(" ").contains(required),
        Some(Defect::ScopePrefix) => any(&|scope| required.starts_with(scope)),
        Some(Defect::ScopeAnyCase) => any(&|scope| scope.eq_ignore_ascii_case(required)),
        Some(Defect::ScopePattern) => any(&|scope| matches(scope, required)),
        _ => whole,
    }
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

    fn granted(scp: &Value, defect: Option<Defect>) -> bool {
        grants(Some(scp), "read_it", Switch(defect))
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
        assert!(!grants(None, "read_it", Switch(None)));
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
            (json!(["a"]), Defect::IgnoresScope),
        ] {
            assert!(!granted(&scp, None), "{scp}");
            assert!(granted(&scp, Some(defect)), "{defect}");
        }
        assert!(grants(None, "read_it", Switch(Some(Defect::AbsentScopeGrants))));
    }
}
