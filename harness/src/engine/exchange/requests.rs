//! The requests that are the same for every case: the control's, and nobody's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::wire::Wire;
use crate::api::Success;
use crate::http::{Answer, Failure, Redactor, Request};

/// Requests above this size may be refused for it.
const LARGE_REQUEST: usize = 8 * 1024;
/// About the size of a control token.
const ORDINARY_TOKEN: usize = 900;

impl Wire {
    /// The request of the control, with that token.
    pub(in crate::engine) fn control_request(&self, token: &[u8]) -> Request {
        let mut request = self.nobody_request();
        self.settings.api.carrier.put(&mut request, token);
        request
    }

    /// The request of the control without a token.
    pub(in crate::engine) fn nobody_request(&self) -> Request {
        let request = self.settings.route_request(&self.endpoint);
        match self.settings.api.success {
            Success::Upgrade => self.with_upgrade(request),
            _ => request,
        }
    }

    /// The same as the first request of a WebSocket (RFC 6455, section 4.1), unless
    /// the user asks for another protocol.
    fn with_upgrade(&self, request: Request) -> Request {
        if request.header_values("Upgrade").next().is_some() {
            return request;
        }
        let key = STANDARD.encode(self.random.bytes(16));
        let lines = [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", &key),
        ];
        lines.into_iter().fold(request, |request, (name, value)| {
            if request.header_values(name).next().is_some() { request } else { request.header(name, value) }
        })
    }

    /// Whether a request is of a size that may be refused, where the control's is not.
    pub(in crate::engine) fn is_large(&self, request: &Request) -> bool {
        let is_large = |request: &Request| request.to_bytes().len() > LARGE_REQUEST;
        is_large(request) && !is_large(&self.control_request(&[b'x'; ORDINARY_TOKEN]))
    }

    /// What takes that token out of what is kept and shown, in every form in which
    /// it travels, and the ids of sessions.
    pub(in crate::engine) fn redactor(&self, token: &[u8]) -> Redactor {
        Redactor::new(self.settings.api.carrier.forms(token).into_iter().chain(self.sessions.ids()))
    }

    /// What came, without the token that was sent: no report gets to see one.
    pub(in crate::engine) fn redacted(&self, sent: Result<Answer, Failure>, token: &[u8]) -> Result<Answer, Failure> {
        let redactor = self.redactor(token);
        sent.map(|answer| redactor.answer(answer)).map_err(|failure| redactor.failure(failure))
    }
}
