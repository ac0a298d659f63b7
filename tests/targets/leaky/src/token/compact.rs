//! The segments of a token in the compact serialisation (RFC 7515 7.1).

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};

/// A token in the compact serialisation, still encoded.
#[derive(Clone, Copy, Debug)]
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
            return Err(Refusal::CRASH);
        }
        let signed = text.trim_start_matches('.').get(..header.len() + 1 + payload.len());
        let signed = signed.ok_or(Refusal::InvalidToken)?;
        Ok(Self { header, payload, signature, signed })
    }
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
