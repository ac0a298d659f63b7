//! What makes programs trust the issuer: files of the state directory.

use std::path::PathBuf;

use mock_idp::state_dir::StateDir;
use mock_idp::tls::java_trust_store;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::CliError;

/// Where systems keep the certificates that they trust.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The files, which are written by [`Trust::write`].
#[derive(Debug)]
pub(super) struct Trust {
    /// The issuer's certificate alone, for what adds it to its roots.
    pub(super) ca: PathBuf,
    /// The system's roots and the issuer's, for what replaces its roots.
    pub(super) bundle: PathBuf,
    /// The same for Java; `None` where it can't be made.
    pub(super) java: Option<PathBuf>,
}

impl Trust {
    pub(super) fn write(state: &StateDir) -> Result<Self, CliError> {
        let authority = state.certificate_authority()?;
        let bundle = with_system_roots(authority.certificate_pem());
        let java = java_store(authority.certificate_pem(), &bundle);
        Ok(Self {
            ca: state.ca_file(),
            bundle: state.export("ca-bundle.pem", &bundle)?,
            java: java.map(|store| state.export("truststore.p12", store)).transpose()?,
        })
    }
}

/// The system's roots and this authority, as PEM.
pub(super) fn with_system_roots(certificate: &str) -> String {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let known = named.into_iter().chain(SYSTEM_ROOTS.map(PathBuf::from));
    let roots = known.filter_map(|path| std::fs::read_to_string(path).ok()).next().unwrap_or_default();
    let roots = roots.replace(certificate, "");
    format!("{}\n{certificate}", roots.trim_end())
}

fn java_store(certificate: &str, bundle: &str) -> Option<Vec<u8>> {
    let own = CertificateDer::from_pem_slice(certificate.as_bytes()).ok()?;
    let all: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(bundle.as_bytes()).flatten().collect();
    let roots: Vec<&[u8]> = all.iter().filter(|root| **root != own).map(AsRef::as_ref).collect();
    java_trust_store(&own, &roots)
}
