//! Texts as a form, a header line or a document holds them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Plain base64 with its padding, as Basic has it (RFC 7617, section 2).
pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode(bytes).into_bytes()
}

/// base64url without padding, of which each character may stand in the name of a
/// subprotocol.
pub(super) fn base64url(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE_NO_PAD.encode(bytes).into_bytes()
}

/// As a form has it: all but unreserved characters as percent-encoded octets.
pub(super) fn percent(bytes: &[u8]) -> Vec<u8> {
    let encode = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => vec![*byte],
        byte => format!("%{byte:02X}").into_bytes(),
    };
    bytes.iter().flat_map(encode).collect()
}

/// As it stands between the quotes of a JSON string. What is no UTF-8 is left as
/// it is: it is meant to arrive.
pub(super) fn json(bytes: &[u8]) -> Vec<u8> {
    let escape = |byte: &u8| match byte {
        b'"' | b'\\' => vec![b'\\', *byte],
        byte if *byte < 0x20 => format!("\\u{byte:04x}").into_bytes(),
        byte => vec![*byte],
    };
    bytes.iter().flat_map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_untouched_and_all_else_arrives() {
        let token = b"eyJhbGciOiJub25lIn0.e30.c2ln-_";
        assert_eq!((percent(token), json(token)), (token.to_vec(), token.to_vec()));
        assert_eq!(percent(b"a b+\xff"), b"a%20b%2B%FF");
        assert_eq!(json(b"{\"a\\\n\xff"), b"{\\\"a\\\\\\u000a\xff");
        assert_eq!(base64(b"me:t"), b"bWU6dA==");
        assert_eq!(base64url(b"a?>"), b"YT8-");
    }
}
