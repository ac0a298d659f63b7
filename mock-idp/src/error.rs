//! Why an issuer does not start.

use std::net::SocketAddr;

use crate::issuer::IssuerError;
use crate::tls::TlsError;

/// Why an issuer does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is wrong.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// An address can't be listened on.
    #[error(
        "cannot listen for {scheme} on {address}: {source}; choose another port (`--port`, `--https-port`), or 0 for a free one"
    )]
    Bind {
        /// `http` or `https`.
        scheme: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The built-in test keys are public: whoever can reach the issuer could
    /// be taken for it.
    #[error(
        "{address} is not a loopback address, and the built-in test keys are public: give each server a key of its own (`key_file`, or `AuthorizationServer::key`)"
    )]
    BuiltinKeysOffLoopback {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// Whoever can reach the control API can have any token.
    #[error(
        "{address} is not a loopback address: set a control token (`--control-token`, `control_token`), which opens the control API"
    )]
    NoControlToken {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// An issuer was asked for one beside it and listens nowhere itself.
    #[error(
        "this issuer listens nowhere, so nothing can be started beside it: start it with `MockIdp::start`, or take its ports with `Bound::new`, first"
    )]
    NotServed,
    /// No certificate could be made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The operating system refused a thread or an event queue.
    #[error("the server cannot run: {0}")]
    Runtime(#[source] std::io::Error),
}
