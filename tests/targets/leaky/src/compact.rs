//! Second step: the segments of the token (RFC 7515 7.1).

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};

/// A token in the compact serialisation, still encoded.
pub(crate) struct Compact<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    /// Absent only where [`Defect::AcceptsTwoSegments`] lets that through.
    pub(crate) signature: Option<&'a str>,
    /// What the signature is over.
    pub(crate) signed: &'a str,
}

impl<'a> Compact<'a> {
    pub(crate) fn parse(text: &'a str, defect: Switch) -> Result<Self, Refusal> {
        let mut segments: Vec<&str> = text.split('.').collect();
        if defect.has(Defect::DropsEmptySegments) {
            segments.retain(|segment| !segment.is_empty());
        }
        if defect.has(Defect::IgnoresExtraSegments) {
            segments.truncate(3);
        }
        let (header, payload, signature) = match segments[..] {
            [header, payload, signature] => (header, payload, Some(signature)),
            [header, payload] if defect.has(Defect::AcceptsTwoSegments) => (header, payload, None),
            _ => return Err(Refusal::InvalidToken),
        };
        if payload.is_empty() && defect.has(Defect::CrashesOnEmptyPayload) {
            return Err(Refusal::Wrong(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let signed = text.trim_start_matches('.').get(..header.len() + 1 + payload.len());
        let signed = signed.ok_or(Refusal::InvalidToken)?;
        Ok(Self { header, payload, signature, signed })
    }
}

/// Strict base64url: no padding, no foreign character, no loose bits.
pub(crate) fn decode(segment: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(segment).ok()
}

/// A segment that is JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&decode(segment)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str, defect: Option<Defect>) -> Option<&str> {
        Some(Compact::parse(text, Switch(defect)).ok()?.signed)
    }

    #[test]
    fn a_token_has_three_segments() {
        assert_eq!(signed("a.b.c", None), Some("a.b"));
        for text in ["a", "a.b", "a.b.c.d", "a.b.c.", ".a.b.c"] {
            assert_eq!(signed(text, None), None, "{text}");
        }
    }

    #[test]
    fn each_defect_lets_through_its_own_shape() {
        assert_eq!(signed("a.b.c.d.e", Some(Defect::IgnoresExtraSegments)), Some("a.b"));
        assert_eq!(signed(".a.b.c", Some(Defect::DropsEmptySegments)), Some("a.b"));
        assert_eq!(signed("a.b.c.", Some(Defect::DropsEmptySegments)), Some("a.b"));
        assert_eq!(signed("a.b", Some(Defect::AcceptsTwoSegments)), Some("a.b"));
    }
}
