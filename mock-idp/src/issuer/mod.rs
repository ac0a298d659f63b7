//! The issuer's core: a synchronous function from request to response.
//!
//! The servers of [`crate::MockIdp`] and the mount on a `wiremock` server are
//! thin covers over [`Issuer::handle`]; it can be called without any of them:
//!
//! ```
//! use mock_idp::{Issuer, Request};
//! use mock_idp::config::Config;
//!
//! let issuer = Issuer::new(&Config::default())?;
//! let response = issuer.handle(&Request::get("/oauth2/default/v1/keys"));
//! assert_eq!(response.status, 200);
//! # Ok::<(), mock_idp::IssuerError>(())
//! ```

mod change;
mod core;
mod delivery;
mod error;
mod exposure;
mod hold;
mod http_date;
mod id_jag;
mod issued;
mod live;
mod made_over;
mod mint;
mod mint_answer;
mod orders;
mod request;
mod response;
mod server;
mod servers;
mod sibling;
mod staging;
mod streams;
mod tls_door;
mod user_tokens;
mod wanted_keys;

pub use self::core::{Addresses, Issuer};
pub(crate) use self::core::{Inner, Served, Settings};
pub(crate) use delivery::SentJwks;
pub use delivery::{Delivery, Hang};
pub use error::{AddServerError, ChangeServerError, IssuerError, MintError};
pub(crate) use exposure::Exposure;
pub use hold::Hold;
pub use http_date::http_date;
pub(crate) use http_date::iso_date;
pub(crate) use id_jag::{ID_JAG_TYP, IdJag};
pub(crate) use issued::IssuedToken;
pub(crate) use live::Published;
pub(crate) use made_over::MadeOver;
pub use mint::MintRequest;
pub use mint_answer::MintAnswer;
pub use request::{Request, Scheme};
pub use response::Response;
pub(crate) use server::ServerState;
pub use staging::{Staged, Staging};
pub(crate) use streams::Streams;
pub(crate) use user_tokens::{UserTokens, Wanted, half_hash};
pub(crate) use wanted_keys::WantedKeys;
