//! What is said of a user: in ID Tokens and by the userinfo endpoint.

use serde_json::Value;

use super::{Acr, USUAL_AMR};
use crate::config::User;
use crate::json::Object;

/// The scopes about a user, with the claims that each brings (OpenID Connect Core,
/// section 5.4), in Okta's order.
const CLAIMS: [(&str, &str); 20] = [
    ("profile", "name"),
    ("profile", "nickname"),
    ("profile", "given_name"),
    ("profile", "middle_name"),
    ("profile", "family_name"),
    ("profile", "profile"),
    ("profile", "zoneinfo"),
    ("profile", "locale"),
    ("profile", "updated_at"),
    ("email", "email"),
    ("email", "email_verified"),
    ("address", "address"),
    ("phone", "phone_number"),
    ("phone", "phone_number_verified"),
    ("profile", "preferred_username"),
    ("profile", "picture"),
    ("profile", "website"),
    ("profile", "gender"),
    ("profile", "birthdate"),
    ("groups", "groups"),
];

/// An ID Token (OpenID Connect Core, section 2), before it is signed.
#[derive(Debug)]
pub(crate) struct IdToken<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) name: Option<&'a Value>,
    pub(crate) email: Option<&'a Value>,
    pub(crate) login: Option<&'a str>,
    pub(crate) now: i64,
    pub(crate) lifetime: i64,
    pub(crate) auth_time: i64,
    pub(crate) acr: Option<Acr>,
    pub(crate) jti: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) at_hash: Option<&'a str>,
    pub(crate) c_hash: Option<&'a str>,
}

impl IdToken<'_> {
    /// Its claims, in Okta's order.
    pub(crate) fn claims(&self) -> Object {
        Object::new()
            .with("sub", self.subject)
            .with_some("name", self.name.cloned())
            .with_some("email", self.email.cloned())
            .with("ver", 1)
            .with("iss", self.issuer)
            .with("aud", self.client_id)
            .with("iat", self.now)
            .with("exp", self.now.saturating_add(self.lifetime))
            .with("jti", format!("ID.{}", self.jti))
            .with("amr", self.acr.map_or(USUAL_AMR, |acr| acr.amr))
            .with_some("acr", self.acr.map(|acr| acr.name))
            .with("idp", "00oBadpennyTestOrg01")
            .with_some("nonce", self.nonce)
            .with_some("preferred_username", self.login)
            .with("auth_time", self.auth_time)
            .with_some("at_hash", self.at_hash)
            .with_some("c_hash", self.c_hash)
    }
}

/// What the userinfo endpoint says (OpenID Connect Core, section 5.3.2), in Okta's
/// order; claims of one's own come last.
pub(crate) fn userinfo(user: &User, scopes: &[String]) -> Object {
    let granted = |scope: &str| scopes.iter().any(|known| known == scope);
    let mut claims = Object::new().with("sub", user.id.as_str());
    for (_, name) in CLAIMS.iter().filter(|(scope, _)| granted(scope)) {
        claims = match *name {
            "preferred_username" => claims.with(name, user.login.as_str()),
            name => claims.with_some(name, user.claims.get(name).cloned()),
        };
    }
    if granted("profile") {
        for (name, value) in own_claims(user) {
            claims = claims.with(name, value.clone());
        }
    }
    claims
}

/// The claims of a user that no scope of OpenID Connect brings.
pub(crate) fn own_claims(user: &User) -> impl Iterator<Item = (&String, &Value)> {
    user.claims.iter().filter(|(name, _)| !CLAIMS.iter().any(|(_, known)| known == name))
}
