//! Base64url without padding, and nothing else (RFC 7515 2, RFC 4648 3.5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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
        assert_eq!(Part("-_8").bytes(Switch(None)), Some(vec![0xfb, 0xff]));
    }
}
