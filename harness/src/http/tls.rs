use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Which server certificates are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Those that lead to one of these roots and name the host. One that is given
    /// as a root is believed itself, too, whether it may sign others or not.
    Roots {
        /// Whether the system's roots count.
        system: bool,
        /// More roots: any number of PEM certificates one after the other.
        extra_pem: Vec<u8>,
    },
    /// Any at all, even an invalid one.
    Anything,
}

impl Trust {
    /// The system's roots and these PEM certificates.
    pub fn system_and(extra_pem: impl Into<Vec<u8>>) -> Self {
        Self::Roots { system: true, extra_pem: extra_pem.into() }
    }

    /// These PEM certificates alone.
    pub fn only(pem: impl Into<Vec<u8>>) -> Self {
        Self::Roots { system: false, extra_pem: pem.into() }
    }

    /// Checks the PEM, so that what reads it later can't fail.
    pub(super) fn check(&self) -> Result<(), TrustError> {
        match self {
            Self::Anything => Ok(()),
            Self::Roots { extra_pem, .. } => extra_roots(extra_pem).map(drop),
        }
    }

    /// The TLS settings: aws-lc-rs, HTTP/1.1 alone, and no resumption, so that
    /// no connection depends on an earlier one.
    pub(super) fn client_config(&self) -> Result<ClientConfig, TrustError> {
        // The provider is named, as a second one in the build would leave none default.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Protocol { reason: error.to_string() })?;
        let mut config = match self {
            Self::Roots { system, extra_pem } => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Verified::new(*system, extra_pem, provider)?))
                .with_no_client_auth(),
            Self::Anything => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Unverified { provider }))
                .with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

/// The system's roots.
impl Default for Trust {
    fn default() -> Self {
        Self::system_and(Vec::new())
    }
}

/// When [`Trust`] can't be turned into TLS settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// When the additional roots are no PEM.
    #[error("the CA file is not valid PEM: {reason}")]
    Pem {
        /// What the parser said.
        reason: String,
    },
    /// When the additional roots are PEM, yet hold no certificate.
    #[error("the CA file holds no certificate: expected `-----BEGIN CERTIFICATE-----`")]
    NoCertificate,
    /// When a certificate among them can't be a root.
    #[error("certificate {number} of the CA file is unusable: {reason}")]
    Certificate {
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// When the TLS library offers no protocol version.
    #[error("the TLS library has no protocol version to offer: {reason}")]
    Protocol {
        /// What it said.
        reason: String,
    },
}

fn roots(system: bool, extra_pem: &[u8]) -> Result<RootCertStore, TrustError> {
    let mut roots = extra_roots(extra_pem)?;
    if system {
        // What the system holds that can't be read is as if it weren't there.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    Ok(roots)
}

fn extra_roots(pem: &[u8]) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let certificate = certificate.map_err(|error| TrustError::Pem { reason: error.to_string() })?;
        roots
            .add(certificate)
            .map_err(|error| TrustError::Certificate { number: index + 1, reason: error.to_string() })?;
    }
    if roots.is_empty() && !pem.is_empty() {
        return Err(TrustError::NoCertificate);
    }
    Ok(roots)
}

/// Believes what leads to a root, and the roots that were given themselves.
#[derive(Debug)]
struct Verified {
    /// None where there is no root at all.
    roots: Option<Arc<WebPkiServerVerifier>>,
    given: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Verified {
    fn new(system: bool, extra_pem: &[u8], provider: Arc<CryptoProvider>) -> Result<Self, TrustError> {
        let given = CertificateDer::pem_slice_iter(extra_pem).filter_map(Result::ok).collect();
        let roots = Arc::new(roots(system, extra_pem)?);
        let roots = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().ok();
        Ok(Self { roots, given, provider })
    }
}

/// Whether a certificate is refused only since no authority vouches for it, or
/// since it is one itself, and no server's.
fn lacks_authority(error: &rustls::Error) -> bool {
    use rustls::CertificateError::{BadSignature, Other, UnknownIssuer};
    matches!(error, rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature | Other(_)))
}

impl ServerCertVerifier for Verified {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = match &self.roots {
            Some(roots) => roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        };
        match verified {
            Err(error) if lacks_authority(&error) && self.given.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Believes every certificate and every signature by it.
#[derive(Debug)]
struct Unverified {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        let error = Trust::only("just text").check().unwrap_err();
        assert_eq!(error, TrustError::NoCertificate);
        assert_eq!(Trust::default().check(), Ok(()));
    }

    #[test]
    fn a_broken_certificate_is_refused_with_its_number() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = Trust::system_and(pem).check().unwrap_err();
        assert!(matches!(error, TrustError::Certificate { number: 1, .. }), "{error}");
    }

    #[test]
    fn damaged_pem_is_refused() {
        let pem = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        let error = Trust::only(pem).check().unwrap_err();
        assert!(matches!(error, TrustError::Pem { .. }), "{error}");
    }
}
