//! An answer, and how it is written.

use serde_json::Value;

use super::date::imf_fixdate;

/// The statuses that this server knows.
pub(crate) mod status {
    pub(crate) const OK: u16 = 200;
    pub(crate) const NO_CONTENT: u16 = 204;
    pub(crate) const FOUND: u16 = 302;
    pub(crate) const BAD_REQUEST: u16 = 400;
    pub(crate) const UNAUTHORIZED: u16 = 401;
    pub(crate) const FORBIDDEN: u16 = 403;
    pub(crate) const NOT_FOUND: u16 = 404;
    pub(crate) const METHOD_NOT_ALLOWED: u16 = 405;
    pub(crate) const TOO_MANY_REQUESTS: u16 = 429;
    pub(crate) const INTERNAL_SERVER_ERROR: u16 = 500;
    pub(crate) const SERVICE_UNAVAILABLE: u16 = 503;
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// With this body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let mut response = Self::empty(status);
        response.body = body.to_string().into_bytes();
        response.with("Content-Type", "application/json")
    }

    /// An answer with that page.
    pub(crate) fn html(status: u16, page: String) -> Self {
        let mut response = Self::empty(status);
        response.body = page.into_bytes();
        response.with("Content-Type", "text/html")
    }

    /// With one more header line, written as it is.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Without the lines of that name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    /// The first value of that field.
    #[cfg(test)]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// As it goes over the wire `now`, in seconds since 1970. An answer to HEAD has the length of a
    /// body and none.
    pub(crate) fn bytes(&self, is_to_head: bool, closes: bool, now: u64) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\nDate: {}\r\n", self.status, reason(self.status), imf_fixdate(now));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != status::NO_CONTENT {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str(if closes { "Connection: close\r\n\r\n" } else { "\r\n" });
        let mut bytes = head.into_bytes();
        if !is_to_head {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_to_head_tells_the_length_and_sends_nothing() {
        let response = Response::json(status::OK, &json!({})).with("X", "y");
        let head = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
                    Content-Type: application/json\r\nX: y\r\nContent-Length: 2\r\n";
        assert_eq!(response.bytes(true, false, 0), format!("{head}\r\n").into_bytes());
        assert_eq!(response.bytes(false, true, 0), format!("{head}Connection: close\r\n\r\n{{}}").into_bytes());
    }
}
