//! What came to the issuer while a case was carried out.

use super::carried::{Carried, Reading};
use super::wire::{Prepared, Wire};
use crate::learn::Acceptance;
use crate::scenario::Case;
use crate::verdict::Evidence;

impl Wire {
    /// Carries a case out and counts the fetches of the issuer's keys meanwhile,
    /// where the case asks for it.
    pub(in crate::engine) async fn carry_counted(
        &self,
        case: &Case,
        prepared: &Prepared,
        acceptance: &Acceptance,
    ) -> Carried {
        let before = self.key_hits(case).await;
        let carried = self.carry(case, prepared, Reading { acceptance, issuer_broken: false }).await;
        let issuer_hits = self.key_hits(case).await.zip(before).map(|(after, before)| after.saturating_sub(before));
        let evidence = Evidence { issuer_hits, ..carried.evidence };
        Carried { evidence, ..carried }
    }

    async fn key_hits(&self, case: &Case) -> Option<u64> {
        if case.counts_fetches() { self.minter.seen().await.ok().map(|seen| seen.keys) } else { None }
    }
}
