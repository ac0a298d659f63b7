//! The signature: who makes it, and what happens to its bytes.

use rsa::BoxedUint;
use rsa::traits::PublicKeyParts as _;
use sha2::Digest as _;

use super::context::{ForgeContext, ForgeError};
use super::draft::{Draft, Text};
use super::ecdsa;
use super::given::GivenToken;
use crate::keys::{Algorithm, KeyError, KeyKind, KeyName, SHA256_DIGEST_INFO, SigningKey, hmac};
use crate::mutation::{
    BitPlace, HmacSecret, PaddingFault, RsaNumber, SecretPart, SignatureChange, Signer, SigningChoice,
};

/// The bytes of the signature over `input`, with the draft's changes.
pub(super) fn make(draft: &Draft, input: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let mut signature = match (&context.given, sign(draft, input, context)) {
        // A change is to put another in its place.
        (Some(given), Err(ForgeError::Key(KeyError::NoPrivateHalf { .. }))) if draft.is_unsigned => {
            given.signature().to_vec()
        }
        (_, signature) => signature?,
    };
    for change in &draft.signature {
        signature = apply(signature, change, draft, input, context)?;
    }
    Ok(signature)
}

fn sign(draft: &Draft, input: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    match &draft.signer.choice {
        SigningChoice::Key(name) => {
            let key = context.key(*name)?;
            let given = context.given.as_ref().filter(|_| *name == KeyName::Control);
            if let Some(signature) = given.and_then(|given| given.signature_over(input)) {
                return Ok(signature);
            }
            let algorithm = draft.signer.algorithm.unwrap_or_else(|| key.algorithm());
            let is_own = *name == KeyName::Control && context.given.is_none();
            if is_own && algorithm.kind() != key.kind() {
                return Err(ForgeError::OtherKind { algorithm, own: key.algorithm() });
            }
            Ok(key.sign(algorithm, input)?)
        }
        SigningChoice::Hmac(secret) => {
            let own = Some(context.algorithm()).filter(|algorithm| algorithm.is_hmac());
            let secret = match secret {
                HmacSecret::PublicKey(form) => context.public_form(*form)?,
                HmacSecret::Bytes(bytes) => context.bytes(bytes),
                HmacSecret::Shared(part) => shared(*part, context)?,
            };
            Ok(hmac(draft.signer.algorithm.or(own).unwrap_or(Algorithm::Hs256), &secret, input))
        }
    }
}

/// A part of what the issuer shares with its targets.
fn shared(part: SecretPart, context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let algorithm = context.algorithm();
    if !algorithm.is_hmac() {
        return Err(ForgeError::NoSecret { algorithm });
    }
    let key = context.keys.active();
    let whole = || key.expose_secret().ok_or_else(|| KeyError::NoPrivateHalf { kid: key.kid().to_owned() });
    Ok(match part {
        // Nobody has to know the secret for that.
        SecretPart::Empty => Vec::new(),
        SecretPart::FirstHalf => whole()?[..whole()?.len() / 2].to_vec(),
        SecretPart::AllButLast => whole()?[..whole()?.len().saturating_sub(1)].to_vec(),
    })
}

fn apply(
    mut signature: Vec<u8>,
    change: &SignatureChange,
    draft: &Draft,
    input: &[u8],
    context: &ForgeContext,
) -> Result<Vec<u8>, ForgeError> {
    Ok(match change {
        SignatureChange::Strip => Vec::new(),
        SignatureChange::FlipBit(place) => flip(signature, *place),
        SignatureChange::Truncate(count) => signature[..signature.len().saturating_sub(*count)].to_vec(),
        SignatureChange::Keep(count) => signature[..signature.len().min(*count)].to_vec(),
        SignatureChange::Half => signature[..signature.len() / 2].to_vec(),
        SignatureChange::Append(bytes) => [signature, context.bytes(bytes)].concat(),
        SignatureChange::Prepend(bytes) => [context.bytes(bytes), signature].concat(),
        SignatureChange::Replace(bytes) => context.bytes(bytes),
        SignatureChange::Zero => {
            signature.fill(0);
            signature
        }
        SignatureChange::OfControl => {
            let [header, payload] = draft.original.clone().map(Text::Json);
            let signer = Signer { choice: SigningChoice::Key(KeyName::Control), algorithm: None };
            let control = Draft { header, payload, signer, ..draft.clone() };
            sign(&control, &control.segments(context).join(&b'.'), context)?
        }
        SignatureChange::OfAnotherToken => {
            if let Some(second) = context.given.as_ref().and_then(GivenToken::second_signature) {
                return Ok(second);
            }
            // Signed by the same key over another honest input.
            let other = Draft { signature: Vec::new(), ..draft.clone() };
            sign(&other, &[input, b"another"].concat(), context)?
        }
        SignatureChange::Der => ecdsa::to_der(signed_by_ecdsa(draft, context, &signature)?)?,
        SignatureChange::OtherS => ecdsa::other_s(signed_by_ecdsa(draft, context, &signature)?)?,
        SignatureChange::Padding(fault) => padded(&signing_key(draft, context)?, *fault, input)?,
        SignatureChange::Rsa(number) => rsa_number(&signing_key(draft, context)?, *number)?,
        SignatureChange::Ecdsa(numbers) => ecdsa::numbers(*numbers, stated_algorithm(draft).as_deref())?,
    })
}

