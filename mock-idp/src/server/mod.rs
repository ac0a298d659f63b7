//! The servers: thin covers over [`crate::Issuer::handle`] for http and https.

mod answer;
mod beside;
mod body;
mod bound;
mod builder;
mod connection;
mod fetch;
mod mock_idp;
mod shown_tls;
mod thread;

pub use bound::{Bound, Listen};
pub use builder::MockIdpBuilder;
pub use mock_idp::MockIdp;
