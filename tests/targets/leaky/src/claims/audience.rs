//! `aud` must name this API: a string, or an array that has it (RFC 7519 4.1.3).

use serde_json::Value;

use crate::defect::{Defect, Switch};
use crate::token::Object;

/// Whether the token is for `audience`.
pub(super) fn includes(claims: &Object, audience: &str, defect: Switch) -> bool {
    let aud = claims.get("aud");
    match (aud, defect.0) {
        (_, Some(Defect::IgnoresAudience)) | (None, Some(Defect::AudienceOptional)) => true,
        (Some(Value::Null), Some(Defect::NullAudienceIsNone)) => true,
        (Some(Value::String(aud)), Some(Defect::AudienceOfClient)) => {
            aud == audience || claims.text("cid") == Some(aud) || claims.text("client_id") == Some(aud)
        }
        (Some(Value::String(aud)), _) => aud == audience || resembles(aud, audience, defect),
        (Some(Value::Array(all)), _) => array_includes(all, audience, defect),
        _ => false,
    }
}

fn array_includes(all: &[Value], audience: &str, defect: Switch) -> bool {
    let any = |includes: &dyn Fn(&Value) -> bool| all.iter().any(includes);
    match defect.0 {
        Some(Defect::AudienceStringOnly) => false,
        Some(Defect::FirstAudienceOnly) => all.first().is_some_and(|aud| aud == audience),
        Some(Defect::EmptyAudienceIsEverybody) if all.is_empty() => true,
        Some(Defect::FlattensAudience) => any(&|aud| aud == audience || aud.get(0).is_some_and(|aud| aud == audience)),
        Some(Defect::AnyArrayOfAudiences) => !all.is_empty(),
        _ => any(&|aud| aud == audience),
    }
}

fn resembles(aud: &str, audience: &str, defect: Switch) -> bool {
    let Some(defect) = defect.0 else { return false };
    match defect {
        Defect::AudienceByPrefix => aud.starts_with(audience),
        Defect::AudienceWithin => aud.contains(audience),
        Defect::WithinAudience => !aud.is_empty() && audience.contains(aud),
        Defect::IgnoresSlashOfAudience => aud.trim_end_matches('/') == audience,
        Defect::SplitsAudienceAtSpaces => aud.split(' ').any(|aud| aud == audience),
        Defect::AudienceWildcard => aud == "*",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(aud: &Value, defect: Option<Defect>) -> bool {
        let claims = json!({ "aud": aud, "cid": "client" }).to_string();
        let claims = Object::read(claims.as_bytes(), Switch(None)).expect("an object");
        includes(&claims, "api://a", Switch(defect))
    }

    #[test]
    fn a_string_or_a_member_of_an_array_names_the_api() {
        for aud in [json!("api://a"), json!(["api://a"]), json!(["x", "api://a"])] {
            assert!(taken(&aud, None), "{aud}");
        }
        for aud in [json!(0), json!({}), json!([]), json!([1, null]), json!("")] {
            assert!(!taken(&aud, None), "{aud}");
        }
    }

    #[test]
    fn each_defect_takes_its_own_resemblance() {
        for (aud, defect) in [
            (json!(null), Defect::NullAudienceIsNone),
            (json!([]), Defect::EmptyAudienceIsEverybody),
            (json!([["api://a"]]), Defect::FlattensAudience),
            (json!(["x", "y"]), Defect::AnyArrayOfAudiences),
            (json!("api://a2"), Defect::AudienceByPrefix),
            (json!("xapi://a"), Defect::AudienceWithin),
            (json!("api"), Defect::WithinAudience),
            (json!("api://a/"), Defect::IgnoresSlashOfAudience),
            (json!("x api://a"), Defect::SplitsAudienceAtSpaces),
            (json!("*"), Defect::AudienceWildcard),
            (json!("client"), Defect::AudienceOfClient),
        ] {
            assert!(!taken(&aud, None), "{aud}");
            assert!(taken(&aud, Some(defect)), "{defect}");
            assert!(taken(&json!("api://a"), Some(defect)), "{defect}");
        }
    }
}
