use crate::catalogue::FindError;
use crate::forge::ForgeError;
use crate::input::InputError;
use crate::keys::KeyError;

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
    /// A key is none for its server's algorithm.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why an authorization server was not added. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddServerError {
    /// A field is wrong.
    #[error(transparent)]
    Config(#[from] InputError),
    /// There is a server of that id.
    #[error("there is an authorization server \"{server}\" already: choose another id, or remove that one first")]
    Exists {
        /// Its id.
        server: String,
    },
    /// It has no key, and nothing waits until one is generated.
    #[error("the authorization server \"{server}\" has no key: give it one with `AuthorizationServer::key`")]
    NoKey {
        /// Its id.
        server: String,
    },
    /// Its key is none for its algorithm.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The issuer listens off loopback, and everybody has the key.
    #[error(
        "the authorization server \"{server}\" would sign with a built-in test key, which is public, and this issuer listens off loopback: give the server a key of its own"
    )]
    BuiltinKeyOffLoopback {
        /// Its id.
        server: String,
    },
    /// There are as many as there may be.
    #[error("there are {limit} authorization servers already: remove some first")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// There is no server to be like.
    #[error("there is no authorization server \"{server}\": known are {}", known.join(", "))]
    UnknownServer {
        /// What was asked for.
        server: String,
        /// Ids of those that exist.
        known: Vec<String>,
    },
}

/// Why the configuration of an authorization server was not changed. Nothing has
/// changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeServerError {
    /// A field is wrong.
    #[error(transparent)]
    Config(#[from] InputError),
    /// That stays as long as the server is there.
    #[error("`{field}` of the authorization server \"{server}\" stays while it runs: {}", instead(field))]
    Fixed {
        /// Its id.
        server: String,
        /// The field.
        field: &'static str,
    },
    /// There is no such server.
    #[error("there is no authorization server \"{server}\": known are {}", known.join(", "))]
    UnknownServer {
        /// What was asked for.
        server: String,
        /// Ids of those that exist.
        known: Vec<String>,
    },
}

/// What to do in place of such a change.
fn instead(field: &str) -> &'static str {
    match field {
        "key" => "change its keys with `Issuer::change_keys`",
        _ => "add another server",
    }
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
