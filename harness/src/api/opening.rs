use std::fmt;
use std::str::FromStr;

use super::place::is_token;
use super::{ApiError, Place, documents};
use crate::http::{Answer, Request};

/// The calls before the others: a client says hello, and gets the id of a session
/// that goes into each request from then on, as with MCP's `initialize`.
///
/// They are made with the control. Nothing else of them than the id is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// What is called.
    pub call: Call,
    /// The body of each call, in their order; one without a body where there is none.
    pub bodies: Vec<Vec<u8>>,
    /// The session that the first of them begins.
    pub session: Session,
}

impl Opening {
    /// The route's request without a token, changed into each of the calls.
    #[must_use]
    pub fn requests(&self, route: &Request) -> Vec<Request> {
        let bodies = if self.bodies.is_empty() { &[Vec::new()][..] } else { &self.bodies };
        bodies.iter().map(|body| self.request(route, body)).collect()
    }

    fn request(&self, route: &Request, body: &[u8]) -> Request {
        let mut request = route.clone();
        request.method = self.call.method.clone().into_bytes();
        if let Some(target) = &self.call.target {
            request.target = target.clone().into_bytes();
        }
        if !(body.is_empty() && request.body.is_empty()) {
            request.replace_content(body.to_vec());
        }
        request
    }
}

/// `METHOD` or `METHOD /path`: what is called, at the protected route where no
/// path is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: String,
    /// Path and query; `None`: those of the protected route.
    pub target: Option<String>,
}

impl FromStr for Call {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let unusable = |must| ApiError::Unusable { word: "opening", value: text.to_owned(), must };
        let (method, target) = match text.trim().split_once(' ') {
            Some((method, target)) => (method, Some(target.trim())),
            None => (text.trim(), None),
        };
        if !is_token(method) {
            return Err(unusable("a method, with a path behind it where it is not the route's, such as POST /login"));
        }
        if target.is_some_and(|target| !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(unusable("a method and a path, which begins with / and has no spaces, such as POST /login"));
        }
        Ok(Self { method: method.to_owned(), target: target.map(str::to_owned) })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.method)?;
        self.target.as_ref().map_or(Ok(()), |target| write!(f, " {target}"))
    }
}

/// `FROM` or `FROM -> TO`: where the answer has the id of a session, and where
/// requests say it. A field and a cookie go back where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Where it is read.
    pub from: Source,
    /// Where it is put.
    pub to: Place,
}

/// Where an answer has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `field:NAME`: a header field.
    Field(String),
    /// `cookie:NAME`: a cookie that it sets.
    Cookie(String),
    /// `json:/POINTER`: a text or number in its JSON.
    Json(String),
}

impl Source {
    /// The value in an answer; `None` where there is none.
    #[must_use]
    pub fn read(&self, answer: &Answer) -> Option<Vec<u8>> {
        let value = match self {
            Self::Field(name) => answer.header(name)?.to_vec(),
            Self::Cookie(name) => answer.header_values("Set-Cookie").find_map(|line| cookie(line, name.as_bytes()))?,
            Self::Json(pointer) => {
                let found = documents(answer).iter().find_map(|body| body.pointer(pointer).cloned())?;
                let text = found.as_str().map(str::to_owned);
                text.or_else(|| found.is_number().then(|| found.to_string()))?.into_bytes()
            }
        };
        (!value.is_empty()).then_some(value)
    }

    /// The names that stand where it looks, for who named another one.
    #[must_use]
    pub fn there(&self, answer: &Answer) -> Vec<String> {
        match self {
            Self::Field(_) => answer.headers.iter().map(|line| line.name_text().into_owned()).collect(),
            Self::Cookie(_) => {
                let names =
                    answer.header_values("Set-Cookie").filter_map(|line| line.split(|byte| *byte == b'=').next());
                names.map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect()
            }
            Self::Json(_) => {
                let documents = documents(answer);
                let members = documents.iter().filter_map(|body| body.as_object());
                members.flat_map(|members| members.keys().map(|name| format!("/{name}"))).collect()
            }
        }
    }
}

