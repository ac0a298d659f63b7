//! The whole server, by the scenarios and over the wire.

mod catalogue;
pub(in crate::demo) mod issuer;
mod wire;
