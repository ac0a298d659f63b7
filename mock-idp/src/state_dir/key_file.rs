use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use crate::keys::{Algorithm, KeyError, SigningKey};

const KID: &str = "kid: ";
const BEGIN: &str = "-----BEGIN";

/// A private key in a file: PKCS#8 PEM, with a line `kid: …` before it. For an
/// algorithm of HMAC it is a shared secret: the text behind that line, without the
/// end of its last line.
///
/// A file without a `kid`, such as `openssl genpkey` writes, gets one of 43
/// characters that follows from the key.
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
    /// Reads a key file for that algorithm; `None`: the [usual](Algorithm::usual) one
    /// of its kind.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] when it can't be read or holds no usable key.
    pub fn read(path: &Path, algorithm: Option<Algorithm>) -> Result<SigningKey, KeyFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| KeyFileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text, algorithm).map_err(|source| KeyFileError::Damaged { path: path.to_owned(), source })
    }

    /// Reads the text of a key file, as [`KeyFile::read`] does.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unreadable`] when it holds no usable key, [`KeyError::EmptySecret`]
    /// when it is to be a secret, [`KeyError::WrongKind`] when it is none for the algorithm.
    pub fn parse(text: &str, algorithm: Option<Algorithm>) -> Result<SigningKey, KeyError> {
        let key = match algorithm {
            Some(algorithm) if algorithm.is_hmac() => secret(text, algorithm)?,
            Some(algorithm) => private_key(text)?.with_algorithm(algorithm)?,
            None => private_key(text)?,
        };
        Ok(match Self::stated_kid(text) {
            Some(kid) => key.with_kid(kid),
            None => key.with_kid(derived_kid(&key)),
        })
    }

    /// The `kid` that the text of a key file tells.
    #[must_use]
    pub fn stated_kid(text: &str) -> Option<&str> {
        let preamble = text.find(BEGIN).map_or(text, |at| &text[..at]);
        preamble.lines().find_map(|line| line.strip_prefix(KID)).map(str::trim)
    }

    /// The text of a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Key`] when there is nothing to keep: no private half, or a
    /// secret that is no text.
    pub fn text(key: &SigningKey) -> Result<String, KeyFileError> {
        let secret = || Some(format!("{}\n", std::str::from_utf8(key.expose_secret()?).ok()?));
        let text = key.to_pkcs8_pem().or_else(secret).ok_or(KeyError::Unreadable)?;
        Ok(format!("{KID}{}\n{text}", key.kid()))
    }
}

fn private_key(text: &str) -> Result<SigningKey, KeyError> {
    SigningKey::from_pem("", &text[text.find(BEGIN).ok_or(KeyError::Unreadable)?..])
}

fn secret(text: &str, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    if text.contains(BEGIN) {
        let kid = KeyFile::stated_kid(text).unwrap_or_default().to_owned();
        return Err(KeyError::WrongKind { kid, algorithm });
    }
    let secret = match text.strip_prefix(KID) {
        Some(rest) => rest.split_once('\n').map_or("", |(_, secret)| secret),
        None => text,
    };
    let secret = secret.strip_suffix('\n').unwrap_or(secret);
    SigningKey::from_secret("", secret.strip_suffix('\r').unwrap_or(secret))?.with_algorithm(algorithm)
}

/// Like Okta's not the RFC 7638 thumbprint, though as long.
fn derived_kid(key: &SigningKey) -> String {
    // What is public of a secret is the same for all of them.
    let of = if key.expose_secret().is_some() { key.thumbprint() } else { key.bare_jwk().to_text() };
    URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{BuiltinKey, Role, builtin};

    #[test]
    fn a_key_file_holds_the_key_and_its_kid() {
        let key = builtin(BuiltinKey::Issuer);
        let read = KeyFile::parse(&KeyFile::text(&key).unwrap(), None).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
    }

    #[test]
    fn a_bare_pem_file_gets_a_kid_that_follows_from_the_key() {
        let pem = builtin(BuiltinKey::Issuer).to_pkcs8_pem().unwrap();
        let kid = KeyFile::parse(&pem, None).unwrap().kid().to_owned();
        assert_eq!((kid.len(), KeyFile::stated_kid(&pem)), (43, None));
        assert_eq!(KeyFile::parse(&pem, None).unwrap().kid(), kid);
        assert!(matches!(KeyFile::parse("nothing", None), Err(KeyError::Unreadable)));
    }

    #[test]
    fn a_key_file_of_every_algorithm_is_read_back() {
        for (name, algorithm) in Algorithm::ALL {
            let key = Role::Issuer.key(algorithm);
            let text = KeyFile::text(&key).unwrap();
            let read = KeyFile::parse(&text, Some(algorithm)).unwrap();
            assert_eq!(
                (read.thumbprint(), read.kid(), read.algorithm()),
                (key.thumbprint(), key.kid(), algorithm),
                "{name}"
            );
            assert_eq!(KeyFile::stated_kid(&text), Some(key.kid()), "{name}");
        }
    }

    #[test]
    fn a_secret_is_the_text_without_its_last_end_of_line() {
        let secret = |text: &str| {
            let key = KeyFile::parse(text, Some(Algorithm::Hs512)).unwrap();
            String::from_utf8(key.expose_secret().unwrap().to_vec()).unwrap()
        };
        for text in ["two words ", "two words \n", "two words \r\n", "kid: k\ntwo words \n"] {
            assert_eq!(secret(text), "two words ", "{text:?}");
        }
        let parse = |text: &str| KeyFile::parse(text, Some(Algorithm::Hs256));
        assert!(matches!(parse("kid: k\n"), Err(KeyError::EmptySecret)));
        let pem = builtin(BuiltinKey::Issuer).to_pkcs8_pem().unwrap();
        assert!(matches!(parse(&pem), Err(KeyError::WrongKind { .. })));
        assert!(matches!(KeyFile::parse(&pem, Some(Algorithm::Es256)), Err(KeyError::WrongKind { .. })));
    }
}
