//! What to try where the control gets no answer.

use crate::engine::run::Run;
use crate::http::{Failure, FailureKind};
use crate::target::Target;

impl Run {
    pub(super) async fn unreachable_hints(&self, failure: &Failure) -> Vec<String> {
        let hint = match &failure.kind {
            FailureKind::Certificate { .. } => {
                "believe the authority of this certificate, or the certificate itself, with --cacert FILE (PEM); --insecure accepts any".to_owned()
            }
            FailureKind::NotTls => self.scheme_hint("http"),
            FailureKind::Unresolved { host, .. } => {
                format!("correct the host name, or say where it is with --resolve {host}:PORT:ADDRESS")
            }
            kind if kind.may_be_tls() && self.speaks_tls().await => self.scheme_hint("https"),
            FailureKind::Deadline { .. } => {
                "the target did not end its answer: give it longer with --timeout, or see what it waits for".to_owned()
            }
            _ => is_it_there(&self.target),
        };
        let is_about_tls =
            matches!(failure.kind, FailureKind::Certificate { .. } | FailureKind::NotTls | FailureKind::Tls { .. });
        let wait = (!is_about_tls).then(|| self.wait_hint());
        std::iter::once(hint).chain(wait).collect()
    }

    /// Whether a target that was spoken to without TLS wants it.
    pub(super) async fn speaks_tls(&self) -> bool {
        match self.target.endpoint() {
            Ok(endpoint) if !endpoint.tls() => self.client.speaks_tls(&endpoint).await,
            _ => false,
        }
    }
}

fn is_it_there(target: &Target) -> String {
    match target {
        Target::Url(endpoint) => format!("is the server running, and does it listen at {}?", endpoint.authority()),
        _ => "does the command start a server on the port in SERVER_PORT or PORT?".to_owned(),
    }
}
