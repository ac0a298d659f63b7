//! An honest token that somebody else has signed: the control where no signing key is known.

use std::fmt;
use std::sync::Arc;

use super::context::Token;
use super::draft::Text;
use crate::json::Object;
use crate::jws::{Compact, Part};

/// A token of another issuer, taken as it is. `Debug` shows its length only.
#[derive(Clone)]
pub struct GivenToken {
    token: Token,
    jws: Option<Arc<Jws>>,
    /// That of another token of the same issuer.
    second: Option<Arc<[u8]>>,
}

/// The parts of a compact JWS whose header and payload are JSON objects.
struct Jws {
    header: Own,
    payload: Own,
    signature: Vec<u8>,
    signing_input: Vec<u8>,
}

struct Own {
    object: Object,
    /// As it stands in the token, in base64url.
    segment: Vec<u8>,
}

/// Why a text is no token that can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GivenTokenError {
    /// There is nothing.
    #[error("the token is empty")]
    Empty,
    /// A character that no bearer token can have (RFC 6750, section 2.1).
    #[error(
        "the token holds a character at position {at} that no bearer token can have: give the bare token, without quotes, `Bearer ` and line ends inside"
    )]
    Character {
        /// Where, counted from 1.
        at: usize,
    },
}

impl GivenToken {
    /// Takes the text of a token; white space around it is left out. What is no
    /// compact JWS with JSON inside is an opaque token.
    ///
    /// # Errors
    ///
    /// [`GivenTokenError`] when no request could carry it.
    pub fn new(text: &str) -> Result<Self, GivenTokenError> {
        let text = text.trim();
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        match text.bytes().position(|byte| !is_allowed(byte)) {
            _ if text.is_empty() => Err(GivenTokenError::Empty),
            Some(at) => Err(GivenTokenError::Character { at: at + 1 }),
            None => Ok(Self {
                token: Token::new(text.as_bytes().to_vec()),
                jws: Jws::read(text).map(Arc::new),
                second: None,
            }),
        }
    }

    /// The same, with another token of the issuer to take a signature from.
    #[must_use]
    pub fn with_second(self, second: &Self) -> Self {
        let other = second.jws.as_ref().map(|jws| jws.signature.as_slice()).filter(|other| *other != self.signature());
        Self { second: other.map(Into::into), ..self }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Whether nothing can be read out of it.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.jws.is_none()
    }

    /// The members of its header; `None` where it is opaque.
    #[must_use]
    pub fn header(&self) -> Option<&Object> {
        Some(&self.jws.as_ref()?.header.object)
    }

    /// Its claims; `None` where it is opaque.
    #[must_use]
    pub fn claims(&self) -> Option<&Object> {
        Some(&self.jws.as_ref()?.payload.object)
    }

    /// The segment of a part that no edit has changed, byte for byte.
    pub(super) fn unchanged(&self, part: &Text) -> Option<Vec<u8>> {
        let (jws, object) = (self.jws.as_ref()?, part.object()?);
        let own = [&jws.header, &jws.payload].into_iter().find(|own| own.object == *object)?;
        Some(own.segment.clone())
    }

    /// The signature of another token of its issuer.
    pub(super) fn second_signature(&self) -> Option<Vec<u8>> {
        self.second.as_deref().map(<[u8]>::to_vec)
    }

    /// Its signature; nothing where it is opaque.
    pub(super) fn signature(&self) -> &[u8] {
        self.jws.as_ref().map_or(&[], |jws| &jws.signature)
    }

    /// Its signature, where it is the one over that input.
    pub(super) fn signature_over(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.jws.as_ref().filter(|jws| jws.signing_input == input).map(|jws| jws.signature.clone())
    }
}

impl Jws {
    fn read(text: &str) -> Option<Self> {
        let Compact { input, header, payload, signature } = Compact::read(text)?;
        let (header, payload) = (Own::read(&header)?, Own::read(&payload)?);
        Some(Self { header, payload, signature, signing_input: input.as_bytes().to_vec() })
    }
}

impl Own {
    fn read(part: &Part<'_>) -> Option<Self> {
        Some(Self { object: Object::from_text(&part.text).ok()?, segment: part.segment.as_bytes().to_vec() })
    }
}

impl fmt::Debug for GivenToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenToken").field("token", &self.token).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn what_is_no_jws_is_opaque_and_what_no_request_could_carry_is_an_error() {
        let jws = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode("{ \"alg\":\"RS256\"}"), URL_SAFE_NO_PAD.encode("{}"));
        let token = GivenToken::new(&format!(" {jws}\n")).unwrap();
        assert_eq!((token.is_opaque(), token.token().expose()), (false, jws.as_bytes()));
        assert_eq!(token.header().unwrap().get_str("alg").as_deref(), Some("RS256"));
        for opaque in ["2YotnFZFEjr1zCsicMWpAA", "a.b.c", &format!("{jws}.x.y")] {
            assert!(GivenToken::new(opaque).unwrap().is_opaque(), "{opaque}");
        }
        assert_eq!(GivenToken::new(" ").unwrap_err(), GivenTokenError::Empty);
        assert_eq!(GivenToken::new("Bearer x").unwrap_err(), GivenTokenError::Character { at: 7 });
        assert!(!format!("{token:?}").contains("c2ln"));
    }
}
