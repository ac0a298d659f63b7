//! The folder in which the binary keeps its keys, so that tokens, cached JWKS
//! and trusted certificates survive a restart.
//!
//! ```text
//! ca.pem               the certificate that clients must trust
//! ca-bundle.pem        the system's certificates and this one, from `mock-idp env` and `run`
//! truststore.p12       the same for Java, from `mock-idp env` and `run`
//! ca-key.pem           the private key of the authority, mode 0600
//! keys/default.pem     what the server `default` signs with, mode 0600; of another
//!                      kind than RSA: keys/default.p256.pem, keys/default.secret.txt, ...
//! ```

mod key_file;
mod private_file;

use std::path::{Path, PathBuf};

pub use key_file::{KeyFile, KeyFileError};

use crate::keys::{Algorithm, KeyKind, SigningKey, generate};
use crate::random::Random;
use crate::tls::{CertificateAuthority, TlsError};

/// Length of a `kid` at Okta.
const KID_LENGTH: usize = 43;

/// Why the kept state can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// A file or folder can't be read or written.
    #[error("{} cannot be used: {source}; choose another folder with --state-dir", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A kept key is damaged, or none could be made.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The kept certificate authority is damaged.
    #[error(
        "the certificate authority {}: {source}; delete the file to get a new one, which clients must trust anew",
        path.display()
    )]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: TlsError,
    },
    /// No certificate could be made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Neither `XDG_STATE_HOME` nor `HOME` tells where state belongs.
    #[error("no folder for state is known: set HOME, or choose one with --state-dir")]
    NoHome,
}

/// A state folder, mode 0700.
#[derive(Debug, Clone)]
pub struct StateDir {
    root: PathBuf,
}

impl StateDir {
    /// Opens the folder, and makes it if need be.
    ///
    /// # Errors
    ///
    /// [`StateError::File`] when it can't be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StateError> {
        let root = root.into();
        let root = std::path::absolute(&root).map_err(|source| StateError::File { path: root, source })?;
        let keys = root.join("keys");
        private_file::create_folder(&keys).map_err(|source| StateError::File { path: keys, source })?;
        Ok(Self { root })
    }

    /// `$XDG_STATE_HOME/mock-idp`, else `~/.local/state/mock-idp`; `get` reads
    /// a variable of the environment.
    ///
    /// # Errors
    ///
    /// [`StateError::NoHome`] when neither is known.
    pub fn default_path(get: impl Fn(&str) -> Option<String>) -> Result<PathBuf, StateError> {
        let set = |name| get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".local/state"));
        let base = set("XDG_STATE_HOME").filter(|path| path.is_absolute()).or_else(home);
        Ok(base.ok_or(StateError::NoHome)?.join("mock-idp"))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// What the server of that id signs with: one key for each kind. Made on the
    /// very first call, which takes some 20 to 200 ms; `random` draws its `kid`.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the file is damaged or can't be made.
    pub fn signing_key(&self, server: &str, algorithm: Algorithm, random: &Random) -> Result<SigningKey, StateError> {
        let path = self.root.join("keys").join(key_file_name(server, algorithm.kind()));
        if !path.exists() {
            let key = generate(random.base64url(KID_LENGTH), algorithm).map_err(KeyFileError::from)?;
            self.keep(&path, &KeyFile::text(&key)?)?;
        }
        Ok(KeyFile::read(&path, Some(algorithm))?)
    }

    /// The certificate authority, made on the very first call.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the file is damaged or can't be made.
    pub fn certificate_authority(&self) -> Result<CertificateAuthority, StateError> {
        let path = self.root.join("ca-key.pem");
        if !path.exists() {
            self.keep(&path, &CertificateAuthority::generate()?.to_private_pem())?;
        }
        let text = std::fs::read_to_string(&path).map_err(|source| StateError::File { path: path.clone(), source })?;
        let authority =
            CertificateAuthority::from_private_pem(&text).map_err(|source| StateError::Authority { path, source })?;
        self.export_ca(&authority)?;
        Ok(authority)
    }

    /// Where the certificate of the authority stands.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("ca.pem")
    }

    /// Writes a file for anyone to read, such as a bundle of certificates.
    ///
    /// # Errors
    ///
    /// [`StateError::File`] when it can't be written.
    pub fn export(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, StateError> {
        let path = self.root.join(name);
        private_file::replace(&path, content.as_ref())
            .map_err(|source| StateError::File { path: path.clone(), source })?;
        Ok(path)
    }

    fn export_ca(&self, authority: &CertificateAuthority) -> Result<(), StateError> {
        let kept = std::fs::read_to_string(self.ca_file()).unwrap_or_default();
        if kept != authority.certificate_pem() {
            self.export("ca.pem", authority.certificate_pem())?;
        }
        Ok(())
    }

    /// Of two first starts at once, the first to write wins; the other reads.
    fn keep(&self, path: &Path, text: &str) -> Result<(), StateError> {
        private_file::create(path, text).map_err(|source| StateError::File { path: path.to_owned(), source })
    }
}

/// No server's id has a dot in it, so that none has the file of another.
fn key_file_name(server: &str, kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa => format!("{server}.pem"),
        KeyKind::Secret => format!("{server}.secret.txt"),
        kind => format!("{server}.{}.pem", kind.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_a_key_of_each_kind() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        for (name, algorithm) in Algorithm::ALL {
            let first = state.signing_key("default", algorithm, &Random::seeded(1)).unwrap();
            let second = state.signing_key("default", algorithm, &Random::seeded(2)).unwrap();
            assert_eq!((first.thumbprint(), first.kid()), (second.thumbprint(), second.kid()), "{name}");
            assert_eq!(second.algorithm(), algorithm);
        }
        assert_eq!(std::fs::read_dir(folder.path().join("keys")).unwrap().count(), KeyKind::ALL.len());
    }

    #[test]
    fn the_state_belongs_into_the_platforms_folder() {
        let path = |variables: &'static [(&str, &str)]| {
            StateDir::default_path(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(path(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]).unwrap(), Path::new("/s/mock-idp"));
        assert_eq!(path(&[("HOME", "/h")]).unwrap(), Path::new("/h/.local/state/mock-idp"));
        assert!(matches!(path(&[]), Err(StateError::NoHome)));
    }

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path().join("state")).unwrap();
        let random = Random::seeded(1);
        let first = state.signing_key("default", Algorithm::Rs256, &random).unwrap();
        let second = state.signing_key("default", Algorithm::Rs256, &random).unwrap();
        assert_eq!(first.kid().len(), KID_LENGTH);
        assert_eq!(first.public_jwk(), second.public_jwk());
        assert_ne!(state.signing_key("orders", Algorithm::Rs256, &random).unwrap().kid(), first.kid());
    }

    #[test]
    fn a_damaged_authority_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        std::fs::write(folder.path().join("ca-key.pem"), "damaged").unwrap();
        let message = state.certificate_authority().unwrap_err().to_string();
        assert!(message.contains("ca-key.pem: ") && message.contains("delete the file"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_private_is_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path().join("state")).unwrap();
        state.signing_key("default", Algorithm::Rs256, &Random::seeded(1)).unwrap();
        state.certificate_authority().unwrap();
        let mode = |name: &str| state.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(""), mode("keys")], [0o700, 0o700]);
        assert_eq!([mode("keys/default.pem"), mode("ca-key.pem")], [0o600, 0o600]);
    }
}
