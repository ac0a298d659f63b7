//! What is kept of a sign-in.

use super::Handle;

/// How the answer of the authorization endpoint travels (OAuth 2.0 Multiple
/// Response Type Encoding Practices, section 2.1; Form Post Response Mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// Behind a question mark.
    Query,
    /// Behind a number sign.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

/// Where the answer of the authorization endpoint goes.
#[derive(Debug, Clone)]
pub(crate) struct ReturnTo {
    pub(crate) redirect_uri: String,
    pub(crate) mode: ResponseMode,
    /// The client's, back to it as it came.
    pub(crate) state: Option<String>,
}

/// A request of the authorization endpoint, checked (RFC 6749, section 4.1.1).
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) client: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    /// The code challenge of S256 (RFC 7636, section 4.3).
    pub(crate) challenge: Option<String>,
    /// The thumbprint of the key that the tokens are to be bound to (RFC 9449, section 10).
    pub(crate) jkt: Option<String>,
    pub(crate) back: ReturnTo,
}

/// A sign-in page that was shown.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) asked: Asked,
    /// The browser that it was shown to.
    pub(crate) browser: Handle,
}

/// Who is signed in with a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub(crate) login: String,
    /// When, in seconds since the Unix epoch.
    pub(crate) auth_time: i64,
}

/// What a user has granted to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Its own id: `oar` and 17 letters and digits, as of Okta's refresh tokens.
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) user: SignIn,
    pub(crate) scopes: Vec<String>,
}

impl Grant {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }

    /// What all that comes of it is found by.
    pub(super) fn family(&self) -> Handle {
        Handle::of(&self.id)
    }
}

/// What an authorization code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    /// The thumbprint of the key that the client has to hold.
    pub(crate) jkt: Option<String>,
}
