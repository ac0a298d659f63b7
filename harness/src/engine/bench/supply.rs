use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mock_idp::dialect::IssuerPath;
use mock_idp::step::Step;

use super::server::{BenchServer, OpenServers};
use super::{Bench, Subject};
use crate::engine::exchange::Sessions;
use crate::engine::minter::Minter;
use crate::engine::witness::WitnessError;
use crate::scenario::Case;
use crate::target::Recipe;

/// Where more benches come from; clones share the count.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Supply {
    minter: Minter,
    recipe: Option<Recipe>,
    /// What the ids of this run's servers begin with.
    prefix: String,
    made: Arc<AtomicU64>,
    open: OpenServers,
}

/// Which door the target of a bench finds its issuer behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Door<'a> {
    /// The one that all share.
    Shared,
    /// One of its own, since it shows something at the door itself.
    Own,
    /// One of its own, since its identifier has this path, of which a host has room
    /// for one.
    At(&'a IssuerPath),
}

impl<'a> Door<'a> {
    /// The one that a case needs.
    pub(in crate::engine) fn of(case: &'a Case) -> Self {
        match &case.variant.issuer_path {
            Some(path) => Self::At(path),
            None if case.variant.issuer.iter().any(Step::shows_certificate) => Self::Own,
            None => Self::Shared,
        }
    }
}

impl Supply {
    /// Benches like the one whose target is started that way; `prefix` tells the
    /// servers of this run from those of others at the same issuer.
    pub(in crate::engine) fn new(minter: Minter, recipe: Option<Recipe>, prefix: String) -> Self {
        Self { minter, recipe, prefix, made: Arc::default(), open: OpenServers::default() }
    }

    /// Whether there is a way to start more targets at all.
    pub(in crate::engine) fn has_recipe(&self) -> bool {
        self.recipe.is_some()
    }

    /// A bench with an authorization server of its own; its target is not
    /// started yet. `None` where that can't be had.
    pub(in crate::engine) async fn open(
        &self,
        like: &Bench<'_>,
        door: Door<'_>,
    ) -> Result<Option<Bench<'static>>, WitnessError> {
        let Some(recipe) = self.recipe.clone() else { return Ok(None) };
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}{number}", self.prefix);
        let made = match door {
            Door::Shared if self.minter.has_room_beside() => {
                Some(BenchServer::further(&self.minter, &name, like.wire.settings.verification, &self.open).await?)
            }
            Door::At(path) => BenchServer::beside(&self.minter, Some(path))?,
            _ => BenchServer::beside(&self.minter, None)?,
        };
        let Some((minter, server)) = made else { return Ok(None) };
        let random = like.wire.random.branch(&name);
        let mut bench = like.another(Subject::Own(None, recipe));
        bench.wire.minter = minter;
        bench.wire.random = random;
        bench.wire.sessions = Sessions::default();
        bench.server = Some(server);
        Ok(Some(bench))
    }

    /// Whether the issuer has doors of its own for a bench.
    pub(in crate::engine) fn has_doors(&self) -> bool {
        matches!(self.minter, Minter::Local { .. })
    }

    /// Takes away what a run that was ended in its midst has left at an issuer
    /// which outlives it.
    pub(in crate::engine) async fn sweep(&self) -> Result<(), WitnessError> {
        if let Minter::Remote { api, .. } = &self.minter {
            for id in self.open.left() {
                api.delete(&format!("/_mock/servers/{id}")).await?;
            }
        }
        Ok(())
    }
}

impl Bench<'_> {
    /// A bench with the same knowledge and another subject.
    fn another(&self, subject: Subject<'static>) -> Bench<'static> {
        Bench {
            wire: self.wire.clone(),
            acceptance: Arc::clone(&self.acceptance),
            reporter: self.reporter.clone(),
            subject,
            fetching: self.fetching.clone(),
            control: super::KnownControl::default(),
            log_lines: 0,
            stopped: None,
            server: None,
            starts: None,
            others: self.others.clone(),
        }
    }
}
