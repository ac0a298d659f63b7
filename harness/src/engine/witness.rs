//! The issuer as a stage and as a witness: it is made to change its keys or to
//! fail, and its journal tells what the target fetched.

use mock_idp::Staging;
use mock_idp::claims::TokenSettings;
use mock_idp::step::{Step, StepError};
use serde::Deserialize;
use serde_json::json;

use super::minter::Minter;
use crate::check::Fetch;
use crate::remote::RemoteError;

/// What the issuer has seen of the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Seen {
    /// Requests to the JWKS, answered or cut off.
    #[serde(default)]
    pub(super) keys: u64,
    /// Requests to the discovery documents.
    #[serde(default)]
    pub(super) metadata: u64,
    /// The revision of the JWKS that was sent last.
    #[serde(default)]
    pub(super) last_revision: Option<u64>,
    /// For how many seconds the target was told that it may keep it.
    #[serde(default)]
    pub(super) max_age: Option<i64>,
}

/// Why the issuer can't be changed or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// A step can't be carried out.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The authorization server of the tokens is not there.
    #[error("the issuer has no authorization server \"{server}\"")]
    NoServer {
        /// Its id.
        server: String,
    },
    /// The issuer takes no further authorization server.
    #[error(transparent)]
    Server(#[from] mock_idp::AddServerError),
    /// No further issuer starts beside this one.
    #[error(transparent)]
    Beside(#[from] mock_idp::StartError),
    /// The running issuer can't be asked, or says no.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

impl WitnessError {
    /// Whether this one step can't be carried out, where others can.
    pub(super) fn is_about_the_step(&self) -> bool {
        match self {
            Self::Step(_) => true,
            Self::Remote(RemoteError::Refused { status, .. }) => matches!(status.as_u16(), 400 | 422),
            Self::Remote(_) | Self::NoServer { .. } | Self::Server(_) | Self::Beside(_) => false,
        }
    }
}

impl Minter {
    /// Changes the issuer; the revision of its JWKS afterwards.
    pub(super) async fn stage(&self, staging: Staging<'_>) -> Result<u64, WitnessError> {
        match self {
            Self::Local { settings, server, issuer, .. } => Ok(issuer.stage(server, staging, settings)?.revision),
            Self::Remote { settings, server, api } => {
                let answer: Revision = api.post("/_mock/steps", &staging_json(server, staging, settings)).await?;
                Ok(answer.revision)
            }
        }
    }

    /// Undoes every change of the issuer.
    pub(super) async fn restore(&self) -> Result<(), WitnessError> {
        match self {
            Self::Local { server, issuer, .. } => issuer.restore(server).map(drop).ok_or_else(|| self.no_server()),
            Self::Remote { .. } => self.order::<Revision>("/_mock/restore").await.map(drop),
        }
    }

    /// Holds the keys back from now on: whoever asks for them waits.
    pub(super) async fn hold(&self) -> Result<(), WitnessError> {
        match self {
            Self::Local { server, issuer, .. } => issuer.hold(server).then_some(()).ok_or_else(|| self.no_server()),
            Self::Remote { .. } => self.order::<serde_json::Value>("/_mock/hold").await.map(drop),
        }
    }

    /// Answers those who ask for keys again.
    pub(super) async fn release(&self) -> Result<(), WitnessError> {
        match self {
            Self::Local { server, issuer, .. } => issuer.release(server).then_some(()).ok_or_else(|| self.no_server()),
            Self::Remote { .. } => self.order::<serde_json::Value>("/_mock/release").await.map(drop),
        }
    }

    /// What the issuer has seen so far.
    pub(super) async fn seen(&self) -> Result<Seen, WitnessError> {
        match self {
            Self::Local { server, issuer, .. } => {
                let counted = issuer.journal().counted(server).unwrap_or_default();
                let (keys, metadata) = (counted.keys, counted.metadata);
                Ok(Seen { keys, metadata, last_revision: counted.last_revision, max_age: counted.max_age })
            }
            Self::Remote { server, api, .. } => {
                let journal: RemoteJournal = api.get(COUNTS_ONLY).await?;
                Ok(journal.counters.servers.get(server).copied().unwrap_or_default())
            }
        }
    }

    /// Has something done at the authorization server that needs no more words.
    async fn order<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, WitnessError> {
        match self {
            Self::Local { .. } => Err(self.no_server()),
            Self::Remote { server, api, .. } => Ok(api.post(path, &json!({ "server": server })).await?),
        }
    }

    fn no_server(&self) -> WitnessError {
        WitnessError::NoServer { server: self.server().to_owned() }
    }

    /// The number of the last request that the issuer has seen; 0 for none.
    pub(super) async fn last_entry(&self) -> Result<u64, WitnessError> {
        Ok(match self {
            Self::Local { issuer, .. } => issuer.journal().last_number(),
            Self::Remote { api, .. } => api.get::<RemoteJournal>(COUNTS_ONLY).await?.last_number,
        })
    }

    /// The requests to keys and metadata behind that entry, as far as they are kept.
    pub(super) async fn fetches(&self, behind: u64) -> Result<Vec<Fetch>, WitnessError> {
        match self {
            Self::Local { server, issuer, .. } => {
                let entries = issuer.journal().entries_of(server, behind).into_iter();
                let fetches = entries.filter(|entry| entry.route == "keys" || METADATA.contains(&entry.route));
                Ok(fetches
                    .map(|entry| Fetch {
                        path: entry.path,
                        query: entry.query,
                        user_agent: entry.user_agent,
                        authorization: entry.authorization,
                        cookie: entry.cookie,
                    })
                    .collect())
            }
            Self::Remote { server, api, .. } => {
                let journal: RemoteEntries = api.get(&format!("/_mock/journal?after={behind}&server={server}")).await?;
                let is_fetch = |entry: &RemoteEntry| entry.route == "keys" || METADATA.contains(&entry.route.as_str());
                Ok(journal.entries.into_iter().filter(is_fetch).map(|entry| entry.fetch).collect())
            }
        }
    }
}

/// The journal without its requests: none has so high a number.
const COUNTS_ONLY: &str = "/_mock/journal?after=18446744073709551615";
/// The routes of the discovery documents.
const METADATA: [&str; 2] = ["openid-configuration", "oauth-authorization-server"];

fn staging_json(server: &str, staging: Staging<'_>, settings: &TokenSettings) -> serde_json::Value {
    let steps: Vec<&serde_json::Value> = staging.steps.iter().map(Step::to_json).collect();
    json!({
        "server": server,
        "steps": steps,
        "twin": staging.twin,
        "rekid": staging.rekid,
        "issuer": settings.issuer,
        "audience": settings.audience,
        "scope": settings.scope,
        "client_id": settings.client_id,
        "leeway": settings.leeway,
        "listener": settings.listener,
        "other_scope": settings.other_scope,
    })
}

#[derive(Deserialize)]
struct Revision {
    revision: u64,
}

#[derive(Deserialize)]
struct RemoteJournal {
    counters: RemoteCounters,
    last_number: u64,
}

#[derive(Deserialize)]
struct RemoteCounters {
    servers: std::collections::BTreeMap<String, Seen>,
}

#[derive(Deserialize)]
struct RemoteEntries {
    entries: Vec<RemoteEntry>,
}

#[derive(Deserialize)]
struct RemoteEntry {
    route: String,
    #[serde(flatten)]
    fetch: Fetch,
}
