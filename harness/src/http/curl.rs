use std::fmt;

use super::redact::Redactor;
use super::shell::{ShellExpression, Word};
use super::{Endpoint, Header, Request};

/// A `curl` command that sends a request again.
///
/// Built as data and quoted once, when it is displayed. It never holds the token:
/// an expression that makes one stands in its place.
///
/// ```
/// # use badpenny::http::{CurlCommand, Endpoint, Request, ShellExpression};
/// let endpoint: Endpoint = "http://127.0.0.1:3000/".parse()?;
/// let request = Request::get(&endpoint).bearer("tok");
/// let mint = ShellExpression::output_of(["badpenny", "mint", "time/expired@one-hour"]);
/// let curl = CurlCommand::new(&endpoint, &request, b"tok", &mint)?;
/// assert_eq!(
///     curl.to_string(),
///     r#"curl -i -H "Authorization: Bearer $(badpenny mint time/expired@one-hour)" http://127.0.0.1:3000/"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurlCommand {
    options: Vec<Word>,
    url: Word,
}

const DATA: &str = "--data-raw";

impl CurlCommand {
    /// The command for a request, with `expression` wherever `token` stands; an
    /// empty token stands nowhere. What is left of a token is redacted.
    ///
    /// The header lines that curl adds by itself, `User-Agent` and `Accept`, are
    /// left as they are.
    ///
    /// # Errors
    ///
    /// When curl can't send these bytes.
    pub fn new(
        endpoint: &Endpoint,
        request: &Request,
        token: &[u8],
        expression: &ShellExpression,
    ) -> Result<Self, CurlError> {
        check(request)?;
        let mut options = Options::default();
        options.flag("-i");
        options.method(request);
        options.target(&request.target);
        options.headers(endpoint, request);
        if !request.body.is_empty() {
            options.pair(DATA, request.body.clone());
        }
        let redactor = Redactor::new([token]);
        let clean = |word: Word| {
            let word = word.replace(token, expression);
            word.map_literals(|literal| redactor.bytes(literal))
        };
        Ok(Self {
            options: options.0.into_iter().map(clean).collect(),
            url: clean(Word::literal(url(endpoint, &request.target))),
        })
    }

    /// Believes the certificates that lead to a root in that file.
    #[must_use]
    pub fn ca_file(self, path: &str) -> Self {
        self.with("--cacert", path)
    }

    /// Believes any certificate.
    #[must_use]
    pub fn insecure(mut self) -> Self {
        self.options.push(Word::literal("-k"));
        self
    }

    /// Connects to an address in place of a host name: `HOST:PORT:ADDRESS`.
    #[must_use]
    pub fn resolve(self, text: &str) -> Self {
        self.with("--resolve", text)
    }

    /// Sends a user name, and the expression as its password, as Basic has them
    /// (RFC 7617), in place of the lines `Authorization` that are there.
    #[must_use]
    pub fn basic(mut self, user: &str, expression: &ShellExpression) -> Self {
        let is_old = |pair: &[Word]| pair[0] == Word::literal("-H") && pair[1].begins_with(b"Authorization: Basic ");
        while let Some(at) = self.options.windows(2).position(is_old) {
            self.options.drain(at..at + 2);
        }
        self.options.push(Word::literal("-u"));
        self.options.push(Word::before(format!("{user}:"), expression.clone()));
        self
    }

    /// Puts an expression in the place of the value of these header lines.
    #[must_use]
    pub fn hiding(mut self, header: &Header, expression: &ShellExpression) -> Self {
        let line = Word::literal(header_argument(header));
        for option in self.options.iter_mut().filter(|option| **option == line) {
            *option = Word::before([&*header.name, b": "].concat(), expression.clone());
        }
        self
    }

    /// Puts an expression in the place of a body.
    #[must_use]
    pub fn hiding_body(mut self, body: &[u8], expression: &ShellExpression) -> Self {
        let pair = [Word::literal(DATA), Word::literal(body)];
        let at = self.options.windows(2).position(|options| *options == pair);
        if let Some(at) = at {
            self.options[at + 1] = Word::before("", expression.clone());
        }
        self
    }

    fn with(mut self, option: &str, value: &str) -> Self {
        self.options.push(Word::literal(option));
        self.options.push(Word::literal(value));
        self
    }
}

impl fmt::Display for CurlCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("curl")?;
        for option in &self.options {
            write!(f, " {option}")?;
        }
        write!(f, " {}", self.url)
    }
}

/// When curl can't send the bytes of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurlError {
    /// When a part holds NUL, which no argument of a command can.
    #[error("no command line can hold the NUL in the {part}: use `badpenny replay`")]
    Nul {
        /// The part, such as `body`.
        part: &'static str,
    },
    /// When a part of the head holds a line end, as an obsolete fold does.
    #[error("curl doesn't send the line end in the {part}: use `badpenny replay`")]
    LineEnd {
        /// The part, such as `header value`.
        part: &'static str,
    },
    /// When a header name is empty, or one that curl takes for something else.
    #[error("curl doesn't send a header line named `{name}`: use `badpenny replay`")]
    HeaderName {
        /// The name, escaped.
        name: String,
    },
}

