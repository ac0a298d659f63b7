//! Tokens inside a JWE (RFC 7516), with `A256GCM` as the content encryption.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use super::context::{ForgeContext, ForgeError};
use super::deflate;
use crate::json::Object;
use crate::keys::PublicForm;
use crate::mutation::{Jwe, JweKey};

/// The JWE around `token`, or around an unsecured JWT with the same claims.
pub(super) fn wrap(jwe: &Jwe, token: &[u8], payload: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let inner = if jwe.unsecured { unsecured(payload) } else { token.to_vec() };
    let plaintext = match jwe.zip_bomb {
        Some(size) => deflate::with_blanks(&inner, size),
        None => inner,
    };
    let content_key = match jwe.key {
        JweKey::DirectPublicKey => public_key_digest(context)?,
        _ => context.random.bytes(32),
    };
    let header = URL_SAFE_NO_PAD.encode(header(jwe, context).to_text());
    let encrypted_key = encrypted_key(jwe, &content_key, context)?;
    let nonce = context.random.bytes(12);
    let (ciphertext, tag) = encrypt(&content_key, &nonce, header.as_bytes(), plaintext)?;
    let rest = [encrypted_key, nonce, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}.{}", rest.join(".")).into_bytes())
}

fn header(jwe: &Jwe, context: &ForgeContext) -> Object {
    let header = Object::new();
    let header = match &jwe.key {
        JweKey::RsaOaep256 => header.with("alg", "RSA-OAEP-256"),
        JweKey::DirectPublicKey => header.with("alg", "dir"),
        JweKey::A256KwPublicKey => header.with("alg", "A256KW"),
        JweKey::Pbes2 { iterations } => {
            header.with("alg", "PBES2-HS256+A128KW").with("p2s", context.random.base64url(22)).with("p2c", *iterations)
        }
    };
    let header = header.with("enc", "A256GCM").with("cty", "JWT").with("kid", context.keys.active().kid());
    if jwe.zip_bomb.is_some() { header.with("zip", "DEF") } else { header }
}

fn unsecured(payload: &[u8]) -> Vec<u8> {
    format!("{}.{}.", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"), URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

fn public_key_digest(context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let pem = context.keys.active().public_form(PublicForm::SpkiPem).ok_or(ForgeError::NotRsa)?;
    Ok(sha2::Sha256::digest(pem).to_vec())
}

fn encrypted_key(jwe: &Jwe, content_key: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    match jwe.key {
        JweKey::RsaOaep256 => {
            let public = context.keys.active().rsa_public().ok_or(ForgeError::NotRsa)?;
            public.oaep_encrypt::<sha2::Sha256>(content_key).map_err(|_| ForgeError::Jwe)
        }
        JweKey::DirectPublicKey => Ok(Vec::new()),
        JweKey::A256KwPublicKey => {
            let kek = AesKek::new(&AES_256, &public_key_digest(context)?).map_err(|_| ForgeError::Jwe)?;
            let mut wrapped = vec![0; content_key.len() + 8];
            let length = kek.wrap(content_key, &mut wrapped).map_err(|_| ForgeError::Jwe)?.len();
            wrapped.truncate(length);
            Ok(wrapped)
        }
        // Nobody knows the password: only the cost of trying matters.
        JweKey::Pbes2 { .. } => Ok(context.random.bytes(content_key.len() + 8)),
    }
}

fn encrypt(key: &[u8], nonce: &[u8], aad: &[u8], mut text: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>), ForgeError> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| ForgeError::Jwe)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| ForgeError::Jwe)?;
    let tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut text)
        .map_err(|_| ForgeError::Jwe)?;
    Ok((text, tag.as_ref().to_vec()))
}
