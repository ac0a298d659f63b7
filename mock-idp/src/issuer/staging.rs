use super::{Inner, Issuer};
use crate::claims::TokenSettings;
use crate::forge::ForgeContext;
use crate::keys::{KeyName, KeySet, Role};
use crate::random::Random;
use crate::step::{Stage, Step, StepError, carry_out, fresh_kid};

/// What is to happen at an authorization server, all at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Staging<'a> {
    /// The steps, in their order.
    pub steps: &'a [Step],
    /// Whether the signing key gets a fresh `kid` before the steps, for a
    /// target that knows its own already. Defaults to false.
    pub rekid: bool,
    /// Whether the twin key is published beside, under a fresh `kid`, in the
    /// same revision. Defaults to false.
    pub twin: bool,
}

/// What a server shows now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Staged {
    /// The revision of its JWKS.
    pub revision: u64,
}

impl Issuer {
    /// Carries steps out on an authorization server, and tells the revision of
    /// its JWKS. `settings` fill the placeholders.
    ///
    /// # Errors
    ///
    /// [`StepError`] when there is no such server, or a step can't be carried
    /// out; nothing has changed then.
    pub fn apply(&self, server: &str, steps: &[Step], settings: &TokenSettings) -> Result<Staged, StepError> {
        self.stage(server, Staging { steps, ..Staging::default() }, settings)
    }

    /// Carries steps out as [`Issuer::apply`] does, with a fresh `kid` before
    /// them and a twin key beside them where asked for, in one revision.
    ///
    /// # Errors
    ///
    /// As [`Issuer::apply`], and [`StepError::NoRoomForTwin`].
    pub fn stage(&self, server: &str, staging: Staging<'_>, settings: &TokenSettings) -> Result<Staged, StepError> {
        self.0.stage(server, staging, settings)
    }

    /// Publishes the twin key under a fresh `kid` besides: a token that it
    /// signed ([`KeyName::Twin`]) proves that a target has fetched since.
    ///
    /// # Errors
    ///
    /// [`StepError::UnknownServer`], or [`StepError::NoRoomForTwin`] where a
    /// step has broken the JWKS.
    pub fn publish_twin(&self, server: &str) -> Result<Staged, StepError> {
        self.stage_alone(server, Staging { twin: true, ..Staging::default() })
    }

    /// Signs from now on with the same key under a fresh `kid`, which a target
    /// can't know yet.
    ///
    /// # Errors
    ///
    /// [`StepError::UnknownServer`].
    pub fn rekid(&self, server: &str) -> Result<Staged, StepError> {
        self.stage_alone(server, Staging { rekid: true, ..Staging::default() })
    }

    /// Undoes every step of a server: honest keys and documents, no faults. The
    /// keys are those before the first step. Answers that are held back go out
    /// ([`Issuer::hold`]). Tells the new revision; `None` when there is no such
    /// server.
    pub fn restore(&self, server: &str) -> Option<u64> {
        self.0.restore(server)
    }

    /// What needs no settings.
    fn stage_alone(&self, server: &str, staging: Staging<'_>) -> Result<Staged, StepError> {
        self.0.stage(server, staging, &TokenSettings::new(String::new()))
    }
}

impl Inner {
    pub(crate) fn stage(&self, id: &str, staging: Staging<'_>, settings: &TokenSettings) -> Result<Staged, StepError> {
        let server = self.server(id).ok_or_else(|| self.no_server(id))?;
        // Read before the server is locked: it may be the second one itself.
        let second = self.second_issuer_key();
        let context = |keys: &KeySet| ForgeContext {
            settings: settings.clone(),
            keys: keys.with_second_issuer(second.as_ref()),
            now: self.now(&server),
            random: server.streams.kids.clone(),
            token_id: String::new(),
            given: None,
        };
        let revision = server.stage(|stage| carry_out_all(staging, stage, &server.streams.kids, context))?;
        self.update_tls();
        Ok(Staged { revision })
    }

    pub(crate) fn restore(&self, id: &str) -> Option<u64> {
        let server = self.server(id)?;
        let revision = server.restore();
        server.gate.open();
        server.answers.clear();
        self.update_tls();
        Some(revision)
    }

    pub(crate) fn no_server(&self, server: &str) -> StepError {
        StepError::UnknownServer { server: server.to_owned(), known: self.server_ids() }
    }
}

fn carry_out_all(
    staging: Staging<'_>,
    stage: &mut Stage,
    kids: &Random,
    context: impl Fn(&KeySet) -> ForgeContext,
) -> Result<(), StepError> {
    if staging.rekid {
        stage.keys.rekid(fresh_kid(kids));
    }
    for step in staging.steps {
        let context = context(&stage.keys);
        carry_out(step, stage, &context)?;
    }
    if staging.twin {
        publish_twin(stage, fresh_kid(kids))?;
    }
    Ok(())
}

fn publish_twin(stage: &mut Stage, kid: String) -> Result<(), StepError> {
    if !stage.has_room_for_twin() {
        return Err(StepError::NoRoomForTwin);
    }
    let twin = Role::Twin.key(stage.keys.active().algorithm()).with_kid(kid);
    stage.keys.withdraw_named(KeyName::Twin);
    stage.keys.insert(Some(KeyName::Twin), twin, false);
    Ok(())
}
