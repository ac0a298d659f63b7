//! Keys: what signs, what is published, and the built-in test keys.

mod algorithm;
mod builtin;
mod forms;
mod generate;
mod jwk;
mod set;
mod signing_key;

pub use algorithm::Algorithm;
pub use builtin::{BuiltinKey, builtin, is_builtin_kid};
pub use forms::PublicForm;
pub use generate::generate_rsa;
pub use set::KeySet;
pub(crate) use signing_key::SHA256_DIGEST_INFO;
pub use signing_key::{KeyError, SigningKey};
