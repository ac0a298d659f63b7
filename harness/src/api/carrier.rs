use std::fmt;
use std::str::FromStr;

use super::place::is_token;
use super::{ApiError, Place, encode};
use crate::http::Request;

/// Where the token travels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Carrier {
    /// `bearer`: `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
    #[default]
    Bearer,
    /// `scheme:Token`: `Authorization` with another scheme.
    Scheme(String),
    /// `bare`: `Authorization` with the token alone.
    Bare,
    /// `field:X-Api-Token`: another header field with the token alone.
    Field(String),
    /// `basic:USER`: the password of Basic (RFC 7617).
    Basic(String),
    /// `cookie:NAME`: a cookie.
    Cookie(String),
    /// `json:/POINTER`: a member of a JSON body.
    Json(String),
    /// `form:NAME`: a parameter of a form in the body (RFC 6750, section 2.2).
    Form(String),
    /// `websocket`: the subprotocols that are offered, as browsers can send a
    /// token (RFC 6455, section 1.9). The text holds `{token}`, or
    /// `{token_base64url}` for its base64url.
    WebSocket(String),
}

/// Each word with an example.
const WORDS: [(&str, &str); 9] = [
    ("bearer", "bearer"),
    ("scheme", "scheme:Token"),
    ("bare", "bare"),
    ("field", "field:X-Api-Token"),
    ("basic", "basic:USER"),
    ("cookie", "cookie:session"),
    ("json", "json:/token"),
    ("form", "form:access_token"),
    ("websocket", "websocket:chat, {token}"),
];

const TOKEN: &str = "{token}";
const TOKEN_BASE64URL: &str = "{token_base64url}";
const AUTHORIZATION: &str = "Authorization";

impl Carrier {
    /// Whether it is the one that RFC 6750 has, so that its rules hold.
    #[must_use]
    pub fn is_bearer(&self) -> bool {
        *self == Self::Bearer
    }

    /// Whether it is the `Authorization` field, under whatever scheme.
    #[must_use]
    pub fn is_authorization(&self) -> bool {
        matches!(self, Self::Bearer | Self::Scheme(_) | Self::Bare | Self::Basic(_))
    }

    /// The place of a request in which it puts the token.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Bearer | Self::Scheme(_) | Self::Bare | Self::Basic(_) => Place::Field(AUTHORIZATION.to_owned()),
            Self::Field(name) => Place::Field(name.clone()),
            Self::Cookie(name) => Place::Cookie(name.clone()),
            Self::Json(pointer) => Place::Json(pointer.clone()),
            Self::Form(name) => Place::Form(name.clone()),
            Self::WebSocket(_) => Place::Field("Sec-WebSocket-Protocol".to_owned()),
        }
    }

    /// Puts a token into a request, in place of the one that is there.
    pub fn put(&self, request: &mut Request, token: &[u8]) {
        self.place().put(request, &self.written(token));
    }

    /// Puts one more token beside the one that is there, in the same place.
    pub fn add(&self, request: &mut Request, token: &[u8]) {
        self.place().add(request, &self.written(token));
    }

    /// Takes the token out of a request.
    pub fn clear(&self, request: &mut Request) {
        self.place().clear(request);
    }

    /// The token in every form in which it stands on the wire, itself first: what
    /// nobody else may see.
    #[must_use]
    pub fn forms(&self, token: &[u8]) -> Vec<Vec<u8>> {
        let mut forms = vec![token.to_vec()];
        match self {
            Self::Basic(_) => forms.push(self.basic(token)),
            Self::Json(_) => forms.push(encode::json(token)),
            Self::Form(_) => forms.push(encode::percent(token)),
            Self::WebSocket(protocols) if protocols.contains(TOKEN_BASE64URL) => forms.push(encode::base64url(token)),
            _ => {}
        }
        forms.dedup();
        forms
    }

    /// What stands in its place.
    fn written(&self, token: &[u8]) -> Vec<u8> {
        let behind = |word: &str, rest: &[u8]| [word.as_bytes(), b" ", rest].concat();
        match self {
            Self::Bearer => behind("Bearer", token),
            Self::Scheme(scheme) => behind(scheme, token),
            Self::Basic(_) => behind("Basic", &self.basic(token)),
            Self::WebSocket(protocols) => {
                let encoded = filled(protocols.as_bytes(), TOKEN_BASE64URL, &encode::base64url(token));
                filled(&encoded, TOKEN, token)
            }
            Self::Bare | Self::Field(_) | Self::Cookie(_) | Self::Json(_) | Self::Form(_) => token.to_vec(),
        }
    }

    fn basic(&self, token: &[u8]) -> Vec<u8> {
        let user = if let Self::Basic(user) = self { user.as_str() } else { "" };
        encode::base64(&[user.as_bytes(), b":", token].concat())
    }
}

impl FromStr for Carrier {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let (word, value) = text.split_once(':').unwrap_or((text, ""));
        let Some((word, example)) = WORDS.into_iter().find(|(known, _)| *known == word) else {
            let known = WORDS.map(|(_, example)| example).to_vec();
            return Err(ApiError::Unknown { what: "carrier of a token", word: text.to_owned(), known });
        };
        match (word, value.is_empty()) {
            ("bearer", true) => Ok(Self::Bearer),
            ("bare", true) => Ok(Self::Bare),
            ("websocket", true) => Ok(Self::WebSocket(TOKEN.to_owned())),
            ("bearer" | "bare", false) => Err(ApiError::Value { word: word.to_owned() }),
            (_, true) => Err(ApiError::NoValue { word: word.to_owned(), example }),
            (_, false) => of_value(word, value),
        }
    }
}

