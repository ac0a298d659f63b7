//! The built-in demo server: a sound resource server, in this process.
//!
//! With it a first run needs no target of one's own, and the tests of this
//! crate have a server that every scenario must pass. It is written for
//! reading: one file a concern, every check named after what asks for it.
//!
//! ```no_run
//! use badpenny::demo::{Demo, DemoError, DemoSettings};
//!
//! # async fn example(ca_pem: String) -> Result<(), DemoError> {
//! let demo = Demo::start(DemoSettings::new("https://127.0.0.1:9443/oauth2/default", ca_pem)).await?;
//! let protected_route = demo.url();
//! # Ok(())
//! # }
//! ```
//!
//! | step | where |
//! |---|---|
//! | the token out of the request (RFC 6750, section 2.1) | `bearer` |
//! | its structure and signature (RFC 7515) | `token`, `json` |
//! | the issuer's keys (RFC 7517), fetched or handed over | `keys`, `source`, `jwks`, `verifying_key` |
//! | its claims (RFC 7519, RFC 9068) and scope | `claims` |
//! | what is wrong, and the answer (RFC 6750, section 3) | `defect`, `answer` |
//! | all of these in order, before every route | `gate`, `server` |

mod answer;
mod bearer;
mod claims;
mod defect;
mod gate;
mod json;
mod jwks;
mod keys;
mod server;
mod settings;
mod source;
mod token;
mod verifying_key;

#[cfg(test)]
mod tests;

pub use server::{Demo, DemoError};
pub use settings::DemoSettings;
pub use source::SourceError;
