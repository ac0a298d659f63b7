//! What is kept of a sign-in.

use super::Handle;
use crate::claims::Acr;

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
    /// As a message to the window that opened or holds this one: Okta's own.
    PostMessage,
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
    pub(crate) response_type: ResponseType,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    /// The code challenge of S256 (RFC 7636, section 4.3).
    pub(crate) challenge: Option<String>,
    /// The thumbprint of the key that the tokens are to be bound to (RFC 9449, section 10).
    pub(crate) jkt: Option<String>,
    /// What the tokens are to say of the sign-in.
    pub(crate) acr: Option<Acr>,
    /// The resources that it names (RFC 8707, section 2.1).
    pub(crate) resources: Vec<String>,
    pub(crate) consent: Consent,
    pub(crate) back: ReturnTo,
}

/// What comes back from the authorization endpoint (OAuth 2.0 Multiple Response Type
/// Encoding Practices).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) id_token: bool,
    pub(crate) token: bool,
}

impl ResponseType {
    /// Whether tokens come back too.
    pub(crate) fn has_tokens(self) -> bool {
        self.id_token || self.token
    }
}

/// When a user is asked for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Where a scope needs it that the user has not consented to.
    AsNeeded,
    /// Always, for every scope.
    Always,
}

/// A device that waits for its user (RFC 8628, section 3.3).
#[derive(Debug, Clone)]
pub(crate) struct Activation {
    pub(crate) device: Handle,
    pub(crate) user_code: String,
    pub(crate) client: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) login_hint: Option<String>,
}

/// What a user signs in and consents for.
#[derive(Debug, Clone)]
pub(crate) enum Purpose {
    /// To go back to a client with a code.
    Authorize(Asked),
    /// To connect a device.
    Activate(Activation),
}

impl Purpose {
    pub(crate) fn client(&self) -> &str {
        match self {
            Self::Authorize(asked) => &asked.client,
            Self::Activate(activation) => &activation.client,
        }
    }

    pub(crate) fn scopes(&self) -> &[String] {
        match self {
            Self::Authorize(asked) => &asked.scopes,
            Self::Activate(activation) => &activation.scopes,
        }
    }

    /// What the device shows, where there is one.
    pub(crate) fn user_code(&self) -> Option<&str> {
        match self {
            Self::Authorize(_) => None,
            Self::Activate(activation) => Some(&activation.user_code),
        }
    }

    pub(crate) fn consent(&self) -> Consent {
        match self {
            Self::Authorize(asked) => asked.consent,
            Self::Activate(_) => Consent::AsNeeded,
        }
    }
}

/// A page that was shown, and what for.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) purpose: Purpose,
    /// Who is signed in, on a page that comes after that.
    pub(crate) user: Option<SignIn>,
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
    /// As it was asked for at the sign-in.
    pub(crate) acr: Option<Acr>,
    /// The resources that access tokens may be for, the usual one first; none: for the
    /// server's audience.
    pub(crate) resources: Vec<String>,
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
