//! Second and third step: the token's text, taken apart (RFC 7515 7.1, RFC 7519 7.2).

mod base64url;
mod compact;
mod encoding;
mod envelope;
mod header;
mod json;
mod lenient;

pub(crate) use base64url::{Part, decode, encode, without_loose_bits};
pub(crate) use compact::Compact;
pub(crate) use envelope::{Opened, open};
pub(crate) use header::JoseHeader;
pub(crate) use json::{Object, with_last_members};
