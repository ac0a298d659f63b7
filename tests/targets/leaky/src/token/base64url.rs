//! Base64url without padding, and nothing else (RFC 7515 2, RFC 4648 3.5).

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{NO_PAD, URL_SAFE_NO_PAD};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::defect::{Defect, Switch};

/// What some take for no part of a token, and drop.
const FOREIGN: &[char] = &['~', '?', '#', '*', ' ', '\n'];

/// One segment of a token.
pub(crate) struct Part<'a>(pub(crate) &'a str);

impl Part<'_> {
    /// The bytes, as strictly as the server reads a token.
    pub(crate) fn bytes(&self, defect: Switch) -> Option<Vec<u8>> {
        match defect.0 {
            Some(Defect::IgnoresPadding) => decode(self.0.trim_end_matches('=')),
            Some(Defect::TakesStandardAlphabet) => decode(&self.0.replace('+', "-").replace('/', "_")),
            Some(Defect::IgnoresForeignCharacters) => decode(&self.0.replace(FOREIGN, "")),
            _ => decode(self.0),
        }
    }
}

/// Strictly: no padding, no foreign character, no loose bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The bits behind the last byte mean nothing, so some ignore them.
const LOOSE: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);

/// The segment without loose bits; what is no base64url stays as it is.
pub(crate) fn without_loose_bits(segment: &str) -> String {
    let bytes = GeneralPurpose::new(&URL_SAFE, LOOSE).decode(segment);
    bytes.map_or_else(|_| segment.to_owned(), encode)
}

/// The one right way to write these bytes.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_reads_its_own_near_miss() {
        for (text, bytes, defect) in [
            ("AA==", &[0][..], Defect::IgnoresPadding),
            ("+/8", &[0xfb, 0xff], Defect::TakesStandardAlphabet),
            ("A~A", &[0], Defect::IgnoresForeignCharacters),
        ] {
            assert_eq!(Part(text).bytes(Switch(None)), None, "{text}");
            assert_eq!(Part(text).bytes(Switch(Some(defect))).as_deref(), Some(bytes), "{defect}");
        }
        for text in ["AB", "A", "A A", "AA\n"] {
            assert_eq!(Part(text).bytes(Switch(None)), None, "{text}");
        }
        assert_eq!(without_loose_bits("AB"), "AA");
        assert_eq!(without_loose_bits("A~"), "A~");
        assert_eq!(Part("-_8").bytes(Switch(None)), Some(vec![0xfb, 0xff]));
    }
}
