//! The honest tokens of an Okta custom authorization server, member for member
//! in the order seen on the wire.

use crate::json::Object;

/// What the tokens of one target say: the settings that a resource server and
/// its tests agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// The issuer identifier, without a trailing slash, as `iss` spells it.
    pub issuer: String,
    /// The audience of the API. Defaults to `api://default`.
    pub audience: String,
    /// The scope that the protected route needs. Defaults to `test_scope`.
    pub scope: String,
    /// The client that asks. Defaults to [`DEFAULT_CLIENT_ID`].
    pub client_id: String,
    /// Lifetime of honest tokens in seconds. Defaults to 3600, as Okta's.
    pub lifetime: i64,
    /// The clock difference in seconds that the target may tolerate. Defaults to 300.
    pub leeway: i64,
}

/// The client that exists from the start.
pub const DEFAULT_CLIENT_ID: &str = "0oaBadpennyTestClien";
/// Its secret: 40 characters, public by intent.
pub const DEFAULT_CLIENT_SECRET: &str = "badpenny-test-secret-public-by-intent-00";
/// Okta's audience of the server `default`.
pub const DEFAULT_AUDIENCE: &str = "api://default";
/// The scope that exists from the start.
pub const DEFAULT_SCOPE: &str = "test_scope";
/// Lifetime of Okta's access and ID tokens, in seconds.
pub const DEFAULT_LIFETIME: i64 = 3600;

impl TokenSettings {
    /// The defaults for an issuer.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: DEFAULT_AUDIENCE.into(),
            scope: DEFAULT_SCOPE.into(),
            client_id: DEFAULT_CLIENT_ID.into(),
            lifetime: DEFAULT_LIFETIME,
            leeway: 300,
        }
    }

    /// Scheme and authority of the issuer: the org authorization server's `iss`.
    #[must_use]
    pub fn origin(&self) -> &str {
        let after_scheme = self.issuer.find("://").map_or(0, |at| at + 3);
        let end = self.issuer[after_scheme..].find('/').map_or(self.issuer.len(), |at| after_scheme + at);
        &self.issuer[..end]
    }
}

/// The header of every Okta access and ID token: `kid`, `alg`, and no `typ`.
#[must_use]
pub fn header(kid: &str) -> Object {
    Object::new().with("kid", kid).with("alg", "RS256")
}

/// The access token of the client credentials grant; `scopes` is `scp`.
#[must_use]
pub fn client_credentials(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    access_token(settings, scopes, now, jti).with("sub", settings.client_id.as_str())
}

/// The access token of the authorization code grant, for `user` (the login
/// name) with the user id `uid`.
#[must_use]
pub fn authorization_code(
    settings: &TokenSettings,
    scopes: &[&str],
    now: i64,
    jti: &str,
    user: &str,
    uid: &str,
) -> Object {
    let mut token = access_token(settings, scopes, now, jti).with("auth_time", now - 1).with("sub", user);
    let uid = Object::new().with("uid", uid).members()[0].clone();
    let at = token.position("scp").unwrap_or(0);
    token.members_mut().insert(at, uid);
    token
}

/// An ID token for the same client (OpenID Connect Core, section 2), in Okta's order.
#[must_use]
pub fn id_token(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    Object::new()
        .with("sub", "00uBadpennyTestUser1")
        .with("name", "Test User")
        .with("email", "user@example.com")
        .with("ver", 1)
        .with("iss", settings.issuer.as_str())
        .with("aud", settings.client_id.as_str())
        .with("iat", now)
        .with("exp", now + settings.lifetime)
        .with("jti", format!("ID.{jti}"))
        .with("amr", vec!["pwd"])
        .with("idp", "00oBadpennyTestOrg01")
        .with("nonce", "n-0S6_WzA2Mj")
        .with("preferred_username", "user@example.com")
        .with("auth_time", now - 1)
        .with("at_hash", "preview_at_hash_of_a_test")
}

/// A client assertion as in `private_key_jwt` (RFC 7523, section 3): its
/// audience is the token endpoint.
#[must_use]
pub fn client_assertion(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    Object::new()
        .with("iss", settings.client_id.as_str())
        .with("sub", settings.client_id.as_str())
        .with("aud", format!("{}/v1/token", settings.issuer))
        .with("iat", now)
        .with("exp", now + 300)
        .with("jti", jti)
}

fn access_token(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    Object::new()
        .with("ver", 1)
        .with("jti", format!("AT.{jti}"))
        .with("iss", settings.issuer.as_str())
        .with("aud", settings.audience.as_str())
        .with("iat", now)
        .with("exp", now + settings.lifetime)
        .with("cid", settings.client_id.as_str())
        .with("scp", scopes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(object: &Object) -> Vec<String> {
        object.members().iter().map(|member| member.plain_name().into_owned()).collect()
    }

    #[test]
    fn the_members_stand_in_the_order_seen_on_the_wire() {
        let settings = TokenSettings::new("https://d.example/oauth2/default");
        assert_eq!(names(&header("k")), ["kid", "alg"]);
        assert_eq!(
            names(&client_credentials(&settings, &["a"], 10, "j")),
            ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "scp", "sub"]
        );
        assert_eq!(
            names(&authorization_code(&settings, &["openid"], 10, "j", "u@example.com", "00u1")),
            ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"]
        );
    }

    #[test]
    fn the_origin_is_the_issuer_of_the_org_server() {
        assert_eq!(TokenSettings::new("https://d.example:8/oauth2/default").origin(), "https://d.example:8");
        assert_eq!(TokenSettings::new("https://d.example").origin(), "https://d.example");
    }
}
