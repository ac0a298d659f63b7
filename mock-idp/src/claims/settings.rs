use super::{
    DEFAULT_AUDIENCE, DEFAULT_CLIENT_ID, DEFAULT_LIFETIME, DEFAULT_LISTENER, DEFAULT_OTHER_SCOPE, DEFAULT_SCOPE,
};
use crate::config::SECOND_SERVER;
use crate::dialect::{Dialect, Shape, beside, path_of};

/// What the tokens of one target say: the settings that a resource server and
/// its tests agree on.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenSettings {
    /// The issuer identifier, as `iss` spells it.
    pub issuer: String,
    /// The audience of the API. Defaults to `api://default`.
    pub audience: String,
    /// The scopes that the protected route needs, separated by spaces; honest
    /// tokens carry all of them. Defaults to `test_scope`.
    pub scope: String,
    /// The client that asks. Defaults to [`DEFAULT_CLIENT_ID`].
    pub client_id: String,
    /// Whom the control speaks of. Defaults to `None`: the client.
    pub subject: Option<String>,
    /// Lifetime of honest tokens in seconds. Defaults to 3600, as Okta's.
    pub lifetime: i64,
    /// The clock difference in seconds that the target may tolerate. Defaults to 300.
    pub leeway: i64,
    /// Claims of one's own behind those of the shape: names and JSON texts. Defaults to none.
    pub claims: Vec<(String, String)>,
    /// What honest tokens look like. Defaults to Okta's.
    pub dialect: Dialect,
    /// A scope that honest tokens don't carry. Defaults to `other_scope`.
    pub other_scope: String,
    /// Base address of the attacker's listener. Defaults to
    /// `http://127.0.0.1:9`, where nobody listens.
    pub listener: String,
}

impl TokenSettings {
    /// The defaults for an issuer: Okta's.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self::with_dialect(issuer.into(), Dialect::default())
    }

    /// The same with tokens of that dialect.
    pub(crate) fn with_dialect(issuer: String, dialect: Dialect) -> Self {
        Self {
            issuer,
            audience: DEFAULT_AUDIENCE.into(),
            scope: DEFAULT_SCOPE.into(),
            client_id: DEFAULT_CLIENT_ID.into(),
            subject: None,
            lifetime: DEFAULT_LIFETIME,
            leeway: 300,
            claims: Vec::new(),
            dialect,
            other_scope: DEFAULT_OTHER_SCOPE.into(),
            listener: DEFAULT_LISTENER.into(),
        }
    }

    /// The same with tokens of that shape.
    #[must_use]
    pub fn with_shape(self, shape: Shape) -> Self {
        Self { dialect: Dialect::of(shape), ..self }
    }

    /// Scheme and authority of the issuer: the org authorization server's `iss`.
    #[must_use]
    pub fn origin(&self) -> &str {
        origin(&self.issuer)
    }

    /// The identifier of another authorization server on the same host: the same
    /// with another id in it; `None` where the identifier has no room for one.
    #[must_use]
    pub fn beside(&self, id: &str) -> Option<String> {
        let path = beside(&self.dialect.layout().paths, path_of(&self.issuer), id)?;
        Some(format!("{}{path}", self.origin()))
    }

    /// The identifier of the second authorization server on the same host.
    #[must_use]
    pub fn second_issuer(&self) -> String {
        self.beside(SECOND_SERVER).unwrap_or_else(|| format!("{}/oauth2/{SECOND_SERVER}", self.origin()))
    }

    /// The single scopes of the control.
    #[must_use]
    pub fn scopes(&self) -> Vec<&str> {
        self.scope.split_ascii_whitespace().collect()
    }

    /// The subject of the control.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.subject.as_deref().or(self.dialect.subject()).unwrap_or(&self.client_id)
    }
}

/// Scheme and authority of a URL.
fn origin(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
    &url[..end]
}

/// The authority of a URL; empty where it has no scheme.
pub(crate) fn authority(url: &str) -> &str {
    origin(url).split_once("://").map_or("", |(_, authority)| authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_the_issuer_of_the_org_server() {
        assert_eq!(TokenSettings::new("https://d.example:8/oauth2/default").origin(), "https://d.example:8");
        assert_eq!(TokenSettings::new("https://d.example").origin(), "https://d.example");
        assert_eq!(authority("http://127.0.0.1:4711/x"), "127.0.0.1:4711");
    }

    #[test]
    fn the_second_server_stands_on_the_same_host() {
        let settings = TokenSettings::new("https://d.example/oauth2/default");
        assert_eq!(settings.second_issuer(), "https://d.example/oauth2/second");
    }

    #[test]
    fn the_scope_setting_may_hold_several() {
        let mut settings = TokenSettings::new("https://d.example");
        assert_eq!(settings.scopes(), ["test_scope"]);
        settings.scope = "read  write".into();
        assert_eq!(settings.scopes(), ["read", "write"]);
    }
}
