//! What an edit does, in words for a person: the part of a finding that a
//! comparison of the decoded tokens can't show.

use super::edit::{
    ContentEncryption, EcdsaNumbers, Edit, HmacSecret, Jwe, JweContent, JweKey, MemberChange, Part, Piece, RsaNumber,
    Segment, SegmentChange, Serialization, SignatureChange, Signer, SigningChoice, TextChange, TokenKind,
};
use crate::keys::PublicForm;

impl Edit {
    /// A short phrase such as `signature: one bit flipped`; `None` where the
    /// difference of the decoded members says it all.
    #[must_use]
    pub fn describe(&self) -> Option<String> {
        Some(match self {
            Self::Kind(kind) => format!("token: {}", kind_phrase(*kind)),
            Self::Member { part, name, change } => return member_phrase(*part, name, change),
            Self::Role { .. } | Self::Scopes(_) => return None,
            Self::Text { part, change } => format!("{}: {}", part_name(*part), text_phrase(change)),
            Self::Algorithm(algorithm) => format!("signature: made with {algorithm}"),
            Self::Sign(signer) => format!("signature: {}", signer_phrase(signer)),
            Self::Signature(change) => format!("signature: {}", signature_phrase(change)),
            Self::Segment { segment, change, .. } => {
                format!("{} segment: {}", segment_name(*segment), segment_phrase(change))
            }
            Self::Segments(pieces) => format!("token: {}", pieces_phrase(pieces)),
            Self::Serialization(form) => format!("token: {}", serialization_phrase(*form)),
            Self::Nested => "token: wrapped into another signed token".into(),
            Self::Jwe(jwe) => format!("token: {}", jwe_phrase(jwe)),
            Self::Token(_) => "token: replaced by other text".into(),
        })
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Header => "header",
        Part::Payload => "payload",
    }
}

fn segment_name(segment: Segment) -> &'static str {
    match segment {
        Segment::Header => "header",
        Segment::Payload => "payload",
        Segment::Signature => "signature",
    }
}

fn kind_phrase(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::ClientCredentials => "an access token of the client credentials grant",
        TokenKind::AuthorizationCode => "an access token of the authorization code grant",
        TokenKind::IdToken => "an ID token in place of the access token",
        TokenKind::ClientAssertion => "a client assertion in place of the access token",
        TokenKind::RefreshToken => "a refresh token in place of the access token",
        TokenKind::OrgAccessToken => "an access token of the org authorization server",
    }
}

fn member_phrase(part: Part, name: &str, change: &MemberChange) -> Option<String> {
    match change {
        MemberChange::Duplicate { .. } => Some(format!("{}: \"{name}\" stands twice", part_name(part))),
        MemberChange::EscapeName => Some(format!("{}: the name \"{name}\" is written in escapes", part_name(part))),
        _ => None,
    }
}

fn text_phrase(change: &TextChange) -> &'static str {
    match change {
        TextChange::Replace(_) => "other bytes in place of the JSON",
        TextChange::Append(_) => "bytes behind the JSON",
        TextChange::Prepend(_) => "bytes before the JSON",
        TextChange::Keep(_) => "the JSON is cut off",
        TextChange::Utf16Le => "encoded in UTF-16, little-endian",
        TextChange::Utf16Be => "encoded in UTF-16, big-endian",
        TextChange::Utf8Bom => "begins with a byte order mark",
        TextChange::Pretty => "white space between the members",
        TextChange::EscapedNames => "every name is written in escapes",
    }
}

fn signer_phrase(signer: &Signer) -> String {
    let with = signer.algorithm.map(|algorithm| format!(" with {algorithm}")).unwrap_or_default();
    match &signer.choice {
        SigningChoice::Key(key) => format!("made by the key \"{}\"{with}", key.word()),
        SigningChoice::Hmac(HmacSecret::PublicKey(form)) => {
            let form = PublicForm::ALL.iter().find(|(_, known)| known == form).map_or("", |(word, _)| word);
            format!("an HMAC{with} keyed with the issuer's public key ({form})")
        }
        SigningChoice::Hmac(HmacSecret::Shared(part)) => {
            format!("an HMAC{with} keyed with a part of the shared secret ({})", part.word())
        }
        SigningChoice::Hmac(HmacSecret::Bytes(_)) => {
            format!("an HMAC{with} keyed with a secret that anyone can know")
        }
    }
}

