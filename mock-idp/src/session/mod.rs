//! What an authorization server remembers of its users' sign-ins: pages that were
//! shown, browsers that are signed in, consents, devices that wait, codes, refresh
//! tokens, revoked tokens. The store of all of them also keeps the assertions that
//! clients have used.
//!
//! All of it is bounded and ends by the issuer's clock, and goes with its server.

mod devices;
mod families;
mod handle;
mod sessions;
mod store;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use devices::{Device, Poll, PollError};
pub(crate) use families::{Refresh, RefreshError};
pub(crate) use handle::Handle;
pub(crate) use sessions::{RedeemError, Redeemed, Sessions};
pub(crate) use store::Store;
pub(crate) use types::{
    Activation, Asked, Code, Consent, Grant, Purpose, ResponseMode, ResponseType, ReturnTo, SignIn, Ticket,
};

/// How many of each kind an authorization server keeps.
const CAPACITY: usize = 10_000;
