use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use crate::keys::{KeyError, SigningKey};

const KID: &str = "kid: ";
const BEGIN: &str = "-----BEGIN";

/// A private key in a file: PKCS#8 PEM, with a line `kid: …` before it.
///
/// A file without that line, such as `openssl genpkey` writes, gets a `kid` of
/// 43 characters that follows from the key.
#[derive(Debug)]
pub struct KeyFile;

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file can't be read.
    #[error("the key file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It holds no usable key.
    #[error("the key file {}: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A key can't be made or written out.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] when it can't be read or holds no usable key.
    pub fn read(path: &Path) -> Result<SigningKey, KeyFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| KeyFileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|source| KeyFileError::Damaged { path: path.to_owned(), source })
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unreadable`] when it holds no usable key.
    pub fn parse(text: &str) -> Result<SigningKey, KeyError> {
        let (preamble, pem) = text.split_at(text.find(BEGIN).ok_or(KeyError::Unreadable)?);
        let key = SigningKey::from_pem("", pem)?;
        let stated = preamble.lines().find_map(|line| line.strip_prefix(KID)).map(str::trim);
        Ok(match stated {
            Some(kid) => key.with_kid(kid),
            None => key.with_kid(derived_kid(&key)),
        })
    }

    /// The text of a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Key`] when the key is no RSA key: only those are kept.
    pub fn text(key: &SigningKey) -> Result<String, KeyFileError> {
        let pem = key.to_pkcs8_pem().ok_or(KeyError::Unreadable)?;
        Ok(format!("{KID}{}\n{pem}", key.kid()))
    }
}

/// Like Okta's not the RFC 7638 thumbprint, though as long.
fn derived_kid(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(key.bare_jwk().to_text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{BuiltinKey, builtin};

    #[test]
    fn a_key_file_holds_the_key_and_its_kid() {
        let key = builtin(BuiltinKey::Issuer);
        let read = KeyFile::parse(&KeyFile::text(&key).unwrap()).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
    }

    #[test]
    fn a_bare_pem_file_gets_a_kid_that_follows_from_the_key() {
        let pem = builtin(BuiltinKey::Issuer).to_pkcs8_pem().unwrap();
        let kid = KeyFile::parse(&pem).unwrap().kid().to_owned();
        assert_eq!(kid.len(), 43);
        assert_eq!(KeyFile::parse(&pem).unwrap().kid(), kid);
        assert!(matches!(KeyFile::parse("nothing"), Err(KeyError::Unreadable)));
    }
}
