//! Refusals of proofs of possession (RFC 9449).

use super::{BAD, UNAUTHORIZED, oauth};

rows! {
    USE_DPOP_NONCE = oauth(BAD, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.");
    DPOP_PROOF_INVALID = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT is invalid.");
    DPOP_PROOF_MISSING = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT header is missing.");
    DPOP_SEVERAL_PROOFS = oauth(BAD, "invalid_dpop_proof", "Multiple DPoP proof JWT headers are not allowed.");
    DPOP_PROOF_UNREADABLE = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT cannot be parsed.");
    DPOP_TYPE = oauth(BAD, "invalid_dpop_proof", "'typ' must be 'dpop+jwt' in the DPoP proof JWT.");
    DPOP_ALGORITHM = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT signature algorithm is invalid.");
    DPOP_SIGNATURE = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT signature is invalid.");
    DPOP_METHOD = oauth(BAD, "invalid_dpop_proof", "'htm' claim in the DPoP proof JWT is invalid.");
    DPOP_URI = oauth(BAD, "invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid.");
    DPOP_ISSUED_AT = oauth(BAD, "invalid_dpop_proof", "'iat' claim in the DPoP proof JWT is invalid.");
    DPOP_ISSUED_IN_FUTURE = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT is issued in the future.");
    DPOP_TOO_OLD = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT is issued more than five minutes in the past.");
    DPOP_EXPIRED = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT is expired.");
    DPOP_ID = oauth(BAD, "invalid_dpop_proof", "'jti' claim in the DPoP proof JWT is invalid.");
    DPOP_PROOF_USED = oauth(BAD, "invalid_dpop_proof", "The DPoP proof JWT has already been used.");
    DPOP_KEY_OF_REFRESH_TOKEN = oauth(BAD, "invalid_dpop_proof", "Invalid DPoP Public Key binding in refresh token");
    DPOP_TOKEN_HASH = oauth(BAD, "invalid_dpop_proof", "'ath' claim in the DPoP proof does not match the presented access_token.");
    DPOP_KEY_OF_ACCESS_TOKEN = oauth(BAD, "invalid_dpop_proof", "The access_token is not bound to the provided DPoP proof.");
    DPOP_PROOF_REQUIRED = oauth(BAD, "invalid_request", "The resource request requires a DPoP proof.");
    DPOP_SCHEME_REQUIRED = oauth(BAD, "invalid_request", "The resource request must use the DPoP authentication scheme when using a DPoP bound token.");
    TOKEN_NOT_BOUND = oauth(UNAUTHORIZED, "invalid_token", "The presented access_token is not DPoP bound.");
}