impl FromStr for Session {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let (from, to) = match text.split_once("->") {
            Some((from, to)) => (from.trim(), Some(to.trim())),
            None => (text.trim(), None),
        };
        let from = match from.parse::<Place>()? {
            Place::Field(name) => Source::Field(name),
            Place::Cookie(name) => Source::Cookie(name),
            Place::Json(pointer) => Source::Json(pointer),
            Place::Form(_) | Place::Query(_) => {
                let must = "where an answer has a value: field:NAME, cookie:NAME or json:/POINTER";
                return Err(ApiError::Unusable { word: "session", value: text.to_owned(), must });
            }
        };
        let to = match (to, &from) {
            (Some(to), _) => to.parse()?,
            (None, Source::Field(name)) => Place::Field(name.clone()),
            (None, Source::Cookie(name)) => Place::Cookie(name.clone()),
            (None, Source::Json(_)) => {
                let must = "a place with another behind it: json:/session -> field:X-Session-Id";
                return Err(ApiError::Unusable { word: "session", value: text.to_owned(), must });
            }
        };
        Ok(Self { from, to })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "field:{name}"),
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Json(pointer) => write!(f, "json:{pointer}"),
        }
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from.to_string(), self.to.to_string());
        if from == to { f.write_str(&from) } else { write!(f, "{from} -> {to}") }
    }
}

/// The value that a `Set-Cookie` line gives that cookie (RFC 6265, section 4.1).
fn cookie(line: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let pair = line.split(|byte| *byte == b';').next()?;
    let at = pair.iter().position(|byte| *byte == b'=')?;
    (pair[..at].trim_ascii() == name).then(|| pair[at + 1..].trim_ascii().to_vec())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("field:Mcp-Session-Id", "field:Mcp-Session-Id")]
    #[case("cookie:sid", "cookie:sid")]
    #[case("json:/id->query:session", "json:/id -> query:session")]
    fn a_session_goes_back_where_it_came_from_unless_that_is_said(#[case] text: &str, #[case] shown: &str) {
        let session: Session = text.parse().unwrap();
        assert_eq!(session.to_string(), shown);
        assert_eq!(session.to_string().parse(), Ok(session));
    }

    #[rstest]
    #[case("json:/id", "-> field:X-Session-Id")]
    #[case("query:id", "where an answer has a value")]
    #[case("field:A -> nowhere", "known are field:X-Session-Id")]
    fn a_wrong_session_is_told_what_would_be_right(#[case] text: &str, #[case] part: &str) {
        let error = text.parse::<Session>().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_call_is_a_method_and_may_have_a_path() {
        let call = |text: &str| text.parse::<Call>().map(|call| call.to_string());
        assert_eq!(call("POST"), Ok("POST".to_owned()));
        assert_eq!(call(" POST  /login?x=1"), Ok("POST /login?x=1".to_owned()));
        for wrong in ["", "/login", "POST login", "POST /a b"] {
            assert!(call(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_read_out_of_a_field_a_cookie_or_a_body() {
        let answer = Answer::new(200)
            .with_header("mcp-session-id", "abc")
            .with_header("Set-Cookie", "sid=def; Path=/; HttpOnly")
            .with_body(r#"{"session":{"id":7}}"#);
        let read = |text: &str| text.parse::<Session>().unwrap().from.read(&answer);
        assert_eq!(read("field:Mcp-Session-Id"), Some(b"abc".to_vec()));
        assert_eq!(read("cookie:sid"), Some(b"def".to_vec()));
        assert_eq!(read("json:/session/id -> field:X"), Some(b"7".to_vec()));
        assert_eq!(read("field:X-Other"), None);
        assert_eq!(Source::Cookie("x".into()).there(&answer), ["sid"]);
        assert_eq!(Source::Json("/x".into()).there(&answer), ["/session"]);
    }

    #[test]
    fn each_body_is_a_call_of_its_own() {
        let opening = Opening {
            call: "POST /mcp".parse().unwrap(),
            bodies: vec![b"{}".to_vec(), b"[]".to_vec()],
            session: "field:Mcp-Session-Id".parse().unwrap(),
        };
        let requests = opening.requests(&Request::new("GET", "/").header("Authorization", "Bearer t"));
        assert_eq!(requests.len(), 2);
        assert_eq!(
            requests[1].to_bytes(),
            b"POST /mcp HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\n\r\n[]"
        );
    }
}
