use super::served::Served;
use super::{Endpoint, Faults};
use crate::keys::KeySet;

/// What an authorization server shows to the world, honest or not.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) keys: KeySet,
    /// Members of the discovery documents that are replaced, as JSON text.
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) faults: Faults,
    pub(crate) served: Served,
}

impl Stage {
    /// These keys, honest documents, no faults.
    pub(crate) fn honest(keys: KeySet) -> Self {
        Self { keys, metadata: Vec::new(), faults: Faults::default(), served: Served::default() }
    }

    /// Whether a target can fetch an honest document with a key of ours in it.
    pub(crate) fn has_room_for_twin(&self) -> bool {
        let faulty =
            [Endpoint::Jwks, Endpoint::Metadata].into_iter().any(|endpoint| self.faults.at(endpoint).is_some());
        !faulty && self.metadata.is_empty() && !self.keys.is_replaced()
    }
}
