//! What some take for a token besides the compact serialisation (RFC 7515 7.2). A sound server
//! takes none of it (RFC 7519 1).

use serde_json::Value;

use crate::defect::{Defect, Switch};

use super::decode;

/// What is to be verified, and what is to be believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// A compact token, to be verified and believed.
    Compact(String),
    /// A compact token to be verified, and another payload to be believed.
    Polyglot(String, String),
    /// A payload that is believed as it is.
    Unsecured(String),
}

/// The token, taken out of what is around it.
pub(crate) fn open(text: &str, defect: Switch) -> Opened {
    let opened = match defect.0 {
        Some(Defect::TakesFlattenedJson) => json(text).and_then(|json| joined(&json, &json)).map(Opened::Compact),
        Some(Defect::TakesUnprotectedHeader) => unprotected(text).map(Opened::Unsecured),
        Some(Defect::ReadsPolyglot) => polyglot(text),
        Some(Defect::CountsForeignCharacters) => {
            polyglot(text).filter(|_| text.split('.').take(2).all(is_padded_right))
        }
        _ => None,
    };
    opened.unwrap_or_else(|| Opened::Compact(text.to_owned()))
}

/// JSON as it is, or in base64url.
fn json(text: &str) -> Option<Value> {
    let decoded = decode(text).and_then(|bytes| String::from_utf8(bytes).ok());
    serde_json::from_str(decoded.as_deref().unwrap_or(text)).ok()
}

fn joined(signature: &Value, json: &Value) -> Option<String> {
    let member = |object: &Value, name| Some(object.get(name)?.as_str()?.to_owned());
    let segments = [member(signature, "protected")?, member(json, "payload")?, member(signature, "signature")?];
    Some(segments.join("."))
}

/// The algorithm is what a header says that nobody signed: `none` is as good as any.
fn unprotected(text: &str) -> Option<String> {
    let json = json(text)?;
    let is_none = json.get("header")?.get("alg")? == "none" && json.get("protected").is_none();
    let payload = json.get("payload")?.as_str()?;
    is_none.then(|| payload.to_owned())
}

/// Verifies the JSON, and then splits the same text at dots (CVE-2022-39227).
fn polyglot(text: &str) -> Option<Opened> {
    let json = json(text)?;
    let payload = text.split('.').nth(1)?;
    Some(Opened::Polyglot(joined(&json, &json)?, payload.to_owned()))
}

/// Whether a segment can be decoded whose padding is reckoned from its whole length, and whose
/// foreign characters are dropped afterwards.
fn is_padded_right(segment: &str) -> bool {
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let own = segment.bytes().filter(is_base64url).count();
    (own + segment.len().wrapping_neg() % 4).is_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    #[test]
    fn each_defect_opens_its_own_envelope() {
        let flattened = r#"{"payload":"p","protected":"h","signature":"s"}"#;
        let unprotected = r#"{"payload":"p","header":{"alg":"none"},"signature":""}"#;
        let polyglot = r#"{"h.evil.":"","payload":"p","protected":"h","signature":"s"}"#;
        let compact = || Opened::Compact("h.p.s".to_owned());
        for (text, due, defect) in [
            (flattened, compact(), Defect::TakesFlattenedJson),
            (&encode(flattened), compact(), Defect::TakesFlattenedJson),
            (unprotected, Opened::Unsecured("p".to_owned()), Defect::TakesUnprotectedHeader),
            (polyglot, Opened::Polyglot("h.p.s".to_owned(), "evil".to_owned()), Defect::ReadsPolyglot),
        ] {
            assert_eq!(open(text, Switch(None)), Opened::Compact(text.to_owned()));
            assert_eq!(open(text, Switch(Some(defect))), due, "{defect}");
            assert_eq!(open("a.b.c", Switch(Some(defect))), Opened::Compact("a.b.c".to_owned()), "{defect}");
        }
    }

    #[test]
    fn of_the_fillers_of_a_polyglot_one_fits_who_counts_them() {
        let fits = |fill: &str| {
            let text = format!(r#"{{"{fill}head.evil.":"","payload":"p","protected":"h","signature":"s"}}"#);
            matches!(open(&text, Switch(Some(Defect::CountsForeignCharacters))), Opened::Polyglot(..))
        };
        let fitting: Vec<_> = ["", "~", "~~", "~~~"].into_iter().filter(|fill| fits(fill)).collect();
        assert_eq!(fitting, ["~~"]);
    }
}
