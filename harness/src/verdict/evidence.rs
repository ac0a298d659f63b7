//! What is judged besides the answer: who was served, what the target fetched,
//! who travelled along, and whether it came back.

use std::time::Duration;

use super::{Cause, Observation, Verdict, VerdictKind, judge};
use crate::printable::counted;
use crate::scenario::{Access, Effect, EffectKind, Expectation, Identity, Level, Sender, Tier};

/// What was seen of a case besides its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The subject that was served, where the target tells it.
    pub served: Option<String>,
    /// The subject of the case's token.
    pub token_subject: Option<String>,
    /// Whether the token is a forgery: signed by nobody whom the target trusts.
    pub forged: bool,
    /// The subject of the control.
    pub control_subject: Option<String>,
    /// Requests that came to the issuer's JWKS meanwhile.
    pub issuer_hits: Option<u64>,
    /// Requests that came to the attacker's listener.
    pub listener_hits: Option<u64>,
    /// What went wrong with those that travelled along.
    pub companions: Vec<Companion>,
    /// Why the target did not come back after the issuer was made whole again.
    pub unrecovered: Option<String>,
    /// How long it took until it was as expected, for a person.
    pub measured: Option<String>,
    /// What was seen of a cost that grows with what is sent, where it does.
    pub dear: Option<String>,
    /// For how long the target was given to fetch new keys, where it did not
    /// come once.
    pub unfetched: Option<Duration>,
}

/// Senders beside the case whose requests did not go as they should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// Who sent them.
    pub sender: Sender,
    /// What was wrong.
    pub fault: Fault,
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
}

/// What went wrong with a request that travelled along with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A good one was kept out, or got no answer.
    KeptOut,
    /// A bad one got in.
    GotIn,
    /// It was served as somebody else.
    WrongIdentity,
}

fn fetches(count: u64) -> String {
    format!("{} came to the issuer's keys", counted(count, "request"))
}

/// The gravest of the verdicts on a case's answer, its effects and its
/// companions.
#[must_use]
pub fn judge_case(
    scenario: &str,
    expectation: &Expectation,
    effects: &[Effect],
    observation: &Observation,
    evidence: &Evidence,
) -> Verdict {
    let raised = raised(expectation, observation, evidence);
    let expectation = raised.as_ref().unwrap_or(expectation);
    let judged = Judged { scenario, expectation, evidence };
    let answer = judged.with_measure(judge(scenario, expectation, observation));
    let answer = judged.with_fetches(answer, effects);
    let answer = judged.with_missing_fetch(answer);
    if matches!(observation, Observation::NotRun { .. } | Observation::Skipped { .. } | Observation::Unfetched { .. }) {
        return answer;
    }
    let effects = effects.iter().filter_map(|effect| judged.effect(effect, observation));
    let companions = evidence.companions.iter().map(|companion| judged.companion(companion));
    let recovery = evidence.unrecovered.iter().map(|why| judged.unrecovered(why));
    let dear = evidence.dear.iter().map(|why| judged.dear(why));
    effects.chain(companions).chain(recovery).chain(dear).fold(answer, Verdict::merge)
}

/// A forgery that gets in is a bypass, whatever the scenario is about and however it is graded.
fn raised(expectation: &Expectation, observation: &Observation, evidence: &Evidence) -> Option<Expectation> {
    let got_in = match observation {
        Observation::Answered(answered) => answered.accepted && answered.status != 429,
        Observation::Lost(lost) => lost.served,
        _ => false,
    };
    let is_bypass = got_in && evidence.forged && expectation.access == Access::Refused;
    is_bypass.then(|| Expectation { level: Level::Must, tier: Tier::Critical, ..expectation.clone() })
}

struct Judged<'a> {
    scenario: &'a str,
    expectation: &'a Expectation,
    evidence: &'a Evidence,
}

