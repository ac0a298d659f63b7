//! How the API listens: where its token travels, what its success looks like,
//! and which call comes before the others. Declared by its owner; `API.md` tells
//! it with examples.
//!
//! | concern | where |
//! |---|---|
//! | where the token travels | [`Carrier`] |
//! | where else a value may stand in a request | [`Place`] |
//! | what success is | [`Success`] |
//! | a call before the others, and the session that it begins | [`Opening`], [`Session`] |
//! | why a text says none of these | [`ApiError`] |

mod carrier;
mod document;
mod encode;
mod error;
mod json;
mod opening;
mod place;
mod success;

pub use carrier::Carrier;
pub use document::documents;
pub use error::ApiError;
pub use opening::{Call, Opening, Session, Source};
pub use place::Place;
pub use success::Success;

use crate::http::Request;

/// How an API listens. The default is what RFC 6750 has, with any 2xx as success.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Api {
    /// Where the token travels. Defaults to `Authorization: Bearer`.
    pub carrier: Carrier,
    /// What success is. Defaults to any 2xx, with what is learned from the control.
    pub success: Success,
    /// The call before the others. Defaults to none.
    pub opening: Option<Opening>,
}

impl Api {
    /// Whether the token, or the session, stands in the body of requests.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        let session = self.opening.as_ref().is_some_and(|opening| opening.session.to.is_in_body());
        self.carrier.place().is_in_body() || session
    }

    /// Whether this request can carry what is to stand in it.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when it can't, as where a member of a JSON body is meant and
    /// the body is none.
    pub fn check(&self, request: &Request) -> Result<(), ApiError> {
        let (token, session) = (self.carrier.place(), self.opening.as_ref().map(|opening| &opening.session.to));
        if session == Some(&token) {
            return Err(ApiError::SamePlace { place: token.to_string() });
        }
        [Some(&token), session].into_iter().flatten().try_for_each(|place| place.check(request))
    }
}
