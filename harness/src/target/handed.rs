//! What a target is handed of its issuer's key, where it fetches no key set.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use mock_idp::keys::{KeySet, PublicForm, SigningKey};

/// The issuer's key in the forms that servers read. Defaults to nothing.
#[derive(Clone, Debug, Default)]
pub struct Handed {
    /// The name of the algorithm, as the header of a token states it.
    pub alg: Option<&'static str>,
    /// The public key as PEM; `None` for a shared secret.
    pub public_key_pem: Option<String>,
    /// A file with it.
    pub public_key_file: Option<PathBuf>,
    /// A file with a self-signed certificate of it, as PEM.
    pub certificate_file: Option<PathBuf>,
    /// A file with the issuer's key set (RFC 7517, section 5).
    pub jwks_file: Option<PathBuf>,
    /// What issuer and target share; `None` for a key with a public half.
    pub shared_secret: Option<SharedSecret>,
}

/// A secret of issuer and target: shown by no `Debug`, read only through
/// [`SharedSecret::secret`].
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret(String);

impl SharedSecret {
    /// Wraps the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one place that hands it over.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SharedSecret(..)")
    }
}

impl Handed {
    /// Writes what is public of the key into that directory; a secret goes into no file.
    ///
    /// # Errors
    /// When a file can't be written.
    pub(super) fn write(directory: &Path, key: &SigningKey) -> io::Result<Self> {
        let file = |name: &str, text: Option<String>| -> io::Result<Option<PathBuf>> {
            let Some(text) = text else { return Ok(None) };
            let path = directory.join(name);
            std::fs::write(&path, text)?;
            Ok(Some(path))
        };
        let form = |form| key.public_form(form).and_then(|bytes| String::from_utf8(bytes).ok());
        let public_key_pem = form(PublicForm::SpkiPem);
        let secret = key.expose_secret().and_then(|secret| std::str::from_utf8(secret).ok());
        let jwks = public_key_pem.is_some().then(|| KeySet::new(key.clone()).jwks());
        Ok(Self {
            alg: Some(key.algorithm().name()),
            public_key_file: file("public-key.pem", public_key_pem.clone())?,
            certificate_file: file("certificate.pem", form(PublicForm::CertificatePem))?,
            jwks_file: file("jwks.json", jwks)?,
            public_key_pem,
            shared_secret: secret.map(SharedSecret::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use mock_idp::keys::{Algorithm, Role};

    use super::*;

    #[test]
    fn a_key_is_written_in_each_form_and_a_secret_into_no_file() {
        for (name, algorithm) in Algorithm::ALL {
            let folder = tempfile::tempdir().unwrap();
            let handed = Handed::write(folder.path(), &Role::Issuer.key(algorithm)).unwrap();
            let files = [&handed.public_key_file, &handed.certificate_file, &handed.jwks_file];
            assert_eq!(handed.alg, Some(name));
            assert_eq!(handed.shared_secret.is_some(), algorithm.is_hmac(), "{name}");
            assert!(files.iter().all(|file| file.is_some() != algorithm.is_hmac()), "{name}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), if algorithm.is_hmac() { 0 } else { 3 });
        }
    }

    #[test]
    fn debug_hides_the_shared_secret() {
        let folder = tempfile::tempdir().unwrap();
        let handed = Handed::write(folder.path(), &Role::Issuer.key(Algorithm::Hs256)).unwrap();
        let secret = handed.shared_secret.as_ref().unwrap().secret();
        assert!(!format!("{handed:?}").contains(secret));
    }
}
