//! Findings: verdicts of one root cause, shown as one.

use crate::event::CaseResult;
use crate::excuse::Excuse;
use crate::scenario::{Actor, Level, Tier};
use crate::verdict::{Cause, Strictness, VerdictKind};

/// Verdicts with the same cause.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The gravest verdict among them.
    pub kind: VerdictKind,
    /// The gravest tier among them.
    pub tier: Tier,
    /// Who could bring one of that tier about.
    pub who: Actor,
    /// The most binding level among them.
    pub level: Level,
    /// What is behind them.
    pub cause: &'a Cause,
    /// Why none of them fails the run, where something excuses them all.
    pub excuse: Option<&'a Excuse>,
    /// The rows, in the order of the run, those of the scenario that others repeat first; never none.
    pub results: Vec<&'a CaseResult>,
}

/// What rows of one finding share.
#[derive(PartialEq)]
struct Key<'a> {
    /// What is accepted is told apart from what is not.
    excuse: Option<&'a Excuse>,
    /// `None` where the cause says enough: of one scenario, a MUST and a SHOULD
    /// that let somebody in are one matter.
    kind: Option<VerdictKind>,
    cause: Cause,
}

impl<'a> Finding<'a> {
    fn of(result: &'a CaseResult) -> Self {
        let (kind, tier, who, level) = (result.verdict, result.tier, result.who, result.level);
        Self { kind, tier, who, level, cause: &result.cause, excuse: result.excuse.as_ref(), results: vec![result] }
    }

    fn add(&mut self, result: &'a CaseResult) {
        (self.tier, self.who) = (self.tier, self.who).max((result.tier, result.who));
        self.kind = self.kind.max(result.verdict);
        self.level = self.level.max(result.level);
        self.results.push(result);
    }

    /// Whether any of its rows makes the run fail.
    #[must_use]
    pub fn fails(&self, strictness: Strictness) -> bool {
        self.results.iter().any(|result| result.fails(strictness))
    }

    /// Whether its rows are of one scenario, or repeat what its first row shows.
    #[must_use]
    pub fn is_of_one_scenario(&self) -> bool {
        matches!(self.cause, Cause::Accepted { .. }) || self.results.windows(2).all(|pair| pair[0].id == pair[1].id)
    }

    /// Puts the rows of the scenario that the others repeat first.
    fn lead_with_root(&mut self) {
        if let Cause::Accepted { scenario } = self.cause {
            self.results.sort_by_key(|result| result.id != *scenario);
        }
    }

    /// One line that names the cause.
    #[must_use]
    pub fn headline(&self) -> String {
        let first = self.results.first().map_or("", |result| result.reason.as_str());
        match self.cause {
            Cause::OpenRoute => "the route is open: it serves requests without a token".to_owned(),
            Cause::Unverified => "no signature is verified: any token that looks right gets in".to_owned(),
            Cause::Intermittent => "the same honest token is accepted at one time and refused at another".to_owned(),
            _ if self.results.len() == 1 => first.to_owned(),
            Cause::WrongStatus { status, .. } | Cause::ServerError { status } => {
                format!("answered {status}, expected {}", self.expected())
            }
            Cause::SuccessEnvelope => format!("refused in the body of a success, expected {}", self.expected()),
            Cause::Died { .. } => "the process ended after this request and was started again".to_owned(),
            Cause::Hung => "no answer within the deadline".to_owned(),
            Cause::HungOnIssuer { .. } => "no answer within the deadline while its issuer fails".to_owned(),
            Cause::NoAnswer => "no complete answer".to_owned(),
            _ => first.to_owned(),
        }
    }

    /// What is expected of those with an exchange of their own: `401`, or `401 or 403`.
    fn expected(&self) -> String {
        let of_exchanges = self.results.iter().filter(|result| result.observed.status.is_some());
        let mut expected: Vec<&str> = of_exchanges.flat_map(|result| result.expected.split(" or ")).collect();
        expected.sort_unstable();
        expected.dedup();
        if expected.is_empty() { "another".to_owned() } else { expected.join(" or ") }
    }

    /// What comes first: faults of the harness, what matters most, what could
    /// not be judged, what is excused, then remarks.
    fn rank(&self) -> (u8, Tier, VerdictKind, Level) {
        let group = match self.kind {
            _ if self.excuse.is_some() => 1,
            VerdictKind::Error => 4,
            VerdictKind::Vulnerable | VerdictKind::Broken | VerdictKind::Deviates => 3,
            VerdictKind::Inconclusive => 2,
            VerdictKind::Note | VerdictKind::Pass | VerdictKind::Skipped => 0,
        };
        (group, self.tier, self.kind, self.level)
    }
}

impl<'a> Key<'a> {
    fn of(result: &'a CaseResult) -> Self {
        let cause = match &result.cause {
            // One wrong status is one cause, whatever was expected in its place.
            Cause::WrongStatus { status, .. } => Cause::WrongStatus { status: *status, expected: Vec::new() },
            other => other.clone(),
        };
        let is_finding = result.verdict.is_found();
        let says_enough = matches!(
            cause,
            Cause::OpenRoute | Cause::Unverified | Cause::Intermittent | Cause::Accepted { .. } | Cause::Refused { .. }
        );
        let kind = (!(is_finding && says_enough)).then_some(result.verdict);
        Self { excuse: result.excuse.as_ref(), kind, cause }
    }
}

/// Folds everything but passes and skips into findings, the gravest first.
#[must_use]
pub fn fold(results: &[CaseResult]) -> Vec<Finding<'_>> {
    let mut findings: Vec<(Key<'_>, Finding<'_>)> = Vec::new();
    for result in results.iter().filter(|result| result.verdict > VerdictKind::Pass) {
        let key = Key::of(result);
        match findings.iter_mut().find(|(known, _)| *known == key) {
            Some((_, finding)) => finding.add(result),
            None => findings.push((key, Finding::of(result))),
        }
    }
    let mut findings: Vec<Finding<'_>> = findings.into_iter().map(|(_, finding)| finding).collect();
    findings.iter_mut().for_each(Finding::lead_with_root);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rank()));
    findings
}
