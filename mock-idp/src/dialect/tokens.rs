use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::layout::Layout;
use super::paths::{ServerPaths, beside, path_of};
use super::{ClaimPath, ClaimValue, IssuerPath, MemberSetting, ScopeClaim, Shape};
use crate::config::DEFAULT_SERVER;
use crate::input::{InputError, Node};

/// The members of a header or the claims of a token, in order: a shape's own, unless something is changed.
pub(crate) type Members = Cow<'static, [(String, ClaimValue)]>;

/// What honest tokens look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialect {
    pub(super) shape: Shape,
    pub(super) kid: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) issuer_path: Option<IssuerPath>,
    pub(super) audiences: Vec<String>,
    /// `None`: the shape's; `Some(None)`: the API asks for no scope.
    pub(super) scope_claim: Option<Option<ScopeClaim>>,
    pub(super) audience_claim: Option<ClaimPath>,
    pub(super) client_claim: Option<ClaimPath>,
    pub(super) id_tokens: Option<bool>,
    pub(super) scopes_are_paths: bool,
    pub(super) header: Vec<(String, MemberSetting)>,
    pub(super) claims: Vec<(String, MemberSetting)>,
    pub(super) header_order: Vec<String>,
    pub(super) claims_order: Vec<String>,
    /// All that was said, as it was said. Every token has the dialect for a moment, and no
    /// use for this.
    pub(super) source: Arc<Map<String, Value>>,
}

impl Default for Dialect {
    /// Okta's.
    fn default() -> Self {
        Self::of(Shape::Okta)
    }
}

impl Dialect {
    /// The tokens of a shape as they are.
    #[must_use]
    pub fn of(shape: Shape) -> Self {
        let mut source = Map::new();
        source.insert("shape".to_owned(), shape.word().into());
        Self {
            shape,
            kid: None,
            subject: None,
            issuer_path: None,
            audiences: Vec::new(),
            scope_claim: None,
            audience_claim: None,
            client_claim: None,
            id_tokens: None,
            scopes_are_paths: false,
            header: Vec::new(),
            claims: Vec::new(),
            header_order: Vec::new(),
            claims_order: Vec::new(),
            source: Arc::new(source),
        }
    }

    /// The same, changed as the members of a JSON object say, in the words of the
    /// settings file.
    ///
    /// # Errors
    ///
    /// As [`Dialect::read`].
    pub fn with(&self, changes: &Value) -> Result<Self, InputError> {
        Self::read(&Node::from_json(changes, ""), self)
    }

    /// The same changes to the tokens of another shape.
    #[must_use]
    pub fn in_shape(&self, shape: Shape) -> Self {
        let mut dialect = Self { shape, ..self.clone() };
        Arc::make_mut(&mut dialect.source).insert("shape".to_owned(), shape.word().into());
        dialect
    }

