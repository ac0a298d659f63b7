use super::place::{ClaimPath, ScopeClaim};
use super::read::permission;
use super::value::{ClaimValue, MemberSetting, members};
use crate::input::{InputError, Node, Table, parse_toml};

/// A shape, read: what honest tokens look like, and where their issuer has what.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// What it is, for a person.
    pub(crate) title: String,
    /// Where its facts are from, with dates.
    pub(crate) sources: Vec<String>,
    /// The members of the header, in order.
    pub(crate) header: Vec<(String, ClaimValue)>,
    /// The claims of a client's token, in order.
    pub(crate) claims: Vec<(String, ClaimValue)>,
    /// The claims of a user's token, in order.
    pub(crate) user_claims: Vec<(String, ClaimValue)>,
    /// Header members of what is no access token, in place of the header's own.
    pub(crate) other_header: Vec<(String, MemberSetting)>,
    /// Claims that tell an ID Token from an access token.
    pub(crate) id_token: Vec<(String, MemberSetting)>,
    /// The claim of the scopes; `None`: rights are not in the token.
    pub(crate) scope_claim: Option<ScopeClaim>,
    /// The claim that names the API.
    pub(crate) audience_claim: ClaimPath,
    /// The claim that names the client.
    pub(crate) client_claim: ClaimPath,
    /// The claim that names the subject.
    pub(crate) subject_claim: ClaimPath,
    /// Where the issuer has what.
    pub(crate) paths: Paths,
    /// The members of its published keys, in order.
    pub(crate) key_members: Vec<String>,
    /// Whether it takes ID Tokens in place of access tokens by design.
    pub(crate) id_tokens: bool,
}

/// Paths at the issuer's host; `{id}` is the authorization server's id.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// Of the issuer identifier: empty, or beginning with a slash; ending with
    /// one where the identifier does.
    pub(crate) issuer: String,
    /// Of the key set.
    pub(crate) jwks: String,
    /// Of the token endpoint.
    pub(crate) token: String,
}

impl Layout {
    /// Reads a shape file.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub(super) fn parse(text: &str) -> Result<Self, InputError> {
        let root = parse_toml(text)?;
        let table = root.as_table()?;
        let claims = values(table.require("claims")?)?;
        let path = |name, usual: &str| match table.text(name)? {
            Some(text) => ClaimPath::parse(text).map_err(|error| table.node().error(error.to_string())),
            None => Ok(ClaimPath::named(usual)),
        };
        let layout = Self {
            title: table.require("title")?.as_str()?.to_owned(),
            sources: table.require("sources")?.as_texts()?,
            header: values(table.require("header")?)?,
            user_claims: table.get("user-claims").map_or_else(|| Ok(claims.clone()), values)?,
            claims,
            other_header: table.get("other-header").map_or(Ok(Vec::new()), members)?,
            id_token: table.get("id-token").map_or(Ok(Vec::new()), members)?,
            scope_claim: permission(table.require("scope-claim")?)?,
            audience_claim: path("audience-claim", "aud")?,
            client_claim: path("client-claim", "client_id")?,
            subject_claim: path("subject-claim", "sub")?,
            paths: Paths::from_table(&table)?,
            key_members: table.require("key-members")?.as_texts()?,
            id_tokens: table.flag("id-tokens")?,
        };
        table.finish()?;
        Ok(layout)
    }
}

impl Paths {
    fn from_table(table: &Table<'_>) -> Result<Self, InputError> {
        let path = |name| Ok::<_, InputError>(table.require(name)?.as_str()?.to_owned());
        Ok(Self { issuer: path("issuer")?, jwks: path("jwks")?, token: path("token-endpoint")? })
    }
}

fn values(node: &Node) -> Result<Vec<(String, ClaimValue)>, InputError> {
    let table = node.as_table()?;
    table.entries().iter().map(|entry| Ok((entry.name.clone(), ClaimValue::from_node(&entry.node)?))).collect()
}
