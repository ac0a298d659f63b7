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
    /// The grants that it is for, with the refreshes of what comes of them; `None`, the
    /// default: every grant.
    pub grants: Option<Vec<GrantType>>,
    /// The scopes that it permits; `None`, the default: every scope of the server.
    pub scopes: Option<Vec<String>>,
}

impl Policy {
    /// The grants that refresh tokens come of.
    const REFRESHED: [GrantType; 3] = [GrantType::AUTHORIZATION_CODE, GrantType::DEVICE_CODE, GrantType::PASSWORD];

    /// Whether it decides about that grant to that client. A refresh goes on with the grant
    /// that the refresh token came of: whoever may have that one may refresh.
    #[must_use]
    pub fn fits(&self, client: &str, grant: GrantType) -> bool {
        let is_for = |known: &GrantType| {
            *known == grant || (grant == GrantType::REFRESH_TOKEN && Self::REFRESHED.contains(known))
        };
        self.clients.as_ref().is_none_or(|ids| ids.iter().any(|id| id == client))
            && self.grants.as_ref().is_none_or(|grants| grants.iter().any(is_for))
    }

    /// Whether it permits that scope.
    #[must_use]
    pub fn permits(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN, true)]
    #[case(GrantType::PASSWORD, GrantType::REFRESH_TOKEN, true)]
    #[case(GrantType::REFRESH_TOKEN, GrantType::REFRESH_TOKEN, true)]
    #[case(GrantType::CLIENT_CREDENTIALS, GrantType::REFRESH_TOKEN, false)]
    #[case(GrantType::REFRESH_TOKEN, GrantType::AUTHORIZATION_CODE, false)]
    fn who_may_have_a_grant_may_refresh_what_came_of_it(
        #[case] of_policy: GrantType,
        #[case] asked: GrantType,
        #[case] fits: bool,
    ) {
        let policy = Policy { grants: Some(vec![of_policy]), ..Policy::default() };
        assert_eq!(policy.fits("web", asked), fits);
    }
}
