//! Keys: what signs, what is published, and the built-in test keys.

mod algorithm;
mod builtin;
mod error;
mod forms;
mod generate;
mod jwk;
mod material;
mod name;
mod published;
mod rsa_key;
mod set;
mod signing_key;

pub use algorithm::Algorithm;
pub use builtin::{BuiltinKey, builtin, is_builtin, is_builtin_kid};
pub use error::KeyError;
pub use forms::PublicForm;
pub use generate::generate_rsa;
pub use name::KeyName;
pub use published::PublishedKey;
pub(crate) use rsa_key::SHA256_DIGEST_INFO;
pub use set::KeySet;
pub use signing_key::SigningKey;
