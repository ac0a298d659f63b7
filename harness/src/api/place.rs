use std::fmt;
use std::str::FromStr;

use super::{ApiError, encode, json};
use crate::http::{Header, Request};

/// Where a value stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `field:NAME`: the value of a header field.
    Field(String),
    /// `cookie:NAME`: a cookie (RFC 6265, section 4.2).
    Cookie(String),
    /// `json:/POINTER`: a member of a JSON body (RFC 6901).
    Json(String),
    /// `form:NAME`: a parameter of a form in the body.
    Form(String),
    /// `query:NAME`: a parameter of the query.
    Query(String),
}

type Maker = fn(String) -> Place;

const WORDS: [(&str, &str, Maker); 5] = [
    ("field", "field:X-Session-Id", Place::Field),
    ("cookie", "cookie:session", Place::Cookie),
    ("json", "json:/session", Place::Json),
    ("form", "form:session", Place::Form),
    ("query", "query:session", Place::Query),
];

/// Fields that frame the request or choose what is asked: no value of the user's.
const FRAMING: [&str; 5] = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade"];

impl Place {
    /// Puts a value there, in place of what stood there.
    pub fn put(&self, request: &mut Request, value: &[u8]) {
        self.clear(request);
        match self {
            Self::Json(pointer) => {
                if let Some(body) = json::with(&request.body, pointer, value) {
                    of_type(request, "application/json");
                    request.replace_content(body);
                }
            }
            _ => self.add(request, value),
        }
    }

    /// Puts one more value there, beside the one that is there.
    pub fn add(&self, request: &mut Request, value: &[u8]) {
        match self {
            Self::Field(name) => request.headers.push(Header::new(name.as_str(), value)),
            Self::Cookie(name) => add_cookie(request, &pair(name.as_bytes(), value)),
            Self::Json(pointer) => {
                if let Some(body) = json::with_second(&request.body, pointer, value) {
                    request.replace_content(body);
                }
            }
            Self::Form(name) => {
                let parameter = pair(&encode::percent(name.as_bytes()), &encode::percent(value));
                of_type(request, "application/x-www-form-urlencoded");
                let before = if request.body.is_empty() { b"".as_slice() } else { b"&" };
                request.replace_content([&*request.body, before, &parameter].concat());
            }
            Self::Query(name) => {
                let separator = if request.target.contains(&b'?') { b'&' } else { b'?' };
                request.target.push(separator);
                request.target.extend(pair(&encode::percent(name.as_bytes()), &encode::percent(value)));
            }
        }
    }

    /// Takes away what stands there.
    pub fn clear(&self, request: &mut Request) {
        match self {
            Self::Field(name) => request.headers.retain(|header| !header.is(name)),
            Self::Cookie(name) => clear_cookie(request, name.as_bytes()),
            Self::Json(pointer) => {
                if let Some(body) = json::without(&request.body, pointer) {
                    request.replace_content(body);
                }
            }
            Self::Form(name) if !request.body.is_empty() => {
                let left = parameters_without(&request.body, name);
                request.replace_content(left);
            }
            Self::Form(_) => {}
            Self::Query(name) => {
                let mut parts = request.target.splitn(2, |byte| *byte == b'?');
                let (path, query) = (parts.next().unwrap_or_default().to_vec(), parts.next().map(<[u8]>::to_vec));
                let left = query.map(|query| parameters_without(&query, name)).filter(|left| !left.is_empty());
                request.target = left.map_or(path.clone(), |left| [&*path, b"?", &left].concat());
            }
        }
    }

    /// Whether it is in the body.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Form(_))
    }

    /// Whether this request, which is about to carry a value there, can.
    pub(super) fn check(&self, request: &Request) -> Result<(), ApiError> {
        let method = String::from_utf8_lossy(&request.method).into_owned();
        if self.is_in_body() && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(ApiError::NoBody { place: self.to_string(), method });
        }
        match self {
            Self::Field(name) if request.header_values(name).next().is_some() => {
                Err(ApiError::FieldTaken { place: self.to_string(), name: name.clone() })
            }
            Self::Json(pointer) => {
                let is_json = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).is_ok();
                let pointer = pointer.clone();
                if !request.body.trim_ascii().is_empty() && !is_json(&request.body) {
                    return Err(ApiError::NoJson { pointer });
                }
                json::with(&request.body, &pointer, b"x").map(drop).ok_or(ApiError::NoPlace { pointer })
            }
            _ => Ok(()),
        }
    }

    /// A place of that kind, checked; `word` is who asks, for errors.
    pub(super) fn checked(self, word: &'static str) -> Result<Self, ApiError> {
        let (value, is_sound, must) = match &self {
            Self::Field(name) if FRAMING.iter().any(|known| name.eq_ignore_ascii_case(known)) => {
                (name, false, "a field of the API's own: this one frames the request")
            }
            Self::Field(name) if name.eq_ignore_ascii_case("Cookie") => (name, false, "a field; write cookie:NAME"),
            Self::Field(name) | Self::Cookie(name) => {
                (name, is_token(name), "a name such as X-Api-Token, of letters, digits and !#$%&'*+-.^_`|~")
            }
            Self::Json(pointer) => (pointer, is_pointer(pointer), "a JSON Pointer such as /token, which begins with /"),
            Self::Form(name) | Self::Query(name) => (name, !name.is_empty(), "a name"),
        };
        let value = value.clone();
        if is_sound { Ok(self) } else { Err(ApiError::Unusable { word, value, must }) }
    }
}

