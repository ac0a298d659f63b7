//! Proofs beyond a secret, over real sockets: requests that are pushed, keys that tokens
//! are bound to, pages of trusted origins, and the limit on the rate.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod app;
mod cors;
mod dpop;
mod jwks_uri;
mod par;
mod rate_limit;
mod refresh;
mod signed;
mod userinfo;
