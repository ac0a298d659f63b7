//! What issuer and target agree on, and the tokens that are no access tokens.
//! The access tokens themselves are a [`dialect`](crate::dialect)'s.

mod acr;
mod other;
mod settings;
mod user;

pub(crate) use acr::{Acr, USUAL_AMR};
pub use other::{client_assertion, id_token};
pub use settings::TokenSettings;
pub(crate) use settings::authority;
pub(crate) use user::{IdToken, own_claims, userinfo};

/// The client that exists from the start.
pub const DEFAULT_CLIENT_ID: &str = "0oaBadpennyTestClien";
/// Its secret: 40 characters, public by intent.
pub const DEFAULT_CLIENT_SECRET: &str = "badpenny-test-secret-public-by-intent-00";
/// Okta's audience of the server `default`.
pub const DEFAULT_AUDIENCE: &str = "api://default";
/// The scope that exists from the start.
pub const DEFAULT_SCOPE: &str = "test_scope";
/// A scope that honest tokens don't carry, unless settings say another.
pub const DEFAULT_OTHER_SCOPE: &str = "other_scope";
/// Lifetime of Okta's access and ID tokens, in seconds.
pub const DEFAULT_LIFETIME: i64 = 3600;
/// Where nobody listens: the attacker's listener, unless settings say another.
pub const DEFAULT_LISTENER: &str = "http://127.0.0.1:9";
/// The user of the authorization code grant.
pub const DEFAULT_USER: &str = "user@example.com";
/// The user's id at Okta.
pub const DEFAULT_USER_ID: &str = "00uBadpennyTestUser1";