fn signature_phrase(change: &SignatureChange) -> String {
    match change {
        SignatureChange::Strip => "removed".into(),
        SignatureChange::FlipBit(_) => "one bit flipped".into(),
        SignatureChange::Truncate(count) => format!("{count} bytes cut off"),
        SignatureChange::Keep(count) => format!("only {count} bytes kept"),
        SignatureChange::Half => "only the first half kept".into(),
        SignatureChange::Append(_) => "bytes behind it".into(),
        SignatureChange::Prepend(_) => "bytes before it".into(),
        SignatureChange::Replace(_) => "replaced by other bytes".into(),
        SignatureChange::Zero => "all bytes zero".into(),
        SignatureChange::OfControl => "made before the change".into(),
        SignatureChange::OfAnotherToken => "of another valid token".into(),
        SignatureChange::Der => "in DER".into(),
        SignatureChange::OtherS => "with the other valid s".into(),
        SignatureChange::Padding(fault) => format!("over a wrong padding ({fault:?})"),
        SignatureChange::Rsa(number) => rsa_phrase(*number).into(),
        SignatureChange::Ecdsa(numbers) => ecdsa_phrase(*numbers).into(),
    }
}

fn rsa_phrase(number: RsaNumber) -> &'static str {
    match number {
        RsaNumber::Zero => "the number 0",
        RsaNumber::One => "the number 1",
        RsaNumber::BelowModulus => "the modulus minus 1",
        RsaNumber::Modulus => "the modulus itself",
        RsaNumber::AboveModulus => "the modulus plus 1",
    }
}

fn ecdsa_phrase(numbers: EcdsaNumbers) -> &'static str {
    match numbers {
        EcdsaNumbers::Zero => "r and s are 0",
        EcdsaNumbers::ZeroOne => "r is 0, s is 1",
        EcdsaNumbers::Order => "r and s are the order of the curve",
        EcdsaNumbers::OrderMinusOne => "r is the order of the curve, s one less",
    }
}

fn segment_phrase(change: &SegmentChange) -> &'static str {
    match change {
        SegmentChange::Append(_) => "characters behind it",
        SegmentChange::Prepend(_) => "characters before it",
        SegmentChange::Insert(_) => "characters in its middle",
        SegmentChange::StandardAlphabet => "in the alphabet of plain base64",
        SegmentChange::LooseTailBits => "its spare bits are set",
    }
}

fn pieces_phrase(pieces: &[Piece]) -> String {
    let words: Vec<&str> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Own(segment) => segment_name(*segment),
            Piece::Literal(text) if text.is_empty() => "(empty)",
            Piece::Literal(_) => "(other text)",
        })
        .collect();
    match words.len() {
        1 => format!("one segment: {}", words.join(".")),
        count => format!("{count} segments: {}", words.join(".")),
    }
}

fn serialization_phrase(form: Serialization) -> &'static str {
    match form {
        Serialization::Flattened => "in the flattened JSON serialization",
        Serialization::General => "in the general JSON serialization",
        Serialization::FlattenedBase64 => "in the flattened JSON serialization, base64url around it",
        Serialization::GeneralBase64 => "in the general JSON serialization, base64url around it",
        Serialization::UnprotectedNone => "in JSON, with alg none in the unprotected header",
        Serialization::UnprotectedHs256 => {
            "in JSON, with alg HS256 in the unprotected header, keyed with the issuer's public key"
        }
        Serialization::Polyglot { .. } | Serialization::PolyglotLeadingSpace => "both serializations at once",
    }
}

fn jwe_phrase(jwe: &Jwe) -> String {
    let what = match jwe.content {
        JweContent::Token => "the token",
        JweContent::Unsecured => "an unsecured token",
        JweContent::Claims => "the bare claims",
    };
    let how = match &jwe.key {
        JweKey::RsaOaep256 => "encrypted to the issuer's public key".to_owned(),
        JweKey::DirectPublicKey => "encrypted with a key made of the issuer's public key (dir)".to_owned(),
        JweKey::A256KwPublicKey => "encrypted with a key made of the issuer's public key (A256KW)".to_owned(),
        JweKey::Pbes2 { iterations } => {
            format!("encrypted with a password, {iterations} iterations")
        }
    };
    let with = match jwe.encryption {
        ContentEncryption::A256Gcm => String::new(),
        other => format!(", {}", other.name()),
    };
    match jwe.zip_bomb {
        Some(size) => format!("{what} {how}{with}, compressed, expands to {size} bytes"),
        None => format!("{what} {how}{with}"),
    }
}
