//! `iss` must be the issuer, character for character (RFC 9068 4, RFC 7519 4.1.1).

use serde_json::Value;

use crate::defect::{Defect, Switch};

/// Whether `iss` names `issuer`.
pub(super) fn is(iss: Option<&Value>, issuer: &str, defect: Switch) -> bool {
    match (iss, defect.0) {
        (_, Some(Defect::IgnoresIssuer)) | (None, Some(Defect::IssuerOptional)) => true,
        (Some(iss), Some(Defect::FalsyIssuerIsNone)) if is_falsy(iss) => true,
        (Some(Value::String(iss)), _) => iss == issuer || resembles(iss, issuer, defect),
        (Some(Value::Array(all)), Some(Defect::AnyIssuerOfArray)) => all.iter().any(|iss| iss == issuer),
        _ => false,
    }
}

/// What `!iss` says in JavaScript or Python.
fn is_falsy(value: &Value) -> bool {
    value.is_null() || value == "" || value == 0 || value == false
}

fn resembles(iss: &str, issuer: &str, defect: Switch) -> bool {
    let Some(defect) = defect.0 else { return false };
    match defect {
        Defect::IssuerByPath => path(iss) == path(issuer),
        Defect::AnyHttpsIssuer => iss.starts_with("https://"),
        Defect::IssuerByPrefix => iss.starts_with(issuer),
        Defect::IssuerWithinText => !iss.is_empty() && issuer.contains(iss),
        Defect::IgnoresSlashOfIssuer => iss.trim_end_matches('/') == issuer.trim_end_matches('/'),
        Defect::IssuerInAnyCase => iss.eq_ignore_ascii_case(issuer),
        Defect::IssuerAsPattern => matches(issuer, iss),
        Defect::IssuerByHost => authority(iss) == authority(issuer),
        _ => false,
    }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

fn path(url: &str) -> &str {
    let rest = without_scheme(url);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

fn authority(url: &str) -> &str {
    without_scheme(url).split('/').next().unwrap_or_default()
}

/// As a regular expression would: a dot of the issuer stands for any character.
fn matches(pattern: &str, text: &str) -> bool {
    let same = |(one, other): (u8, u8)| one == b'.' || one == other;
    pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(same)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://a.example/oauth2/default";

    fn taken(iss: &Value, defect: Option<Defect>) -> bool {
        is(Some(iss), ISSUER, Switch(defect))
    }

    #[test]
    fn each_defect_takes_its_own_resemblance() {
        assert!(taken(&json!(ISSUER), None));
        for (iss, defect) in [
            (json!("https://b.example/oauth2/default"), Defect::IssuerByPath),
            (json!("https://issuer.example/x"), Defect::AnyHttpsIssuer),
            (json!(format!("{ISSUER}.evil.example")), Defect::IssuerByPrefix),
            (json!("http"), Defect::IssuerWithinText),
            (json!(format!("{ISSUER}/")), Defect::IgnoresSlashOfIssuer),
            (json!("https://A.EXAMPLE/oauth2/default"), Defect::IssuerInAnyCase),
            (json!("https://axexample/oauth2/default"), Defect::IssuerAsPattern),
            (json!("https://a.example"), Defect::IssuerByHost),
            (json!(["https://evil", ISSUER]), Defect::AnyIssuerOfArray),
            (json!(""), Defect::FalsyIssuerIsNone),
            (json!(null), Defect::FalsyIssuerIsNone),
        ] {
            assert!(!taken(&iss, None), "{iss}");
            assert!(taken(&iss, Some(defect)), "{defect}");
        }
        assert!(is(None, ISSUER, Switch(Some(Defect::IssuerOptional))));
        assert!(!is(None, ISSUER, Switch(None)));
    }
}
