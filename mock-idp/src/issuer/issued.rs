//! Access tokens that come back to the server that signed them.

use std::sync::Arc;

use serde_json::Value;

use super::{ID_JAG_TYP, Inner, ServerState};
use crate::config::AuthorizationServer;
use crate::json::Object;
use crate::jws::Jwt;
use crate::keys::SigningKey;
use crate::session::Handle;

/// An access token of this server that stands: well signed, in time, not revoked.
pub(crate) struct IssuedToken {
    /// Its claims, in their order.
    pub(crate) claims: Object,
    pub(crate) client: String,
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) ends: i64,
    /// What it is revoked by.
    pub(crate) handle: Handle,
}

impl IssuedToken {
    /// Whether it speaks of a user, not of the client itself.
    pub(crate) fn is_of_user(&self) -> bool {
        self.subject != self.client
    }

    /// The thumbprint of the key that it is bound to (RFC 9449, section 6.1).
    pub(crate) fn jkt(&self) -> Option<String> {
        Object::from_text(self.claims.get("cnf")?).ok()?.get_str("jkt")
    }

    /// Whether the management API has deactivated its user or its client meanwhile.
    pub(crate) fn is_stopped(&self, config: &AuthorizationServer) -> bool {
        config.has_stopped_client(&self.client) || (self.is_of_user() && config.has_stopped_user(&self.subject))
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }
}

impl Inner {
    /// The token, if it is an access token of this server that stands; `base` is what
    /// the caller's issuer identifier begins with.
    pub(crate) fn issued(&self, server: &ServerState, base: &str, token: &str) -> Option<IssuedToken> {
        let (jwt, now) = (access_token(server, token)?, self.now(server));
        let integer = |name: &str| jwt.value(name).and_then(Value::as_i64);
        let handle = handle_of(token);
        let ends = integer("exp").filter(|ends| now < *ends)?;
        let is_early = integer("nbf").is_some_and(|start| now < start);
        let dialect = &server.config.dialect;
        if is_early || server.sessions.is_revoked(handle, now) {
            return None;
        }
        let issuer = jwt.text("iss").filter(|issuer| self.is_own(server, base, issuer));
        // Where rights stand may follow from whom the token is for.
        let audience = jwt.text("aud").filter(|aud| server.config.has_resource(aud)).unwrap_or(&server.config.audience);
        issuer.and(Some(IssuedToken {
            claims: Object::from_text(jwt.payload()).ok()?,
            client: dialect.client_claim().find(jwt.claims(), audience)?.as_str()?.to_owned(),
            subject: jwt.text("sub").unwrap_or_default().to_owned(),
            scopes: dialect.scope_claim().map(|own| own.scopes(jwt.claims(), audience)).unwrap_or_default(),
            ends,
            handle,
        }))
    }

    /// An ID Token of this server, however old.
    pub(crate) fn id_token<'a>(&self, server: &ServerState, base: &str, token: &'a str) -> Option<Jwt<'a>> {
        let jwt = Jwt::read(token).filter(|jwt| server.has_signed(jwt) && is_id_token(server, jwt))?;
        jwt.text("iss").is_some_and(|issuer| self.is_own(server, base, issuer)).then_some(jwt)
    }

    /// Whether that was an access token of this server, well signed, which is over by now or
    /// was revoked.
    pub(crate) fn is_over(&self, server: &ServerState, base: &str, token: &str) -> bool {
        let Some(jwt) = access_token(server, token) else { return false };
        let is_own = jwt.text("iss").is_some_and(|issuer| self.is_own(server, base, issuer));
        let now = self.now(server);
        let is_late = jwt.value("exp").and_then(Value::as_i64).is_some_and(|ends| ends <= now);
        is_own && (is_late || server.sessions.is_revoked(handle_of(token), now))
    }

    /// The server of that issuer identifier, at any of its addresses.
    pub(crate) fn server_of(&self, base: &str, issuer: &str) -> Option<Arc<ServerState>> {
        self.find_at_server(|server| self.is_own(server, base, issuer).then(|| Arc::clone(server)))
    }

    /// Whether an issuer identifier is the server's, at any of its addresses.
    pub(crate) fn is_own(&self, server: &ServerState, base: &str, issuer: &str) -> bool {
        let addresses = self.served.get().map(|served| [served.addresses.http.as_str(), &served.addresses.https]);
        let bases = std::iter::once(base).chain(addresses.into_iter().flatten());
        bases.map(|base| self.base(base)).any(|base| issuer.strip_prefix(base) == Some(&server.paths.issuer))
    }
}

impl ServerState {
    /// Whether one of its keys signed a JWT, with its own algorithm.
    pub(crate) fn has_signed(&self, jwt: &Jwt<'_>) -> bool {
        let fits =
            |key: &SigningKey| jwt.algorithm() == Some(key.algorithm()) && jwt.kid().is_none_or(|kid| kid == key.kid());
        let shown = self.published();
        let published = shown.keys().published();
        let mut all = published.iter().map(|entry| entry.key()).chain([shown.keys().active()]);
        all.any(|key| fits(key) && key.verifies(jwt.input.as_bytes(), &jwt.signature))
    }
}

/// What a token is revoked by: all but its signature, of which there may be several.
pub(super) fn handle_of(token: &str) -> Handle {
    Handle::of(token.rsplit_once('.').map_or(token, |(signed, _)| signed))
}

/// An access token that the server signed. An ID-JAG is none: it is an assertion for another
/// server, and gives access to nothing here.
fn access_token<'a>(server: &ServerState, token: &'a str) -> Option<Jwt<'a>> {
    let is_other = |jwt: &Jwt<'_>| jwt.is_of_type(ID_JAG_TYP) || is_id_token(server, jwt);
    Jwt::read(token).filter(|jwt| server.has_signed(jwt) && !is_other(jwt))
}

fn is_id_token(server: &ServerState, jwt: &Jwt<'_>) -> bool {
    let is_oktas = jwt.text("jti").is_some_and(|jti| jti.starts_with("ID."));
    is_oktas || server.config.dialect.is_id_token(jwt.claims())
}
