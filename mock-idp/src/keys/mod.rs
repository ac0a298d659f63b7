//! Keys: what signs, what is published, and the built-in test keys.

mod algorithm;
mod builtin;
mod certificate;
mod error;
mod forms;
mod generate;
mod hmac;
mod jwk;
mod kind;
mod material;
mod name;
mod pair;
mod published;
mod role;
mod rsa_key;
mod set;
mod signing_key;
mod spki;
mod verify;
mod verifying_key;

pub use algorithm::Algorithm;
pub use builtin::{BuiltinKey, builtin, is_builtin, is_builtin_kid};
pub use error::KeyError;
pub use forms::PublicForm;
pub use generate::generate;
pub(crate) use hmac::{hmac, hmac_verifies};
pub use kind::{Curve, KeyKind};
pub use name::KeyName;
pub use published::PublishedKey;
pub use role::Role;
pub(crate) use rsa_key::SHA256_DIGEST_INFO;
pub use set::KeySet;
pub use signing_key::SigningKey;
pub use verifying_key::VerifyingKey;
