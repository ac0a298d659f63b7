use std::fmt;

use mock_idp::claims::Shape;

use super::exchange::Wire;
use super::run::Run;
use super::stage::ControlError;
use crate::http::Answer;
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
    /// Looks for the reason why the control did not get through.
    ///
    /// `fetches` is how often the target asked the issuer for its keys, where
    /// that is known.
    pub async fn diagnose(&self, error: &ControlError, fetches: Option<u64>) -> Diagnosis {
        let mut log = self.target.log();
        log.dedup();
        let mut diagnosis = Diagnosis { log, ..Diagnosis::default() };
        match error {
            ControlError::Mint(error) => diagnosis.seen.push(error.to_string()),
            ControlError::Unreachable(failure) => {
                diagnosis.seen.push(failure.kind.to_string());
                diagnosis.hints.push(unreachable_hint(&self.target));
            }
            ControlError::RefusedInBody(answer) => diagnosis.seen.extend(describe(answer)),
            ControlError::Refused(answer) => {
                diagnosis.seen.extend(describe(answer));
                diagnosis.hints.extend(self.refusal_hints(answer, fetches).await);
            }
        }
        diagnosis
    }

    async fn refusal_hints(&self, answer: &Answer, fetches: Option<u64>) -> Vec<String> {
        let settings = self.minter.settings();
        let mut hints = Vec::new();
        if (300..400).contains(&answer.status) {
            let to = answer.header("Location").map(|value| printable(&String::from_utf8_lossy(value)));
            hints.push(format!(
                "the route redirects{}: give the final one with --url or --path",
                to.map(|to| format!(" to {to}")).unwrap_or_default()
            ));
        }
        if matches!(answer.status, 404 | 405) {
            hints.push(
                "there is no such route or method: choose the protected route with --path and --method".to_owned(),
            );
        }
        if let Ok(wire) = self.wire() {
            hints.extend(self.slash_hint(&wire).await);
            hints.extend(self.shape_hint(&wire).await);
        }
        if fetches == Some(0) {
            hints.push(format!(
                "the target never asked the issuer for its keys: is its issuer set to {}, and does it trust the issuer's CA (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE)?",
                settings.issuer
            ));
        }
        hints.push(format!(
            "the target must be configured for issuer {}, audience {} and scope {}; change them here with --audience and --scope",
            settings.issuer, settings.audience, settings.scope
        ));
        hints.push("a clock that is off by more than a few minutes makes every token early or late".to_owned());
        hints
    }

    /// A control whose issuer ends in a slash: where that gets through, it names
    /// the cause.
    async fn slash_hint(&self, wire: &Wire) -> Option<String> {
        let issuer = self.minter.settings().issuer.clone();
        let slashed = self.minter.with_settings(|settings| settings.issuer.push('/'));
        let answer = wire.send_control(&slashed).await.ok()?.ok()?;
        (200..300).contains(&answer.status).then(|| {
            format!("a token whose issuer ends in a slash is accepted: the target is configured for {issuer}/ where the issuer is {issuer}")
        })
    }

    /// As well a control in the shape of another profile.
    async fn shape_hint(&self, wire: &Wire) -> Option<String> {
        let own = self.minter.settings().shape;
        for (word, shape) in Shape::ALL.iter().filter(|(_, shape)| *shape != own) {
            let other = self.minter.with_settings(|settings| *settings = settings.clone().with_shape(*shape));
            let answer = wire.send_control(&other).await.ok()?.ok()?;
            if (200..300).contains(&answer.status) {
                return Some(format!(
                    "a token in the shape \"{word}\" is accepted, and those of {} have another: choose a profile that fits the issuer, such as --profile {word}",
                    self.plan.profile
                ));
            }
        }
        None
    }
}

fn unreachable_hint(target: &Target) -> String {
    match target {
        Target::Url(endpoint) => format!("is the server running, and does it listen at {}?", endpoint.authority()),
        _ => "does the command start a server on the port in SERVER_PORT or PORT?".to_owned(),
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
