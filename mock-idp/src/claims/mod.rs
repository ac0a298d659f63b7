//! The honest tokens of an authorization server, member for member in order:
//! in the shape of an Okta custom authorization server as seen on the wire, or
//! in that of RFC 9068.
//!
//! ```
//! use mock_idp::claims::{Shape, TokenSettings, access_token, header};
//! use mock_idp::keys::Algorithm;
//!
//! let settings = TokenSettings::new("https://issuer.example").with_shape(Shape::Rfc9068);
//! assert_eq!(header(&settings, "k1", Algorithm::Rs256).to_text(), r#"{"typ":"at+jwt","alg":"RS256","kid":"k1"}"#);
//! let claims = access_token(&settings, &["read", "write"], 1_800_000_000, "1");
//! assert_eq!(claims.get("scope"), Some(r#""read write""#));
//! ```

mod okta;
mod other;
mod rfc9068;
mod settings;
mod shape;
mod token;

pub use other::{client_assertion, id_token};
pub use settings::TokenSettings;
pub(crate) use settings::authority;
pub use shape::{ScopeForm, Shape};
pub use token::{access_token, header, header_of_other, user_access_token};

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
