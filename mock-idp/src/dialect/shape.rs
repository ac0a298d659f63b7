use std::sync::LazyLock;

use super::layout::Layout;

/// Whose tokens the honest ones are like: each a data file in
/// `mock-idp/src/dialect/shapes`, with its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A custom authorization server of Okta.
    Okta,
    /// What RFC 9068 asks of JWT access tokens.
    Rfc9068,
    /// Okta's org authorization server, for its own API.
    OktaOrg,
    /// Auth0.
    Auth0,
    /// Microsoft Entra ID, tokens of version 1.0.
    EntraV1,
    /// Microsoft Entra ID, tokens of version 2.0.
    EntraV2,
    /// Keycloak.
    Keycloak,
    /// Amazon Cognito.
    Cognito,
    /// Google: ID Tokens of service accounts, as its proxies take them.
    Google,
    /// Zitadel.
    Zitadel,
}

impl Shape {
    /// Every shape with its word.
    pub const ALL: [(&'static str, Self); 10] = [
        ("okta", Self::Okta),
        ("rfc9068", Self::Rfc9068),
        ("okta-org", Self::OktaOrg),
        ("auth0", Self::Auth0),
        ("entra-v1", Self::EntraV1),
        ("entra-v2", Self::EntraV2),
        ("keycloak", Self::Keycloak),
        ("cognito", Self::Cognito),
        ("google", Self::Google),
        ("zitadel", Self::Zitadel),
    ];

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, shape)| shape)
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, shape)| *shape == self).map_or("okta", |(word, _)| word)
    }

    /// What it is, for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        &self.layout().title
    }

    /// Where its facts are from, with dates.
    #[must_use]
    pub fn sources(self) -> &'static [String] {
        &self.layout().sources
    }

    /// Its members, paths and keys; parsed once a process, on first use.
    pub(crate) fn layout(self) -> &'static Layout {
        static LAYOUTS: [LazyLock<Layout>; Shape::ALL.len()] = [
            LazyLock::new(|| read(Shape::Okta)),
            LazyLock::new(|| read(Shape::Rfc9068)),
            LazyLock::new(|| read(Shape::OktaOrg)),
            LazyLock::new(|| read(Shape::Auth0)),
            LazyLock::new(|| read(Shape::EntraV1)),
            LazyLock::new(|| read(Shape::EntraV2)),
            LazyLock::new(|| read(Shape::Keycloak)),
            LazyLock::new(|| read(Shape::Cognito)),
            LazyLock::new(|| read(Shape::Google)),
            LazyLock::new(|| read(Shape::Zitadel)),
        ];
        let at = Self::ALL.iter().position(|(_, shape)| *shape == self).unwrap_or(0);
        &LAYOUTS[at]
    }

    fn text(self) -> &'static str {
        match self {
            Self::Okta => include_str!("shapes/okta.toml"),
            Self::Rfc9068 => include_str!("shapes/rfc9068.toml"),
            Self::OktaOrg => include_str!("shapes/okta-org.toml"),
            Self::Auth0 => include_str!("shapes/auth0.toml"),
            Self::EntraV1 => include_str!("shapes/entra-v1.toml"),
            Self::EntraV2 => include_str!("shapes/entra-v2.toml"),
            Self::Keycloak => include_str!("shapes/keycloak.toml"),
            Self::Cognito => include_str!("shapes/cognito.toml"),
            Self::Google => include_str!("shapes/google.toml"),
            Self::Zitadel => include_str!("shapes/zitadel.toml"),
        }
    }
}

fn read(shape: Shape) -> Layout {
    #[expect(clippy::expect_used, reason = "embedded at compile time; a test reads every one")]
    Layout::parse(shape.text()).expect("the embedded shapes are readable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_readable_and_tells_its_sources() {
        for (word, shape) in Shape::ALL {
            let layout = Layout::parse(shape.text()).unwrap_or_else(|error| panic!("{word}: {error}"));
            assert!(!layout.sources.is_empty() && !layout.title.is_empty(), "{word}");
            assert_eq!(shape.word(), word);
        }
    }
}
