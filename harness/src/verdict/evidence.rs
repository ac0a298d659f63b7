//! What is judged besides the answer: who was served, what the target fetched,
//! who travelled along, and whether it came back.

use std::time::Duration;

use super::{Cause, Held, Observation, Verdict, VerdictKind, judge};
use crate::printable::counted;
use crate::scenario::{Access, Actor, Effect, EffectKind, Expectation, Form, Gap, Identity, Level, Outcome, Sender};

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
    /// Whether an honest token was refused and the same one accepted right after.
    pub intermittent: bool,
    /// What is known of a target that did not fetch new keys in time.
    pub unfetched: Option<Unfetched>,
}

/// A target that did not come once for new keys within its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfetched {
    /// Its time.
    pub given: Duration,
    /// How often it had fetched keys before.
    pub fetches: u64,
    /// For how many seconds it had been told that it may keep them.
    pub max_age: Option<i64>,
}

impl Unfetched {
    fn phrase(&self) -> String {
        let told = self.max_age.map(|seconds| {
            format!(
                "; the issuer had allowed it to keep them for {}: Cache-Control: max-age={seconds}",
                lasting(seconds)
            )
        });
        format!(
            "no fetch within {} s: it did not look at the issuer's keys again, which it had fetched {}{}. Some servers look after five or fifteen minutes: --refresh 310 or 910 waits for that",
            self.given.as_secs_f64(),
            if self.fetches == 1 { "once".to_owned() } else { counted(self.fetches, "time") },
            told.unwrap_or_default()
        )
    }
}

/// Seconds in the unit that a person reckons in.
fn lasting(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "day"), (3600, "hour"), (60, "minute")];
    let unit = UNITS.into_iter().find(|(length, _)| seconds >= 2 * length);
    let (length, name) = unit.unwrap_or((1, "second"));
    counted(u64::try_from(seconds / length).unwrap_or_default(), name)
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
pub fn judge_case(held: &Held<'_>, observation: &Observation, evidence: &Evidence) -> Verdict {
    let raised = raised(held, observation, evidence);
    let held = raised.as_ref().unwrap_or(held);
    let judged = Judged { held, evidence };
    let answer = judged.with_measure(judge(held, observation));
    let answer = judged.with_fetches(answer, held.effects);
    let answer = judged.with_missing_fetch(answer);
    let answer = judged.with_intermittence(answer);
    if matches!(observation, Observation::NotRun { .. } | Observation::Skipped { .. } | Observation::Unfetched { .. }) {
        return answer;
    }
    let effects = held.effects.iter().filter_map(|effect| judged.effect(effect, observation));
    let companions = evidence.companions.iter().map(|companion| judged.companion(companion));
    let recovery = evidence.unrecovered.iter().map(|why| judged.unrecovered(why));
    let dear = evidence.dear.iter().map(|why| judged.dear(why));
    effects.chain(companions).chain(recovery).chain(dear).fold(answer, Verdict::merge)
}

/// A forgery that gets in is a bypass, whatever the scenario is about and however it is graded.
fn raised<'a>(held: &Held<'a>, observation: &Observation, evidence: &Evidence) -> Option<Held<'a>> {
    let got_in = match observation {
        Observation::Answered(answered) => answered.accepted && answered.status != 429,
        Observation::Lost(lost) => lost.served,
        _ => false,
    };
    let is_bypass = got_in && evidence.forged && held.expectation.access == Access::Refused;
    is_bypass.then(|| {
        let expectation = Expectation { level: Level::Must, gap: Gap::Bypass, ..held.expectation.clone() };
        Held { expectation, actor: Actor::Anyone, ..held.clone() }
    })
}

struct Judged<'a> {
    held: &'a Held<'a>,
    evidence: &'a Evidence,
}

