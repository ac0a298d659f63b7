use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData as _,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use sha2::Digest as _;

use super::TlsError;
use crate::clock::Clock;

/// What the certificate always names.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const DAY: u64 = 24 * 60 * 60;
const CA_DAYS: u64 = 3650;
/// Clients such as macOS's refuse a certificate that is valid for longer.
const LEAF_DAYS: u64 = 397;

/// An ECDSA P-256 certificate authority. Its certificate is what clients must
/// trust; `Debug` shows that only.
pub struct CertificateAuthority {
    key: KeyPair,
    certificate_pem: String,
}

impl CertificateAuthority {
    /// A new authority, valid for ten years.
    ///
    /// # Errors
    ///
    /// [`TlsError`] when the crypto library can't make it.
    pub fn generate() -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate_pem = ca_params(&key, CA_DAYS).self_signed(&key)?.pem();
        Ok(Self { key, certificate_pem })
    }

    /// An authority that was kept with [`CertificateAuthority::to_private_pem`].
    ///
    /// # Errors
    ///
    /// [`TlsError::NotAnAuthority`] when the text is something else.
    pub fn from_private_pem(text: &str) -> Result<Self, TlsError> {
        let at = text.find("-----BEGIN CERTIFICATE").ok_or(TlsError::NotAnAuthority)?;
        let (key, certificate) = text.split_at(at);
        let key = KeyPair::from_pem(key).map_err(|_| TlsError::NotAnAuthority)?;
        Ok(Self { key, certificate_pem: certificate.to_owned() })
    }

    /// The private key and the certificate, for a private file.
    #[must_use]
    pub fn to_private_pem(&self) -> String {
        format!("{}{}", self.key.serialize_pem(), self.certificate_pem)
    }

    /// The certificate as PEM: what a client must trust.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// TLS settings of a server whose certificate names this machine and every
    /// alias (RFC 5280, section 4.2.1.6).
    ///
    /// # Errors
    ///
    /// [`TlsError`] when an alias can't stand in a certificate.
    pub fn server_config(&self, aliases: &[String]) -> Result<ServerConfig, TlsError> {
        let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let issuer = Issuer::new(ca_params(&self.key, CA_DAYS), &self.key);
        let leaf = leaf_params(aliases)?.signed_by(&leaf_key, &issuer)?;
        let private = PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into());
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl std::fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateAuthority").field("certificate_pem", &self.certificate_pem).finish_non_exhaustive()
    }
}

/// The name carries a hash of the key, so that a machine that trusts several
/// of these authorities never takes one for another.
fn ca_params(key: &KeyPair, days: u64) -> CertificateParams {
    let hash = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(key.der_bytes()));
    let mut params = valid_for(CertificateParams::default(), days);
    params.distinguished_name = name(&format!("mock-idp test CA {}", &hash[..8]));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// What a certificate for this machine and the aliases says.
pub(super) fn leaf_params(aliases: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let mut names: Vec<String> = LOCAL_NAMES.map(str::to_owned).to_vec();
    names.extend(aliases.iter().filter(|alias| !LOCAL_NAMES.contains(&alias.as_str())).cloned());
    let mut params = valid_for(CertificateParams::new(names)?, LEAF_DAYS);
    params.distinguished_name = name("mock-idp");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// From a day ago, for clients whose clock is late. Always by the machine's
/// clock: the peers of a handshake know no other.
fn valid_for(mut params: CertificateParams, days: u64) -> CertificateParams {
    let now = u64::try_from(Clock::system().now()).unwrap_or_default();
    let at = |seconds| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    params.not_before = at(now.saturating_sub(DAY));
    params.not_after = at(now.saturating_add(days * DAY));
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_authority_is_the_same_again() {
        let authority = CertificateAuthority::generate().unwrap();
        let kept = CertificateAuthority::from_private_pem(&authority.to_private_pem()).unwrap();
        assert_eq!(kept.certificate_pem(), authority.certificate_pem());
        assert!(kept.server_config(&["idp.test".into(), "10.0.0.1".into()]).is_ok());
    }

    #[test]
    fn debug_shows_no_private_key() {
        let authority = CertificateAuthority::generate().unwrap();
        assert!(!format!("{authority:?}").contains("PRIVATE"));
    }

    #[test]
    fn text_that_is_no_authority_is_refused() {
        assert!(CertificateAuthority::from_private_pem("nothing").is_err());
    }
}
