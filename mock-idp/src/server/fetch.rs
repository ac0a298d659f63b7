//! The one way out: the key sets of clients, where they publish them themselves.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::ACCEPT;
use hyper::{Request, StatusCode};
use rustls::ClientConfig;

use crate::http::{Limits, send, trusting};
use crate::issuer::{self, Issuer};

/// What a fetch may take, and the largest key set that is read.
const LIMITS: Limits = Limits { time: Duration::from_secs(5), body: 256 * 1024 };

/// Fetches the keys that a request will be checked with, where they aren't known yet. A
/// fetch that fails is told by the answer.
pub(super) async fn client_keys(issuer: &Issuer, request: &issuer::Request) {
    if let Some(wanted) = issuer.wanted_keys(request) {
        issuer.learn_keys(&wanted, get(&wanted.uri).await.as_deref());
    }
}

/// The body of a 200.
async fn get(uri: &str) -> Option<Bytes> {
    let request = Request::get(uri).header(ACCEPT, "application/json").body(String::new()).ok()?;
    let answer = send(request, trust, LIMITS).await.ok()?;
    (answer.status() == StatusCode::OK).then(|| answer.into_body())
}

/// The roots of this machine (`SSL_CERT_FILE`, where it is set), read once.
fn trust() -> Result<Arc<ClientConfig>, rustls::Error> {
    static TRUST: OnceLock<Result<Arc<ClientConfig>, rustls::Error>> = OnceLock::new();
    TRUST.get_or_init(|| trusting(rustls_native_certs::load_native_certs().certs)).clone()
}
