//! Why the control did not get through: what was seen, and what to try next.

mod listening;
mod refused;
mod unreachable;

use std::fmt;

use self::listening::success_hint;
use super::run::Run;
use super::stage::ControlError;
use crate::http::Answer;
use crate::issuer::IssuerView;
use crate::printable::printable;
use crate::target::Target;

/// Why the control may have failed: what was seen, and what to try next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// What was seen, a line each.
    pub seen: Vec<String>,
    /// What to try, the likeliest first.
    pub hints: Vec<String>,
    /// The target's last lines of output, each once where it repeats itself.
    pub log: Vec<String>,
}

/// Bytes of a body that are shown.
const EXCERPT: usize = 300;

impl Run {
    /// Looks for the reason why the control did not get through; `issuer` is what
    /// the issuer has seen.
    pub async fn diagnose(&self, error: &ControlError, issuer: &IssuerView) -> Diagnosis {
        let mut log = self.target.log();
        log.dedup();
        let mut diagnosis = Diagnosis { log, ..Diagnosis::default() };
        match error {
            ControlError::Mint(error) => diagnosis.seen.push(error.to_string()),
            ControlError::Unopened(kind) => diagnosis.hints.extend(self.opening_hint(kind)),
            ControlError::NotAsDeclared { success, answer } => {
                diagnosis.seen.extend(describe(answer));
                diagnosis.hints.extend(success_hint(success, answer));
            }
            ControlError::Unreachable(failure) => {
                diagnosis.seen.push(failure.kind.to_string());
                diagnosis.hints.extend(self.unreachable_hints(failure).await);
            }
            ControlError::RefusedInBody(answer) => diagnosis.seen.extend(describe(answer)),
            ControlError::Refused(answer) => {
                diagnosis.seen.extend(describe(answer));
                diagnosis.hints.extend(self.refusal_hints(answer, issuer).await);
            }
        }
        diagnosis
    }

    /// A target may only be slow: how to give it longer.
    fn wait_hint(&self) -> String {
        let seconds = self.settings.control_deadline.as_secs_f64();
        format!("if it is only slow to start, give it longer than {seconds} s with --wait")
    }

    /// How a user says which scheme the target speaks.
    fn scheme_hint(&self, scheme: &str) -> String {
        let how = match &self.target {
            Target::Url(endpoint) => format!("--url {}", endpoint.clone().with_tls(scheme == "https")),
            Target::Spawned { .. } => format!("--scheme {scheme}"),
            Target::InProcess(_) | Target::Demo { .. } => format!("a URL that begins with {scheme}://"),
        };
        format!("the server speaks {scheme} at this port: say so with {how}")
    }
}

fn describe(answer: &Answer) -> Vec<String> {
    let mut lines = vec![format!("it answers {}", answer.status)];
    if let Some(challenge) = answer.header("WWW-Authenticate") {
        lines.push(printable(&format!("WWW-Authenticate: {}", String::from_utf8_lossy(challenge))));
    }
    let body: String = answer.body.text().chars().take(EXCERPT).collect();
    if !body.trim().is_empty() {
        lines.push(printable(&format!("body: {}", body.trim().replace(['\n', '\r', '\t'], " "))));
    }
    lines
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.seen {
            writeln!(f, "  seen   {line}")?;
        }
        for hint in &self.hints {
            writeln!(f, "  try    {hint}")?;
        }
        for line in &self.log {
            writeln!(f, "  log    {line}")?;
        }
        Ok(())
    }
}
