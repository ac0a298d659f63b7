//! Placeholder.
pub mod catalogue;
pub mod claims;
pub mod clock;
pub mod forge;
pub mod input;
pub mod json;
pub mod keys;
pub mod mutation;
pub mod random;

// The issuer.
pub mod config;
mod error;
mod issuer;
pub mod journal;
mod routes;
mod server;
pub mod state_dir;
pub mod tls;
#[cfg(feature = "wiremock")]
pub mod wiremock;

pub use error::StartError;
pub use issuer::{Addresses, Issuer, IssuerError, MintAnswer, MintError, MintRequest, Request, Response, Scheme};
pub use server::{Bound, Listen, MockIdp, MockIdpBuilder};
