use super::template::Template;
use crate::keys::KeyName;

/// The value of a member: a constant, or relative to the time, to the control's
/// own value or to the target's settings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Expression {
    /// Text with placeholders.
    Text(Template),
    /// A number, a boolean or null, as JSON text.
    Json(String),
    /// A list.
    List(Vec<Self>),
    /// `{ now = seconds, leeways = n }`: now + seconds + n × the target's leeway.
    Now {
        /// Seconds from now; may have a fraction.
        seconds: f64,
        /// How often the target's leeway is added.
        leeways: i64,
        /// Written as a JSON string in place of a number.
        text: bool,
        /// Multiplied by this, such as 1000 for milliseconds.
        times: i64,
    },
    /// `{ of = TEXT, … }`: a text with operations on it.
    Derived {
        /// The text to begin with.
        of: Template,
        /// The operations in their order.
        operations: Vec<TextOperation>,
    },
    /// `{ control = NAME, plus = n }`: the control's own value of that member.
    Control {
        /// The member's name.
        name: String,
        /// Added where the value is a number.
        plus: i64,
    },
    /// `{ random = n }`: random base64url text of that many characters.
    Random(usize),
    /// `{ jwk = KEY }`: a public key as a JWK.
    Jwk {
        /// Whose key.
        key: KeyName,
        /// The JWK's `kid`, if it has one.
        kid: Option<Template>,
    },
    /// `{ kid = KEY }`: the id under which a key is published now.
    Kid(KeyName),
    /// `{ random-jwk = n }`: an RSA public JWK with a random modulus of `n` bits.
    RandomJwk(usize),
    /// `{ x5c = KEY }`: a list with the key's self-signed certificate.
    X5c {
        /// Whose certificate.
        key: KeyName,
        /// How often it stands in the list. Defaults to 1.
        times: usize,
        /// Its common name. Defaults to `mock-idp signing key`.
        name: Option<Template>,
    },
    /// `{ x5t = KEY }`, `{ x5t256 = KEY }`: the thumbprint of the key's
    /// certificate (RFC 7515, sections 4.1.7 and 4.1.8).
    CertificateThumbprint {
        /// Whose certificate.
        key: KeyName,
        /// Of which digest.
        digest: ThumbprintDigest,
    },
    /// `{ many = n, of = TEXT }`: a list of `n` texts, `{n}` counts from 0.
    Many {
        /// How many.
        count: usize,
        /// Each of them.
        of: Template,
    },
}

/// The digest of a certificate's thumbprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbprintDigest {
    /// `x5t`.
    Sha1,
    /// `x5t#S256`.
    Sha256,
}

/// A change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOperation {
    /// Without its first `n` characters.
    DropFirst(usize),
    /// Without its last `n` characters.
    DropLast(usize),
    /// Every character of the first text becomes the second text.
    Replace(String, String),
    /// This text behind it.
    Append(String),
    /// This text in its middle.
    Insert(String),
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// First letter of each word in upper case, where words end at `_`, `-`, `.`, `:`.
    Title,
}
