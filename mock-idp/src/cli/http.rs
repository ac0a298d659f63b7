//! Requests to an issuer that runs, or to where keys are published.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::http::{Request, Response};
use mock_idp::http::{self, HttpError, Limits};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

const LIMITS: Limits = Limits { time: Duration::from_secs(10), body: 1 << 20 };

/// Sends a request whose URL is absolute, and waits for the whole answer. Certificates of
/// these roots (PEM) are trusted.
pub(super) fn send(request: Request<String>, roots: &str) -> Result<Response<Bytes>, HttpError> {
    let url = request.uri().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| HttpError::Unreachable { url, source })?;
    let trust = || http::trusting(CertificateDer::pem_slice_iter(roots.as_bytes()).flatten());
    runtime.block_on(http::send(request, trust, LIMITS))
}

/// A `GET`.
pub(super) fn get(url: &str, roots: &str) -> Result<Response<Bytes>, HttpError> {
    let request = Request::get(url).body(String::new());
    send(request.map_err(|_| HttpError::NoUrl { url: url.to_owned() })?, roots)
}
