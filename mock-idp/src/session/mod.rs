//! What an authorization server remembers of its users' sign-ins: pages that were
//! shown, browsers that are signed in, consents, devices that wait, codes, refresh
//! tokens, revoked tokens. The store of all of them also keeps the assertions that
//! clients have used, and proofs, and the requests that they have pushed.
//!
//! All of it is bounded and ends by the issuer's clock, and goes with its server.

mod client_keys;
mod devices;
mod dpop;
mod families;
mod handle;
mod pushed;
mod rate;
mod sessions;
mod store;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use client_keys::{ClientKeys, KeySetError, read_key_set};
pub(crate) use devices::{Device, Poll, PollError};
pub(crate) use dpop::DpopMemory;
pub(crate) use families::{Refresh, RefreshError};
pub(crate) use handle::Handle;
pub(crate) use pushed::{PUSHED_LIFETIME, PushedError, PushedRequests};
pub(crate) use rate::{Rate, RateWindow};
pub(crate) use sessions::{RedeemError, Redeemed, Sessions};
pub(crate) use store::Store;
pub(crate) use types::{
    Activation, Asked, Code, Consent, Grant, Purpose, ResponseMode, ResponseType, ReturnTo, SignIn, Ticket,
};

/// How many of each kind an authorization server keeps.
const CAPACITY: usize = 10_000;