impl Judged<'_> {
    /// A pass tells what was measured; where measuring was the point, it is a note.
    fn with_measure(&self, verdict: Verdict) -> Verdict {
        let Some(measured) = self.evidence.measured.as_ref().filter(|_| verdict.kind == VerdictKind::Pass) else {
            return verdict;
        };
        if self.held.expectation.level == Level::Observe {
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
        match (&self.evidence.unfetched, &verdict.cause) {
            (Some(unfetched), Cause::Refused { .. }) => {
                let reason = format!("{}; {}", verdict.reason, unfetched.phrase());
                Verdict { cause: Cause::Unfetched, reason, ..verdict }
            }
            _ => verdict,
        }
    }

    /// A target that changes its mind about honest tokens is one finding, whatever
    /// the rows are about that met it.
    fn with_intermittence(&self, verdict: Verdict) -> Verdict {
        match verdict.cause {
            Cause::Refused { .. } if self.evidence.intermittent => Verdict {
                kind: VerdictKind::Broken,
                level: Level::Must,
                tier: self.held.tier_at(Outcome::KeptOut(Form::Own), Level::Must),
                reason: format!("{}, and accepted right after", verdict.reason),
                cause: Cause::Intermittent,
                ..verdict
            },
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
        let reason = "served as another subject than the token's".to_owned();
        Some(self.verdict(kind, effect.level, Outcome::GotIn(Gap::Bypass), "identity", reason))
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
            let measured = self.verdict(VerdictKind::Note, effect.level, Outcome::Hygiene, name, figure.clone());
            return Some(Verdict { cause: Cause::Measured { figure }, ..measured });
        }
        let over = count > u64::try_from(most).unwrap_or(u64::MAX);
        let (must, outcome) = match effect.kind {
            EffectKind::ListenerHits(_) => (VerdictKind::Vulnerable, Outcome::SideEffect),
            _ => (VerdictKind::Deviates, Outcome::ServerError),
        };
        let reason = if most == 0 { phrase(count) } else { format!("{}, expected at most {most}", phrase(count)) };
        over.then(|| self.verdict(failing(effect.level, must), effect.level, outcome, name, reason))
    }

    /// A bad token that gets in beside the case is as grave as any; a good one
    /// that is kept out as the case itself.
    fn companion(&self, companion: &Companion) -> Verdict {
        let word = companion.sender.word();
        let count = format!("{} of {}", companion.count, companion.of);
        let bypass = Outcome::GotIn(Gap::Bypass);
        let (kind, level, outcome, reason) = match companion.fault {
            Fault::GotIn => {
                let reason = format!("a request of \"{word}\" got in between the others ({count})");
                (VerdictKind::Vulnerable, Level::Must, bypass, reason)
            }
            Fault::WrongIdentity => {
                let reason = format!("a request of \"{word}\" was served as somebody else ({count})");
                (VerdictKind::Vulnerable, Level::Must, bypass, reason)
            }
            Fault::KeptOut => {
                let level = if self.held.expectation.access == Access::Accepted {
                    self.held.expectation.level
                } else {
                    Level::Must
                };
                let reason = format!("a good token (\"{word}\") was kept out between the others ({count})");
                (failing(level, VerdictKind::Broken), level, Outcome::KeptOut(Form::Own), reason)
            }
        };
        let verdict = self.verdict(kind, level, outcome, word, reason);
        let actor = companion.sender.actor().unwrap_or(verdict.actor);
        Verdict { actor, tier: outcome.tier(actor, level), ..verdict }
    }

    fn unrecovered(&self, why: &str) -> Verdict {
        let reason = format!("the target does not come back after the fault is over: {why}");
        self.verdict(VerdictKind::Broken, Level::Must, Outcome::Unavailable, "recovery", reason)
    }

    /// Work for the asking keeps others out, as a hang does.
    fn dear(&self, why: &str) -> Verdict {
        let level = self.held.expectation.level;
        self.verdict(failing(level, VerdictKind::Broken), level, Outcome::Unavailable, "cost", why.to_owned())
    }

    fn verdict(&self, kind: VerdictKind, level: Level, outcome: Outcome, effect: &str, reason: String) -> Verdict {
        let cause = Cause::Effect { scenario: self.held.scenario.to_owned(), effect: effect.to_owned() };
        Verdict { kind, level, tier: self.held.tier_at(outcome, level), actor: self.held.actor, cause, reason }
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
    use crate::scenario::Tier;

    fn expectation(access: Access, level: Level) -> Expectation {
        let (gap, form) = (Gap::Bypass, Form::Own);
        Expectation { access, level, gap, form, status: vec![401], status_level: Level::Should }
    }

    fn answered(status: u16) -> Observation {
        Observation::Answered(Answered {
            status,
            accepted: status == 200,
            challenge: ChallengeClass::None,
            elapsed: Duration::ZERO,
            large: false,
            in_body: false,
            elsewhere: false,
        })
    }

    fn judged(access: Access, level: Level, effects: &[Effect], status: u16, evidence: &Evidence) -> Verdict {
        let held = Held { scenario: "a/b", expectation: expectation(access, level), effects, actor: Actor::AnyHolder };
        judge_case(&held, &answered(status), evidence)
    }

    fn effect(kind: EffectKind, level: Level) -> Effect {
        Effect { kind, level }
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
        assert_eq!(verdict.reason, "answered 500, expected 401; 7 requests came to the issuer's keys");
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
    fn a_bad_token_that_was_let_in_once_is_no_matter_of_coming_and_going() {
        let evidence = Evidence { intermittent: true, ..Evidence::default() };
        let refused = judged(Access::Accepted, Level::Should, &[], 401, &evidence);
        assert_eq!(
            (refused.kind, refused.level, refused.cause),
            (VerdictKind::Broken, Level::Must, Cause::Intermittent)
        );
        assert_eq!(judged(Access::Refused, Level::Must, &[], 200, &evidence).kind, VerdictKind::Vulnerable);
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
