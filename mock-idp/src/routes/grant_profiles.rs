//! What discovery documents say of ID-JAGs
//! (draft-ietf-oauth-identity-assertion-authz-grant, section 7).

use super::ServerCall;
use crate::config::GrantType;
use crate::json::{Object, list_items, quote};

const ID_JAG: &str = "urn:ietf:params:oauth:grant-profile:id-jag";

/// Adds the profile, and its grant, where the server takes ID-JAGs: those of an org server
/// beside it, or of issuers that it trusts. Okta says nothing of either elsewhere.
pub(super) fn tell(call: &ServerCall<'_>, document: &mut Object) {
    let config = &call.server.config;
    let has_issuer = || !config.trusted_issuers.is_empty() || call.others().iter().any(|other| other.config.is_org());
    if config.is_org() || !config.grants.contains(&GrantType::JWT_BEARER) || !has_issuer() {
        return;
    }
    let mut grants = document.get("grant_types_supported").and_then(list_items).unwrap_or_default();
    grants.push(quote(GrantType::JWT_BEARER.name()));
    document.set("grant_types_supported", format!("[{}]", grants.join(",")));
    document.set("authorization_grant_profiles_supported", format!("[{}]", quote(ID_JAG)));
}
