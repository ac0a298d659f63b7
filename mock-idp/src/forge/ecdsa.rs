//! ECDSA signatures in other forms (RFC 7518, section 3.4; RFC 3279, section 2.2.3).

use rsa::BoxedUint;

use super::context::ForgeError;
use crate::mutation::EcdsaNumbers;

/// The order of P-256 (SP 800-186).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order of P-384.
const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0,
    0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];
/// The order of P-521, 66 bytes wide.
const P521_ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83,
    0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47,
    0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
];

/// `r || s` of these numbers, as wide as the curve of the algorithm, which must be
/// one of ECDSA.
pub(super) fn numbers(numbers: EcdsaNumbers, algorithm: Option<&str>) -> Result<Vec<u8>, ForgeError> {
    let order: &[u8] = match algorithm {
        Some("ES256") => &P256_ORDER,
        Some("ES384") => &P384_ORDER,
        Some("ES512") => &P521_ORDER,
        _ => return Err(ForgeError::NotEcdsa),
    };
    let zero = vec![0; order.len()];
    let plus = |mut number: Vec<u8>, last: u8| {
        if let Some(byte) = number.last_mut() {
            *byte = last;
        }
        number
    };
    // No order ends in a zero byte, so one less is one less in the last byte.
    let below = plus(order.to_vec(), order.last().map_or(0, |last| last.wrapping_sub(1)));
    let (r, s) = match numbers {
        EcdsaNumbers::Zero => (zero.clone(), zero),
        EcdsaNumbers::ZeroOne => (zero.clone(), plus(zero, 1)),
        EcdsaNumbers::Order => (order.to_vec(), order.to_vec()),
        EcdsaNumbers::OrderMinusOne => (order.to_vec(), below),
    };
    Ok([r, s].concat())
}

/// `r || s` as an ASN.1 SEQUENCE of two INTEGERs.
pub(super) fn to_der(signature: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let (r, s) = halves(signature)?;
    let body = [integer(r), integer(s)].concat();
    let length = u8::try_from(body.len()).map_err(|_| ForgeError::NotEcdsa)?;
    Ok(if length < 0x80 { [vec![0x30, length], body].concat() } else { [vec![0x30, 0x81, length], body].concat() })
}

/// `r || (n - s)`: the other valid signature.
pub(super) fn other_s(signature: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let (r, s) = halves(signature)?;
    let order: &[u8] = match s.len() {
        32 => &P256_ORDER,
        48 => &P384_ORDER,
        _ => &P521_ORDER,
    };
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    let other = number(order).wrapping_sub(number(s)).to_be_bytes();
    // As wide as the curve, whatever the width of the machine's words.
    let start = other.len().saturating_sub(s.len());
    Ok([r, &other[start..]].concat())
}

fn halves(signature: &[u8]) -> Result<(&[u8], &[u8]), ForgeError> {
    match signature.len() {
        64 | 96 | 132 => Ok(signature.split_at(signature.len() / 2)),
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
        for width in [32, 48, 66] {
            let mut signature = vec![7; 2 * width];
            signature[width] = 1;
            assert_eq!(other_s(&other_s(&signature).unwrap()).unwrap(), signature);
        }
    }

    #[test]
    fn numbers_are_as_wide_as_the_curve_that_is_stated() {
        let widths = ["ES256", "ES384", "ES512"].map(|name| numbers(EcdsaNumbers::Order, Some(name)).unwrap().len());
        assert_eq!(widths, [64, 96, 132]);
        assert!(matches!(numbers(EcdsaNumbers::Zero, Some("RS256")), Err(ForgeError::NotEcdsa)));
        let zero_one = numbers(EcdsaNumbers::ZeroOne, Some("ES256")).unwrap();
        assert_eq!((zero_one[..63].iter().max(), zero_one[63]), (Some(&0), 1));
        let below = numbers(EcdsaNumbers::OrderMinusOne, Some("ES256")).unwrap();
        assert_eq!((below[31], below[63]), (0x51, 0x50));
    }

    #[test]
    fn an_rsa_signature_is_refused() {
        assert!(matches!(to_der(&[0; 256]), Err(ForgeError::NotEcdsa)));
    }
}
