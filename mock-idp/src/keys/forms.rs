use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;

use super::SigningKey;

/// A public RSA key as bytes, in a form that a confused verifier may take for
/// an HMAC secret (RFC 8725, section 2.1).
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
    /// `BEGIN RSA PUBLIC KEY`.
    Pkcs1Pem,
    /// `BEGIN CERTIFICATE`: a self-signed certificate of the key.
    CertificatePem,
    /// The `ssh-rsa` line of an `authorized_keys` file.
    SshRsa,
    /// DER of the SubjectPublicKeyInfo.
    SpkiDer,
    /// DER of the PKCS#1 key.
    Pkcs1Der,
    /// The modulus, big-endian.
    Modulus,
    /// The text of the JWK member `n`.
    ModulusText,
    /// The JWK as published, compact.
    Jwk,
    /// The bare JWK (`e`, `kty`, `n`): the input of the RFC 7638 thumbprint.
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
        ("ssh-rsa", Self::SshRsa),
        ("spki-der", Self::SpkiDer),
        ("pkcs1-der", Self::Pkcs1Der),
        ("modulus", Self::Modulus),
        ("modulus-text", Self::ModulusText),
        ("jwk", Self::Jwk),
        ("jwk-thumbprint-input", Self::JwkThumbprintInput),
    ];
}

impl SigningKey {
    /// The public key in that form; `None` when this is no RSA key.
    #[must_use]
    pub fn public_form(&self, form: PublicForm) -> Option<Vec<u8>> {
        let public = self.rsa_public()?;
        let pem = |ending| public.to_public_key_pem(ending).ok();
        let text = match form {
            PublicForm::SpkiPem => pem(LineEnding::LF)?,
            PublicForm::SpkiPemNoFinalNewline => pem(LineEnding::LF)?.trim_end().to_owned(),
            PublicForm::SpkiPemCrlf => pem(LineEnding::CRLF)?,
            PublicForm::SpkiPemLeadingSpace => format!(" {}", pem(LineEnding::LF)?),
            PublicForm::SpkiPemLeadingNewline => format!("\n{}", pem(LineEnding::LF)?),
            PublicForm::SpkiPemOneLine => {
                let der = public.to_public_key_der().ok()?;
                format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.as_bytes()))
            }
            PublicForm::Pkcs1Pem => public.to_pkcs1_pem(LineEnding::LF).ok()?,
            PublicForm::CertificatePem => self.certificate()?.pem(),
            PublicForm::SshRsa => format!("ssh-rsa {}", STANDARD.encode(ssh_blob(&public))),
            PublicForm::ModulusText => URL_SAFE_NO_PAD.encode(public.n_bytes()),
            PublicForm::Jwk => self.public_jwk().to_text(),
            PublicForm::JwkThumbprintInput => {
                let jwk = self.bare_jwk();
                format!("{{\"e\":{},\"kty\":\"RSA\",\"n\":{}}}", jwk.get("e")?, jwk.get("n")?)
            }
            PublicForm::SpkiDer => {
                return Some(public.to_public_key_der().ok()?.as_bytes().to_vec());
            }
            PublicForm::Pkcs1Der => return Some(public.to_pkcs1_der().ok()?.as_bytes().to_vec()),
            PublicForm::Modulus => return Some(public.n_bytes().to_vec()),
        };
        Some(text.into_bytes())
    }

    /// A self-signed certificate of an RSA key, the same bytes every time.
    #[must_use]
    pub fn certificate(&self) -> Option<rcgen::Certificate> {
        self.certificate_named("mock-idp signing key")
    }

    /// The same with that common name, whatever is in it.
    #[must_use]
    pub fn certificate_named(&self, common_name: &str) -> Option<rcgen::Certificate> {
        let pair = rcgen::KeyPair::from_pkcs8_pem_and_sign_algo(&self.to_pkcs8_pem()?, &rcgen::PKCS_RSA_SHA256).ok()?;
        let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).ok()?;
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2049, 12, 31);
        params.serial_number = Some(rcgen::SerialNumber::from(1));
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
        params.self_signed(&pair).ok()
    }
}

/// RFC 4253, section 6.6: the algorithm's name, e and n, each with its length.
fn ssh_blob(public: &rsa::PublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    for field in [b"ssh-rsa".to_vec(), ssh_integer(&public.e_bytes()), ssh_integer(&public.n_bytes())] {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        blob.extend_from_slice(&length.to_be_bytes());
        blob.extend_from_slice(&field);
    }
    blob
}

/// A positive `mpint`: a zero byte in front where the first bit is set.
fn ssh_integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    let zero = digits.first().is_some_and(|byte| byte & 0x80 != 0);
    zero.then_some(0).into_iter().chain(digits.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltinKey, builtin};
    use super::*;

    #[test]
    fn every_form_can_be_made_and_is_the_same_twice() {
        let key = builtin(BuiltinKey::Issuer);
        for (word, form) in PublicForm::ALL {
            let bytes = key.public_form(form).unwrap_or_else(|| panic!("{word} can't be made"));
            assert!(bytes.len() > 200, "{word}");
            assert_eq!(key.public_form(form), Some(bytes), "{word}");
        }
    }

    #[test]
    fn an_ssh_line_begins_with_the_name_and_the_exponent() {
        let line = builtin(BuiltinKey::Issuer).public_form(PublicForm::SshRsa).unwrap();
        assert!(line.starts_with(b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABA"));
    }
}
