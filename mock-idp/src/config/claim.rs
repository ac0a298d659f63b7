use serde_json::Value;

use super::record::Record;
use super::{ClaimExpression, User};
use crate::input::InputError;

/// A claim of one's own in the tokens of a server, behind all others: a custom claim of
/// Okta.
///
/// ```
/// use mock_idp::config::{AuthorizationServer, Claim};
///
/// let mut orders = AuthorizationServer::new("orders");
/// orders.claims.push(Claim::new("tenant", r#""acme""#)?);
/// orders.claims.push(Claim::new("mail", "user.email")?);
/// # Ok::<(), mock_idp::input::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: ClaimSource,
    /// Whose it is. Defaults to [`ClaimToken::Access`].
    pub token: ClaimToken,
    /// Whether it stands in every ID Token; otherwise userinfo alone tells it. Means
    /// nothing for access tokens, which always have it. Defaults to true.
    pub always: bool,
    /// It is there where one of these scopes is granted. Defaults to none: always.
    pub scopes: Vec<String>,
    pub(crate) record: Record,
}

/// The tokens that have a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimToken {
    /// Access tokens: `RESOURCE` at Okta.
    Access,
    /// ID Tokens and userinfo: `IDENTITY` at Okta.
    Id,
}

/// What a claim says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ClaimSource {
    /// The value of an expression.
    Expression(ClaimExpression),
    /// The names of the user's groups that the filter lets through.
    Groups(GroupFilter),
}

/// Which groups a claim tells, as Okta's `group_filter_type` and `value` say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupFilter {
    /// Those whose names begin so.
    StartsWith(String),
    /// The one of that name.
    Equals(String),
    /// Those with that in their names.
    Contains(String),
    /// All: the regular expression `.*`, the only one that is known here.
    All,
}

/// Whom a token is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClaimContext<'a> {
    /// `None` for a client's own.
    pub(crate) user: Option<&'a User>,
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a [&'a str],
}

impl Claim {
    /// A claim of access tokens with the value of an expression: `"text"`, `42`, `true`,
    /// `user.login`, `user.email`, any other member of the profile such as
    /// `user.department`, `app.clientId`.
    ///
    /// # Errors
    ///
    /// When it is another expression; the error says which are known.
    pub fn new(name: impl Into<String>, expression: &str) -> Result<Self, InputError> {
        Ok(Self::of(name, ClaimSource::Expression(ClaimExpression::parse(expression)?)))
    }

    /// A claim of access tokens with the user's groups.
    #[must_use]
    pub fn groups(name: impl Into<String>, filter: GroupFilter) -> Self {
        Self::of(name, ClaimSource::Groups(filter))
    }

    pub(crate) fn of(name: impl Into<String>, value: ClaimSource) -> Self {
        let (scopes, record) = (Vec::new(), Record::default());
        Self { name: name.into(), value, token: ClaimToken::Access, always: true, scopes, record }
    }

    /// What it says in a token; `None` where it is left out.
    pub(crate) fn value_for(&self, context: &ClaimContext<'_>) -> Option<Value> {
        let is_granted = |scope: &String| context.scopes.contains(&scope.as_str());
        if !self.scopes.is_empty() && !self.scopes.iter().any(is_granted) {
            return None;
        }
        match &self.value {
            ClaimSource::Expression(expression) => expression.value_for(context),
            ClaimSource::Groups(filter) => context.user.map(|user| filter.of(user)),
        }
    }
}

impl ClaimToken {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 2] = [("access", Self::Access), ("id", Self::Id)];
}

impl GroupFilter {
    /// The names of the user's groups that it lets through.
    fn of(&self, user: &User) -> Value {
        let groups = user.claims.get("groups").and_then(Value::as_array).into_iter().flatten();
        groups.filter(|group| group.as_str().is_some_and(|name| self.fits(name))).cloned().collect()
    }

    fn fits(&self, name: &str) -> bool {
        match self {
            Self::StartsWith(start) => name.starts_with(start.as_str()),
            Self::Equals(whole) => name == whole,
            Self::Contains(part) => name.contains(part.as_str()),
            Self::All => true,
        }
    }

    /// The one of that kind, as the file and Okta call them; `None` where it is not known.
    pub(crate) fn find(kind: &str, value: &str) -> Option<Self> {
        let text = value.to_owned();
        match kind.to_ascii_lowercase().as_str() {
            "starts_with" => Some(Self::StartsWith(text)),
            "equals" => Some(Self::Equals(text)),
            "contains" => Some(Self::Contains(text)),
            "regex" if value == ".*" => Some(Self::All),
            _ => None,
        }
    }

    /// Okta's words for it: `group_filter_type` and `value`.
    pub(crate) fn words(&self) -> (&'static str, &str) {
        match self {
            Self::StartsWith(start) => ("STARTS_WITH", start),
            Self::Equals(whole) => ("EQUALS", whole),
            Self::Contains(part) => ("CONTAINS", part),
            Self::All => ("REGEX", ".*"),
        }
    }
}
