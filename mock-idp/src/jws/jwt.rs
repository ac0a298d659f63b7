use serde_json::{Map, Value};

use super::Compact;
use crate::keys::Algorithm;

/// A JWT (RFC 7519, section 3.1) in its parts.
pub(crate) struct Jwt<'a> {
    /// What the signature is over.
    pub(crate) input: &'a str,
    pub(crate) signature: Vec<u8>,
    header: Map<String, Value>,
    /// Its claims as they stand there.
    payload: String,
    claims: Map<String, Value>,
}

impl<'a> Jwt<'a> {
    /// Any JWT, whatever its header says.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let Compact { input, header, payload, signature } = Compact::read(text)?;
        let header = serde_json::from_str(&header.text).ok()?;
        let claims = serde_json::from_str(&payload.text).ok()?;
        Some(Self { input, signature, header, payload: payload.text, claims })
    }

    /// One whose header a receiver can act on: it names an algorithm, its `kid` is text where
    /// it has one, and it has no extension that must be understood, since this issuer
    /// understands none (RFC 7515, section 4.1.11).
    pub(crate) fn usable(text: &'a str) -> Option<Self> {
        let jwt = Self::read(text)?;
        let has_id = jwt.header("kid").is_none_or(Value::is_string);
        let is_usable = jwt.alg().is_some() && has_id && jwt.header("crit").is_none();
        is_usable.then_some(jwt)
    }

    /// What `alg` says, if it is an algorithm that there is.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        self.alg().and_then(Algorithm::from_name)
    }

    fn alg(&self) -> Option<&str> {
        self.header("alg")?.as_str()
    }

    /// What `kid` says, if it is text.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.header("kid")?.as_str()
    }

    /// A member of its header.
    pub(crate) fn header(&self, name: &str) -> Option<&Value> {
        self.header.get(name)
    }

    /// Whether `typ` names that media type, with or without `application/` (RFC 7515,
    /// section 4.1.9).
    pub(crate) fn is_of_type(&self, media_type: &str) -> bool {
        let typ = self.header("typ").and_then(Value::as_str).unwrap_or_default();
        let bare = match typ.split_once('/') {
            Some((kind, rest)) if kind.eq_ignore_ascii_case("application") => rest,
            _ => typ,
        };
        bare.eq_ignore_ascii_case(media_type)
    }

    /// Its claims as they stand there, in their order.
    pub(crate) fn payload(&self) -> &str {
        &self.payload
    }

    /// Its claims.
    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim of any kind.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// Whether it has that claim.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.claims.contains_key(name)
    }

    /// A claim that is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A claim that is a time in seconds, with parts of a second left out (RFC 7519,
    /// section 2: `NumericDate`).
    pub(crate) fn time(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "what is beyond all time stays so")]
        let rounded = |seconds: f64| seconds.floor() as i64;
        value.as_i64().or_else(|| value.as_f64().map(rounded))
    }

    /// `aud`, a text or a list of them (RFC 7519, section 4.1.3).
    pub(crate) fn audiences(&self) -> impl Iterator<Item = &str> {
        let audience = self.claims.get("aud");
        let list = audience.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().chain(audience).filter_map(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use rstest::rstest;

    use super::*;

    fn text(header: &str, payload: &str) -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    #[rstest]
    #[case::no_object(text("[]", "{}"))]
    #[case::no_json(text(r#"{"alg":"RS256"}"#, "{"))]
    #[case::without_alg(text("{}", "{}"))]
    #[case::alg_is_no_text(text(r#"{"alg":256}"#, "{}"))]
    #[case::kid_is_no_text(text(r#"{"alg":"RS256","kid":1}"#, "{}"))]
    #[case::crit(text(r#"{"alg":"RS256","crit":["exp"]}"#, "{}"))]
    fn what_no_receiver_can_act_on_is_not_usable(#[case] text: String) {
        assert!(Jwt::usable(&text).is_none(), "{text}");
    }

    #[test]
    fn any_header_is_read() {
        let text = text(r#"{"alg":256,"kid":1,"crit":["exp"]}"#, r#"{"sub": "a"}"#);
        let jwt = Jwt::read(&text).unwrap();
        assert_eq!((jwt.algorithm(), jwt.kid(), jwt.text("sub")), (None, None, Some("a")));
        assert_eq!(jwt.payload(), r#"{"sub": "a"}"#);
    }

    #[rstest]
    #[case("1700000000", Some(1_700_000_000))]
    #[case("1700000000.9", Some(1_700_000_000))]
    #[case("1e300", Some(i64::MAX))]
    #[case("-1e300", Some(i64::MIN))]
    #[case("\"1700000000\"", None)]
    #[case("null", None)]
    fn a_time_is_a_number_of_any_size(#[case] value: &str, #[case] expected: Option<i64>) {
        let text = text(r#"{"alg":"none"}"#, &format!(r#"{{"exp":{value}}}"#));
        let jwt = Jwt::read(&text).unwrap();
        assert_eq!((jwt.time("exp"), jwt.algorithm()), (expected, None));
    }

    #[rstest]
    #[case(r#"{"alg":"RS256","typ":"a+jwt"}"#, true)]
    #[case(r#"{"alg":"RS256","typ":"Application/A+JWT"}"#, true)]
    #[case(r#"{"alg":"RS256","typ":"text/a+jwt"}"#, false)]
    #[case(r#"{"alg":"RS256","typ":"JWT"}"#, false)]
    #[case(r#"{"alg":"RS256"}"#, false)]
    fn a_type_may_leave_its_first_half_out(#[case] header: &str, #[case] expected: bool) {
        assert_eq!(Jwt::read(&text(header, "{}")).unwrap().is_of_type("a+jwt"), expected);
    }

    #[rstest]
    #[case(r#""a""#, &["a"])]
    #[case(r#"["a",1,"b"]"#, &["a", "b"])]
    #[case("{}", &[])]
    fn an_audience_is_a_text_or_a_list(#[case] value: &str, #[case] expected: &[&str]) {
        let text = text(r#"{"alg":"RS256"}"#, &format!(r#"{{"aud":{value}}}"#));
        assert_eq!(Jwt::read(&text).unwrap().audiences().collect::<Vec<_>>(), expected);
    }
}
