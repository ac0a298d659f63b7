use super::{Bytes, Expression, Template};
use crate::dialect::Role;
use crate::keys::{Algorithm, KeyName, PublicForm};

/// One edit of a mutation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Edit {
    /// `kind`: another kind of token in place of the control. Comes first.
    Kind(TokenKind),
    /// `claim` or `header`: one member of the payload or the header.
    Member {
        /// Which of the two objects.
        part: Part,
        /// The member's name.
        name: String,
        /// What happens to it.
        change: MemberChange,
    },
    /// `role`: the claim that has this role in the dialect, wherever it stands.
    Role {
        /// What the claim is for.
        role: Role,
        /// What happens to it.
        change: RoleChange,
    },
    /// `scopes`: the granted scopes, in the claim and form of the dialect.
    Scopes(Vec<Expression>),
    /// `text`: the payload or the header as bytes in place of JSON.
    Text {
        /// Which of the two.
        part: Part,
        /// What happens to its bytes.
        change: TextChange,
    },
    /// `alg`: the header states this algorithm and the token is signed with it.
    Algorithm(Algorithm),
    /// `sign`: what really signs; the header keeps what it states.
    Sign(Signer),
    /// `signature`: the bytes of the signature.
    Signature(SignatureChange),
    /// `segment`: the text of one segment.
    Segment {
        /// Which one.
        segment: Segment,
        /// What happens to its text.
        change: SegmentChange,
        /// Whether the signature is made over the changed text. Defaults to false.
        signed: bool,
    },
    /// `segments`: which segments the token consists of, joined by dots.
    Segments(Vec<Piece>),
    /// `serialization`: another form than the compact one (RFC 7515, section 7.2).
    Serialization(Serialization),
    /// `nested`: the token is wrapped into another, honestly signed JWS.
    Nested,
    /// `jwe`: the token is wrapped into a JWE (RFC 7516).
    Jwe(Jwe),
    /// `token`: these bytes in place of the whole token.
    Token(Bytes),
}

/// Kinds of token that an authorization server hands out beside the control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The access token of the client credentials grant: the control.
    ClientCredentials,
    /// An access token of the authorization code grant, with `uid`.
    AuthorizationCode,
    /// An ID token.
    IdToken,
    /// A client assertion (`private_key_jwt`).
    ClientAssertion,
    /// An opaque refresh token.
    RefreshToken,
    /// An access token of Okta's org authorization server.
    OrgAccessToken,
}

/// One of the two JSON objects of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
}

/// What happens to one member.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// Replaced in place, or appended.
    Set(Expression),
    /// Replaced by raw JSON text.
    Raw(Template),
    /// Removed.
    Remove,
    /// Renamed; the value stays.
    Rename(String),
    /// Its name is written in `\u` escapes; the value stays.
    EscapeName,
    /// A second member of the same name.
    Duplicate {
        /// The second member's value.
        value: Expression,
        /// Where it stands.
        place: Place,
    },
}

/// What happens to the claim of a role.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleChange {
    /// Replaced in place, or added.
    Set(Expression),
    /// Replaced by raw JSON text.
    Raw(Template),
    /// Removed.
    Remove,
}

/// Where a second member stands: before the one that is there, or at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the control's own member, which then is the last.
    First,
    /// After all other members.
    Last,
}

/// What happens to the bytes of the header or the payload.
#[derive(Debug, Clone, PartialEq)]
pub enum TextChange {
    /// These bytes in their place.
    Replace(Bytes),
    /// These bytes behind them.
    Append(Bytes),
    /// These bytes before them.
    Prepend(Bytes),
    /// Cut to that many bytes.
    Keep(usize),
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// White space between the members.
    Pretty,
    /// Every member's name in `\u` escapes.
    EscapedNames,
}

/// What signs a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Signer {
    /// The key.
    pub choice: SigningChoice,
    /// The algorithm that is used; `None`: the one that fits the key.
    pub algorithm: Option<Algorithm>,
}

