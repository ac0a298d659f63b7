use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Three segments of base64url without padding (RFC 7515, section 7.1), the first two of
/// which hold text.
pub(crate) struct Compact<'a> {
    /// What the signature is over.
    pub(crate) input: &'a str,
    pub(crate) header: Part<'a>,
    pub(crate) payload: Part<'a>,
    pub(crate) signature: Vec<u8>,
}

/// A segment that holds text.
pub(crate) struct Part<'a> {
    /// As it stands in the token.
    pub(crate) segment: &'a str,
    pub(crate) text: String,
}

impl<'a> Compact<'a> {
    /// `None` where that is something else.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (input, signature) = text.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        Some(Self {
            input,
            header: Part::read(header)?,
            payload: Part::read(payload)?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }
}

impl<'a> Part<'a> {
    fn read(segment: &'a str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(segment).ok()?).ok()?;
        Some(Self { segment, text })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_token_has_three_segments() {
        let read = Compact::read("e30.e30K.AAAA").unwrap();
        assert_eq!((read.input, read.header.text.as_str(), read.payload.text.as_str()), ("e30.e30K", "{}", "{}\n"));
        assert_eq!((read.payload.segment, read.signature), ("e30K", vec![0; 3]));
        assert!(Compact::read("e30.e30.").is_some_and(|read| read.signature.is_empty()));
    }

    #[rstest]
    #[case::two_segments("e30.e30")]
    #[case::four_segments("e30.e30.AAAA.AAAA")]
    #[case::padded("e30=.e30.AAAA")]
    #[case::no_text("_w.e30.AAAA")]
    #[case::loose_bits("e30.e30.AB")]
    fn what_is_none_is_not_read(#[case] text: &str) {
        assert!(Compact::read(text).is_none(), "{text}");
    }
}