fn of_value(word: &'static str, value: &str) -> Result<Carrier, ApiError> {
    let unusable = |must| Err(ApiError::Unusable { word, value: value.to_owned(), must });
    let is_authorization = value.eq_ignore_ascii_case(AUTHORIZATION);
    match word {
        "scheme" if value.eq_ignore_ascii_case("bearer") => Ok(Carrier::Bearer),
        "scheme" if value.eq_ignore_ascii_case("basic") => unusable("another scheme; write basic:USER"),
        "scheme" if !is_token(value) => unusable("the name of a scheme, such as Token"),
        "scheme" => Ok(Carrier::Scheme(value.to_owned())),
        "field" if is_authorization => unusable("another field; write bearer, scheme:NAME or bare"),
        "basic" if value.contains(':') => unusable("a user name, which has no colon"),
        "basic" => Ok(Carrier::Basic(value.to_owned())),
        "websocket" if !(value.contains(TOKEN) || value.contains(TOKEN_BASE64URL)) => {
            unusable("subprotocols with {token} or {token_base64url} among them, such as chat, {token}")
        }
        "websocket" if value.contains(char::is_control) => unusable("one line"),
        "websocket" => Ok(Carrier::WebSocket(value.to_owned())),
        _ => of_place(word, value),
    }
}

fn of_place(word: &'static str, value: &str) -> Result<Carrier, ApiError> {
    let value = value.to_owned();
    match word {
        "field" => Place::Field(value.clone()).checked(word).map(|_| Carrier::Field(value)),
        "cookie" => Place::Cookie(value.clone()).checked(word).map(|_| Carrier::Cookie(value)),
        "json" => Place::Json(value.clone()).checked(word).map(|_| Carrier::Json(value)),
        _ => Place::Form(value.clone()).checked(word).map(|_| Carrier::Form(value)),
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer => f.write_str("bearer"),
            Self::Bare => f.write_str("bare"),
            Self::Scheme(scheme) => write!(f, "scheme:{scheme}"),
            Self::Basic(user) => write!(f, "basic:{user}"),
            Self::WebSocket(protocols) => write!(f, "websocket:{protocols}"),
            Self::Field(_) | Self::Cookie(_) | Self::Json(_) | Self::Form(_) => self.place().fmt(f),
        }
    }
}

/// A text with a value in the place of a word.
fn filled(text: &[u8], word: &str, value: &[u8]) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(word.len()).position(|window| window == word.as_bytes()) {
        filled.extend_from_slice(&rest[..at]);
        filled.extend_from_slice(value);
        rest = &rest[at + word.len()..];
    }
    [&*filled, rest].concat()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("bearer", "Authorization: Bearer t.t.t")]
    #[case("scheme:Token", "Authorization: Token t.t.t")]
    #[case("bare", "Authorization: t.t.t")]
    #[case("field:X-Api-Token", "X-Api-Token: t.t.t")]
    #[case("basic:me", "Authorization: Basic bWU6dC50LnQ=")]
    #[case("cookie:sid", "Cookie: sid=t.t.t")]
    #[case("json:/auth/token", "{\"auth\":{\"token\":\"t.t.t\"}}")]
    #[case("form:access_token", "access_token=t.t.t")]
    #[case("websocket:chat, {token}", "Sec-WebSocket-Protocol: chat, t.t.t")]
    #[case("websocket:a.{token_base64url}", "Sec-WebSocket-Protocol: a.dC50LnQ")]
    fn a_token_travels_where_the_word_says_and_is_the_only_one(#[case] text: &str, #[case] expected: &str) {
        let carrier: Carrier = text.parse().unwrap();
        assert_eq!(carrier.to_string(), text);
        let bare = Request::new("POST", "/");
        let mut request = bare.clone();
        carrier.put(&mut request, b"other");
        carrier.put(&mut request, b"t.t.t");
        let sent = String::from_utf8(request.to_bytes()).unwrap();
        assert!(sent.contains(expected) && !sent.contains("other"), "{sent}");
        assert!(carrier.forms(b"t.t.t").iter().any(|form| sent.contains(&String::from_utf8_lossy(form).into_owned())));
        carrier.clear(&mut request);
        assert!(!String::from_utf8(request.to_bytes()).unwrap().contains("t.t"), "{request:?}");
    }

    #[rstest]
    #[case("Bearer", "known are bearer, scheme:Token")]
    #[case("fields:X", "did you mean \"field\"?")]
    #[case("bearer:x", "\"bearer\" takes no value")]
    #[case("basic", "\"basic\" needs a value: basic:USER")]
    #[case("basic:a:b", "a user name, which has no colon")]
    #[case("scheme:Basic", "write basic:USER")]
    #[case("scheme:My Token", "the name of a scheme")]
    #[case("field:authorization", "write bearer, scheme:NAME or bare")]
    #[case("json:token", "begins with /")]
    #[case("websocket:chat", "with {token} or {token_base64url}")]
    fn a_wrong_word_is_told_what_would_be_right(#[case] text: &str, #[case] part: &str) {
        let error = text.parse::<Carrier>().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn bearer_is_the_default_and_has_one_name() {
        assert_eq!(Carrier::default(), "scheme:bearer".parse().unwrap());
    }
}
