//! The issuer's own certificate authority and the certificate for https.

mod authority;
mod error;
mod identity;
#[cfg(feature = "java")]
mod java;

pub use authority::CertificateAuthority;
pub use error::TlsError;
pub use identity::Identity;
#[cfg(feature = "java")]
pub use java::{JAVA_OPTIONS, java_options, java_trust_store};