/// A private key or a shared secret.
#[derive(Debug, Clone, PartialEq)]
pub enum SigningChoice {
    /// A private key.
    Key(KeyName),
    /// HMAC with that secret.
    Hmac(HmacSecret),
}

/// The secret of an HMAC.
#[derive(Debug, Clone, PartialEq)]
pub enum HmacSecret {
    /// The issuer's public key, in a form that a verifier may hold it in.
    PublicKey(PublicForm),
    /// A part of the secret that the issuer shares with its targets.
    Shared(SecretPart),
    /// These bytes.
    Bytes(Bytes),
}

/// What is left of the secret that the issuer shares with its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPart {
    /// Nothing.
    Empty,
    /// Its first half.
    FirstHalf,
    /// All but its last byte.
    AllButLast,
}

impl SecretPart {
    /// Every part with its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("empty", Self::Empty), ("first-half", Self::FirstHalf), ("all-but-last", Self::AllButLast)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, part)| *part == self).map_or("empty", |(word, _)| word)
    }
}

/// What happens to the bytes of the signature.
#[derive(Debug, Clone, PartialEq)]
pub enum SignatureChange {
    /// No bytes at all.
    Strip,
    /// One bit of the decoded bytes is turned over.
    FlipBit(BitPlace),
    /// The last `n` bytes are cut off.
    Truncate(usize),
    /// Only the first `n` bytes stay.
    Keep(usize),
    /// Only the first half stays.
    Half,
    /// Bytes behind it.
    Append(Bytes),
    /// Bytes before it.
    Prepend(Bytes),
    /// These bytes in its place.
    Replace(Bytes),
    /// As many zero bytes.
    Zero,
    /// The control's own signature: what is changed besides was changed after signing.
    OfControl,
    /// The signature of another honest token of the same issuer.
    OfAnotherToken,
    /// An ECDSA signature in ASN.1 DER in place of `r || s`.
    Der,
    /// The other valid `s` of an ECDSA signature: `n - s`.
    OtherS,
    /// An RSA signature over a wrong PKCS#1 v1.5 padding.
    Padding(PaddingFault),
    /// A number, as wide as the modulus.
    Rsa(RsaNumber),
    /// Raw ECDSA values, as wide as the curve of the algorithm that the
    /// header states.
    Ecdsa(EcdsaNumbers),
}

/// A number in place of an RSA signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaNumber {
    /// 0.
    Zero,
    /// 1.
    One,
    /// n − 1, where n is the modulus.
    BelowModulus,
    /// n: out of range (RFC 8017, section 5.2.2).
    Modulus,
    /// n + 1.
    AboveModulus,
}

/// Numbers r and s in place of an ECDSA signature; n is the curve's order.
/// All but the last are out of range, 1 to n − 1 (FIPS 186-5, section 6.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EcdsaNumbers {
    /// r = s = 0.
    Zero,
    /// r = 0, s = 1.
    ZeroOne,
    /// r = s = n.
    Order,
    /// r = n, s = n − 1.
    OrderMinusOne,
}

/// Which bit of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitPlace {
    /// The most significant bit of the first byte.
    First,
    /// A bit of the middle byte.
    Middle,
    /// The least significant bit of the last byte.
    Last,
}

/// A wrong PKCS#1 v1.5 padding (RFC 8017, section 9.2), honestly raised to d.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaddingFault {
    /// The DigestInfo's length in BER long form.
    LongLength,
    /// Bytes behind the hash, the filler shortened.
    TrailingBytes,
    /// The NULL of the algorithm's parameters is missing.
    MissingNull,
    /// Eight filler bytes only, and zeros behind the hash.
    ShortFiller,
    /// Block type 2 in place of 1.
    BlockType2,
}

/// A segment of the compact serialization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// The first.
    Header,
    /// The second.
    Payload,
    /// The third.
    Signature,
}