    /// The same description as JSON, which [`Dialect::read`] takes.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut all = (*self.source).clone();
        // A JSON object has no order: what was added in one is told beside it.
        if !self.claims.is_empty() {
            all.insert("claims-order".to_owned(), json!(self.claim_names()));
        }
        if !self.header.is_empty() {
            all.insert("header-order".to_owned(), json!(self.header_names()));
        }
        Value::Object(all)
    }

    /// Whose tokens they are like.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The `kid` of the issuer's key; `None`: the key's own.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whom the tokens speak of; `None`: the client.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The path of the issuer identifier, such as `/realms/acme`: empty where it has
    /// none, with a slash at its end where the identifier has one. `None`: the
    /// shape's, with the id of the authorization server.
    #[must_use]
    pub fn issuer_path(&self) -> Option<&str> {
        self.issuer_path.as_ref().map(IssuerPath::as_str)
    }

    /// The same for another authorization server at the same host, whose identifier
    /// has `id` in this one's place; `None` where there is room for one only.
    #[must_use]
    pub fn beside(&self, id: &str) -> Option<Self> {
        let own = self.layout().paths.issuer.replace("{id}", DEFAULT_SERVER);
        let beside = beside(&self.layout().paths, self.issuer_path().unwrap_or(&own), id)?;
        Some(Self { issuer_path: self.issuer_path.as_ref().map(|_| IssuerPath(beside)), ..self.clone() })
    }

    /// The same tokens of an issuer whose identifier has that path.
    #[must_use]
    pub fn at_path(&self, path: &IssuerPath) -> Self {
        let mut dialect = Self { issuer_path: Some(path.clone()), ..self.clone() };
        Arc::make_mut(&mut dialect.source).insert("issuer-path".to_owned(), path.as_str().into());
        dialect
    }

    /// Audiences beside the API's own.
    #[must_use]
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// The claim that holds the permission; `None`: the API asks for none.
    #[must_use]
    pub fn scope_claim(&self) -> Option<&ScopeClaim> {
        match &self.scope_claim {
            Some(own) => own.as_ref(),
            None => self.layout().scope_claim.as_ref(),
        }
    }

    /// These claims, with the scopes of one of the two usual ones called as the
    /// other, where that is the dialect's own.
    fn with_own_scopes(&self, claims: &'static [(String, ClaimValue)]) -> Members {
        let own = self.scope_claim().filter(|own| own.is_usual()).and_then(|own| own.path.top());
        let Some(own) = own else { return claims.into() };
        let is_other = |(name, value): &(String, ClaimValue)| {
            matches!(value, ClaimValue::Scopes(_)) && ["scp", "scope"].contains(&name.as_str()) && name != own
        };
        if !claims.iter().any(is_other) {
            return claims.into();
        }
        let renamed = |claim: &(String, ClaimValue)| match is_other(claim) {
            true => (own.to_owned(), claim.1.clone()),
            false => claim.clone(),
        };
        claims.iter().map(renamed).collect()
    }

    /// What tells an ID Token from an access token, besides its own claims.
    pub(crate) fn id_token_members(&self) -> &[(String, MemberSetting)] {
        &self.layout().id_token
    }

    /// Where an issuer of that identifier has its key set: below it at most, beside
    /// it at some.
    ///
    /// ```
    /// use mock_idp::dialect::{Dialect, Shape};
    ///
    /// let jwks = Dialect::of(Shape::EntraV2).jwks_uri("https://login.example/acme/v2.0");
    /// assert_eq!(jwks, "https://login.example/acme/discovery/v2.0/keys");
    /// ```
    #[must_use]
    pub fn jwks_uri(&self, issuer: &str) -> String {
        let path = path_of(issuer);
        let base = issuer.strip_suffix(path).unwrap_or(issuer);
        format!("{base}{}", ServerPaths::of(&self.layout().paths, DEFAULT_SERVER, Some(path)).jwks)
    }

    /// Whether claims say of themselves that they are an ID Token's, where this
    /// shape tells it in a claim.
    #[must_use]
    pub fn is_id_token(&self, claims: &Map<String, Value>) -> bool {
        let says = |(name, setting): &(String, MemberSetting)| match setting {
            MemberSetting::Set(value) => {
                value.plain_text().is_some_and(|text| claims.get(name).and_then(Value::as_str) == Some(&text))
            }
            MemberSetting::Removed => false,
        };
        self.layout().id_token.iter().any(says)
    }

    /// The claim that names the API: `aud`, unless the shape has another.
    #[must_use]
    pub fn audience_claim(&self) -> &ClaimPath {
        self.audience_claim.as_ref().unwrap_or(&self.layout().audience_claim)
    }

    /// The claim that names the client.
    #[must_use]
    pub fn client_claim(&self) -> &ClaimPath {
        self.client_claim.as_ref().unwrap_or(&self.layout().client_claim)
    }

    /// Whether the API takes ID Tokens by design.
    #[must_use]
    pub fn takes_id_tokens(&self) -> bool {
        self.id_tokens.unwrap_or(self.layout().id_tokens)
    }

    /// Whether a shorter scope may be the same permission: `read:/` beside `read:/a`.
    #[must_use]
    pub fn scopes_are_paths(&self) -> bool {
        self.scopes_are_paths
    }

    /// The `typ` of access tokens, where it is a plain text.
    #[must_use]
    pub fn typ(&self) -> Option<String> {
        let of = |value: &ClaimValue| value.plain_text();
        match self.header.iter().rev().find(|(name, _)| name == "typ") {
            Some((_, MemberSetting::Set(value))) => of(value),
            Some((_, MemberSetting::Removed)) => None,
            None => self.layout().header.iter().find(|(name, _)| name == "typ").and_then(|(_, value)| of(value)),
        }
    }

    /// The names of the claims of a client's access token, in order.
    #[must_use]
    pub fn claim_names(&self) -> Vec<String> {
        names(self.claims_of(false))
    }

    /// The names of the claims of a user's access token, in order.
    #[must_use]
    pub fn user_claim_names(&self) -> Vec<String> {
        names(self.claims_of(true))
    }

    /// The names of the members of an access token's header, in order.
    #[must_use]
    pub fn header_names(&self) -> Vec<String> {
        names(self.header_members())
    }

    pub(crate) fn layout(&self) -> &'static Layout {
        self.shape.layout()
    }

    /// The members of an access token's header, in order.
    pub(crate) fn header_members(&self) -> Members {
        changed(self.layout().header.as_slice().into(), &self.header, &self.header_order)
    }

    /// The members of another token's header, in order.
    pub(crate) fn other_header_members(&self) -> Members {
        let own: Vec<_> = self.header.iter().filter(|(name, _)| name != "typ").cloned().collect();
        let without_typ = [("typ".to_owned(), MemberSetting::Removed)];
        let changes: Vec<_> = match self.layout().other_header.iter().any(|(name, _)| name == "typ") {
            true => self.layout().other_header.iter().cloned().chain(own).collect(),
            false => without_typ.into_iter().chain(self.layout().other_header.iter().cloned()).chain(own).collect(),
        };
        changed(self.layout().header.as_slice().into(), &changes, &self.header_order)
    }

    /// The claims of a client's access token, or of a user's, in order.
    pub(crate) fn claims_of(&self, is_user: bool) -> Members {
        let layout = self.layout();
        let claims = self.with_own_scopes(if is_user { &layout.user_claims } else { &layout.claims });
        changed(claims, &self.claims, &self.claims_order)
    }
}

fn names(members: Members) -> Vec<String> {
    members.into_owned().into_iter().map(|(name, _)| name).collect()
}

/// The members with what is otherwise, and in another order: those that the order
/// names come first.
fn changed(members: Members, changes: &[(String, MemberSetting)], order: &[String]) -> Members {
    if changes.is_empty() && order.is_empty() {
        return members;
    }
    let mut members = members.into_owned();
    for (name, change) in changes {
        let at = members.iter().position(|(known, _)| known == name);
        match (change, at) {
            (MemberSetting::Set(value), Some(at)) => members[at].1 = value.clone(),
            (MemberSetting::Set(value), None) => members.push((name.clone(), value.clone())),
            (MemberSetting::Removed, Some(at)) => drop(members.remove(at)),
            (MemberSetting::Removed, None) => {}
        }
    }
    members.sort_by_key(|(name, _)| order.iter().position(|known| known == name).unwrap_or(order.len()));
    members.into()
}
