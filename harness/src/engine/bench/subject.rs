use std::time::Duration;

use crate::http::{Endpoint, EndpointError};
use crate::target::{Recipe, RenewError, Target};
use crate::verdict::Death;

/// The target of a bench: lent by who began the run, or the bench's own, which
/// is not there before it is first started.
pub(in crate::engine) enum Subject<'t> {
    /// Lent: whoever started it ends it.
    Lent(&'t mut Target),
    /// Its own, with how it is started.
    Own(Option<Box<Target>>, Recipe),
}

impl Subject<'_> {
    /// The target, once it was started.
    pub(in crate::engine) fn target(&self) -> Option<&Target> {
        match self {
            Self::Lent(target) => Some(target),
            Self::Own(target, _) => target.as_deref(),
        }
    }

    /// Whether the harness starts it, and can do so again.
    pub(in crate::engine) fn is_owned(&self) -> bool {
        match self {
            Self::Lent(target) => target.is_owned(),
            Self::Own(..) => true,
        }
    }

    /// Starts it, or another one in its place; for that issuer where it was
    /// never there before, which it keeps.
    pub(super) async fn start(&mut self, issuer: &str, deadline: Option<Duration>) -> Result<(), RenewError> {
        match self {
            Self::Lent(target) => target.renew().await,
            Self::Own(Some(target), _) => target.renew().await,
            Self::Own(place, recipe) => {
                *place = Some(Box::new(recipe.start(issuer, deadline).await?));
                Ok(())
            }
        }
    }

    /// Ends what is the bench's own.
    pub(super) async fn stop(&mut self) {
        if let Self::Own(target, _) = self
            && let Some(target) = target.take()
        {
            target.stop().await;
        }
    }

    pub(super) fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        match self.target() {
            Some(target) => target.endpoint(),
            // Whoever asks has just started it.
            None => "http://127.0.0.1/".parse(),
        }
    }

    pub(super) async fn death(&self, soon: bool) -> Option<Death> {
        match self.target() {
            Some(target) => target.death(soon).await,
            None => None,
        }
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.target().map(Target::log).unwrap_or_default()
    }

    pub(super) fn lines_written(&self) -> u64 {
        self.new_log_lines(u64::MAX).1
    }

    pub(super) fn lines_written_since(&self, before: u64) -> usize {
        usize::try_from(self.lines_written().saturating_sub(before)).unwrap_or(usize::MAX)
    }

    pub(super) fn new_log_lines(&self, before: u64) -> (Vec<String>, u64) {
        self.target().map_or_else(|| (Vec::new(), 0), |target| target.new_log_lines(before))
    }
}
