use hyper::header::HeaderName;

use super::{OktaError, Refusal, ServerCall, proof, refuse_unless};
use crate::issuer::Response;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What a request at an endpoint that issues something proves.
#[derive(Default)]
pub(in super::super) struct Held {
    /// The thumbprint of the key, if there was a proof.
    pub(in super::super) jkt: Option<String>,
    /// The nonce that has taken the place of the proof's.
    renewed: Option<String>,
}

impl Held {
    /// Tells the client the nonce for its next proof, where it is another one (RFC 9449,
    /// section 8.2).
    pub(in super::super) fn renew(&self, response: Response) -> Response {
        match &self.renewed {
            Some(nonce) => response.with_text(DPOP_NONCE, nonce.as_str()),
            None => response,
        }
    }
}

/// The key that the client holds. A proof needs this server's nonce and is good once, in
/// this order: what lacks the nonce is not used up.
pub(in super::super) fn at_endpoint(call: &ServerCall<'_>, is_required: bool) -> Result<Held, Refusal> {
    let Some(proof) = proof::of_request(call)? else {
        refuse_unless(!is_required, &OktaError::DPOP_PROOF_MISSING)?;
        return Ok(Held::default());
    };
    let used = proof.text("nonce").filter(|nonce| call.server.dpop.takes(nonce, call.now()));
    let used = used.ok_or_else(|| OktaError::USE_DPOP_NONCE.plain())?;
    let renewed = Some(nonce(call)).filter(|current| current != used);
    proof.spend(call)?;
    Ok(Held { jkt: Some(proof.jkt), renewed })
}

/// The answer to a request that is refused; with the nonce, where that is what it lacks.
pub(in super::super) fn refusal(call: &ServerCall<'_>, refusal: &Refusal) -> Response {
    let response = refusal.response(call.issuer);
    if refusal.code() == "use_dpop_nonce" { response.with_text(DPOP_NONCE, nonce(call)) } else { response }
}

fn nonce(call: &ServerCall<'_>) -> String {
    call.server.dpop.nonce(call.now(), || call.server.streams.proofs.base64url(32))
}
