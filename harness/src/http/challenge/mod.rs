//! The `WWW-Authenticate` field: RFC 9110 11.6.1, and what RFC 6750 section 3
//! asks of a `Bearer` challenge in it.

mod bearer;
mod error;
mod parser;
mod scanner;
mod types;

pub use bearer::{BearerViolation, bearer_violations};
pub use error::ChallengeError;
pub use types::{AuthParam, Challenge, Challenges, Credentials};
