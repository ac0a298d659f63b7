use hyper::header::HeaderName;

use super::{OktaError, Refusal, ServerCall, refuse_unless};
use crate::jws::Jwt;
use crate::keys::VerifyingKey;

/// What a proof may be signed with, as metadata tell it.
pub(in super::super) const ALGORITHMS: [&str; 6] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

const DPOP: HeaderName = HeaderName::from_static("dpop");
/// How old a proof may be, in seconds.
const OLDEST: i64 = 300;
/// How far a client's clock may be ahead, in seconds (RFC 9449, section 11.1).
const AHEAD: i64 = 60;
/// What a public key has none of (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A proof that is right for this request, but for its nonce and whether it was used.
pub(super) struct Proof<'a> {
    jwt: Jwt<'a>,
    /// The thumbprint of the key that made it.
    pub(super) jkt: String,
    issued: i64,
}

/// The proof of a request, if it has one.
pub(super) fn of_request<'a>(call: &ServerCall<'a>) -> Result<Option<Proof<'a>>, Refusal> {
    let mut lines = call.request.headers.get_all(DPOP).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(OktaError::DPOP_SEVERAL_PROOFS.plain()),
        (Some(line), None) => Proof::read(call, line.to_str().unwrap_or_default()).map(Some),
    }
}

impl<'a> Proof<'a> {
    /// RFC 9449, section 4.3.
    fn read(call: &ServerCall<'_>, text: &'a str) -> Result<Self, Refusal> {
        let jwt = Jwt::usable(text).ok_or_else(|| OktaError::DPOP_PROOF_UNREADABLE.plain())?;
        let key = signer(&jwt)?;
        refuse_unless(jwt.text("htm") == Some(call.request.method.as_str()), &OktaError::DPOP_METHOD)?;
        let is_here = |uri: &str| call.endpoints().iter().any(|endpoint| bare(endpoint) == bare(uri));
        refuse_unless(jwt.text("htu").is_some_and(is_here), &OktaError::DPOP_URI)?;
        let issued = check_times(&jwt, call.now())?;
        Ok(Self { jkt: key.thumbprint().to_owned(), jwt, issued })
    }

    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.jwt.text(claim)
    }

    /// Takes note that it was used: it is good once.
    pub(super) fn spend(&self, call: &ServerCall<'_>) -> Result<(), Refusal> {
        let id = self.text("jti").filter(|id| !id.is_empty()).ok_or_else(|| OktaError::DPOP_ID.plain())?;
        // The last second at which it is taken is over by then.
        let ends = self.issued.saturating_add(OLDEST + 1);
        refuse_unless(call.server.dpop.spend(&self.jkt, id, ends, call.now()), &OktaError::DPOP_PROOF_USED)
    }
}

/// The key in the header, if it is a public one and has signed.
fn signer(jwt: &Jwt<'_>) -> Result<VerifyingKey, Refusal> {
    refuse_unless(jwt.header("typ").and_then(|typ| typ.as_str()) == Some("dpop+jwt"), &OktaError::DPOP_TYPE)?;
    let algorithm = jwt.algorithm().filter(|used| ALGORITHMS.contains(&used.name()));
    let algorithm = algorithm.ok_or_else(|| OktaError::DPOP_ALGORITHM.plain())?;
    let is_public = |jwk: &&serde_json::Value| PRIVATE.iter().all(|name| jwk.get(name).is_none());
    let key = jwt.header("jwk").filter(is_public).and_then(|jwk| VerifyingKey::from_jwk(jwk).ok());
    let key = key.ok_or_else(|| OktaError::DPOP_PROOF_INVALID.plain())?;
    refuse_unless(key.verifies(algorithm, jwt.input.as_bytes(), &jwt.signature), &OktaError::DPOP_SIGNATURE)?;
    Ok(key)
}

/// When it was issued, if now is its time. `exp` and `nbf` need not be there.
fn check_times(jwt: &Jwt<'_>, now: i64) -> Result<i64, Refusal> {
    let issued = jwt.time("iat").ok_or_else(|| OktaError::DPOP_ISSUED_AT.plain())?;
    refuse_unless(issued <= now.saturating_add(AHEAD), &OktaError::DPOP_ISSUED_IN_FUTURE)?;
    refuse_unless(now.saturating_sub(issued) <= OLDEST, &OktaError::DPOP_TOO_OLD)?;
    let optional = |name: &str| match jwt.has(name) {
        true => jwt.time(name).map(Some).ok_or_else(|| OktaError::DPOP_PROOF_INVALID.plain()),
        false => Ok(None),
    };
    refuse_unless(optional("exp")?.is_none_or(|end| now < end), &OktaError::DPOP_EXPIRED)?;
    let starts = optional("nbf")?;
    refuse_unless(starts.is_none_or(|start| start <= now.saturating_add(AHEAD)), &OktaError::DPOP_ISSUED_IN_FUTURE)?;
    Ok(issued)
}

/// A URI without query and fragment (RFC 9449, section 4.3), its scheme and host in
/// lower case and without the scheme's own port (RFC 3986, section 6.2).
fn bare(uri: &str) -> String {
    let uri = &uri[..uri.find(['?', '#']).unwrap_or(uri.len())];
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}{path}", authority.strip_suffix(own_port).unwrap_or(&authority))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://idp.test/v1/token?a=b#c", "https://idp.test/v1/token")]
    #[case("HTTPS://IDP.test:443/v1/Token", "https://idp.test/v1/Token")]
    #[case("http://idp.test:80", "http://idp.test")]
    #[case("http://idp.test:443/", "http://idp.test:443/")]
    #[case("token", "token")]
    fn uris_are_compared_as_what_they_name(#[case] uri: &str, #[case] expected: &str) {
        assert_eq!(bare(uri), expected);
    }
}
