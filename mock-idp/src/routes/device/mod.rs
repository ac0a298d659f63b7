//! Devices without a browser (RFC 8628): what they ask for, and where their users
//! connect them.

mod activate;
mod authorize;

pub(super) use activate::{activate, decided, waiting};
pub(super) use authorize::answer;

/// Where users go, at the issuer's address: all authorization servers share it.
pub(super) const ACTIVATE: &str = "/activate";
