use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::LineEnding;
use rsa::traits::PublicKeyParts as _;

use super::{SigningKey, spki};

/// A public key as bytes, in a form that a confused verifier may take for an HMAC
/// secret (RFC 8725, section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicForm {
    /// `BEGIN PUBLIC KEY`, lines of 64, a final newline.
    SpkiPem,
    /// The same without the final newline.
    SpkiPemNoFinalNewline,
    /// The same with CR LF.
    SpkiPemCrlf,
    /// The same after one space.
    SpkiPemLeadingSpace,
    /// The same after one newline.
    SpkiPemLeadingNewline,
    /// The same with its base64 on one line.
    SpkiPemOneLine,
    /// `BEGIN RSA PUBLIC KEY`; RSA only.
    Pkcs1Pem,
    /// `BEGIN CERTIFICATE`: a self-signed certificate of the key.
    CertificatePem,
    /// The line of an `authorized_keys` file, such as `ssh-rsa AAAA...`.
    SshLine,
    /// DER of the SubjectPublicKeyInfo.
    SpkiDer,
    /// DER of the PKCS#1 key; RSA only.
    Pkcs1Der,
    /// The modulus, big-endian; RSA only.
    Modulus,
    /// The text of the JWK member `n`; RSA only.
    ModulusText,
    /// The JWK as published, compact.
    Jwk,
    /// The required members of the JWK in the order of their names: the input of the
    /// thumbprint (RFC 7638, section 3.3).
    JwkThumbprintInput,
}

impl PublicForm {
    /// Every form with its word in a mutation.
    pub const ALL: [(&'static str, Self); 15] = [
        ("spki-pem", Self::SpkiPem),
        ("spki-pem-no-final-newline", Self::SpkiPemNoFinalNewline),
        ("spki-pem-crlf", Self::SpkiPemCrlf),
        ("spki-pem-leading-space", Self::SpkiPemLeadingSpace),
        ("spki-pem-leading-newline", Self::SpkiPemLeadingNewline),
        ("spki-pem-one-line", Self::SpkiPemOneLine),
        ("pkcs1-pem", Self::Pkcs1Pem),
        ("certificate-pem", Self::CertificatePem),
        ("ssh", Self::SshLine),
        ("spki-der", Self::SpkiDer),
        ("pkcs1-der", Self::Pkcs1Der),
        ("modulus", Self::Modulus),
        ("modulus-text", Self::ModulusText),
        ("jwk", Self::Jwk),
        ("jwk-thumbprint-input", Self::JwkThumbprintInput),
    ];
}

impl SigningKey {
    /// The public key in that form; `None` for a secret, and where its kind has no
    /// such form: PKCS#1 and a modulus are RSA's.
    #[must_use]
    pub fn public_form(&self, form: PublicForm) -> Option<Vec<u8>> {
        let pem = || Some(spki::pem("PUBLIC KEY", &spki::der(self)?));
        let modulus = || Some(self.rsa_public()?.n_bytes());
        let text = match form {
            PublicForm::SpkiPem => pem()?,
            PublicForm::SpkiPemNoFinalNewline => pem()?.trim_end().to_owned(),
            PublicForm::SpkiPemCrlf => pem()?.replace('\n', "\r\n"),
            PublicForm::SpkiPemLeadingSpace => format!(" {}", pem()?),
            PublicForm::SpkiPemLeadingNewline => format!("\n{}", pem()?),
            PublicForm::SpkiPemOneLine => {
                format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(spki::der(self)?))
            }
            PublicForm::Pkcs1Pem => self.rsa_public()?.to_pkcs1_pem(LineEnding::LF).ok()?,
            PublicForm::CertificatePem => self.certificate()?.pem(),
            PublicForm::SshLine => spki::ssh_line(self)?,
            PublicForm::ModulusText => URL_SAFE_NO_PAD.encode(modulus()?),
            PublicForm::Jwk => self.has_public_half().then(|| self.public_jwk().to_text())?,
            PublicForm::JwkThumbprintInput => self.has_public_half().then(|| self.thumbprint_input())?,
            PublicForm::SpkiDer => return spki::der(self),
            PublicForm::Pkcs1Der => return Some(self.rsa_public()?.to_pkcs1_der().ok()?.as_bytes().to_vec()),
            PublicForm::Modulus => return Some(modulus()?.to_vec()),
        };
        Some(text.into_bytes())
    }

    /// Whether something of it is public, and known.
    fn has_public_half(&self) -> bool {
        spki::der(self).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, BuiltinKey, KeyKind, Role, builtin};
    use super::*;

    const RSA_ONLY: [PublicForm; 4] =
        [PublicForm::Pkcs1Pem, PublicForm::Pkcs1Der, PublicForm::Modulus, PublicForm::ModulusText];

    #[test]
    fn every_form_that_a_kind_has_can_be_made_and_is_the_same_twice() {
        for (name, algorithm) in Algorithm::ALL {
            let key = Role::Issuer.key(algorithm);
            for (word, form) in PublicForm::ALL {
                let has_form = match key.kind() {
                    KeyKind::Rsa => true,
                    KeyKind::Ec(_) | KeyKind::Ed25519 => !RSA_ONLY.contains(&form),
                    KeyKind::Secret => false,
                };
                let bytes = key.public_form(form);
                assert_eq!(bytes.is_some(), has_form, "{name} {word}");
                assert_eq!(key.public_form(form), bytes, "{name} {word}");
            }
        }
    }

    #[test]
    fn an_ssh_line_begins_with_the_name_of_the_kind() {
        let line = |key: SigningKey| String::from_utf8(key.public_form(PublicForm::SshLine).unwrap()).unwrap();
        assert!(line(builtin(BuiltinKey::Issuer)).starts_with("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABA"));
        let p256 = line(Role::Issuer.key(Algorithm::Es256));
        assert!(
            p256.starts_with("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB"),
            "{p256}"
        );
        assert!(line(Role::Issuer.key(Algorithm::EdDsa)).starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
    }

    #[test]
    fn nothing_public_is_known_of_a_key_that_only_a_token_names() {
        let key = SigningKey::unknown("k", Algorithm::Es256);
        assert!(PublicForm::ALL.iter().all(|(_, form)| key.public_form(*form).is_none()));
    }
}
