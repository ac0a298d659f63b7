//! A resource server with one seeded defect per switch, to prove that the scenarios find what
//! they are there to find.
//!
//! Without a [`Defect`] it is sound. With one, exactly one check of its pipeline is wrong, and
//! [`Defect::expected`] names the scenarios of the profile `core@1` that must notice.
//!
//! The pipeline is written by hand, one step a file, so that a defect is one condition in one
//! place: `bearer`, `compact`, `header`, `jwks`, `signature`, `claims`, `scope`, `answer`. Look
//! for the name of a [`Defect`] to see where it bites.
//!
//! Never serve anything with this.

mod answer;
mod bearer;
mod claims;
mod compact;
mod defect;
mod header;
mod jwks;
mod public_key;
mod scope;
mod server;
mod service;
mod settings;
mod signature;

pub use crate::defect::{Defect, UnknownDefect};
pub use crate::server::{Leaky, serve};
pub use crate::settings::{Settings, SettingsError, http_client, port_from_env};