impl Judged<'_> {
    /// A pass tells what was measured; where measuring was the point, it is a note.
    fn with_measure(&self, verdict: Verdict) -> Verdict {
        let Some(measured) = self.evidence.measured.as_ref().filter(|_| verdict.kind == VerdictKind::Pass) else {
            return verdict;
        };
        if self.expectation.level == Level::Observe {
            let cause = Cause::Measured { figure: measured.clone() };
            return Verdict { kind: VerdictKind::Note, cause, reason: measured.clone(), ..verdict };
        }
        Verdict { reason: format!("{}, {measured}", verdict.reason), ..verdict }
    }

    /// Where fetches are counted, an answer that is wrong by itself tells them too.
    fn with_fetches(&self, verdict: Verdict, effects: &[Effect]) -> Verdict {
        let counts = effects.iter().any(|effect| matches!(effect.kind, EffectKind::IssuerHits(_)));
        match self.evidence.issuer_hits {
            Some(count) if counts && verdict.kind != VerdictKind::Pass => {
                let reason = format!("{}; {}", verdict.reason, fetches(count));
                Verdict { reason, ..verdict }
            }
            _ => verdict,
        }
    }

    /// A good token that is refused because nobody looked for its key is one
    /// finding with everything else that waits for such a look.
    fn with_missing_fetch(&self, verdict: Verdict) -> Verdict {
        match (self.evidence.unfetched, &verdict.cause) {
            (Some(given), Cause::Refused { .. }) => {
                let reason = format!(
                    "{}; no fetch within {} s: some servers look again after five or fifteen minutes (--refresh 310, --refresh 910)",
                    verdict.reason,
                    given.as_secs_f64()
                );
                Verdict { cause: Cause::Unfetched, reason, ..verdict }
            }
            _ => verdict,
        }
    }

    fn effect(&self, effect: &Effect, observation: &Observation) -> Option<Verdict> {
        match effect.kind {
            EffectKind::Identity(whose) => self.identity(effect, whose, observation),
            EffectKind::IssuerHits(most) => self.hits(effect, self.evidence.issuer_hits?, most, "issuer-hits", fetches),
            EffectKind::ListenerHits(most) => {
                self.hits(effect, self.evidence.listener_hits?, most, "listener-hits", |count| {
                    format!("{} came to the attacker's address", counted(count, "request"))
                })
            }
            // Every scenario is followed by the control: see response/alive-after.
            EffectKind::Alive => None,
        }
    }

    /// Only of somebody who was served can be told as whom.
    fn identity(&self, effect: &Effect, whose: Identity, observation: &Observation) -> Option<Verdict> {
        let Observation::Answered(answered) = observation else { return None };
        let served = self.evidence.served.as_ref().filter(|_| answered.accepted)?;
        let due = match whose {
            Identity::Token => self.evidence.token_subject.as_ref(),
            Identity::Control => self.evidence.control_subject.as_ref(),
        }?;
        if served == due {
            return None;
        }
        let kind = failing(effect.level, VerdictKind::Vulnerable);
        Some(self.verdict(
            kind,
            effect.level,
            effect.tier,
            "identity",
            "served as another subject than the token's".to_owned(),
        ))
    }

    fn hits(
        &self,
        effect: &Effect,
        count: u64,
        most: usize,
        name: &str,
        phrase: impl Fn(u64) -> String,
    ) -> Option<Verdict> {
        if effect.level == Level::Observe {
            let figure = phrase(count);
            let cause = Cause::Measured { figure: figure.clone() };
            let (level, tier) = (effect.level, effect.tier);
            return Some(Verdict { kind: VerdictKind::Note, level, tier, cause, reason: figure });
        }
        let over = count > u64::try_from(most).unwrap_or(u64::MAX);
        let kind = failing(
            effect.level,
            if name == "listener-hits" { VerdictKind::Vulnerable } else { VerdictKind::Deviates },
        );
        let reason = if most == 0 { phrase(count) } else { format!("{}: at most {most} are due", phrase(count)) };
        over.then(|| self.verdict(kind, effect.level, effect.tier, name, reason))
    }

    /// A bad token that gets in beside the case is as grave as any; a good one
    /// that is kept out as the case itself.
    fn companion(&self, companion: &Companion) -> Verdict {
        let word = companion.sender.word();
        let count = format!("{} of {}", companion.count, companion.of);
        let (kind, level, tier, reason) = match companion.fault {
            Fault::GotIn => {
                let reason = format!("a request of \"{word}\" got in between the others ({count})");
                (VerdictKind::Vulnerable, Level::Must, Tier::Critical, reason)
            }
            Fault::WrongIdentity => {
                let reason = format!("a request of \"{word}\" was served as somebody else ({count})");
                (VerdictKind::Vulnerable, Level::Must, Tier::Critical, reason)
            }
            Fault::KeptOut => {
                let level =
                    if self.expectation.access == Access::Accepted { self.expectation.level } else { Level::Must };
                let reason = format!("a good token (\"{word}\") was kept out between the others ({count})");
                (failing(level, VerdictKind::Broken), level, Tier::Medium, reason)
            }
        };
        self.verdict(kind, level, tier, word, reason)
    }

    fn unrecovered(&self, why: &str) -> Verdict {
        let reason = format!("the target does not come back after the fault is over: {why}");
        self.verdict(VerdictKind::Broken, Level::Must, Tier::Medium, "recovery", reason)
    }

    /// Work for the asking keeps others out, as a hang does.
    fn dear(&self, why: &str) -> Verdict {
        let level = self.expectation.level;
        self.verdict(failing(level, VerdictKind::Broken), level, Tier::Medium, "cost", why.to_owned())
    }

    fn verdict(&self, kind: VerdictKind, level: Level, tier: Tier, effect: &str, reason: String) -> Verdict {
        let cause = Cause::Effect { scenario: self.scenario.to_owned(), effect: effect.to_owned() };
        Verdict { kind, level, tier, cause, reason }
    }
}

