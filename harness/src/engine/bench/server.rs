//! An authorization server of a bench: made for it, and dropped with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use mock_idp::MockIdp;
use mock_idp::config::{AuthorizationServer, DEFAULT_SERVER};
use mock_idp::dialect::IssuerPath;
use serde_json::json;

use super::super::minter::Minter;
use super::super::witness::WitnessError;
use crate::issuer::by_name;
use crate::remote::{RemoteApi, RemoteError};
use crate::scenario::Verification;

/// What stands behind a bench's issuer identifier. Dropping it takes it away
/// where that needs no call; [`BenchServer::close`] does always.
pub(super) enum BenchServer {
    /// One more server of the issuer in this process.
    Further { issuer: mock_idp::Issuer, id: String },
    /// An issuer on ports of its own.
    Beside { _lives: Box<MockIdp> },
    /// One more server of an issuer that runs elsewhere.
    Remote { api: RemoteApi, id: String, open: OpenServers },
}

/// The servers that were made at an issuer which outlives the run.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenServers(Arc<Mutex<BTreeSet<String>>>);

impl OpenServers {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Those that are still there.
    pub(super) fn left(&self) -> Vec<String> {
        self.change(|open| open.iter().cloned().collect())
    }
}

impl BenchServer {
    /// One more server of the same issuer, and what mints its tokens. Where targets
    /// are handed its key, and with it the `kid`, that is the same.
    pub(super) async fn further(
        minter: &Minter,
        id: &str,
        verification: Verification,
        open: &OpenServers,
    ) -> Result<(Minter, Self), WitnessError> {
        let server = match minter {
            Minter::Local { issuer, .. } => {
                match issuer.keys(DEFAULT_SERVER).filter(|_| !verification.fetches()) {
                    Some(keys) => {
                        let mut server = AuthorizationServer::new(id);
                        server.key = Some(keys.active().clone());
                        server.dialect = minter.settings().dialect.beside(id).unwrap_or_default();
                        issuer.add_server(&server)?;
                    }
                    None => issuer.add_server_like(id, DEFAULT_SERVER)?,
                }
                Self::Further { issuer: issuer.clone(), id: id.to_owned() }
            }
            Minter::Remote { api, .. } => {
                open.change(|open| open.insert(id.to_owned()));
                make(api, id).await?;
                Self::Remote { api: api.clone(), id: id.to_owned(), open: open.clone() }
            }
        };
        Ok((minter.at_server(id), server))
    }

    /// An issuer with doors of its own, and with that path in its identifier where
    /// there is one; `None` where that can't be had.
    pub(super) fn beside(minter: &Minter, path: Option<&IssuerPath>) -> Result<Option<(Minter, Self)>, WitnessError> {
        let Minter::Local { issuer, .. } = minter else { return Ok(None) };
        let idp = match path {
            Some(path) => issuer.beside_at(path)?,
            None => issuer.beside()?,
        };
        let identifier =
            if minter.settings().issuer.starts_with("http:") { idp.http_issuer() } else { idp.https_issuer() };
        let is_named = minter.settings().issuer.contains("://localhost");
        let identifier = if is_named { by_name(&identifier) } else { identifier };
        let minter = minter.of_issuer(idp.issuer().clone(), identifier);
        Ok(Some((minter, Self::Beside { _lives: Box::new(idp) })))
    }

    /// Takes it away.
    pub(super) async fn close(self) {
        if let Self::Remote { api, id, open } = &self
            && api.delete(&format!("/_mock/servers/{id}")).await.is_ok()
        {
            open.change(|open| open.remove(id));
        }
    }
}

/// Makes a server; one of that name is left of a run with the same seed that
/// could not take it away.
async fn make(api: &RemoteApi, id: &str) -> Result<(), RemoteError> {
    let order = json!({ "id": id, "like": DEFAULT_SERVER });
    if api.post::<serde_json::Value>("/_mock/servers", &order).await.is_ok() {
        return Ok(());
    }
    api.delete(&format!("/_mock/servers/{id}")).await?;
    api.post::<serde_json::Value>("/_mock/servers", &order).await.map(drop)
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        if let Self::Further { issuer, id } = self {
            issuer.remove_server(id);
        }
    }
}
