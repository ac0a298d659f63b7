use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::difference::Change;
use super::draft::Draft;
use super::given::GivenToken;
use crate::claims::TokenSettings;
use crate::keys::{
    Algorithm, BuiltinKey, KeyError, KeyName, KeySet, PublicForm, PublishedKey, Role, SigningKey, builtin,
};
use crate::random::Random;

/// Everything that a token depends on besides the mutation.
#[derive(Debug, Clone)]
pub struct ForgeContext {
    /// What issuer and target agree on.
    pub settings: TokenSettings,
    /// The issuer's keys.
    pub keys: KeySet,
    /// The time of minting, in seconds since the Unix epoch.
    pub now: i64,
    /// Draws random texts.
    pub random: Random,
    /// The random part of the control's `jti`.
    pub token_id: String,
    /// The control, where another issuer has signed it and its signing key is not known.
    pub given: Option<GivenToken>,
}

impl ForgeContext {
    /// The key that a scenario calls by that name.
    ///
    /// # Errors
    ///
    /// [`ForgeError::NoOtherKey`] when the issuer publishes one key only,
    /// [`ForgeError::NoPreviousKey`] when it has not been rotated,
    /// [`ForgeError::NotRsa`] when there is no RSA key to take the exponent from.
    pub(crate) fn key(&self, name: KeyName) -> Result<SigningKey, ForgeError> {
        match name {
            KeyName::Control => Ok(self.keys.active().clone()),
            KeyName::OtherPublished => self.keys.other().cloned().ok_or(ForgeError::NoOtherKey),
            KeyName::Previous => self.keys.known(name).cloned().ok_or(ForgeError::NoPreviousKey),
            _ => self.keys.known(name).cloned().map_or_else(|| unpublished(name, self.algorithm()), Ok),
        }
    }

    /// What the control is signed with.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.keys.active().algorithm()
    }

    /// The public key that verifies the control, in that form.
    ///
    /// # Errors
    ///
    /// [`ForgeError::NoPublicHalf`] where the issuer signs with a shared secret,
    /// [`ForgeError::NoPublicKey`] where the key is not known,
    /// [`ForgeError::NoPublicForm`] where its kind has no such form.
    pub(super) fn public_form(&self, form: PublicForm) -> Result<Vec<u8>, ForgeError> {
        self.public_half()?;
        let (key, has_der) = (self.keys.active(), self.keys.active().public_form(PublicForm::SpkiDer).is_some());
        key.public_form(form).ok_or_else(|| match (&self.given, has_der) {
            (None, _) | (Some(_), true) if form != PublicForm::CertificatePem => {
                let word = PublicForm::ALL.iter().find(|(_, known)| *known == form).map_or("", |(word, _)| word);
                ForgeError::NoPublicForm { form: word, algorithm: key.algorithm() }
            }
            _ => ForgeError::NoPublicKey,
        })
    }

    /// That the control's key has one.
    ///
    /// # Errors
    ///
    /// [`ForgeError::NoPublicHalf`].
    pub(super) fn public_half(&self) -> Result<(), ForgeError> {
        match self.algorithm().is_hmac() {
            true => Err(ForgeError::NoPublicHalf { algorithm: self.algorithm() }),
            false => Ok(()),
        }
    }

    /// The id under which a key is published now, else the one that it was
    /// published under, else its built-in one.
    ///
    /// # Errors
    ///
    /// As [`ForgeContext::key`].
    pub(crate) fn kid(&self, name: KeyName) -> Result<String, ForgeError> {
        if let Some(stated) = self.keys.find(name).and_then(PublishedKey::stated_kid) {
            return Ok(stated);
        }
        match self.key(name) {
            Err(ForgeError::NoOtherKey) => Ok(Role::IssuerNext.key(self.algorithm()).kid().to_owned()),
            key => Ok(key?.kid().to_owned()),
        }
    }
}

/// The key of that name apart from any issuer's state, under its built-in id; where
/// its name says no kind, of the one that an issuer of that algorithm has.
pub(crate) fn unpublished(name: KeyName, algorithm: Algorithm) -> Result<SigningKey, ForgeError> {
    let role = |role: Role| Ok(role.key(algorithm));
    Ok(builtin(match name {
        KeyName::Control | KeyName::Builtin => return role(Role::Issuer),
        KeyName::OtherPublished => return role(Role::IssuerNext),
        KeyName::Previous => return Err(ForgeError::NoPreviousKey),
        KeyName::Twin => return role(Role::Twin),
        KeyName::SecondIssuer => return role(Role::SecondIssuer),
        KeyName::Attacker => return role(Role::Attacker),
        KeyName::IssuerP256 => BuiltinKey::IssuerP256,
        KeyName::IssuerP384 => BuiltinKey::IssuerP384,
        KeyName::IssuerEd25519 => BuiltinKey::IssuerEd25519,
        KeyName::IssuerRsa3072 => BuiltinKey::IssuerRsa3072,
        KeyName::IssuerRsa4096 => BuiltinKey::IssuerRsa4096,
        KeyName::IssuerExponentThree => BuiltinKey::IssuerExponentThree,
        KeyName::AttackerP256 => BuiltinKey::AttackerP256,
        KeyName::AttackerP384 => BuiltinKey::AttackerP384,
        KeyName::AttackerEd25519 => BuiltinKey::AttackerEd25519,
        KeyName::Weak1024 => BuiltinKey::Weak1024,
        KeyName::ExponentOne => return builtin(BuiltinKey::Attacker).with_exponent_one().ok_or(ForgeError::NotRsa),
    }))
}

