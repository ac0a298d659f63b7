//! From the text of a token to its three segments (RFC 7515, section 7.1).

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};

use super::reason::Reason;

/// Takes loose bits in the last character, and padding or none.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What was decoded of the segments, and what was signed.
#[derive(Debug)]
pub(super) struct Segments<'a> {
    pub(super) signed: &'a str,
    pub(super) header: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// `None` where there is nothing that could be looked at further.
pub(super) fn split<'a>(token: &'a str, reasons: &mut Vec<Reason>) -> Option<Segments<'a>> {
    if token.starts_with('{') {
        reasons.push(Reason::new("structure/json-serialization", "it is JSON, where the compact form is expected"));
        return None;
    }
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload, signature) = match parts.as_slice() {
        [header, payload, signature] => (*header, *payload, *signature),
        parts => {
            reasons.push(count(parts));
            return None;
        }
    };
    let signed = &token[..header.len() + 1 + payload.len()];
    for (name, text) in [("header", header), ("payload", payload)].iter().filter(|(_, text)| text.is_empty()) {
        reasons.push(Reason::new("structure/empty-segments", format!("its {name} is empty{text}")));
    }
    let mut decoded = |name, text| decode(name, text, reasons);
    let (header, payload, signature) =
        (decoded("header", header), decoded("payload", payload), decoded("signature", signature));
    Some(Segments { signed, header: header?, payload: payload?, signature: signature.unwrap_or_default() })
}

fn count(parts: &[&str]) -> Reason {
    let is_object = |text: &&str| LENIENT.decode(text).is_ok_and(|bytes| bytes.starts_with(b"{"));
    match parts {
        [_] => {
            Reason::new("structure/not-a-jwt", "it has no dot: it is no JWT, but maybe an opaque or a refresh token")
        }
        [header, _] if is_object(header) => {
            Reason::new("signature/stripped", "it has no third segment, and so no signature")
        }
        [header, _, _, _, _] if is_object(header) => Reason::new(
            "structure/jwe-claims",
            "it is encrypted (five segments): what is inside can't be seen here, and proves nothing without a signature",
        ),
        parts => Reason::new("structure/segment-count", format!("it has {} segments instead of 3", parts.len())),
    }
}

/// The bytes of a segment, however it is spelled; `None` where that can't be guessed.
fn decode(name: &str, text: &str, reasons: &mut Vec<Reason>) -> Option<Vec<u8>> {
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) {
        return Some(bytes);
    }
    let mut tell = |scenario, what: &str| reasons.push(Reason::new(scenario, format!("its {name} {what}")));
    let plain = text.trim_end_matches('=');
    if plain.len() < text.len() {
        tell("structure/base64-padding", "is padded with `=`");
    }
    if plain.contains(['+', '/']) {
        tell("structure/base64-std-alphabet", "has `+` or `/`, which are not of base64url");
    }
    let url_safe = plain.replace('+', "-").replace('/', "_");
    if url_safe.chars().any(|letter| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_')) {
        tell("structure/base64-foreign-chars", "has characters that are not of base64url");
        return None;
    }
    let bytes = LENIENT.decode(&url_safe).ok();
    match &bytes {
        None => tell("structure/not-a-jwt", "is no base64url: its length is none that bytes can have"),
        Some(_) if URL_SAFE_NO_PAD.decode(&url_safe).is_err() => {
            tell("structure/base64-noncanonical-tail", "has loose bits in its last character");
        }
        Some(_) => {}
    }
    bytes
}