fn check(request: &Request) -> Result<(), CurlError> {
    check_bytes("method", &request.method)?;
    check_bytes("request target", &request.target)?;
    for header in &request.headers {
        check_bytes("header name", &header.name)?;
        check_bytes("header value", &header.value)?;
        check_name(&header.name)?;
    }
    match request.body.contains(&0) {
        true => Err(CurlError::Nul { part: "body" }),
        false => Ok(()),
    }
}

fn check_bytes(part: &'static str, bytes: &[u8]) -> Result<(), CurlError> {
    if bytes.contains(&0) {
        return Err(CurlError::Nul { part });
    }
    if bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return Err(CurlError::LineEnd { part });
    }
    Ok(())
}

/// `-H @file` reads a file; `;` and `:` end a name.
fn check_name(name: &[u8]) -> Result<(), CurlError> {
    let taken = |byte: &u8| matches!(byte, b':' | b';');
    if name.is_empty() || name.starts_with(b"@") || name.iter().any(taken) {
        return Err(CurlError::HeaderName { name: name.escape_ascii().to_string() });
    }
    Ok(())
}

#[derive(Default)]
struct Options(Vec<Word>);

impl Options {
    fn flag(&mut self, flag: &str) {
        self.0.push(Word::literal(flag));
    }

    fn pair(&mut self, option: &str, value: impl Into<Vec<u8>>) {
        self.flag(option);
        self.0.push(Word::literal(value));
    }

    fn method(&mut self, request: &Request) {
        let implied: &[u8] = if request.body.is_empty() { b"GET" } else { b"POST" };
        if request.method == b"HEAD" && request.body.is_empty() {
            // `-X HEAD` would wait for a body.
            self.flag("--head");
        } else if request.method != implied {
            self.pair("-X", request.method.clone());
        }
    }

    fn target(&mut self, target: &[u8]) {
        if !fits_url(target) {
            self.pair("--request-target", target);
            return;
        }
        if has_dot_segments(target) {
            self.flag("--path-as-is");
        }
        if target.iter().any(|byte| b"[]{}".contains(byte)) {
            self.flag("--globoff");
        }
    }

    /// All header lines, without those that curl makes the same by itself, and
    /// with the removal of those that it would add.
    fn headers(&mut self, endpoint: &Endpoint, request: &Request) {
        let length = request.body.len().to_string();
        for header in &request.headers {
            let same_host = header.is("Host") && header.value == endpoint.authority().as_bytes();
            let same_length =
                header.is("Content-Length") && header.value == length.as_bytes() && !request.body.is_empty();
            if !same_host && !same_length {
                self.pair("-H", header_argument(header));
            }
        }
        let has_body = !request.body.is_empty();
        for (name, added) in [("Host", true), ("Content-Type", has_body), ("Content-Length", has_body)] {
            if added && request.header_values(name).next().is_none() {
                self.pair("-H", format!("{name}:"));
            }
        }
    }
}

/// `Name: value`, or `Name;` for an empty value: `Name:` would remove the line.
fn header_argument(header: &Header) -> Vec<u8> {
    match header.value.is_empty() {
        true => [&*header.name, b";"].concat(),
        false => [&*header.name, b": ", &*header.value].concat(),
    }
}

fn url(endpoint: &Endpoint, target: &[u8]) -> Vec<u8> {
    let target = if fits_url(target) { target } else { b"/" };
    [endpoint.origin().as_bytes(), target].concat()
}

/// Whether curl sends this as it stands when it is a URL's path and query.
fn fits_url(target: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#';
    target.starts_with(b"/") && target.iter().all(plain)
}

/// Whether curl would take segments out of this path, `/./` and `/../`.
fn has_dot_segments(target: &[u8]) -> bool {
    let path = target.split(|byte| *byte == b'?').next().unwrap_or(target);
    path.split(|byte| *byte == b'/').any(is_dot_segment)
}

