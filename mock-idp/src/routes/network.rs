//! Where a client's requests may come from: Okta's network zones.

use super::{OktaError, Refusal, ServerCall};
use crate::config::Client;

/// Whether the client may ask from there. A request whose origin nobody knows passes.
pub(super) fn check(call: &ServerCall<'_>, client: &Client) -> Result<(), Refusal> {
    let is_inside = call.request.peer.is_none_or(|peer| client.may_ask_from(peer));
    if is_inside { Ok(()) } else { Err(OktaError::OUTSIDE_NETWORK.plain()) }
}
