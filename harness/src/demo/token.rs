use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::dialect::{Dialect, Shape};
use mock_idp::keys::Algorithm;
use serde_json::{Map, Value};

use super::defect::Defect;
use super::json::parse_object;
use super::verifying_key::VerifyingKey;

/// The types of RFC 9068, section 2.1, in any case.
const ACCESS_TOKEN: [&str; 2] = ["at+jwt", "application/at+jwt"];
/// Members that change what a signature means; none is implemented here.
/// `b64` is of RFC 7797, which forbids it in a JWT.
const EXTENSIONS: [&str; 2] = ["crit", "b64"];

/// A JWT whose header is acceptable. Its claims come out of
/// [`UnverifiedToken::verify`] only.
pub(super) struct UnverifiedToken<'a> {
    signing_input: &'a str,
    payload: &'a str,
    signature: &'a str,
    kid: String,
}

impl<'a> UnverifiedToken<'a> {
    /// Takes a token apart and judges its header, which must state that algorithm.
    pub(super) fn parse(text: &'a str, dialect: &Dialect, algorithm: Algorithm) -> Result<Self, Defect> {
        let (signing_input, signature) = text.rsplit_once('.').ok_or(Defect::Structure)?;
        let (header, payload) = signing_input.split_once('.').ok_or(Defect::Structure)?;
        if ![header, payload, signature].into_iter().all(is_segment) {
            return Err(Defect::Structure);
        }
        let header = object(header).ok_or(Defect::Header)?;
        let kid = acceptable(&header, dialect.shape(), algorithm)?;
        Ok(Self { signing_input, payload, signature, kid })
    }

    /// The key that the header names: a hint, proven by [`UnverifiedToken::verify`].
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// The claims, if this key signed exactly the bytes that were received.
    pub(super) fn verify(&self, key: &VerifyingKey) -> Result<Map<String, Value>, Defect> {
        let signature = URL_SAFE_NO_PAD.decode(self.signature).map_err(|_| Defect::Signature)?;
        match key.verifies(self.signing_input.as_bytes(), &signature) {
            true => object(self.payload).ok_or(Defect::Claims),
            false => Err(Defect::Signature),
        }
    }
}

