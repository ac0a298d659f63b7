//! Fourth step: the key. The issuer's set is fetched when needed and kept (RFC 7517).

mod brought;
mod cache;
mod fetch;
mod jwk;
mod set;

pub(crate) use brought::Brought;
pub(crate) use cache::KeyCache;
pub(crate) use fetch::{Cause, Failure, Fetcher};
pub(crate) use jwk::Jwk;
pub(crate) use set::KeySet;
