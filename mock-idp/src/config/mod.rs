//! What an issuer is set up with: its authorization servers with their scopes,
//! clients and keys, and where it listens.
//!
//! In Rust these are plain fields over defaults; in a file they are TOML:
//!
//! ```
//! use mock_idp::config::Config;
//!
//! let config = Config::parse(
//!     r#"
//!     [server.orders]
//!     audience = "api://orders"
//!     scopes = ["orders.read", { name = "orders.list", default = true }]
//!
//!     [[server.orders.client]]
//!     id = "0oaOrdersTestClient1"
//!     secret = "only-for-tests"
//!     auth_methods = ["client_secret_post"]
//!     "#,
//!     std::path::Path::new("."),
//! )?;
//! assert_eq!(config.server("orders").map(|server| server.audience.as_str()), Some("api://orders"));
//! # Ok::<(), mock_idp::input::InputError>(())
//! ```

mod auth_method;
mod check;
mod check_claim;
mod check_client;
mod check_proof;
mod check_trust;
mod claim;
mod claim_expression;
mod client;
mod error;
mod grant;
mod network;
mod policy;
pub(crate) mod profile;
mod read;
mod read_claim;
mod read_client;
mod read_jwks;
mod read_policy;
mod read_trust;
mod read_user;
mod record;
mod redirect_uri;
mod root;
mod secret;
mod server;
mod trusted_issuer;
mod user;

pub use auth_method::{ApplicationType, AuthMethod};
pub(crate) use claim::ClaimContext;
pub use claim::{Claim, ClaimSource, ClaimToken, GroupFilter};
pub use claim_expression::ClaimExpression;
pub use client::Client;
pub use error::ConfigFileError;
pub use grant::GrantType;
pub use network::Network;
pub use policy::Policy;
pub(crate) use record::Record;
pub(crate) use redirect_uri::origin_of;
pub use root::Config;
pub use secret::Secret;
pub use server::{AuthorizationServer, DEFAULT_SERVER, SECOND_SERVER, Scope};
pub use trusted_issuer::TrustedIssuer;
pub use user::User;
