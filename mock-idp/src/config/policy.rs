use super::GrantType;

/// Who gets what of an authorization server: an access policy of Okta with one
/// rule. Of several the first that fits a request decides, alone.
///
/// ```
/// use mock_idp::config::{AuthorizationServer, Policy};
///
/// let mut server = AuthorizationServer::new("orders");
/// let mut narrow = Policy::default();
/// narrow.clients = Some(vec!["0oaOrdersTestClient1".into()]);
/// server.policies = vec![narrow]; // nobody else gets a token
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Policy {
    /// Ids of the clients that it is for; `None`, the default: every client.
    pub clients: Option<Vec<String>>,
    /// The grants that it is for; `None`, the default: every grant.
    pub grants: Option<Vec<GrantType>>,
    /// The scopes that it permits; `None`, the default: every scope of the server.
    pub scopes: Option<Vec<String>>,
}

impl Policy {
    /// Whether it decides about that grant to that client.
    #[must_use]
    pub fn fits(&self, client: &str, grant: GrantType) -> bool {
        self.clients.as_ref().is_none_or(|ids| ids.iter().any(|id| id == client))
            && self.grants.as_ref().is_none_or(|grants| grants.contains(&grant))
    }

    /// Whether it permits that scope.
    #[must_use]
    pub fn permits(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}
