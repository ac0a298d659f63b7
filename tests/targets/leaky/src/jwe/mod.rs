//! Encrypted tokens (RFC 7516). This server has no key to decrypt with, so all of it is defects:
//! keys that everybody can compute.

mod content;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};

use crate::defect::{Defect, Switch};
use crate::keys::{Cause, KeyCache};
use crate::settings::Settings;
use crate::signature::spki_pem;
use crate::token::{JoseHeader, decode};

use content::Encryption;

/// The claims inside, where a defect decrypts them and asks no further: as they are, or in an
/// unsecured token.
pub(crate) async fn inner_payload(
    token: &str,
    keys: &KeyCache,
    settings: &Settings,
    defect: Switch,
) -> Option<Vec<u8>> {
    let claims_of: fn(Vec<u8>) -> Option<Vec<u8>> = match defect.0? {
        Defect::DecryptsWithPublicKey => |text| decode(std::str::from_utf8(&text).ok()?.split('.').nth(1)?),
        Defect::BelievesDecryptedClaims => Some,
        _ => return None,
    };
    let [protected, encrypted_key, iv, ciphertext, tag] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    let header = JoseHeader::read(protected, defect)?;
    let encryption = Encryption::of(header.0.text("enc")?)?;
    let cause = Cause { kid: header.kid()?, token };
    let key = keys.find(cause, settings, defect).await.ok()?.into_iter().next()?;
    let pem = spki_pem(&key)?;
    let content_key = match header.0.text("alg")? {
        "dir" => secret(&pem, encryption.key_length()),
        "A256KW" => unwrapped(&secret(&pem, 32), &decode(encrypted_key)?)?,
        _ => return None,
    };
    let sealed = content::Sealed { iv: decode(iv)?, ciphertext: decode(ciphertext)?, tag: decode(tag)? };
    claims_of(encryption.opened(&content_key, protected.as_bytes(), sealed)?)
}

/// So many bytes of what everybody can reckon.
fn secret(pem: &str, length: usize) -> Vec<u8> {
    let digest = digest(if length > 32 { &SHA512 } else { &SHA256 }, pem.as_bytes());
    digest.as_ref().iter().copied().take(length).collect()
}

fn unwrapped(secret: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>> {
    let mut key = vec![0; encrypted_key.len()];
    let length = AesKek::new(&AES_256, secret).ok()?.unwrap(encrypted_key, &mut key).ok()?.len();
    key.truncate(length);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wrapped_is_unwrapped_with_the_same_key_only() {
        let key = [7; 32];
        let mut wrapped = vec![0; 40];
        AesKek::new(&AES_256, &key).expect("a key").wrap(&[1; 32], &mut wrapped).expect("wrapped");
        assert_eq!(unwrapped(&key, &wrapped), Some(vec![1; 32]));
        assert_eq!(unwrapped(&[8; 32], &wrapped), None);
    }

    #[test]
    fn a_secret_is_as_long_as_is_asked_for() {
        assert_eq!([16, 32, 64].map(|length| secret("pem", length).len()), [16, 32, 64]);
        assert!(secret("pem", 32).starts_with(&secret("pem", 16)));
    }
}
