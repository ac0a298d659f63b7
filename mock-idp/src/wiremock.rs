//! The issuer on a `wiremock::MockServer` of your own (feature `wiremock`).
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use mock_idp::Issuer;
//! use mock_idp::config::Config;
//! use wiremock::MockServer;
//!
//! let server = MockServer::start().await;
//! let issuer = Issuer::new(&Config::default()).unwrap();
//! mock_idp::wiremock::mount(&server, &issuer).await;
//! let identifier = format!("{}/oauth2/default", server.uri());
//! # let _ = identifier;
//! # });
//! ```
//!
//! What drops there, since a `MockServer` speaks plain http and answers
//! synchronously: https with its CA (`GET /_mock/ca` is 404), the limit of 1 MiB
//! on bodies, and the faults of a connection ([`crate::step::Fault`]): in place
//! of `Refuse`, `Hang`, `Truncate` and `Size` it answers 503, and `UntrustedTls`
//! can't be asked for. `Status`, `Redirect` and `Slow` work. No answer is held
//! back ([`Issuer::hold`]). Your own mocks win
//! over the issuer's paths; mocks mounted before the issuer too.

use std::net::SocketAddr;

use hyper::body::Bytes;
use wiremock::{Mock, MockServer, Request as WireRequest, Respond, ResponseTemplate};

use crate::issuer::{Delivery, Issuer, Request};

/// The lowest priority that `wiremock` has.
const LAST: u8 = u8::MAX;

/// Mounts the issuer's paths on `server`: `/oauth2/…`, `/_mock/…` and the
/// well-known documents. It ends with the server, or its `reset`.
pub async fn mount(server: &MockServer, issuer: &Issuer) {
    let known = issuer.clone();
    let answer = IssuerResponder { issuer: issuer.clone(), address: *server.address() };
    Mock::given(move |request: &WireRequest| known.serves(request.url.path()))
        .respond_with(answer)
        .with_priority(LAST)
        .mount(server)
        .await;
}

struct IssuerResponder {
    issuer: Issuer,
    address: SocketAddr,
}

impl Respond for IssuerResponder {
    fn respond(&self, request: &WireRequest) -> ResponseTemplate {
        let response = self.issuer.handle(&self.plain(request));
        let delay = match response.delivery.then() {
            Delivery::Whole => None,
            Delivery::After(delay) => Some(*delay),
            _ => return ResponseTemplate::new(503).set_body_string("this fault needs a server of mock-idp\n"),
        };
        if !matches!(response.delivery, Delivery::Whole) {
            self.issuer.delivered(&response);
        }
        let mut template = ResponseTemplate::new(response.status).set_body_bytes(response.body.to_vec());
        for (name, value) in &response.headers {
            template = template.append_header(name, value);
        }
        match delay {
            Some(delay) => template.set_delay(delay),
            None => template,
        }
    }
}

impl IssuerResponder {
    fn plain(&self, request: &WireRequest) -> Request {
        let mut plain = Request::new(request.method.clone(), request.url.path());
        plain.query = request.url.query().map(str::to_owned);
        plain.headers = request.headers.clone();
        plain.body = Bytes::copy_from_slice(&request.body);
        plain.address = self.address;
        plain
    }
}
