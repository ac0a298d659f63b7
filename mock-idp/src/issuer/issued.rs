//! Access tokens that come back to the server that signed them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{ID_JAG_TYP, Inner, ServerState};
use crate::config::AuthorizationServer;
use crate::json::Object;
use crate::keys::{KeySet, SigningKey};
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
        let (keys, now) = (server.published(), self.now(server));
        let Verified { payload, claims, .. } = verified(keys.keys(), token).filter(Verified::is_no_id_jag)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let handle = handle_of(token);
        let ends = claims.get("exp").and_then(Value::as_i64).filter(|ends| now < *ends)?;
        let is_early = claims.get("nbf").and_then(Value::as_i64).is_some_and(|start| now < start);
        let dialect = &server.config.dialect;
        if is_early || is_id_token(server, &claims) || server.sessions.is_revoked(handle, now) {
            return None;
        }
        let issuer = text("iss").filter(|issuer| self.is_own(server, base, issuer));
        // Where rights stand may follow from whom the token is for.
        let audience = text("aud").filter(|aud| server.config.has_resource(aud)).unwrap_or(&server.config.audience);
        issuer.and(Some(IssuedToken {
            claims: Object::from_text(&payload).ok()?,
            client: dialect.client_claim().find(&claims, audience)?.as_str()?.to_owned(),
            subject: text("sub").unwrap_or_default().to_owned(),
            scopes: dialect.scope_claim().map(|own| own.scopes(&claims, audience)).unwrap_or_default(),
            ends,
            handle,
        }))
    }

    /// The claims of an ID Token of this server, however old.
    pub(crate) fn id_token_claims(&self, server: &ServerState, base: &str, token: &str) -> Option<Map<String, Value>> {
        let Verified { claims, .. } = verified(server.published().keys(), token)?;
        let issuer = claims.get("iss").and_then(Value::as_str)?;
        let is_right = is_id_token(server, &claims) && self.is_own(server, base, issuer);
        is_right.then_some(claims)
    }

    /// Whether that was an access token of this server, well signed, which is over by now or
    /// was revoked.
    pub(crate) fn is_over(&self, server: &ServerState, base: &str, token: &str) -> bool {
        let found = verified(server.published().keys(), token).filter(Verified::is_no_id_jag);
        let Some(Verified { claims, .. }) = found else { return false };
        let is_own = claims.get("iss").and_then(Value::as_str).is_some_and(|issuer| self.is_own(server, base, issuer));
        let now = self.now(server);
        let is_late = claims.get("exp").and_then(Value::as_i64).is_some_and(|ends| ends <= now);
        is_own && !is_id_token(server, &claims) && (is_late || server.sessions.is_revoked(handle_of(token), now))
    }

    /// The server of that issuer identifier, at any of its addresses.
    pub(crate) fn server_of(&self, base: &str, issuer: &str) -> Option<Arc<ServerState>> {
        self.servers().into_iter().find(|server| self.is_own(server, base, issuer))
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
    pub(crate) fn has_signed(&self, token: &str) -> bool {
        verified(self.published().keys(), token).is_some()
    }
}

/// What a token is revoked by: all but its signature, of which there may be several.
pub(super) fn handle_of(token: &str) -> Handle {
    Handle::of(token.rsplit_once('.').map_or(token, |(signed, _)| signed))
}

fn is_id_token(server: &ServerState, claims: &Map<String, Value>) -> bool {
    let is_oktas = claims.get("jti").and_then(Value::as_str).is_some_and(|jti| jti.starts_with("ID."));
    is_oktas || server.config.dialect.is_id_token(claims)
}

/// A JWT of the server's, of whatever kind.
struct Verified {
    header: Map<String, Value>,
    payload: String,
    claims: Map<String, Value>,
}

impl Verified {
    /// An ID-JAG is an assertion for another server: it gives access to nothing here.
    fn is_no_id_jag(&self) -> bool {
        let typ = self.header.get("typ").and_then(Value::as_str);
        typ.is_none_or(|typ| !typ.eq_ignore_ascii_case(ID_JAG_TYP))
    }
}

/// A token that one of these keys signed, with its own algorithm.
fn verified(keys: &KeySet, token: &str) -> Option<Verified> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    let fits = |key: &SigningKey| {
        text("alg") == Some(key.algorithm().name()) && text("kid").is_none_or(|kid| kid == key.kid())
    };
    let published = keys.published();
    let all = published.iter().map(|entry| entry.key()).chain([keys.active()]);
    all.filter(|key| fits(key)).find(|key| key.verifies(signed.as_bytes(), &signature))?;
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let claims = serde_json::from_str(&payload).ok()?;
    Some(Verified { header, payload, claims })
}
