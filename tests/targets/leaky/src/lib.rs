//! A resource server with one seeded defect per switch, to prove that the scenarios find what
//! they are there to find.
//!
//! Without a [`Defect`] it is sound. With one, exactly one thing is wrong, and
//! [`Defect::expected`] names the scenarios that must notice. With a [`Quirk`] it is odd and still
//! sound: no scenario may call that a failure.
//!
//! The server is written by hand, from the socket on, so that a defect is one condition in one
//! place, even where a framework would not let it be. Look for the name of a [`Defect`] to see
//! where it bites:
//!
//! | room | what is in it |
//! |---|---|
//! | `http/`, `server` | requests and answers as bytes |
//! | `service`, `route`, `cors` | what a request is about, and who may have it |
//! | `credentials/` | where the token is |
//! | `verify`, `trust`, `token/`, `keys/`, `signature/`, `claims/`, `scope` | whether it is good |
//! | `answer`, `challenge` | how the outcome is told |
//! | `burden`, `memory`, `log`, `jwe`, `test_issuer` | what a sound server doesn't have |
//! | `accepts` | which signatures it takes |
//! | `quirk`, `limit` | what one sound server has, and another hasn't |
//!
//! Never serve anything with this.

mod accepts;
mod answer;
mod burden;
mod challenge;
mod claims;
mod cors;
mod credentials;
mod defect;
mod http;
mod jwe;
mod keys;
mod limit;
mod lockout;
mod log;
mod memory;
mod quirk;
mod route;
mod scope;
mod server;
mod service;
mod settings;
mod signature;
mod test_issuer;
mod token;
mod trust;
mod verify;

pub use crate::accepts::{Algorithm, Further, Takes, UnknownAlgorithm, UnknownFurther};
pub use crate::defect::{Defect, UnknownDefect};
pub use crate::quirk::{Quirk, Quirks, UnknownQuirk};
pub use crate::server::{Leaky, serve};
pub use crate::settings::{Settings, SettingsError, Shape, http_client, port_from_env};
