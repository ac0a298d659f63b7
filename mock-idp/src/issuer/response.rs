use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{HeaderMap, StatusCode};

use super::{Delivery, SentJwks};

/// The issuer's answer, apart from how it is sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields; length and date are left to the server.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// How it is sent.
    pub delivery: Delivery,
    /// The JWKS in the body, for the journal.
    pub(crate) jwks: Option<SentJwks>,
    /// What the journal is to say of the request.
    pub(crate) note: Option<&'static str>,
}

impl Response {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        let headers = HeaderMap::with_capacity(16);
        Self { status, headers, body: Bytes::new(), delivery: Delivery::Whole, jwks: None, note: None }
    }

    /// JSON text.
    pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }.with(CONTENT_TYPE, "application/json")
    }

    /// The same, sent in that way.
    pub(crate) fn delivered(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    /// A header field whose value is fixed.
    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// A header field whose value is made now; one that HTTP can't carry is left out.
    pub(crate) fn with_text(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        self.set(name, value);
        self
    }

    /// One more cookie.
    pub(crate) fn with_cookie(mut self, cookie: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            self.headers.append(SET_COOKIE, value);
        }
        self
    }

    /// As [`Response::with_text`], in place.
    pub(crate) fn set(&mut self, name: HeaderName, value: impl TryInto<HeaderValue>) {
        if let Ok(value) = value.try_into() {
            self.headers.insert(name, value);
        }
    }
}
