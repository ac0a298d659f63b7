//! Identity assertion authorization grants (draft-ietf-oauth-identity-assertion-authz-grant,
//! section 3), in the order in which Okta has their members.

use serde_json::Value;

use super::{Inner, ServerState, mint};
use crate::forge::ForgeError;
use crate::json::Object;

/// The `typ` of an ID-JAG.
pub(crate) const ID_JAG_TYP: &str = "oauth-id-jag+jwt";

/// What an ID-JAG says, besides who signs it and when.
pub(crate) struct IdJag<'a> {
    /// The issuer identifier of the authorization server that it is for.
    pub(crate) audience: &'a str,
    /// The user's id.
    pub(crate) subject: &'a str,
    pub(crate) email: Option<Value>,
    /// The client there that may use it.
    pub(crate) client: &'a str,
    /// The resource that is to be used (RFC 8707).
    pub(crate) resource: Option<&'a str>,
    /// Scopes of that server; none: it is silent about them.
    pub(crate) scopes: &'a [&'a str],
    /// Who acts for the user (RFC 8693, section 4.1).
    pub(crate) actor: Option<Value>,
}

impl IdJag<'_> {
    /// How long one is good, in seconds.
    pub(crate) const LIFETIME: i64 = 300;

    fn claims(&self, issuer: &str, now: i64, id: &str) -> Object {
        let scope = (!self.scopes.is_empty()).then(|| self.scopes.join(" "));
        Object::new()
            .with("jti", format!("IDAAG.{id}"))
            .with("iss", issuer)
            .with("aud", self.audience)
            .with("iat", now)
            .with("exp", now.saturating_add(Self::LIFETIME))
            .with("sub", self.subject)
            .with_some("resource", self.resource)
            .with_some("email", self.email.clone())
            .with("client_id", self.client)
            .with_some("sub_profile", self.actor.is_some().then_some("user"))
            .with_some("scope", scope)
            .with_some("act", self.actor.clone())
    }
}

impl Inner {
    /// The ID-JAG, signed with the server's key.
    pub(crate) fn id_jag(&self, server: &ServerState, base: &str, id_jag: &IdJag<'_>) -> Result<String, ForgeError> {
        let context = self.context(server, server.token_settings(base), server.published().keys().clone());
        let header = Object::new()
            .with("kid", context.keys.active().kid())
            .with("typ", ID_JAG_TYP)
            .with("alg", context.algorithm().name());
        let claims = id_jag.claims(&context.settings.issuer, context.now, &context.token_id);
        let token = mint::sign(&context, &header, &claims)?;
        self.journal.signed(&server.config.id, context.keys.active().kid());
        Ok(token)
    }
}
