//! Tokens inside a JWE (RFC 7516).

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use super::content_encryption::{Sealed, iv_length, key_length, seal};
use super::context::{ForgeContext, ForgeError};
use super::deflate;
use crate::json::Object;
use crate::keys::PublicForm;
use crate::mutation::{Jwe, JweContent, JweKey};

/// The JWE around `token`, or around its claims: in an unsecured JWT, or as they are.
pub(super) fn wrap(jwe: &Jwe, token: &[u8], payload: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let inner = match jwe.content {
        JweContent::Token => token.to_vec(),
        JweContent::Unsecured => unsecured(payload),
        JweContent::Claims => payload.to_vec(),
    };
    let plaintext = match jwe.zip_bomb {
        Some(size) => deflate::with_blanks(&inner, size),
        None => inner,
    };
    let length = key_length(jwe.encryption);
    let content_key = match jwe.key {
        JweKey::DirectPublicKey => public_key_digest(length, context)?,
        _ => context.random.bytes(length),
    };
    let header = URL_SAFE_NO_PAD.encode(header(jwe, context).to_text());
    let encrypted_key = encrypted_key(jwe, &content_key, context)?;
    let iv = context.random.bytes(iv_length(jwe.encryption));
    let Sealed { ciphertext, tag } = seal(jwe.encryption, &content_key, &iv, header.as_bytes(), plaintext)?;
    let rest = [encrypted_key, iv, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}.{}", rest.join(".")).into_bytes())
}

fn header(jwe: &Jwe, context: &ForgeContext) -> Object {
    let header = Object::new();
    let header = match &jwe.key {
        JweKey::RsaOaep256 => header.with("alg", "RSA-OAEP-256"),
        JweKey::DirectPublicKey => header.with("alg", "dir"),
        JweKey::A256KwPublicKey => header.with("alg", "A256KW"),
        JweKey::Pbes2 { iterations } => {
            header.with("alg", "PBES2-HS256+A128KW").with("p2s", salt(context)).with("p2c", *iterations)
        }
    };
    let header = header.with("enc", jwe.encryption.name());
    // RFC 7519, section 5.2: only where a JWT is inside.
    let header = if jwe.content == JweContent::Claims { header } else { header.with("cty", "JWT") };
    let header = header.with("kid", context.keys.active().kid());
    if jwe.zip_bomb.is_some() { header.with("zip", "DEF") } else { header }
}

/// 16 octets in the one way of writing them: a recipient that is strict about
/// the salt would never come to work on the token.
fn salt(context: &ForgeContext) -> String {
    URL_SAFE_NO_PAD.encode(context.random.bytes(16))
}

fn unsecured(payload: &[u8]) -> Vec<u8> {
    format!("{}.{}.", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"), URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

/// So many bytes of the digest of the public key in PEM: SHA-256 where these are enough, else SHA-512.
fn public_key_digest(length: usize, context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let pem = context.public_form(PublicForm::SpkiPem)?;
    let mut digest = match length {
        ..=32 => sha2::Sha256::digest(pem).to_vec(),
        _ => sha2::Sha512::digest(pem).to_vec(),
    };
    digest.truncate(length);
    Ok(digest)
}

fn encrypted_key(jwe: &Jwe, content_key: &[u8], context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    match jwe.key {
        JweKey::RsaOaep256 => {
            context.public_half()?;
            let public = context.keys.active().rsa_public().ok_or(ForgeError::NotRsa)?;
            public.oaep_encrypt::<sha2::Sha256>(content_key).map_err(|_| ForgeError::Jwe)
        }
        JweKey::DirectPublicKey => Ok(Vec::new()),
        JweKey::A256KwPublicKey => {
            let kek = AesKek::new(&AES_256, &public_key_digest(32, context)?).map_err(|_| ForgeError::Jwe)?;
            let mut wrapped = vec![0; content_key.len() + 8];
            let length = kek.wrap(content_key, &mut wrapped).map_err(|_| ForgeError::Jwe)?.len();
            wrapped.truncate(length);
            Ok(wrapped)
        }
        // Nobody knows the password: only the cost of trying matters.
        JweKey::Pbes2 { .. } => Ok(context.random.bytes(content_key.len() + 8)),
    }
}