fn is_dot_segment(segment: &[u8]) -> bool {
    let segment = segment.to_ascii_lowercase();
    matches!(segment.as_slice(), b"." | b".." | b"%2e" | b".%2e" | b"%2e." | b"%2e%2e")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn endpoint() -> Endpoint {
        "http://api.test/me".parse().unwrap()
    }

    fn command(request: &Request) -> Result<String, CurlError> {
        let expression = ShellExpression::output_of(["badpenny", "mint", "a/b@c"]);
        CurlCommand::new(&endpoint(), request, b"tok.en.value", &expression).map(|curl| curl.to_string())
    }

    fn get() -> Request {
        Request::get(&endpoint())
    }

    #[rstest]
    #[case(get(), "curl -i http://api.test/me")]
    #[case(get().bearer("tok.en.value"), r#"curl -i -H "Authorization: Bearer $(badpenny mint a/b@c)" http://api.test/me"#)]
    #[case(get().target("/me?access_token=tok.en.value"), r#"curl -i "http://api.test/me?access_token=$(badpenny mint a/b@c)""#)]
    #[case(get().header("authorization", "x"), "curl -i -H 'authorization: x' http://api.test/me")]
    #[case(get().header("X-Empty", ""), "curl -i -H 'X-Empty;' http://api.test/me")]
    #[case(get().without("host"), "curl -i -H Host: http://api.test/me")]
    #[case(get().target("/x/../me"), "curl -i --path-as-is http://api.test/x/../me")]
    #[case(get().target("/%2e/me"), "curl -i --path-as-is http://api.test/%2e/me")]
    #[case(get().target("/a[1]"), "curl -i --globoff 'http://api.test/a[1]'")]
    #[case(get().target("http://b/"), "curl -i --request-target http://b/ http://api.test/")]
    #[case(Request::to("HEAD", &endpoint()), "curl -i --head http://api.test/me")]
    #[case(Request::to("FOO", &endpoint()), "curl -i -X FOO http://api.test/me")]
    #[case(
        Request::to("POST", &endpoint()).header("Content-Type", "text/plain").content("@x"),
        "curl -i -H 'Content-Type: text/plain' --data-raw @x http://api.test/me"
    )]
    #[case(
        Request::to("PUT", &endpoint()).content("a=b"),
        "curl -i -X PUT -H Content-Type: --data-raw a=b http://api.test/me"
    )]
    #[case(
        get().header("X", b"\xff".as_slice()),
        r#"curl -i -H 'X: '"$(printf '\377')" http://api.test/me"#
    )]
    fn a_request_is_told_as_a_command(#[case] request: Request, #[case] expected: &str) {
        assert_eq!(command(&request).unwrap(), expected);
    }

    #[rstest]
    #[case(get().header("X", "a\0"), "the NUL in the header value")]
    #[case(get().header("X", "a\r\n b"), "the line end in the header value")]
    #[case(get().header("@file", "x"), "named `@file`")]
    #[case(get().target("/a\nb"), "the line end in the request target")]
    #[case(get().content("\0"), "the NUL in the body")]
    fn what_curl_cannot_send_is_refused(#[case] request: Request, #[case] part: &str) {
        let message = command(&request).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }

    #[test]
    fn a_password_of_basic_is_an_expression_and_the_encoded_token_goes() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        let encoded = "bWU6ZXlKaGJHY2lPaUp1YjI1bEluMC5leUp6ZFdJaU9pSmhJbjAuYzJsbmJhdHVyZQ==";
        let request = get().header("Authorization", format!("Basic {encoded}"));
        let mint = ShellExpression::output_of(["badpenny", "mint", "a/b@c"]);
        let command = CurlCommand::new(&endpoint(), &request, token.as_bytes(), &mint).unwrap().basic("me", &mint);
        assert_eq!(command.to_string(), r#"curl -i -u "me:$(badpenny mint a/b@c)" http://api.test/me"#);
    }

    #[test]
    fn a_changed_token_is_redacted_where_it_cannot_be_replaced() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiYiI6MX0.c2ln";
        let request = get().header("X", token.replace('.', "%2E"));
        let expression = ShellExpression::variable("T");
        let curl = CurlCommand::new(&endpoint(), &request, token.as_bytes(), &expression);
        let shown = curl.unwrap().to_string();
        assert!(!shown.contains("eyJ") && shown.contains("[token sha256:"), "{shown}");
    }

    #[test]
    fn the_value_of_a_line_may_be_hidden() {
        let hidden = Header::new("X-Key", "H");
        let request = get().header("X-Key", "H").header("X-Tenant", "H");
        let curl = CurlCommand::new(&endpoint(), &request, b"", &ShellExpression::variable("T")).unwrap();
        let curl = curl.hiding(&hidden, &ShellExpression::required_variable("X_KEY"));
        assert_eq!(curl.to_string(), r#"curl -i -H "X-Key: ${X_KEY:?}" -H 'X-Tenant: H' http://api.test/me"#);
    }

    #[test]
    fn the_way_to_the_target_is_told_too() {
        let endpoint: Endpoint = "https://api.test/".parse().unwrap();
        let expression = ShellExpression::variable("T");
        let curl = CurlCommand::new(&endpoint, &Request::get(&endpoint), b"", &expression);
        let curl = curl.unwrap().ca_file("/tmp/my ca.pem").resolve("api.test:443:127.0.0.1");
        assert_eq!(
            curl.insecure().to_string(),
            "curl -i --cacert '/tmp/my ca.pem' --resolve api.test:443:127.0.0.1 -k https://api.test/"
        );
    }
}
