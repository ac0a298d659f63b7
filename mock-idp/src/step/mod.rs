//! What happens at an authorization server for a while: keys that come and go,
//! documents that lie, endpoints that fail.
//!
//! A step is a table that begins with its word, as an edit of
//! [`crate::mutation`] is. [`Issuer::apply`](crate::Issuer::apply) carries steps
//! out, `POST /_mock/steps` too, and [`Issuer::restore`](crate::Issuer::restore)
//! undoes them all.
//!
//! ```
//! use mock_idp::claims::TokenSettings;
//! use mock_idp::config::Config;
//! use mock_idp::step::Step;
//! use mock_idp::{Issuer, Request};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! let settings = TokenSettings::new("http://127.0.0.1/oauth2/default");
//! let outage = Step::from_json(&serde_json::json!({ "fault": "jwks", "status": 503 }))?;
//! issuer.apply("default", &[outage], &settings)?;
//! assert_eq!(issuer.handle(&Request::get("/oauth2/default/v1/keys")).status, 503);
//!
//! issuer.restore("default");
//! assert_eq!(issuer.handle(&Request::get("/oauth2/default/v1/keys")).status, 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod carry_out;
mod error;
mod fault;
mod parse;
mod served;
mod stage;
mod types;

pub(crate) use carry_out::{carry_out, fresh_kid, rotate};
pub use error::StepError;
pub use fault::{Endpoint, Fault};
pub(crate) use fault::{Faults, StandingFault};
pub use served::ServedFields;
pub(crate) use stage::Stage;
pub use types::{Action, Step};
