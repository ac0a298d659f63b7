//! A real token, for an API whose issuer's keys nobody here has: where it comes
//! from, what it says, and how it stays fresh.
//!
//! `source` (a variable, a file, a command) or `grant` (client credentials) ->
//! `facts`, what is read out of it -> `holder`, which renews it -> the control of
//! a [`Minter`](crate::engine::Minter). `keys` fetches what its issuer publishes.

mod facts;
mod grant;
mod holder;
mod keys;
mod source;
mod web;

pub use facts::TokenFacts;
pub use grant::{ClientCredentials, GrantError, TokenEndpoint};
pub use holder::{Origin, RealToken, RealTokens, TokenError};
pub use keys::{KeysError, public_key};
pub use source::{Secret, SecretError, SecretSource, SourceError};
pub use web::{Web, WebError};