/// An Ed25519 signature is as long as one on P-256, and no two numbers.
fn signed_by_ecdsa<'a>(draft: &Draft, context: &ForgeContext, signature: &'a [u8]) -> Result<&'a [u8], ForgeError> {
    match &draft.signer.choice {
        SigningChoice::Key(name) if matches!(context.key(*name)?.kind(), KeyKind::Ec(_)) => Ok(signature),
        _ => Err(ForgeError::NotEcdsa),
    }
}

/// What the header says, where it is JSON.
fn stated_algorithm(draft: &Draft) -> Option<String> {
    draft.header.object()?.get_str("alg")
}

/// Flips a bit of the decoded bytes: the last base64url character alone has
/// spare bits that change nothing.
fn flip(mut signature: Vec<u8>, place: BitPlace) -> Vec<u8> {
    let (index, bit) = match place {
        BitPlace::First => (0, 0x80),
        BitPlace::Middle => (signature.len() / 2, 0x10),
        BitPlace::Last => (signature.len().saturating_sub(1), 0x01),
    };
    if let Some(byte) = signature.get_mut(index) {
        *byte ^= bit;
    }
    signature
}

fn signing_key(draft: &Draft, context: &ForgeContext) -> Result<SigningKey, ForgeError> {
    match &draft.signer.choice {
        SigningChoice::Key(name) => context.key(*name),
        SigningChoice::Hmac(_) => Err(ForgeError::NotRsa),
    }
}

/// EMSA-PKCS1-v1_5 with one fault, honestly raised to the private exponent.
fn padded(key: &SigningKey, fault: PaddingFault, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let size = key.rsa_public().ok_or(ForgeError::NotRsa)?.size();
    let digest = sha2::Sha256::digest(input);
    let mut info = SHA256_DIGEST_INFO.to_vec();
    let mut behind = Vec::new();
    let mut block_type = 1;
    let mut filler = None;
    match fault {
        // 30 31 -> 30 81 31: the same length, written long.
        PaddingFault::LongLength => info = [&[0x30, 0x81], &info[1..]].concat(),
        PaddingFault::TrailingBytes => behind = vec![0xab; 16],
        // Without the NULL (05 00) both lengths shrink by two.
        PaddingFault::MissingNull => {
            info = [&[0x30, 0x2f, 0x30, 0x0b], &info[4..15], &info[17..]].concat();
        }
        PaddingFault::ShortFiller => filler = Some(8),
        PaddingFault::BlockType2 => block_type = 2,
    }
    let used = 3 + info.len() + digest.len() + behind.len();
    let filler = filler.unwrap_or_else(|| size.saturating_sub(used));
    let mut block = vec![0, block_type];
    block.resize(2 + filler, 0xff);
    block.push(0);
    block.extend_from_slice(&info);
    block.extend_from_slice(&digest);
    block.extend_from_slice(&behind);
    block.resize(size, 0);
    Ok(key.rsa_raw(&block)?)
}

fn rsa_number(key: &SigningKey, number: RsaNumber) -> Result<Vec<u8>, ForgeError> {
    let public = key.rsa_public().ok_or(ForgeError::NotRsa)?;
    let size = public.size();
    let modulus: &BoxedUint = public.n().as_ref();
    let one = BoxedUint::from(1_u8);
    let value = match number {
        RsaNumber::Zero => BoxedUint::from(0_u8),
        RsaNumber::One => one,
        RsaNumber::BelowModulus => modulus.wrapping_sub(one),
        RsaNumber::Modulus => modulus.clone(),
        RsaNumber::AboveModulus => modulus.wrapping_add(one),
    };
    let bytes = value.to_be_bytes();
    let mut wide = vec![0; size.saturating_sub(bytes.len())];
    wide.extend_from_slice(&bytes[bytes.len().saturating_sub(size)..]);
    Ok(wide)
}
