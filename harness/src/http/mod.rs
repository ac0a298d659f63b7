//! The one HTTP/1.1 client that carries everything which is judged.
//!
//! Every byte of a request is its caller's to choose: header name case, order
//! and duplicates, raw values, the request target as it stands, several requests
//! on one connection. The client follows no redirect, uses no proxy, keeps no
//! cookie, and never repeats a request silently. Content codings are taken off
//! what it keeps of a body. A body that stays open is read until it has told
//! enough ([`Streams`]).
//!
//! | concern | where |
//! |---|---|
//! | what is sent, and to whom | [`Request`], [`Header`], [`Endpoint`] |
//! | sending it | [`Client`], [`ClientSettings`], [`Trust`], [`Overrides`] |
//! | what came back | [`Answer`], [`Body`], or a [`Failure`] |
//! | the `WWW-Authenticate` field | [`Challenges`], [`Challenge`], [`bearer_violations`] |
//! | what a report may show | [`Redactor`], [`CurlCommand`] |

mod answer;
mod body;
mod buffer;
mod challenge;
mod client;
mod coding;
mod connection;
mod curl;
mod endpoint;
mod events;
mod exchange;
mod failure;
#[doc(hidden)]
pub mod fuzzing;
mod head;
mod header;
mod overrides;
mod pace;
mod pool;
mod reader;
mod record;
mod redact;
mod request;
mod settings;
mod shell;
mod stream;
mod tls;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Body};
pub use challenge::{
    AuthParam, BearerViolation, Challenge, ChallengeError, Challenges, Credentials, bearer_violations,
};
pub use client::{Client, Connection};
pub use coding::CodingError;
pub use curl::{CurlCommand, CurlError};
pub use endpoint::{Endpoint, EndpointError};
pub use events::{Streams, events, is_event_stream};
pub use failure::{Failure, FailureKind, FirstTry, Part, Sent};
pub use header::Header;
pub use overrides::{OverrideError, Overrides};
pub use pace::Turn;
pub use record::{Recorded, Recorder};
pub use redact::{Redactor, mark};
pub use request::Request;
pub use settings::{ClientSettings, Limits};
pub use shell::ShellExpression;
#[cfg(any(feature = "cli", feature = "cargo-test"))]
pub(crate) use shell::Word;
pub use tls::{Trust, TrustError};
