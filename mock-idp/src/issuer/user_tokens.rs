//! The tokens of a user who has signed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::issued::handle_of;
use super::{Inner, ServerState, mint};
use crate::claims::{Acr, DEFAULT_LIFETIME, IdToken, own_claims};
use crate::config::{ClaimContext, ClaimToken, User};
use crate::dialect::Shape;
use crate::forge::{ForgeContext, ForgeError};
use crate::json::{Object, quote};
use crate::keys::Algorithm;
use crate::session::Grant;

/// What a user's tokens are made of.
pub(crate) struct UserTokens<'a> {
    pub(crate) grant: &'a Grant,
    pub(crate) user: &'a User,
    /// The scopes granted now: all of the grant's, or fewer.
    pub(crate) scopes: &'a [&'a str],
    /// Of the request, where there is one.
    pub(crate) nonce: Option<&'a str>,
    /// The thumbprint of the key that the access token is bound to.
    pub(crate) jkt: Option<&'a str>,
    /// What the access token is for (RFC 8707); `None`: the server's audience.
    pub(crate) resource: Option<&'a str>,
    /// Claims of the access token besides the usual ones, such as `act`.
    pub(crate) also: &'a [(&'static str, Value)],
}

/// Which tokens are to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) access_token: bool,
    pub(crate) id_token: bool,
    /// The code that goes out beside them.
    pub(crate) code: Option<&'a str>,
}

impl UserTokens<'_> {
    fn has(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whom its own claims speak of.
    fn context(&self) -> ClaimContext<'_> {
        ClaimContext { user: Some(self.user), client: &self.grant.client, scopes: self.scopes }
    }
}

impl Inner {
    /// An access token, an ID Token. The access token is known to its grant from then on.
    pub(crate) fn user_tokens(
        &self,
        server: &ServerState,
        base: &str,
        tokens: &UserTokens<'_>,
        wanted: Wanted<'_>,
    ) -> Result<(Option<String>, Option<String>), ForgeError> {
        let mut settings = server.token_settings(base);
        settings.client_id.clone_from(&tokens.grant.client);
        settings.subject = Some(tokens.user.login.clone());
        settings.claims = server.own_claims(&tokens.context());
        if let Some(resource) = tokens.resource {
            resource.clone_into(&mut settings.audience);
        }
        let context = self.context(server, settings, server.published().keys().clone());
        server.sessions.note_login(&tokens.user.id, &tokens.user.login, context.now);
        let access_token = wanted.access_token.then(|| access_token(&context, tokens)).transpose()?;
        if let Some(token) = &access_token {
            let ends = context.now.saturating_add(context.settings.lifetime);
            server.sessions.add_access_token(tokens.grant, handle_of(token), ends, context.now);
        }
        let id_token = || id_token(server, &context, tokens, access_token.as_deref(), wanted.code);
        let id_token = wanted.id_token.then(id_token).transpose()?;
        for _ in access_token.iter().chain(&id_token) {
            self.journal.signed(&server.config.id, context.keys.active().kid());
        }
        Ok((access_token, id_token))
    }
}

fn access_token(context: &ForgeContext, tokens: &UserTokens<'_>) -> Result<String, ForgeError> {
    let mut context = context.clone();
    let is_oktas = matches!(context.settings.dialect.shape(), Shape::Okta | Shape::OktaOrg);
    if is_oktas && tokens.has("offline_access") {
        context.token_id = format!("{}.{}", context.token_id, tokens.grant.id);
    }
    let mut claims = context.user_access_token(tokens.scopes)?;
    // The shape has them for its own user.
    if is_oktas && claims.get("uid").is_some() {
        claims.set("uid", quote(&tokens.user.id));
    }
    if let Some(acr) = tokens.grant.acr {
        set_acr(&mut claims, acr);
    }
    if claims.get("auth_time").is_some() {
        claims.set("auth_time", tokens.grant.user.auth_time.to_string());
    }
    for (name, value) in tokens.also {
        claims.set(name, value.to_string());
    }
    mint::confirm(&mut claims, tokens.jkt);
    mint::sign(&context, &context.header()?, &claims)
}

/// Behind the expiry, where Okta has it.
fn set_acr(claims: &mut Object, acr: Acr) {
    claims.set("acr", quote(acr.name));
    if let (Some(from), Some(expiry)) = (claims.position("acr"), claims.position("exp")) {
        let members = claims.members_mut();
        let member = members.remove(from);
        members.insert(if from < expiry { expiry } else { expiry + 1 }, member);
    }
}

fn id_token(
    server: &ServerState,
    context: &ForgeContext,
    tokens: &UserTokens<'_>,
    access_token: Option<&str>,
    code: Option<&str>,
) -> Result<String, ForgeError> {
    let (user, settings) = (tokens.user, &context.settings);
    let hash = |text: &str| half_hash(context.algorithm(), text);
    let (at_hash, c_hash) = (access_token.map(hash), code.map(hash));
    let claim = |scope: &str, name: &str| user.claims.get(name).filter(|_| tokens.has(scope));
    let id_token = IdToken {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        subject: &user.id,
        name: claim("profile", "name"),
        email: claim("email", "email"),
        login: tokens.has("profile").then_some(user.login.as_str()),
        now: context.now,
        lifetime: DEFAULT_LIFETIME,
        auth_time: tokens.grant.user.auth_time,
        acr: tokens.grant.acr,
        jti: &context.random.base64url(43),
        nonce: tokens.nonce,
        at_hash: at_hash.as_deref(),
        c_hash: c_hash.as_deref(),
    };
    let mut claims = id_token.claims().with_some("groups", claim("groups", "groups").cloned());
    for (name, value) in own_claims(user).filter(|_| tokens.has("profile")) {
        claims.set(name, value.to_string());
    }
    for claim in server.config.claims_of(ClaimToken::Id).filter(|claim| claim.always) {
        if let Some(value) = claim.value_for(&tokens.context()) {
            claims.set(&claim.name, value.to_string());
        }
    }
    context.mark_id_token(&mut claims)?;
    mint::sign(context, &context.other_header()?, &claims)
}

/// The left half of the hash of an access token or a code (OpenID Connect Core, sections
/// 3.1.3.6 and 3.3.2.11).
pub(crate) fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = match algorithm {
        Algorithm::Hs256 | Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => Sha256::digest(text).to_vec(),
        Algorithm::Hs384 | Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => Sha384::digest(text).to_vec(),
        Algorithm::Hs512
        | Algorithm::Rs512
        | Algorithm::Ps512
        | Algorithm::Es512
        | Algorithm::EdDsa
        | Algorithm::Ed25519 => Sha512::digest(text).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_that_of_the_standard() {
        // The example of OpenID Connect Core, appendix A.3.
        assert_eq!(
            half_hash(Algorithm::Rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
