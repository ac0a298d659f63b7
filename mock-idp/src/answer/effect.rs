use crate::keys::KeyName;

/// What an answer does, as data. `routes/answer` carries it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The access token is that of a scenario, which the value names.
    AccessToken,
    /// The ID Token has these edits, in the language of [`crate::mutation`], as JSON.
    IdToken(Occasion, &'static str),
    /// The ID Token is signed with that key, which is published.
    SignedBy(KeyName),
    /// The same, and the key is published for each anew.
    NewKey,
    /// A member of the token answer.
    Member(Occasion, &'static str, Change),
    /// The last of several scopes is not granted.
    NarrowerScope,
    /// The refresh token is one that nobody knows.
    DeadRefreshToken,
    /// Whether a refresh brings a new refresh token, whatever the client is set to.
    Rotates(bool),
    /// A field of what goes back to the redirection URI.
    Field(&'static str, Change),
    /// `iss` (RFC 9207) is promised; what stands there.
    Iss(Promise),
    /// A member of the userinfo answer.
    Claim(&'static str, Change),
    /// One more member of `keys`, as JSON.
    OddKey(&'static str),
    /// A member that every key lacks.
    KeysWithout(&'static str),
    /// A member of the discovery documents.
    Metadata(&'static str, Change),
    /// The discovery documents stand behind a redirect.
    Redirected,
    /// Another answer; the endpoint does nothing.
    Instead(Instead),
    /// The endpoint does its work, and its answer comes late.
    Delayed,
    /// Half of it arrives.
    Cut,
    /// The connection is closed without it.
    Closed,
    /// Its body is unreadable.
    Garbled,
}

/// What becomes of a member: JSON text, or a field's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    To(&'static str),
    Gone,
}

/// When something is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    Always,
    /// Not at a refresh.
    SignIn,
    Refresh,
}

/// What becomes of a promised `iss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promise {
    Kept,
    Broken,
    Wrong,
}

/// An answer in place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// The error of Okta that the value names.
    Error,
    /// An error in the style of Okta's own APIs.
    OktaError,
    /// 429, and when to come again.
    TooMany,
    /// 503 with a page.
    Unavailable,
}

impl Effect {
    /// An example of the value that it takes.
    pub(crate) fn value(self) -> Option<&'static str> {
        match self {
            Self::AccessToken => Some("time/expired@one-hour"),
            Self::Instead(Instead::Error) => Some("WRONG_SECRET"),
            Self::Delayed => Some("3"),
            _ => None,
        }
    }

    /// The key that must be published for it, and whether that is a new one each time.
    pub(crate) fn key(self) -> Option<(KeyName, bool)> {
        match self {
            Self::SignedBy(key) => Some((key, false)),
            Self::NewKey => Some((KeyName::OtherPublished, true)),
            _ => None,
        }
    }
}

impl Occasion {
    pub(crate) fn fits(self, is_refresh: bool) -> bool {
        match self {
            Self::Always => true,
            Self::SignIn => !is_refresh,
            Self::Refresh => is_refresh,
        }
    }
}
