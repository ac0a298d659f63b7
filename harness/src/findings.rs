//! Findings: verdicts of one root cause, shown as one.

use crate::event::CaseResult;
use crate::scenario::{Level, Tier};
use crate::verdict::{Cause, Strictness, VerdictKind};

/// Verdicts of the same kind with the same cause.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The verdict.
    pub kind: VerdictKind,
    /// The gravest tier among them.
    pub tier: Tier,
    /// The most binding level among them.
    pub level: Level,
    /// What is behind them.
    pub cause: &'a Cause,
    /// The rows, in the order of the run; never none.
    pub results: Vec<&'a CaseResult>,
}

impl Finding<'_> {
    /// Whether any of its rows makes the run fail.
    #[must_use]
    pub fn fails(&self, strictness: Strictness) -> bool {
        self.results.iter().any(|result| result.verdict().fails(strictness))
    }

    /// Whether all of its rows are of one scenario.
    #[must_use]
    pub fn is_of_one_scenario(&self) -> bool {
        self.results.windows(2).all(|pair| pair[0].id == pair[1].id)
    }

    /// One line that names the cause.
    #[must_use]
    pub fn headline(&self) -> String {
        let first = self.results.first().map_or("", |result| result.reason.as_str());
        match self.cause {
            _ if self.results.len() == 1 && !matches!(self.cause, Cause::OpenRoute) => first.to_owned(),
            Cause::OpenRoute => "the route is open: it serves requests without a token".to_owned(),
            Cause::WrongStatus { status, .. } | Cause::ServerError { status } => {
                format!("answers {status} where {} is due", self.due())
            }
            Cause::SuccessEnvelope => format!("refuses in the body of a success where {} is due", self.due()),
            Cause::Died { .. } => "the process dies after this request and was started again".to_owned(),
            Cause::Hung => "gives no answer within the deadline".to_owned(),
            Cause::HungOnIssuer { .. } => "gives no answer within the deadline while its issuer fails".to_owned(),
            Cause::NoAnswer => "gives no complete answer".to_owned(),
            _ => first.to_owned(),
        }
    }

    /// What is due, over all rows: `401`, or `401 or 403`.
    fn due(&self) -> String {
        let mut due: Vec<&str> = self.results.iter().flat_map(|result| result.expected.split(" or ")).collect();
        due.sort_unstable();
        due.dedup();
        due.join(" or ")
    }

    fn key(result: &CaseResult) -> (VerdictKind, Cause) {
        let cause = match &result.cause {
            // One wrong status is one cause, whatever was due in its place.
            Cause::WrongStatus { status, .. } => Cause::WrongStatus { status: *status, due: Vec::new() },
            other => other.clone(),
        };
        (result.verdict, cause)
    }
}

/// Folds everything but passes and skips into findings, the gravest first.
#[must_use]
pub fn fold(results: &[CaseResult]) -> Vec<Finding<'_>> {
    let mut findings: Vec<((VerdictKind, Cause), Finding<'_>)> = Vec::new();
    for result in results.iter().filter(|result| result.verdict > VerdictKind::Pass) {
        let key = Finding::key(result);
        match findings.iter_mut().find(|(known, _)| *known == key) {
            Some((_, finding)) => {
                finding.tier = finding.tier.max(result.tier);
                finding.level = finding.level.max(result.level);
                finding.results.push(result);
            }
            None => {
                let finding = Finding {
                    kind: result.verdict,
                    tier: result.tier,
                    level: result.level,
                    cause: &result.cause,
                    results: vec![result],
                };
                findings.push((key, finding));
            }
        }
    }
    let mut findings: Vec<Finding<'_>> = findings.into_iter().map(|(_, finding)| finding).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse((finding.kind, finding.tier)));
    findings
}
