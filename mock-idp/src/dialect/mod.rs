//! What honest tokens look like: whose they are like (a [`Shape`]), and what is
//! otherwise in the tokens of one's own issuer.
//!
//! One description and one parser serve the configuration, the mint endpoint,
//! profiles, the settings of the harness and its flags:
//!
//! ```
//! use mock_idp::dialect::Dialect;
//! use mock_idp::input::parse_toml;
//!
//! let text = "shape = 'keycloak'\nscope-claim = '/realm_access/roles'\nclaims.tenant = 'acme'";
//! let dialect = Dialect::read(&parse_toml(text)?, &Dialect::default())?;
//! assert_eq!(dialect.scope_claim().unwrap().word(), "/realm_access/roles");
//! # Ok::<(), mock_idp::input::InputError>(())
//! ```

mod error;
mod flags;
mod issuer_path;
mod layout;
mod paths;
mod place;
mod read;
mod role;
mod shape;
mod tokens;
mod value;

pub use error::DialectError;
pub use flags::DialectFlags;
pub use issuer_path::IssuerPath;
pub(crate) use paths::{Document, ServerPaths, beside, path_of};
pub use place::{ClaimPath, ScopeClaim, ScopeForm};
pub use role::Role;
pub use shape::Shape;
pub use tokens::Dialect;
pub(crate) use value::{ClaimValue, MemberSetting};
