use serde_json::{Map, Value, json};

use super::Secret;
use super::record::{Record, derived_id};
use crate::claims::{DEFAULT_USER, DEFAULT_USER_ID};

/// Who signs in at an authorization server.
///
/// ```
/// use mock_idp::config::{AuthorizationServer, Secret, User};
///
/// let mut orders = AuthorizationServer::new("orders");
/// let mut ada = User::new("ada@example.com");
/// ada.password = Some(Secret::new("only-for-tests"));
/// ada.claims.insert("name".into(), "Ada Lovelace".into());
/// orders.users.push(ada);
/// assert!(orders.user("bob@example.com").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The name to sign in with: `sub` of access tokens, and `preferred_username`.
    pub login: String,
    /// Its id: `sub` of ID Tokens, and `uid`. Defaults to one that follows from the login.
    pub id: String,
    /// Its password. Defaults to `None`: any is right, and none too.
    pub password: Option<Secret>,
    /// Whether it signs in without a page where a request names it in `login_hint`.
    /// Defaults to false.
    pub headless: bool,
    /// Whether it needs a second factor, which a password grant can't ask for. Defaults to
    /// false.
    pub mfa: bool,
    /// Ids of the clients that it is assigned to; `None`, the default: every client.
    pub clients: Option<Vec<String>>,
    /// What userinfo and ID Tokens say of it (OpenID Connect Core, section 5.1), as far
    /// as the scopes allow. Defaults to a `name`, and to an `email` where the login is
    /// one.
    pub claims: Map<String, Value>,
    /// Whether it can sign in at all: not while the management API has it deactivated.
    pub(crate) is_active: bool,
    pub(crate) record: Record,
}

impl User {
    /// The longest login, in bytes.
    pub const LONGEST_LOGIN: usize = 256;
    /// Claims that are the server's to say.
    pub(super) const RESERVED: [&'static str; 16] = [
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "nbf",
        "jti",
        "ver",
        "amr",
        "acr",
        "idp",
        "nonce",
        "auth_time",
        "at_hash",
        "c_hash",
        "azp",
    ];

    /// A user with the defaults.
    #[must_use]
    pub fn new(login: impl Into<String>) -> Self {
        let login = login.into();
        let (id, claims) = (id_of(&login), claims_of(&login));
        Self {
            login,
            id,
            password: None,
            headless: false,
            mfa: false,
            clients: None,
            claims,
            is_active: true,
            record: Record::default(),
        }
    }

    /// Whether a text can be a login.
    pub(super) fn is_login(text: &str) -> bool {
        (1..=Self::LONGEST_LOGIN).contains(&text.len()) && !text.chars().any(char::is_control)
    }

    /// Whether it is assigned to the client of that id.
    #[must_use]
    pub fn may_use(&self, client: &str) -> bool {
        self.clients.as_ref().is_none_or(|ids| ids.iter().any(|id| id == client))
    }

    /// Whether that is the password.
    #[must_use]
    pub fn takes(&self, password: &str) -> bool {
        self.password.as_ref().is_none_or(|own| own.matches(password))
    }
}

/// `00u` and 17 letters and digits, always the same for a login.
fn id_of(login: &str) -> String {
    if login == DEFAULT_USER { DEFAULT_USER_ID.to_owned() } else { derived_id("00u", login) }
}

fn claims_of(login: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    match login.split_once('@') {
        Some((name, _)) if !name.is_empty() => {
            claims.insert("name".to_owned(), json!(name));
            claims.insert("email".to_owned(), json!(login));
            claims.insert("email_verified".to_owned(), json!(true));
        }
        _ => drop(claims.insert("name".to_owned(), json!(login))),
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_the_login() {
        assert_eq!(User::new("ada").id, User::new("ada").id);
        assert_ne!(User::new("ada").id, User::new("bob").id);
        assert_eq!(User::new("ada").id.len(), 20);
        assert_eq!(User::new(DEFAULT_USER).id, DEFAULT_USER_ID);
    }

    #[test]
    fn without_a_password_any_is_right() {
        let mut user = User::new("ada");
        assert!(user.takes("") && user.takes("x"));
        user.password = Some(Secret::new("x"));
        assert!(!user.takes("") && user.takes("x"));
        assert!(!format!("{user:?}").contains("\"x\""));
    }
}
