//! The files through which a target comes to trust the issuer: its certificate, and where it
//! fetches none its key.

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::keys::SigningKey;
use mock_idp::tls::java_trust_store;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tempfile::TempDir;

use super::handed::Handed;

/// Files in a temporary directory, which goes when this is dropped: keep it for as long as a
/// target may start.
#[derive(Debug)]
#[must_use = "the files are removed when this is dropped"]
pub struct TrustFiles {
    directory: TempDir,
    system_roots: usize,
    handed: Handed,
}

/// When the files can't be written: no space, no temporary directory.
#[derive(Debug, thiserror::Error)]
#[error("what the target trusts could not be written for it: {source}; check TMPDIR")]
pub struct TrustError {
    #[from]
    source: io::Error,
}

const CA_FILE: &str = "ca.pem";
const CA_BUNDLE: &str = "ca-bundle.pem";
const TRUST_STORE: &str = "truststore.p12";

impl TrustFiles {
    /// Writes `ca_pem`, and a bundle of the system's roots with it. The roots come from
    /// `SSL_CERT_FILE`, `SSL_CERT_DIR` or the system's usual places; a system without any is no
    /// error, see [`TrustFiles::system_roots`].
    ///
    /// # Errors
    /// When the files can't be written.
    pub fn write(ca_pem: &str) -> Result<Self, TrustError> {
        Self::write_with(ca_pem, &rustls_native_certs::load_native_certs().certs)
    }

    /// The same with what a target may be handed of the issuer's key.
    ///
    /// # Errors
    /// When the files can't be written.
    pub fn with_key(mut self, key: &SigningKey) -> Result<Self, TrustError> {
        self.handed = Handed::write(self.directory.path(), key)?;
        Ok(self)
    }

    /// What a target may be handed of the issuer's key; nothing without
    /// [`TrustFiles::with_key`].
    pub fn handed(&self) -> &Handed {
        &self.handed
    }

    /// The issuer's CA alone: for what adds a file to its roots (`NODE_EXTRA_CA_CERTS`).
    pub fn ca_file(&self) -> PathBuf {
        self.directory.path().join(CA_FILE)
    }

    /// The issuer's CA and the system's roots, as a trust store for Java; `None` where
    /// none could be made.
    pub fn truststore_p12(&self) -> Option<PathBuf> {
        Some(self.directory.path().join(TRUST_STORE)).filter(|store| store.exists())
    }

    /// The issuer's CA and the system's roots: for what replaces its roots by a file
    /// (`SSL_CERT_FILE`).
    pub fn ca_bundle(&self) -> PathBuf {
        self.directory.path().join(CA_BUNDLE)
    }

    /// How many of the system's roots stand in the bundle. With 0, a target reaches the mock
    /// issuer and no public server.
    pub fn system_roots(&self) -> usize {
        self.system_roots
    }

    /// The directory of the files.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn write_with(ca_pem: &str, roots: &[CertificateDer<'_>]) -> Result<Self, TrustError> {
        let directory = tempfile::Builder::new().prefix("badpenny-").tempdir()?;
        let ca_pem = format!("{}\n", ca_pem.trim_end());
        let bundle: String = roots.iter().map(|root| pem(root)).collect();
        std::fs::write(directory.path().join(CA_FILE), &ca_pem)?;
        // Ours first: some read one certificate only.
        std::fs::write(directory.path().join(CA_BUNDLE), ca_pem.clone() + &bundle)?;
        if let Ok(ca) = CertificateDer::from_pem_slice(ca_pem.as_bytes()) {
            let roots: Vec<&[u8]> = roots.iter().map(AsRef::as_ref).collect();
            if let Some(store) = java_trust_store(&ca, &roots) {
                std::fs::write(directory.path().join(TRUST_STORE), store)?;
            }
        }
        Ok(Self { directory, system_roots: roots.len(), handed: Handed::default() })
    }
}

/// One certificate in the textual encoding of RFC 7468 section 5.
fn pem(certificate: &[u8]) -> String {
    const LINE: usize = 64;
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut base64 = STANDARD.encode(certificate);
    while !base64.is_empty() {
        let rest = base64.split_off(base64.len().min(LINE));
        pem.extend([&base64, "\n"]);
        base64 = rest;
    }
    pem + "-----END CERTIFICATE-----\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates(file: &Path) -> Vec<CertificateDer<'static>> {
        let parsed = CertificateDer::pem_file_iter(file).expect("the file is there");
        parsed.collect::<Result<_, _>>().expect("it is PEM")
    }

    #[test]
    fn the_bundle_holds_the_ca_before_the_roots() {
        let roots = [vec![1; 100], vec![2; 48], vec![3; 1]].map(CertificateDer::from);
        let ca = CertificateDer::from(vec![4; 500]);

        // The missing line ending must not glue two certificates together.
        let files = TrustFiles::write_with(pem(&ca).trim_end(), &roots).expect("writable");

        let [one, two, three] = roots;
        assert_eq!(certificates(&files.ca_file()), std::slice::from_ref(&ca));
        assert_eq!(certificates(&files.ca_bundle()), [ca, one, two, three]);
        assert_eq!(files.system_roots(), 3);
    }

    #[test]
    fn no_line_is_longer_than_rfc_7468_allows() {
        assert!(pem(&[7; 1000]).lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn the_roots_of_the_system_are_found_where_it_has_any() {
        let files = TrustFiles::write(&pem(&[4; 500])).expect("writable");

        assert_eq!(certificates(&files.ca_bundle()).len(), files.system_roots() + 1);
    }

    #[test]
    fn the_files_go_with_their_guard() {
        let files = TrustFiles::write_with("", &[]).expect("writable");
        let directory = files.directory().to_owned();

        drop(files);

        assert!(!directory.exists());
    }
}
