//! ECDSA signatures in other forms (RFC 7518, section 3.4; RFC 3279, section 2.2.3).

use rsa::BoxedUint;

use super::context::ForgeError;

const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// `r || s` as an ASN.1 SEQUENCE of two INTEGERs.
pub(super) fn to_der(signature: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let (r, s) = halves(signature)?;
    let body = [integer(r), integer(s)].concat();
    let length = u8::try_from(body.len()).map_err(|_| ForgeError::NotEcdsa)?;
    Ok(if length < 0x80 { [vec![0x30, length], body].concat() } else { [vec![0x30, 0x81, length], body].concat() })
}

/// `r || (n - s)`: the other valid signature, on P-256.
pub(super) fn other_s(signature: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let (r, s) = halves(signature)?;
    if s.len() != P256_ORDER.len() {
        return Err(ForgeError::NotEcdsa);
    }
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 256).map_err(|_| ForgeError::NotEcdsa);
    let other = number(&P256_ORDER)?.wrapping_sub(&number(s)?);
    Ok([r, &other.to_be_bytes()].concat())
}

fn halves(signature: &[u8]) -> Result<(&[u8], &[u8]), ForgeError> {
    match signature.len() {
        64 | 96 => Ok(signature.split_at(signature.len() / 2)),
        _ => Err(ForgeError::NotEcdsa),
    }
}

/// A positive DER INTEGER: no leading zero bytes but the one that keeps the sign.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let digits = &bytes[start..];
    let sign = digits.first().is_some_and(|byte| byte & 0x80 != 0);
    let length = u8::try_from(digits.len() + usize::from(sign)).unwrap_or(u8::MAX);
    [&[0x02, length][..], if sign { &[0] } else { &[] }, digits].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_keeps_integers_positive_and_short() {
        let mut signature = vec![0; 64];
        signature[31] = 0x80;
        signature[63] = 1;
        assert_eq!(to_der(&signature).unwrap(), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]);
    }

    #[test]
    fn the_other_s_of_the_other_s_is_the_first_one() {
        let mut signature = vec![7; 64];
        signature[32] = 1;
        assert_eq!(other_s(&other_s(&signature).unwrap()).unwrap(), signature);
    }

    #[test]
    fn an_rsa_signature_is_refused() {
        assert!(matches!(to_der(&[0; 256]), Err(ForgeError::NotEcdsa)));
    }
}
