use crate::catalogue::FindError;
use crate::forge::ForgeError;
use crate::input::InputError;

/// Why no issuer can be made of a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// A field is wrong.
    #[error(transparent)]
    Config(#[from] InputError),
    /// There are built-in keys for two servers only, and no start waits until
    /// one is generated.
    #[error(
        "the authorization server \"{server}\" has no key: built-in test keys are for two servers, so give it one with `key_file`, or `AuthorizationServer::key`"
    )]
    NoKey {
        /// Its id.
        server: String,
    },
}

/// Why a token was not minted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// There is no such authorization server.
    #[error("there is no authorization server \"{server}\": known are {}", known.join(", "))]
    UnknownServer {
        /// What was asked for.
        server: String,
        /// Ids of those that exist.
        known: Vec<String>,
    },
    /// No scenario variant has that name.
    #[error(transparent)]
    Scenario(#[from] FindError),
    /// The mutation can't be carried out.
    #[error(transparent)]
    Mutation(#[from] ForgeError),
}
