//! Where an issuer has what: the paths of a shape, for the id of an authorization
//! server, or for an identifier that its owner has chosen.

use super::layout::Paths;

/// The paths of one authorization server, at the issuer's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerPaths {
    /// Of the identifier: empty, or beginning with a slash; with one at its end
    /// where the identifier has one.
    pub(crate) issuer: String,
    /// Of the key set.
    pub(crate) jwks: String,
    /// Of the token endpoint.
    pub(crate) token: String,
    /// Of the folder of all other endpoints.
    pub(crate) flows: String,
}

impl ServerPaths {
    /// Those of a server of that id; `chosen` is the path of its identifier where
    /// that is not the shape's.
    pub(crate) fn of(paths: &Paths, id: &str, chosen: Option<&str>) -> Self {
        let named = |id: &str| {
            let own = |path: &str| path.replace("{id}", id);
            Self::with(own(&paths.issuer), own(&paths.jwks), own(&paths.token))
        };
        let Some(chosen) = chosen else { return named(id) };
        if let Some(id) = captured(&paths.issuer, chosen) {
            return named(id);
        }
        // What stands below the shape's identifier stands below the chosen one.
        let moved = |path: &str| match path.strip_prefix(paths.issuer.trim_end_matches('/')) {
            Some(rest) => format!("{}{}", chosen.trim_end_matches('/'), rest.replace("{id}", id)),
            None => path.replace("{id}", id),
        };
        Self::with(chosen.to_owned(), moved(&paths.jwks), moved(&paths.token))
    }

    /// All others stand beside Okta's token endpoint, and below the identifier of what
    /// is not Okta's.
    fn with(issuer: String, jwks: String, token: String) -> Self {
        let beside = token.strip_suffix("/token").filter(|folder| folder.ends_with("/v1")).map(str::to_owned);
        let flows = beside.unwrap_or_else(|| format!("{}/v1", issuer.trim_end_matches('/')));
        Self { issuer, jwks, token, flows }
    }

    /// The metadata that stand at a path: with OpenID Connect Discovery's suffix (section 4)
    /// or RFC 8414's insertion (section 3.1), each for both documents (section 5).
    pub(crate) fn document_at(&self, path: &str) -> Option<Document> {
        let issuer = Some(self.issuer.trim_end_matches('/'));
        let is_at = |known: &str| path.strip_suffix(known) == issuer || path.strip_prefix(known) == issuer;
        let known = [(OPENID, Document::OpenId), (OAUTH, Document::OAuth)];
        known.into_iter().find(|(known, _)| is_at(known)).map(|(_, document)| document)
    }
}

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// One of the two metadata documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    /// OpenID Connect Discovery.
    OpenId,
    /// RFC 8414.
    OAuth,
}

/// The path of an identifier, behind scheme and authority.
pub(crate) fn path_of(identifier: &str) -> &str {
    let after_scheme = identifier.find("://").map_or(0, |at| at + 3);
    identifier[after_scheme..].find('/').map_or("", |at| &identifier[after_scheme + at..])
}

/// The id in a path that a pattern with `{id}` fits.
fn captured<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = pattern.split_once("{id}")?;
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// The path of a neighbour's identifier: another id where the shape has one, else
/// another last segment; `None` where there is room for one server only.
pub(crate) fn beside(paths: &Paths, path: &str, id: &str) -> Option<String> {
    if let Some(own) = captured(&paths.issuer, path) {
        // Two of one name would be one.
        let id = if own == id { format!("{id}-beside") } else { id.to_owned() };
        return Some(paths.issuer.replace("{id}", &id));
    }
    let trimmed = path.trim_end_matches('/');
    let (before, _) = trimmed.rsplit_once('/')?;
    Some(format!("{before}/{id}{}", &path[trimmed.len()..]))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Shape;
    use super::*;

    #[rstest]
    #[case(Shape::Okta, None, "/oauth2/a", "/oauth2/a/v1/keys")]
    #[case(Shape::Keycloak, None, "/realms/a", "/realms/a/protocol/openid-connect/certs")]
    #[case(
        Shape::Keycloak,
        Some("/auth/realms/acme"),
        "/auth/realms/acme",
        "/auth/realms/acme/protocol/openid-connect/certs"
    )]
    #[case(Shape::Auth0, None, "/", "/.well-known/jwks.json")]
    #[case(Shape::EntraV1, None, "/a/", "/a/discovery/keys")]
    #[case(Shape::EntraV2, None, "/a/v2.0", "/a/discovery/v2.0/keys")]
    #[case(Shape::EntraV2, Some("/acme/v2.0"), "/acme/v2.0", "/acme/discovery/v2.0/keys")]
    #[case(Shape::Okta, Some(""), "", "/v1/keys")]
    #[case(Shape::Okta, Some("/x/"), "/x/", "/x/v1/keys")]
    fn each_shape_has_its_paths(
        #[case] shape: Shape,
        #[case] chosen: Option<&str>,
        #[case] issuer: &str,
        #[case] jwks: &str,
    ) {
        let paths = ServerPaths::of(&shape.layout().paths, "a", chosen);
        assert_eq!((paths.issuer.as_str(), paths.jwks.as_str()), (issuer, jwks));
    }

    #[rstest]
    #[case(Shape::Okta, "/oauth2/a/v1")]
    #[case(Shape::OktaOrg, "/oauth2/v1")]
    #[case(Shape::Keycloak, "/realms/a/v1")]
    #[case(Shape::Auth0, "/v1")]
    fn the_endpoints_of_a_user_stand_together(#[case] shape: Shape, #[case] flows: &str) {
        assert_eq!(ServerPaths::of(&shape.layout().paths, "a", None).flows, flows);
    }

    #[test]
    fn metadata_stand_behind_the_path_and_before_it() {
        let paths = ServerPaths::of(&Shape::EntraV1.layout().paths, "a", None);
        let openid = ["/a/.well-known/openid-configuration", "/.well-known/openid-configuration/a"];
        let oauth = ["/a/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/a"];
        assert_eq!(openid.map(|path| paths.document_at(path)), [Some(Document::OpenId); 2]);
        assert_eq!(oauth.map(|path| paths.document_at(path)), [Some(Document::OAuth); 2]);
        for other in ["/b/.well-known/openid-configuration", "/.well-known/openid-configuration", "/a"] {
            assert_eq!(paths.document_at(other), None, "{other}");
        }
    }

    #[rstest]
    #[case(Shape::Okta, "/oauth2/default", Some("/oauth2/b"))]
    #[case(Shape::EntraV2, "/acme/v2.0", Some("/b/v2.0"))]
    #[case(Shape::Okta, "/realms/acme/", Some("/realms/b/"))]
    #[case(Shape::Okta, "/acme", Some("/b"))]
    #[case(Shape::Keycloak, "/realms/b", Some("/realms/b-beside"))]
    #[case(Shape::Auth0, "/", None)]
    #[case(Shape::Okta, "", None)]
    fn a_neighbour_has_another_id(#[case] shape: Shape, #[case] path: &str, #[case] neighbour: Option<&str>) {
        assert_eq!(beside(&shape.layout().paths, path, "b").as_deref(), neighbour);
    }
}
