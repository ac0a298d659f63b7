use crate::forge::ForgeError;

/// Why steps were not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// There is no such authorization server.
    #[error("there is no authorization server \"{server}\": known are {}", known.join(", "))]
    UnknownServer {
        /// What was asked for.
        server: String,
        /// Ids of those that exist.
        known: Vec<String>,
    },
    /// A twin key was asked for where the steps leave no honest document.
    #[error(
        "no twin key can be published beside these steps: a fault, `jwks` or `metadata` leaves no honest document to publish it in"
    )]
    NoRoomForTwin,
    /// The target reaches the issuer over http.
    #[error("`untrusted-tls` needs an issuer over https, and the tokens name {issuer}")]
    NotHttps {
        /// The issuer identifier.
        issuer: String,
    },
    /// A key or a value can't be made.
    #[error(transparent)]
    Value(#[from] ForgeError),
}