impl FromStr for Place {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let (word, value) = text.split_once(':').unwrap_or((text, ""));
        let Some((word, example, make)) = WORDS.iter().find(|(known, _, _)| *known == word) else {
            let known = WORDS.map(|(_, example, _)| example).to_vec();
            return Err(ApiError::Unknown { what: "place of a request", word: text.to_owned(), known });
        };
        if value.is_empty() {
            return Err(ApiError::NoValue { word: (*word).to_owned(), example });
        }
        make(value.to_owned()).checked(word)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "field:{name}"),
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Json(pointer) => write!(f, "json:{pointer}"),
            Self::Form(name) => write!(f, "form:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
        }
    }
}

/// A `token` (RFC 9110, section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

pub(super) fn is_pointer(text: &str) -> bool {
    text.starts_with('/')
}

fn pair(name: &[u8], value: &[u8]) -> Vec<u8> {
    [name, b"=", value].concat()
}

/// A `Content-Type`, unless the user gave one.
fn of_type(request: &mut Request, kind: &str) {
    if request.header_values("Content-Type").next().is_none() {
        request.headers.push(Header::new("Content-Type", kind));
    }
}

/// One line holds all cookies (RFC 6265, section 5.4).
fn add_cookie(request: &mut Request, pair: &[u8]) {
    match request.headers.iter_mut().find(|header| header.is("Cookie")) {
        Some(line) => line.value = [&*line.value, b"; ", pair].concat(),
        None => request.headers.push(Header::new("Cookie", pair)),
    }
}

fn clear_cookie(request: &mut Request, name: &[u8]) {
    for line in request.headers.iter_mut().filter(|header| header.is("Cookie")) {
        let pairs = line.value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let left: Vec<&[u8]> = pairs.filter(|pair| pair.split(|byte| *byte == b'=').next() != Some(name)).collect();
        line.value = left.join(b"; ".as_slice());
    }
    request.headers.retain(|header| !header.is("Cookie") || !header.value.is_empty());
}

fn parameters_without(parameters: &[u8], name: &str) -> Vec<u8> {
    let name = encode::percent(name.as_bytes());
    let is_other = |pair: &&[u8]| pair.split(|byte| *byte == b'=').next() != Some(&*name);
    let left: Vec<&[u8]> = parameters.split(|byte| *byte == b'&').filter(is_other).collect();
    left.join(b"&".as_slice())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn shown(request: &Request) -> String {
        String::from_utf8(request.to_bytes()).unwrap()
    }

    #[rstest]
    #[case("field:X-Id", "POST / HTTP/1.1\r\nCookie: a=b\r\nX-Id: t\r\nX-Id: u\r\n\r\n")]
    #[case("cookie:id", "POST / HTTP/1.1\r\nCookie: a=b; id=t; id=u\r\n\r\n")]
    #[case("query:id", "POST /?id=t&id=u HTTP/1.1\r\nCookie: a=b\r\n\r\n")]
    #[case(
        "form:id",
        "POST / HTTP/1.1\r\nCookie: a=b\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nid=t&id=u"
    )]
    #[case(
        "json:/id",
        "POST / HTTP/1.1\r\nCookie: a=b\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"id\":\"t\",\"id\":\"u\"}"
    )]
    fn a_value_is_put_added_and_taken_away(#[case] place: &str, #[case] expected: &str) {
        let place: Place = place.parse().unwrap();
        let mut request = Request::new("POST", "/").header("Cookie", "a=b");
        place.put(&mut request, b"gone");
        place.put(&mut request, b"t");
        place.add(&mut request, b"u");
        assert_eq!(shown(&request), expected);
        place.clear(&mut request);
        assert!(!shown(&request).contains("id"), "{}", shown(&request));
        assert!(shown(&request).contains("Cookie: a=b"));
    }

    #[rstest]
    #[case("header:X", "known are field:X-Session-Id")]
    #[case("fiel:X", "did you mean \"field\"?")]
    #[case("field", "\"field\" needs a value: field:X-Session-Id")]
    #[case("field:X Y", "a name such as X-Api-Token")]
    #[case("field:content-length", "this one frames the request")]
    #[case("field:Cookie", "write cookie:NAME")]
    #[case("json:id", "begins with /")]
    fn what_is_no_place_is_told_what_would_be_one(#[case] text: &str, #[case] part: &str) {
        let error = text.parse::<Place>().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_request_that_can_not_hold_a_value_is_told_before_it_is_sent() {
        let error = |place: Place, request: &Request| place.check(request).unwrap_err().to_string();
        let json = || Place::Json("/a/b".into());
        assert!(error(json(), &Request::new("GET", "/")).contains("--method POST"));
        assert!(error(json(), &Request::new("POST", "/").content("a=b")).contains("no JSON"));
        assert!(error(json(), &Request::new("POST", "/").content(r#"{"a":1}"#)).contains("no place at /a/b"));
        let taken = Request::new("GET", "/").header("x-id", "1");
        assert!(error(Place::Field("X-Id".into()), &taken).contains("--header"));
        assert_eq!(json().check(&Request::new("POST", "/")), Ok(()));
    }
}