/// What a failure comes to at that level; `must` is what it is at its worst.
fn failing(level: Level, must: VerdictKind) -> VerdictKind {
    match level {
        Level::Must => must,
        Level::Should => VerdictKind::Deviates,
        Level::May | Level::Observe => VerdictKind::Note,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Answered, ChallengeClass};
    use super::*;

    fn expectation(access: Access, level: Level) -> Expectation {
        Expectation { access, level, tier: Tier::High, status: vec![401], status_level: Level::Should }
    }

    fn answered(status: u16) -> Observation {
        Observation::Answered(Answered {
            status,
            accepted: status == 200,
            challenge: ChallengeClass::None,
            elapsed: Duration::ZERO,
            large: false,
        })
    }

    fn judged(access: Access, level: Level, effects: &[Effect], status: u16, evidence: &Evidence) -> Verdict {
        judge_case("a/b", &expectation(access, level), effects, &answered(status), evidence)
    }

    fn effect(kind: EffectKind, level: Level) -> Effect {
        Effect { kind, level, tier: Tier::Medium }
    }

    #[test]
    fn a_forgery_that_gets_in_is_critical_however_its_scenario_is_graded() {
        let verdict = |status, forged| {
            let evidence = Evidence { forged, ..Evidence::default() };
            let verdict = judged(Access::Refused, Level::Should, &[], status, &evidence);
            (verdict.kind, verdict.level, verdict.tier)
        };
        assert_eq!(verdict(200, true), (VerdictKind::Vulnerable, Level::Must, Tier::Critical));
        assert_eq!(verdict(200, false), (VerdictKind::Deviates, Level::Should, Tier::High));
        assert_eq!(verdict(403, true), (VerdictKind::Deviates, Level::Should, Tier::Low));
    }

    #[test]
    fn a_call_to_the_listener_is_grave_even_where_the_token_is_refused() {
        let evidence = Evidence { listener_hits: Some(1), ..Evidence::default() };
        let effects = [effect(EffectKind::ListenerHits(0), Level::Must)];
        let verdict = judged(Access::Refused, Level::Must, &effects, 401, &evidence);
        assert_eq!(verdict.kind, VerdictKind::Vulnerable);
        let none = Evidence { listener_hits: Some(0), ..Evidence::default() };
        assert_eq!(judged(Access::Refused, Level::Must, &effects, 401, &none).kind, VerdictKind::Pass);
    }

    #[test]
    fn too_many_fetches_deviate_and_a_measured_count_is_a_note() {
        let evidence = Evidence { issuer_hits: Some(200), ..Evidence::default() };
        let should = [effect(EffectKind::IssuerHits(3), Level::Should)];
        assert_eq!(judged(Access::Refused, Level::Must, &should, 401, &evidence).kind, VerdictKind::Deviates);
        let observe = [effect(EffectKind::IssuerHits(3), Level::Observe)];
        assert_eq!(judged(Access::Refused, Level::Must, &observe, 401, &evidence).kind, VerdictKind::Note);
    }

    #[test]
    fn a_wrong_answer_tells_the_fetches_that_were_counted() {
        let evidence = Evidence { issuer_hits: Some(7), ..Evidence::default() };
        let effects = [effect(EffectKind::IssuerHits(9), Level::Should)];
        let verdict = judged(Access::Refused, Level::Must, &effects, 500, &evidence);
        assert_eq!(verdict.reason, "answered 500 where 401 is due; 7 requests came to the issuer's keys");
    }

    #[test]
    fn only_a_served_request_has_an_identity() {
        let evidence =
            Evidence { served: Some("admin".into()), control_subject: Some("me".into()), ..Evidence::default() };
        let effects = [effect(EffectKind::Identity(Identity::Control), Level::Must)];
        assert_eq!(judged(Access::Either, Level::May, &effects, 200, &evidence).kind, VerdictKind::Vulnerable);
        assert_eq!(judged(Access::Either, Level::May, &effects, 401, &evidence).kind, VerdictKind::Pass);
        let silent = Evidence { served: None, ..evidence };
        assert_eq!(judged(Access::Either, Level::May, &effects, 200, &silent).kind, VerdictKind::Pass);
    }

    #[test]
    fn a_bad_companion_that_gets_in_outweighs_all_and_a_good_one_counts_like_the_case() {
        let companion = |fault| Companion { sender: Sender::Forged, fault, count: 1, of: 9 };
        let with = |fault| Evidence { companions: vec![companion(fault)], ..Evidence::default() };
        let kind = |level, fault| judged(Access::Accepted, level, &[], 200, &with(fault)).kind;
        assert_eq!(kind(Level::Should, Fault::GotIn), VerdictKind::Vulnerable);
        assert_eq!(kind(Level::Should, Fault::KeptOut), VerdictKind::Deviates);
        assert_eq!(kind(Level::Must, Fault::KeptOut), VerdictKind::Broken);
    }

    #[test]
    fn a_target_that_does_not_come_back_is_broken() {
        let evidence = Evidence { unrecovered: Some("it answers 503".into()), ..Evidence::default() };
        let verdict = judged(Access::Refused, Level::Should, &[], 401, &evidence);
        assert_eq!((verdict.kind, verdict.level), (VerdictKind::Broken, Level::Must));
    }

    #[test]
    fn what_was_measured_is_told_with_a_pass_and_is_a_note_where_it_is_the_point() {
        let evidence = Evidence { measured: Some("as expected after 5.0 s".into()), ..Evidence::default() };
        let pass = judged(Access::Accepted, Level::Must, &[], 200, &evidence);
        assert_eq!((pass.kind, pass.reason.as_str()), (VerdictKind::Pass, "answered 200, as expected after 5.0 s"));
        assert_eq!(judged(Access::Accepted, Level::Observe, &[], 200, &evidence).kind, VerdictKind::Note);
    }
}
