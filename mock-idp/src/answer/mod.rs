//! Answers that are otherwise on request: bad ones, which a client must refuse, and
//! legal ones that few issuers give. `ANSWERS.md` tells all of them.
//!
//! An answer is a name, `id-token-wrong-nonce`; some take a value, `delay=3`; those
//! that can be given at every endpoint take one before a slash, `userinfo/cut`.
//! It is asked for by a client's configuration
//! ([`Client::answers`](crate::config::Client::answers)), by the request itself, by a
//! scope `mock:NAME`, or by an [`Order`] that stands:
//!
//! ```
//! use mock_idp::answer::{Answer, Order};
//! use mock_idp::config::Config;
//! use mock_idp::{Issuer, Request};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! issuer.order("default", Order::new([Answer::parse("userinfo/status-503")?]).times(1))?;
//! let statuses = [(); 2].map(|()| issuer.handle(&Request::get("/oauth2/default/v1/userinfo")).status.as_u16());
//! assert_eq!(statuses, [503, 401]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// What a scope begins with that asks for an answer.
pub const SCOPE_PREFIX: &str = "mock:";

mod effect;
mod error;
mod name;
mod page;
mod place;
mod row;
mod standing;
mod table;

pub(crate) use effect::{Change, Effect, Instead, Occasion, Promise};
pub use error::{AnswerError, OrderError};
pub use name::Answer;
pub use page::markdown;
pub use place::Place;
pub use row::{Owed, Row};
pub use standing::Order;
pub(crate) use standing::{Carried, Standing};
pub use table::rows;
