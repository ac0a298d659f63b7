use super::{ClaimPath, Dialect};

/// What a claim is for, wherever a dialect has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// It holds the permission: the granted scopes or roles.
    Scope,
    /// It names the API.
    Audience,
    /// It names the client.
    Client,
    /// It names the subject.
    Subject,
}

impl Role {
    /// Every role with its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("scope", Self::Scope), ("audience", Self::Audience), ("client", Self::Client), ("subject", Self::Subject)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, role)| *role == self).map_or("scope", |(word, _)| word)
    }
}

impl Dialect {
    /// Where the claim of a role stands; `None` where there is none.
    #[must_use]
    pub fn place_of(&self, role: Role) -> Option<ClaimPath> {
        Some(match role {
            Role::Scope => self.scope_claim()?.path.clone(),
            Role::Audience => self.audience_claim().clone(),
            Role::Client => self.client_claim().clone(),
            Role::Subject => self.shape().layout().subject_claim.clone(),
        })
    }
}
