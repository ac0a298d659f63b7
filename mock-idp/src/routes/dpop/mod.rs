//! Proofs that a client holds a key (DPoP, RFC 9449): at the endpoints that issue tokens,
//! and where a token that is bound to a key is shown.

mod issuing;
mod proof;
mod resource;

pub(super) use issuing::{at_endpoint, refusal};
pub(super) use proof::ALGORITHMS;
pub(super) use resource::{Shown, challenge, check};

use super::{OktaError, Refusal, ServerCall, refuse_unless};