/// A token as bytes. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Vec<u8>);

impl Token {
    /// Takes the bytes of a token.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The usable token.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The usable token as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn expose_text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({} bytes)", self.0.len())
    }
}

/// A token that was made, and what is known about it.
#[derive(Debug, Clone)]
pub struct Forged {
    /// The token.
    pub token: Token,
    /// The header as it went in; not always JSON.
    pub header: String,
    /// The payload as it went in; not always JSON.
    pub payload: String,
    /// The `kid` that the header names, where it is a string.
    pub kid: Option<String>,
    /// Whether the issuer publishes a key of that `kid`. A `kid` that is not
    /// published may make a verifier fetch the JWKS.
    pub kid_published: bool,
    /// How the token differs from the control, a line each.
    pub changes: Vec<Change>,
}

impl Forged {
    pub(super) fn new(token: Vec<u8>, draft: &Draft, context: &ForgeContext, changes: Vec<Change>) -> Self {
        let kid = if draft.whole.is_some() { kid_of(&token) } else { kid_in(&draft.header.bytes()) };
        Self {
            token: Token::new(token),
            header: String::from_utf8_lossy(&draft.header.bytes()).into_owned(),
            payload: String::from_utf8_lossy(&draft.payload.bytes()).into_owned(),
            kid_published: kid.as_deref().is_some_and(|kid| context.keys.publishes(kid)),
            kid,
            changes,
        }
    }

    /// Whether a verifier may fetch the JWKS because of this token: it names a
    /// `kid` that is not published.
    #[must_use]
    pub fn may_cause_fetch(&self) -> bool {
        self.kid.is_some() && !self.kid_published
    }
}

fn kid_of(token: &[u8]) -> Option<String> {
    let segment = token.split(|byte| *byte == b'.').next()?;
    kid_in(&URL_SAFE_NO_PAD.decode(segment).ok()?)
}

fn kid_in(header: &[u8]) -> Option<String> {
    let header: serde_json::Value = serde_json::from_slice(header).ok()?;
    header.get("kid")?.as_str().map(str::to_owned)
}

/// Why a mutation can't be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForgeError {
    /// An edit speaks of a member that is not there.
    #[error(
        "the {part} of this token has no member \"{name}\": `rename`, `escape-name`, `duplicate` and `control` need one that is there"
    )]
    NoSuchMember {
        /// `header` or `payload`.
        part: &'static str,
        /// The member's name.
        name: String,
    },
    /// A member is changed after the JSON was replaced by bytes.
    #[error("the {part} is bytes and no longer JSON: put edits of members before `text`")]
    NotJson {
        /// `header` or `payload`.
        part: &'static str,
    },
    /// A number was to be added to a value that is none.
    #[error("the control's \"{name}\" is no integer, so nothing can be added to it")]
    NotANumber {
        /// The member's name.
        name: String,
    },
    /// The mutation signs with `other-published`, and one key is published only.
    #[error(
        "the key \"other-published\" needs a second published key, and this authorization server has one: publish it with the step {{ publish = \"other-published\" }}, in Rust with `Issuer::apply` or `Issuer::change_keys`; `mock-idp mint` carries out no steps, so sign with \"second-issuer\" or \"attacker\" there (neither is published)"
    )]
    NoOtherKey,
    /// The mutation speaks of `previous`, and no key has been rotated.
    #[error("the key \"previous\" is the one before a rotation: carry out the step {{ rotate = true }} first")]
    NoPreviousKey,
    /// A change of an ECDSA signature on another kind of signature.
    #[error("it is about ECDSA, and this token is not signed so: sign with an EC key first")]
    NotEcdsa,
    /// The signer's key is of the wrong kind for what was asked.
    #[error("it is about RSA, and this token is not signed so: sign with an RSA key first")]
    NotRsa,
    /// A change of an HMAC, and the issuer signs with a private key.
    #[error("it is about a shared secret, and the issuer signs with {algorithm}: give it one of HS256 to HS512")]
    NoSecret {
        /// What the issuer signs with.
        algorithm: Algorithm,
    },
    /// The token is made with the issuer's public key, and there is none.
    #[error("it is made with the issuer's public key, and the shared secret of {algorithm} has none")]
    NoPublicHalf {
        /// What the issuer signs with.
        algorithm: Algorithm,
    },
    /// The issuer's public key has no such form.
    #[error("it takes a form of the public key that only RSA has, and the issuer signs with {algorithm}")]
    NoPublicForm {
        /// The word of the form.
        form: &'static str,
        /// What the issuer signs with.
        algorithm: Algorithm,
    },
    /// The issuer's key is to sign with an algorithm of another kind.
    #[error("it is signed with the issuer's key and an algorithm of another kind, and that key is for {own}")]
    OtherKind {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
        /// What the key is for.
        own: Algorithm,
    },
    /// The last character of a segment holds whole bits only.
    #[error("the last character of this segment has no spare bits, which this token needs")]
    NoSpareBits,
    /// The public key of the control's issuer is not known, or not in that form.
    #[error("the issuer's public key is not known in the form that this token needs")]
    NoPublicKey,
    /// The crypto library refused.
    #[error("the JWE could not be made")]
    Jwe,
    /// The control is an opaque token, in which there is nothing to change.
    #[error("the token is opaque: it has no header and no claims that could be changed")]
    Opaque,
    /// A scenario speaks of a role that no claim of the dialect has.
    #[error("no claim of this dialect holds the {role}")]
    NoSuchRole {
        /// The role's word.
        role: &'static str,
    },
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}
