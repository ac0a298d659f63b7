use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::issuer::Issuer;

/// What certificate an https connection was shown, and whether that still
/// holds: who keeps one alive must not slip past a step that changes it.
pub(super) struct ShownTls {
    untrusted: bool,
    now: watch::Receiver<bool>,
    was_asked: AtomicBool,
    is_control: AtomicBool,
}

impl ShownTls {
    /// What a handshake that begins now shows.
    pub(super) fn new(issuer: &Issuer) -> Self {
        let now = issuer.shows_untrusted();
        let untrusted = *now.borrow();
        Self { untrusted, now, was_asked: AtomicBool::new(false), is_control: AtomicBool::new(false) }
    }

    /// Whether the certificate is the one that nobody can check.
    pub(super) fn is_untrusted(&self) -> bool {
        self.untrusted
    }

    /// Takes note of a request; the control API is answered on any connection.
    pub(super) fn ask(&self, is_control: bool) {
        self.was_asked.store(true, Ordering::Relaxed);
        self.is_control.fetch_or(is_control, Ordering::Relaxed);
    }

    /// Whether a new handshake would show something else.
    pub(super) fn is_stale(&self) -> bool {
        *self.now.borrow() != self.untrusted
    }

    /// Waits until the connection is to be closed because it is stale. One
    /// that has carried the control API stays: its caller may have no other
    /// way to undo the step.
    pub(super) async fn closing(&self) {
        let mut now = self.now.clone();
        let is_over = now.wait_for(|untrusted| *untrusted != self.untrusted).await.is_err();
        if is_over || self.is_control.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    /// Whether the peer went away without a request, as those do that look at
    /// the certificate after the handshake.
    pub(super) fn turned_away(&self) -> bool {
        self.untrusted && !self.was_asked.load(Ordering::Relaxed)
    }
}
