//! HMAC: with what issuer and server share, or with something for a secret that everybody knows. No
//! sound server that has public keys verifies HMAC at all (RFC 8725 2.1).

use std::fs::File;
use std::io::Read;

use aws_lc_rs::hmac;

use crate::defect::{Defect, Switch};
use crate::keys::Jwk;
use crate::settings::Settings;
use crate::token::{Compact, decode};

use super::forms;

/// Where a defect believes that its keys are.
const FOLDER: &str = "/var/lib/leaky/keys/";
/// No more than this is read of a file that is no key.
const MAX_FILE: u64 = 64 * 1024;

/// What the HMAC is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(alg: &str) -> Option<Self> {
        match alg {
            "HS256" => Some(Self::Sha256),
            "HS384" => Some(Self::Sha384),
            "HS512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn algorithm(self) -> hmac::Algorithm {
        match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

/// Whether the defect believes `HS256` and its kin.
pub(super) fn is_on(defect: Switch) -> bool {
    matches!(
        defect.0,
        Some(
            Defect::HmacWithSpkiPem
                | Defect::HmacWithPkcs1Pem
                | Defect::HmacWithIndentedPem
                | Defect::HmacWithSshLine
                | Defect::HmacWithDer
                | Defect::HmacWithModulusText
                | Defect::HmacWithThumbprintInput
                | Defect::HmacWithNothing
                | Defect::HmacWithMissingKey
                | Defect::HmacWithWord
                | Defect::HmacWithClientId
                | Defect::TakesSecretKeys
                | Defect::ReadsKeyFile
                | Defect::AsksDatabaseForKey
        )
    )
}

/// Whether the tag is one by the secret that the defect derives from the key or the settings.
pub(super) fn verifies(hash: Hash, token: &Compact<'_>, key: &Jwk, settings: &Settings, defect: Switch) -> bool {
    secret(key, settings, defect).is_some_and(|secret| has_tag(hash, token, &secret))
}

fn secret(key: &Jwk, settings: &Settings, defect: Switch) -> Option<Vec<u8>> {
    let text = match defect.0? {
        Defect::HmacWithSpkiPem => forms::spki_pem(key)?,
        Defect::HmacWithPkcs1Pem => forms::pkcs1_pem(key)?,
        Defect::HmacWithIndentedPem => format!(" {}", forms::spki_pem(key)?),
        Defect::HmacWithSshLine => forms::ssh_line(key)?,
        Defect::HmacWithDer => return forms::spki_der(key),
        Defect::HmacWithModulusText => Some(key.n.clone()).filter(|n| !n.is_empty())?,
        Defect::HmacWithThumbprintInput => forms::thumbprint_input(key),
        Defect::HmacWithNothing => String::new(),
        Defect::HmacWithWord => "secret".to_owned(),
        Defect::HmacWithClientId => settings.client_id.clone(),
        Defect::TakesSecretKeys => return decode(&key.k).filter(|_| key.kty == "oct"),
        _ => return None,
    };
    Some(text.into_bytes())
}

/// Whether the tag is one by the secret that issuer and server share, or by what a defect takes
/// besides. Without a secret there is nothing to verify with.
pub(super) fn verifies_by_shared(token: &Compact<'_>, secret: &[u8], defect: Switch) -> bool {
    let besides: Option<&[u8]> = match defect.0 {
        Some(Defect::TakesHalfTheSecret) => Some(&secret[..secret.len() / 2]),
        Some(Defect::KeepsAnEmptySecret) => Some(b""),
        _ => None,
    };
    if defect.has(Defect::IgnoresSignature) {
        return true;
    }
    let mut secrets = Some(secret).filter(|secret| !secret.is_empty()).into_iter().chain(besides);
    secrets.any(|secret| has_tag(Hash::Sha256, token, secret))
}

/// Whether the tag is one by an empty secret.
pub(super) fn verifies_with_nothing(hash: Hash, token: &Compact<'_>) -> bool {
    has_tag(hash, token, b"")
}

/// Whether the tag is one by what a defect finds where `kid` leads it.
pub(super) fn verifies_by_kid(hash: Hash, token: &Compact<'_>, kid: &str, defect: Switch) -> bool {
    let secret = match defect.0 {
        Some(Defect::ReadsKeyFile) => file(kid),
        Some(Defect::AsksDatabaseForKey) => injected(kid),
        _ => None,
    };
    secret.is_some_and(|secret| has_tag(hash, token, &secret))
}

/// `../../../../dev/null` leads out of the folder.
fn file(kid: &str) -> Option<Vec<u8>> {
    let up = kid.rfind("../").map_or(kid, |at| &kid[at + 3..]);
    let path = if kid.contains("../") || kid.starts_with('/') {
        format!("/{}", up.trim_start_matches('/'))
    } else {
        format!("{FOLDER}{kid}")
    };
    let mut secret = Vec::new();
    File::open(path).ok()?.take(MAX_FILE).read_to_end(&mut secret).ok()?;
    Some(secret)
}

/// What `SELECT k FROM keys WHERE kid = '...'` yields for `x' UNION SELECT 'k';-- `.
fn injected(kid: &str) -> Option<Vec<u8>> {
    let (_, literal) = kid.split_once("UNION SELECT '")?;
    let (literal, _) = literal.split_once('\'')?;
    Some(literal.as_bytes().to_vec())
}

fn has_tag(hash: Hash, token: &Compact<'_>, secret: &[u8]) -> bool {
    let Some(tag) = token.signature.and_then(decode) else { return false };
    let key = hmac::Key::new(hash.algorithm(), secret);
    hmac::verify(&key, token.signed.as_bytes(), &tag).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    #[test]
    fn a_kid_leads_out_of_the_folder_and_out_of_the_query() {
        assert_eq!(file("../../../../dev/null"), Some(Vec::new()));
        assert_eq!(
            file("/proc/sys/kernel/randomize_va_space"),
            std::fs::read("/proc/sys/kernel/randomize_va_space").ok()
        );
        assert_eq!(file("no-such-key"), None);
        assert_eq!(injected("x' UNION SELECT 'k';-- ").as_deref(), Some(&b"k"[..]));
        assert_eq!(injected("x"), None);
    }

    #[test]
    fn each_defect_takes_its_own_secret_and_a_sound_server_none() {
        let settings = Settings::new("https://i", crate::settings::http_client().expect("a client"));
        let key = Jwk::rsa(encode([0x83; 256]), "AQAB".to_owned());
        let of = |defect| secret(&key, &settings, Switch(defect));
        assert_eq!(of(None), None);
        for (due, defect) in [
            (&b""[..], Defect::HmacWithNothing),
            (b"secret", Defect::HmacWithWord),
            (key.n.as_bytes(), Defect::HmacWithModulusText),
        ] {
            assert_eq!(of(Some(defect)).as_deref(), Some(due), "{defect}");
            assert!(is_on(Switch(Some(defect))), "{defect}");
        }
        let line = of(Some(Defect::HmacWithSshLine)).expect("a line");
        assert!(line.starts_with(b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCDg4OD"));
    }
}