/// Non-empty and of the base64url alphabet only. That leaves no dot, so that
/// more than three segments are refused here.
fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn object(segment: &str) -> Option<Map<String, Value>> {
    parse_object(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}

/// The `kid` of a header that asks for nothing which is not done here. Members
/// that bring or point to a key (`jwk`, `jku`, `x5c`, `x5u`) are never read.
fn acceptable(header: &Map<String, Value>, shape: Shape, algorithm: Algorithm) -> Result<String, Defect> {
    if header.get("alg").and_then(Value::as_str) != Some(algorithm.name()) {
        return Err(Defect::Algorithm);
    }
    if EXTENSIONS.iter().any(|name| header.contains_key(*name)) {
        return Err(Defect::Extension);
    }
    if !is_accepted_type(header.get("typ"), shape) {
        return Err(Defect::Type);
    }
    header.get("kid").and_then(Value::as_str).map(str::to_owned).ok_or(Defect::Key)
}

/// RFC 9068 always states its own type; others none, or `JWT`.
fn is_accepted_type(typ: Option<&Value>, shape: Shape) -> bool {
    let Some(typ) = typ else { return shape != Shape::Rfc9068 };
    let is = |accepted: &str| typ.as_str().is_some_and(|typ| accepted.eq_ignore_ascii_case(typ));
    ACCESS_TOKEN.into_iter().any(is) || (shape != Shape::Rfc9068 && is("JWT"))
}

#[cfg(test)]
mod tests {
    use mock_idp::keys::{self, BuiltinKey, SigningKey, builtin};
    use rstest::rstest;

    use super::*;
    use crate::demo::jwks::PublicKeys;

    const HEADER: &str = r#"{"kid":"k","alg":"RS256"}"#;

    fn encode(text: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn signed(key: &SigningKey, payload: &[u8]) -> String {
        let input = format!("{}.{}", encode(HEADER.as_bytes()), encode(payload));
        let signature = key.sign(Algorithm::Rs256, input.as_bytes()).unwrap();
        format!("{input}.{}", encode(&signature))
    }

    fn issuer_key() -> VerifyingKey {
        let keys = keys::KeySet::new(builtin(BuiltinKey::Issuer));
        PublicKeys::from_jwks(keys.jwks().as_bytes(), Algorithm::Rs256).unwrap().find(BuiltinKey::Issuer.kid()).unwrap()
    }

    fn verified(token: &str) -> Result<Map<String, Value>, Defect> {
        UnverifiedToken::parse(token, &Dialect::default(), Algorithm::Rs256)?.verify(&issuer_key())
    }

    fn kid_of(header: &[u8]) -> Result<String, Defect> {
        UnverifiedToken::parse(&format!("{}.p.s", encode(header)), &Dialect::default(), Algorithm::Rs256)
            .map(|token| token.kid().to_owned())
    }

    #[rstest]
    #[case::plain(HEADER)]
    #[case::spaced("{ \"kid\" : \"k\",\n\"alg\":\"RS256\" }")]
    #[case::escaped(r#"{"\u006bid":"k","alg":"RS\u003256"}"#)]
    #[case::jwt(r#"{"typ":"JWT","kid":"k","alg":"RS256"}"#)]
    #[case::access_token(r#"{"typ":"at+JWT","kid":"k","alg":"RS256"}"#)]
    #[case::media_type(r#"{"typ":"application/at+jwt","kid":"k","alg":"RS256"}"#)]
    #[case::unknown_member(r#"{"x-badpenny":1,"kid":"k","alg":"RS256"}"#)]
    fn an_acceptable_header_gives_its_kid(#[case] header: &str) {
        assert_eq!(kid_of(header.as_bytes()).as_deref(), Ok("k"));
    }

    #[rstest]
    #[case::no_json(b"{", Defect::Header)]
    #[case::array(b"[]", Defect::Header)]
    #[case::twice(br#"{"alg":"none","alg":"RS256","kid":"k"}"#, Defect::Header)]
    #[case::no_algorithm(br#"{"kid":"k"}"#, Defect::Algorithm)]
    #[case::none(br#"{"alg":"none","kid":"k"}"#, Defect::Algorithm)]
    #[case::hmac(br#"{"alg":"HS256","kid":"k"}"#, Defect::Algorithm)]
    #[case::another_rsa(br#"{"alg":"RS512","kid":"k"}"#, Defect::Algorithm)]
    #[case::lower_case(br#"{"alg":"rs256","kid":"k"}"#, Defect::Algorithm)]
    #[case::typed(br#"{"alg":["RS256"],"kid":"k"}"#, Defect::Algorithm)]
    #[case::critical(br#"{"alg":"RS256","kid":"k","crit":null}"#, Defect::Extension)]
    #[case::unencoded(br#"{"alg":"RS256","kid":"k","b64":false}"#, Defect::Extension)]
    #[case::logout_token(br#"{"alg":"RS256","kid":"k","typ":"logout+jwt"}"#, Defect::Type)]
    #[case::no_type(br#"{"alg":"RS256","kid":"k","typ":null}"#, Defect::Type)]
    #[case::no_kid(br#"{"alg":"RS256"}"#, Defect::Key)]
    #[case::numeric_kid(br#"{"alg":"RS256","kid":1}"#, Defect::Key)]
    fn any_other_header_is_refused(#[case] header: &[u8], #[case] defect: Defect) {
        assert_eq!(kid_of(header), Err(defect));
    }

    #[rstest]
    #[case("abc")]
    #[case("..")]
    #[case("h.p")]
    #[case("h.p.")]
    #[case(".p.s")]
    #[case("h..s")]
    #[case("h.p.s.")]
    #[case(".h.p.s")]
    #[case("h.p.s.x.y")]
    #[case("h=.p.s")]
    #[case("h.p.s+/")]
    fn what_is_not_three_segments_of_base64url_is_refused(#[case] text: &str) {
        assert_eq!(UnverifiedToken::parse(text, &Dialect::default(), Algorithm::Rs256).err(), Some(Defect::Structure));
    }

    #[test]
    fn the_claims_come_out_of_a_token_that_the_key_signed() {
        let token = signed(&builtin(BuiltinKey::Issuer), br#"{"sub":"s"}"#);
        assert_eq!(verified(&token).unwrap()["sub"], "s");
    }

    #[test]
    fn another_key_gives_no_claims() {
        let token = signed(&builtin(BuiltinKey::Attacker), br#"{"sub":"s"}"#);
        assert_eq!(verified(&token), Err(Defect::Signature));
    }

    #[test]
    fn spare_bits_of_the_last_character_are_refused() {
        let token = signed(&builtin(BuiltinKey::Issuer), br#"{"sub":"s"}"#);
        let (kept, last) = token.split_at(token.len() - 1);
        // 256 bytes leave four spare bits, all zero: the next letter differs in one of them.
        let spoilt = char::from(last.as_bytes()[0] + 1);
        assert_eq!(verified(&format!("{kept}{spoilt}")), Err(Defect::Signature));
    }

    #[rstest]
    #[case::not_an_object(b"null")]
    #[case::twice(br#"{"sub":"a","sub":"b"}"#)]
    #[case::nested(b"eyJ.eyJ.sig")]
    fn a_payload_that_is_no_sound_object_is_refused(#[case] payload: &[u8]) {
        assert_eq!(verified(&signed(&builtin(BuiltinKey::Issuer), payload)), Err(Defect::Claims));
    }
}
