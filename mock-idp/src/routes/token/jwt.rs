use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::keys::Algorithm;

/// A JWT that somebody sent (RFC 7519, section 3.1): in its parts, nothing of it checked.
pub(in super::super) struct Jwt<'a> {
    /// What the signature is over.
    pub(in super::super) input: &'a str,
    pub(in super::super) signature: Vec<u8>,
    /// What `alg` says, if it is one that there is.
    pub(in super::super) algorithm: Option<Algorithm>,
    pub(super) kid: Option<String>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'a> Jwt<'a> {
    /// `None` where it is none, or has an extension that must be understood: this
    /// issuer understands none (RFC 7515, section 4.1.11).
    pub(in super::super) fn parse(text: &'a str) -> Option<Self> {
        let (input, signature) = text.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        let header = object(header)?;
        let text = |name: &str| header.get(name).map(|value| value.as_str().ok_or(())).transpose().ok();
        if header.contains_key("crit") {
            return None;
        }
        Some(Self {
            input,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            algorithm: Algorithm::from_name(text("alg")??),
            kid: text("kid")?.map(str::to_owned),
            claims: object(payload)?,
            header,
        })
    }

    /// A member of its header.
    pub(in super::super) fn header(&self, name: &str) -> Option<&Value> {
        self.header.get(name)
    }

    /// Whether `typ` names that media type, with or without `application/` (RFC 7515,
    /// section 4.1.9).
    pub(super) fn is_of_type(&self, media_type: &str) -> bool {
        let typ = self.header("typ").and_then(Value::as_str).unwrap_or_default();
        let bare = match typ.split_once('/') {
            Some((kind, rest)) if kind.eq_ignore_ascii_case("application") => rest,
            _ => typ,
        };
        bare.eq_ignore_ascii_case(media_type)
    }

    /// A claim of any kind.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// Whether it has that claim.
    pub(in super::super) fn has(&self, name: &str) -> bool {
        self.claims.contains_key(name)
    }

    /// A claim that is text.
    pub(in super::super) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A claim that is a time in seconds, with parts of a second left out (RFC 7519,
    /// section 2: `NumericDate`).
    pub(in super::super) fn time(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "what is beyond all time stays so")]
        let rounded = |seconds: f64| seconds.floor() as i64;
        value.as_i64().or_else(|| value.as_f64().map(rounded))
    }

    /// `aud`, a text or a list of them (RFC 7519, section 4.1.3).
    pub(super) fn audiences(&self) -> impl Iterator<Item = &str> {
        let audience = self.claims.get("aud");
        let list = audience.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().chain(audience).filter_map(Value::as_str)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn text(header: &str, payload: &str) -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    #[rstest]
    #[case::two_parts("e30.e30".into())]
    #[case::four_parts(format!("{}.AAAA", text(r#"{"alg":"RS256"}"#, "{}")))]
    #[case::padded("e30=.e30.AAAA".into())]
    #[case::no_object(text("[]", "{}"))]
    #[case::no_json(text(r#"{"alg":"RS256"}"#, "{"))]
    #[case::without_alg(text("{}", "{}"))]
    #[case::alg_is_no_text(text(r#"{"alg":256}"#, "{}"))]
    #[case::kid_is_no_text(text(r#"{"alg":"RS256","kid":1}"#, "{}"))]
    #[case::crit(text(r#"{"alg":"RS256","crit":["exp"]}"#, "{}"))]
    fn what_is_no_jwt_is_not_read(#[case] text: String) {
        assert!(Jwt::parse(&text).is_none(), "{text}");
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
        let jwt = Jwt::parse(&text).unwrap();
        assert_eq!((jwt.time("exp"), jwt.algorithm), (expected, None));
    }

    #[rstest]
    #[case(r#"{"alg":"RS256","typ":"a+jwt"}"#, true)]
    #[case(r#"{"alg":"RS256","typ":"Application/A+JWT"}"#, true)]
    #[case(r#"{"alg":"RS256","typ":"text/a+jwt"}"#, false)]
    #[case(r#"{"alg":"RS256","typ":"JWT"}"#, false)]
    #[case(r#"{"alg":"RS256"}"#, false)]
    fn a_type_may_leave_its_first_half_out(#[case] header: &str, #[case] expected: bool) {
        assert_eq!(Jwt::parse(&text(header, "{}")).unwrap().is_of_type("a+jwt"), expected);
    }

    #[rstest]
    #[case(r#""a""#, &["a"])]
    #[case(r#"["a",1,"b"]"#, &["a", "b"])]
    #[case("{}", &[])]
    fn an_audience_is_a_text_or_a_list(#[case] value: &str, #[case] expected: &[&str]) {
        let text = text(r#"{"alg":"RS256"}"#, &format!(r#"{{"aud":{value}}}"#));
        assert_eq!(Jwt::parse(&text).unwrap().audiences().collect::<Vec<_>>(), expected);
    }
}