/// What happens to the text of a segment.
#[derive(Debug, Clone, PartialEq)]
pub enum SegmentChange {
    /// Bytes behind it.
    Append(Bytes),
    /// Bytes before it.
    Prepend(Bytes),
    /// Bytes in its middle.
    Insert(Bytes),
    /// `-` and `_` become `+` and `/`.
    StandardAlphabet,
    /// The spare bits of the last character are set; the decoded bytes stay.
    LooseTailBits,
}

/// What stands between two dots.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// One of the token's own segments.
    Own(Segment),
    /// Any other text; empty for an empty segment.
    Literal(String),
}

/// A form of the token other than the compact serialization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serialization {
    /// Flattened JSON (RFC 7515, section 7.2.2).
    Flattened,
    /// General JSON (RFC 7515, section 7.2.1).
    General,
    /// Flattened JSON, base64url around it.
    FlattenedBase64,
    /// General JSON, base64url around it.
    GeneralBase64,
    /// Flattened JSON whose unprotected header states `alg: none`.
    UnprotectedNone,
    /// The same with `alg: HS256`, keyed with the issuer's public key in PEM.
    UnprotectedHs256,
    /// Both serializations at once: a compact prefix that a lenient parser
    /// reads, inside JSON members that a second parser verifies.
    Polyglot {
        /// So many characters that are no base64url before that prefix, for
        /// decoders that drop them and still count them. Defaults to 0.
        fill: usize,
    },
    /// The same after one space.
    PolyglotLeadingSpace,
}

/// How a token is wrapped into a JWE.
#[derive(Debug, Clone, PartialEq)]
pub struct Jwe {
    /// How the content key is agreed.
    pub key: JweKey,
    /// What is encrypted. Defaults to the token.
    pub content: JweContent,
    /// With what it is encrypted. Defaults to `A256GCM`.
    pub encryption: ContentEncryption,
    /// Compressed (`zip` `DEF`), with white space behind the token until it
    /// has so many bytes (RFC 7516, section 4.1.3).
    pub zip_bomb: Option<u64>,
}

/// The key management of a JWE (RFC 7518, section 4.1).
#[derive(Debug, Clone, PartialEq)]
pub enum JweKey {
    /// `RSA-OAEP-256` to the issuer's public key.
    RsaOaep256,
    /// `dir`: SHA-256 of the issuer's public key in PEM as the content key.
    DirectPublicKey,
    /// `A256KW` keyed with SHA-256 of the issuer's public key in PEM.
    A256KwPublicKey,
    /// `PBES2-HS256+A128KW` with that iteration count and a random key.
    Pbes2 {
        /// The header's `p2c`.
        iterations: u32,
    },
}

/// The plaintext of a JWE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JweContent {
    /// The token.
    Token,
    /// An unsecured JWT (`alg: none`) with the token's claims.
    Unsecured,
    /// The claims themselves, and no JWT (RFC 7519, section 3).
    Claims,
}

/// The content encryption of a JWE, `enc` (RFC 7518, section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES in GCM, with a key of 128 bits.
    A128Gcm,
    /// With a key of 192 bits.
    A192Gcm,
    /// With a key of 256 bits.
    A256Gcm,
    /// AES in CBC and HMAC, with a key of 128 bits for each.
    A128CbcHs256,
    /// With 192 bits for each.
    A192CbcHs384,
    /// With 256 bits for each.
    A256CbcHs512,
}

impl ContentEncryption {
    /// Every encryption with its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("A128GCM", Self::A128Gcm),
        ("A192GCM", Self::A192Gcm),
        ("A256GCM", Self::A256Gcm),
        ("A128CBC-HS256", Self::A128CbcHs256),
        ("A192CBC-HS384", Self::A192CbcHs384),
        ("A256CBC-HS512", Self::A256CbcHs512),
    ];

    /// Its name, as `enc` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("A256GCM", |(name, _)| name)
    }
}
