//! Encrypted tokens (RFC 7516). This server has no key to decrypt with, so all of it is defects:
//! keys that everybody can compute.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};

use crate::defect::{Defect, Switch};
use crate::keys::{Cause, KeyCache};
use crate::settings::Settings;
use crate::signature::spki_pem;
use crate::token::{JoseHeader, decode};

/// The payload of the unsecured token inside, where a defect decrypts it and asks no further.
pub(crate) async fn inner_payload(
    token: &str,
    keys: &KeyCache,
    settings: &Settings,
    defect: Switch,
) -> Option<Vec<u8>> {
    if !defect.has(Defect::DecryptsWithPublicKey) {
        return None;
    }
    let [protected, encrypted_key, iv, ciphertext, tag] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    let header = JoseHeader::read(protected, defect)?;
    let cause = Cause { kid: header.kid()?, token };
    let key = keys.find(cause, settings, defect).await.ok()?.into_iter().next()?;
    let secret = digest(&SHA256, spki_pem(&key)?.as_bytes());
    let content_key = match header.0.text("alg")? {
        "dir" => secret.as_ref().to_vec(),
        "A256KW" => unwrapped(secret.as_ref(), &decode(encrypted_key)?)?,
        _ => return None,
    };
    let sealed = [decode(ciphertext)?, decode(tag)?].concat();
    let inner = decrypted(&content_key, &decode(iv)?, protected.as_bytes(), sealed)?;
    decode(std::str::from_utf8(&inner).ok()?.split('.').nth(1)?)
}

fn unwrapped(secret: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>> {
    let mut key = vec![0; encrypted_key.len()];
    let length = AesKek::new(&AES_256, secret).ok()?.unwrap(encrypted_key, &mut key).ok()?.len();
    key.truncate(length);
    Some(key)
}

fn decrypted(key: &[u8], iv: &[u8], aad: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
    let length = key.open_in_place(nonce, Aad::from(aad), &mut sealed).ok()?.len();
    sealed.truncate(length);
    Some(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_with_the_same_key_only() {
        let key = [7; 32];
        let mut sealed = b"inner".to_vec();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("a key"));
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        cipher.seal_in_place_append_tag(nonce, Aad::from(b"h"), &mut sealed).expect("sealed");
        assert_eq!(decrypted(&key, &[0; 12], b"h", sealed.clone()).as_deref(), Some(&b"inner"[..]));
        assert_eq!(decrypted(&[8; 32], &[0; 12], b"h", sealed), None);
        let mut wrapped = vec![0; 40];
        AesKek::new(&AES_256, &key).expect("a key").wrap(&[1; 32], &mut wrapped).expect("wrapped");
        assert_eq!(unwrapped(&key, &wrapped), Some(vec![1; 32]));
    }
}
