use super::{Answered, Cause, Death, Held, Lost, Observation, Verdict, VerdictKind};
use crate::scenario::{Access, Expectation, Level, Outcome, Tier};

/// What a request may be refused with for its size (RFC 6585, section 5).
const LARGE_STATUSES: [u16; 4] = [400, 401, 413, 431];

/// Judges one observation: whether somebody got in first, the status second.
#[must_use]
pub fn judge(held: &Held<'_>, observation: &Observation) -> Verdict {
    let (case, expectation) = (Judged { held, expectation: &held.expectation }, &held.expectation);
    match observation {
        Observation::Answered(answered) if answered.status == 429 => {
            case.unjudged("the target answers 429: it limits the rate")
        }
        Observation::Answered(answered) => match (expectation.access, answered.accepted) {
            (Access::Accepted, true) => case.pass(answered),
            (Access::Accepted, false) => case.refused_wrongly(answered),
            (Access::Refused, true) => case.got_in(&format!("accepted ({})", answered.status)),
            (Access::Either, true) => case.pass(answered),
            (Access::Refused | Access::Either, false) => case.refused(answered),
        },
        Observation::Lost(lost) => case.lost(lost),
        Observation::Died(death) => case.died(death),
        Observation::Measured { figure } => case.measured(figure),
        Observation::Skipped { why } => case.skipped(why),
        Observation::Unfetched { why } => Verdict { cause: Cause::Unfetched, ..case.unjudged(why) },
        Observation::NotRun { why } => case.unjudged(why),
    }
}

struct Judged<'a> {
    held: &'a Held<'a>,
    expectation: &'a Expectation,
}

impl Judged<'_> {
    fn verdict(&self, kind: VerdictKind, tier: Tier, cause: Cause, reason: impl Into<String>) -> Verdict {
        Verdict { kind, level: self.expectation.level, tier, actor: self.held.actor, cause, reason: reason.into() }
    }

    fn scenario(&self) -> String {
        self.held.scenario.to_owned()
    }

    fn pass(&self, answered: &Answered) -> Verdict {
        self.verdict(VerdictKind::Pass, self.held.tier(), Cause::None, format!("answered {}", answered.status))
    }

    fn refused_wrongly(&self, answered: &Answered) -> Verdict {
        let kind = if self.expectation.level == Level::Must { VerdictKind::Broken } else { self.kind_below_must() };
        let server_error = if answered.status >= 500 { self.held.tier_of(Outcome::ServerError) } else { Tier::Info };
        let tier = self.held.tier().max(server_error);
        let cause = Cause::Refused { scenario: self.scenario() };
        let reason = format!("refused ({}){}", answered.status, self.against("accepted"));
        self.verdict(kind, tier, cause, reason)
    }

    fn got_in(&self, how: &str) -> Verdict {
        let kind = if self.expectation.level == Level::Must { VerdictKind::Vulnerable } else { self.kind_below_must() };
        let cause = Cause::Accepted { scenario: self.scenario() };
        self.verdict(kind, self.held.tier(), cause, format!("{how}{}", self.against("refused")))
    }

    /// What was expected in place of what happened, as binding as it is.
    fn against(&self, expected: &str) -> String {
        match self.expectation.level {
            Level::Must => format!(", although it must be {expected}"),
            Level::Should => format!(", although it should be {expected}"),
            Level::May => format!(", and it may be {expected} as well"),
            Level::Observe => String::new(),
        }
    }

    /// What a `should`, a `may` or a measurement comes to where it is otherwise.
    fn kind_below_must(&self) -> VerdictKind {
        if self.expectation.level == Level::Should { VerdictKind::Deviates } else { VerdictKind::Note }
    }

    /// Nobody got in: is it the right refusal?
    fn refused(&self, answered: &Answered) -> Verdict {
        let due = &self.expectation.status;
        let status = answered.status;
        let large = answered.large && LARGE_STATUSES.contains(&status);
        let elsewhere = answered.elsewhere && status == 403 && due.contains(&401);
        if due.contains(&status) || large || elsewhere {
            return self.pass(answered);
        }
        if answered.in_body {
            return Verdict { reason: format!("refused in the body ({status})"), ..self.pass(answered) };
        }
        let phrase = self.expectation.status_phrase();
        let reason = format!("answered {status}, expected {phrase}");
        let (outcome, cause) = match status {
            500.. => (Outcome::ServerError, Cause::ServerError { status }),
            200..300 => (Outcome::Protocol, Cause::SuccessEnvelope),
            _ => (Outcome::Protocol, Cause::WrongStatus { status, expected: due.clone() }),
        };
        Verdict {
            level: self.expectation.status_level,
            ..self.verdict(VerdictKind::Deviates, self.held.tier_of(outcome), cause, reason)
        }
    }

    fn lost(&self, lost: &Lost) -> Verdict {
        if lost.unopened && lost.issuer_broken {
            return self.skipped(&format!("nothing can be sent in a session that needs the issuer: {}", lost.what));
        }
        if !lost.may_have_arrived {
            return self.unjudged(&format!("the request was never sent: {}", lost.what));
        }
        let may_be_refused = self.expectation.access != Access::Accepted;
        if self.expectation.access == Access::Refused && lost.served {
            return self.got_in(&format!("began to serve ({})", lost.status.unwrap_or_default()));
        }
        if lost.hung {
            return self.hung(lost);
        }
        if may_be_refused
            && lost.large
            && lost.closed
            && lost.status.is_none_or(|status| LARGE_STATUSES.contains(&status))
        {
            return self.verdict(
                VerdictKind::Pass,
                self.held.tier(),
                Cause::None,
                "closed the connection on a large request",
            );
        }
        let kind = if may_be_refused { VerdictKind::Deviates } else { VerdictKind::Broken };
        self.verdict(
            kind,
            self.held.tier_of(Outcome::ServerError),
            Cause::NoAnswer,
            format!("no answer: {}", lost.what),
        )
    }

    /// While the issuer is made to fail, a target that waits for it only falls
    /// short of a recommendation.
    fn hung(&self, lost: &Lost) -> Verdict {
        let reason = format!("hung: {}", lost.what);
        if lost.issuer_broken {
            let cause = Cause::HungOnIssuer { scenario: self.scenario() };
            let (tier, reason) = (self.held.tier_of(Outcome::ServerError), format!("{reason}, while its issuer fails"));
            let verdict = self.verdict(VerdictKind::Deviates, tier, cause, reason);
            return Verdict { level: Level::Should, ..verdict };
        }
        self.verdict(VerdictKind::Broken, self.held.tier_of(Outcome::Unavailable), Cause::Hung, reason)
    }

    fn measured(&self, figure: &str) -> Verdict {
        self.verdict(VerdictKind::Note, Tier::Info, Cause::Measured { figure: figure.to_owned() }, figure)
    }

    fn skipped(&self, why: &str) -> Verdict {
        self.verdict(VerdictKind::Skipped, self.held.tier(), Cause::Unjudged { why: why.to_owned() }, why)
    }

    fn died(&self, death: &Death) -> Verdict {
        let signature = death.last_words();
        let reason = format!("the process ended after this request ({})", death.exit);
        self.verdict(VerdictKind::Broken, self.held.tier_of(Outcome::Unavailable), Cause::Died { signature }, reason)
    }

    fn unjudged(&self, why: &str) -> Verdict {
        let cause = Cause::Unjudged { why: why.to_owned() };
        self.verdict(VerdictKind::Inconclusive, self.held.tier(), cause, why)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::scenario::{Actor, Form, Gap};
    use crate::verdict::ChallengeClass;

    fn refused(status: &[u16], level: Level) -> Held<'static> {
        let expectation = Expectation {
            access: Access::Refused,
            level,
            gap: Gap::Bypass,
            form: Form::Own,
            status: status.to_vec(),
            status_level: Level::Should,
        };
        Held { scenario: "a/b", expectation, effects: &[], actor: Actor::Anyone }
    }

    fn answered(status: u16, accepted: bool) -> Observation {
        Observation::Answered(Answered {
            status,
            accepted,
            challenge: ChallengeClass::None,
            elapsed: Duration::ZERO,
            large: false,
            in_body: false,
            elsewhere: false,
        })
    }

    #[rstest]
    #[case(401, false, VerdictKind::Pass, Tier::Critical)]
    #[case(403, false, VerdictKind::Deviates, Tier::Low)]
    #[case(500, false, VerdictKind::Deviates, Tier::Medium)]
    #[case(302, false, VerdictKind::Deviates, Tier::Low)]
    #[case(200, false, VerdictKind::Deviates, Tier::Low)]
    #[case(200, true, VerdictKind::Vulnerable, Tier::Critical)]
    #[case(429, false, VerdictKind::Inconclusive, Tier::Critical)]
    fn a_bad_token_is_judged_by_access_first_and_status_second(
        #[case] status: u16,
        #[case] accepted: bool,
        #[case] kind: VerdictKind,
        #[case] tier: Tier,
    ) {
        let verdict = judge(&refused(&[401], Level::Must), &answered(status, accepted));
        assert_eq!((verdict.kind, verdict.tier), (kind, tier));
    }

    #[rstest]
    #[case(Level::Must, VerdictKind::Vulnerable, "accepted (200), although it must be refused")]
    #[case(Level::Should, VerdictKind::Deviates, "accepted (200), although it should be refused")]
    #[case(Level::May, VerdictKind::Note, "accepted (200), and it may be refused as well")]
    #[case(Level::Observe, VerdictKind::Note, "accepted (200)")]
    fn who_gets_in_is_graded_by_the_level(#[case] level: Level, #[case] kind: VerdictKind, #[case] reason: &str) {
        let verdict = judge(&refused(&[401], level), &answered(200, true));
        assert_eq!((verdict.kind, verdict.reason.as_str()), (kind, reason));
    }

    #[test]
    fn a_valid_token_that_is_refused_is_broken() {
        let mut held = refused(&[], Level::Must);
        held.expectation.access = Access::Accepted;
        let refused = judge(&held, &answered(401, false));
        assert_eq!((refused.kind, refused.tier), (VerdictKind::Broken, Tier::High));
        assert_eq!(judge(&held, &answered(204, true)).kind, VerdictKind::Pass);
    }

    #[test]
    fn a_large_request_may_be_refused_for_its_size() {
        let large = |status| {
            let Observation::Answered(answer) = answered(status, false) else { unreachable!() };
            Observation::Answered(Answered { large: true, ..answer })
        };
        assert_eq!(judge(&refused(&[401], Level::Must), &large(431)).kind, VerdictKind::Pass);
        assert_eq!(judge(&refused(&[401], Level::Must), &large(500)).kind, VerdictKind::Deviates);
    }

    #[test]
    fn a_login_may_be_refused_with_403_where_the_token_is_no_authorization() {
        let elsewhere = |status| {
            let Observation::Answered(answer) = answered(status, false) else { unreachable!() };
            Observation::Answered(Answered { elsewhere: true, ..answer })
        };
        assert_eq!(judge(&refused(&[401], Level::Must), &elsewhere(403)).kind, VerdictKind::Pass);
        assert_eq!(judge(&refused(&[401], Level::Must), &elsewhere(500)).kind, VerdictKind::Deviates);
        assert_eq!(judge(&refused(&[403], Level::Must), &elsewhere(401)).kind, VerdictKind::Deviates);
    }

    #[test]
    fn a_refusal_in_the_body_has_no_status_of_its_own_and_another_status_has() {
        let in_body = |status| {
            let Observation::Answered(answer) = answered(status, false) else { unreachable!() };
            Observation::Answered(Answered { in_body: status == 200, ..answer })
        };
        let verdict = judge(&refused(&[401], Level::Must), &in_body(200));
        assert_eq!((verdict.kind, verdict.reason.as_str()), (VerdictKind::Pass, "refused in the body (200)"));
        assert_eq!(judge(&refused(&[401], Level::Must), &in_body(403)).kind, VerdictKind::Deviates);
    }

    #[test]
    fn a_session_that_needs_a_failing_issuer_leaves_nothing_to_judge() {
        let lost = |issuer_broken| {
            let lost = Lost {
                what: "no session was begun: POST is answered 401".into(),
                hung: false,
                may_have_arrived: false,
                unopened: true,
                elapsed: Duration::ZERO,
                status: None,
                served: false,
                closed: false,
                large: false,
                issuer_broken,
            };
            judge(&refused(&[401], Level::Must), &Observation::Lost(lost)).kind
        };
        assert_eq!(lost(true), VerdictKind::Skipped);
        assert_eq!(lost(false), VerdictKind::Inconclusive);
    }

    #[test]
    fn an_answer_that_breaks_off_after_it_began_to_serve_is_a_bypass() {
        let lost = Lost {
            what: "x".into(),
            hung: true,
            may_have_arrived: true,
            unopened: false,
            status: Some(200),
            served: true,
            closed: false,
            elapsed: Duration::ZERO,
            large: true,
            issuer_broken: false,
        };
        let verdict = judge(&refused(&[401], Level::Must), &Observation::Lost(lost));
        assert_eq!(verdict.kind, VerdictKind::Vulnerable);
    }

    #[rstest]
    #[case(None, VerdictKind::Pass)]
    #[case(Some(431), VerdictKind::Pass)]
    #[case(Some(500), VerdictKind::Deviates)]
    fn a_large_request_may_cost_the_connection_before_its_refusal_is_read(
        #[case] status: Option<u16>,
        #[case] due: VerdictKind,
    ) {
        let lost = Lost {
            what: "the connection was reset".into(),
            hung: false,
            may_have_arrived: true,
            unopened: false,
            status,
            served: false,
            closed: true,
            elapsed: Duration::ZERO,
            large: true,
            issuer_broken: false,
        };
        assert_eq!(judge(&refused(&[401], Level::Must), &Observation::Lost(lost)).kind, due);
    }

    #[test]
    fn a_hang_and_a_death_are_broken_and_a_request_never_sent_proves_nothing() {
        let lost = |hung, may_have_arrived| {
            Observation::Lost(Lost {
                what: "x".into(),
                hung,
                may_have_arrived,
                unopened: false,
                elapsed: Duration::ZERO,
                status: None,
                served: false,
                closed: false,
                large: false,
                issuer_broken: false,
            })
        };
        let kind = |observation| judge(&refused(&[401], Level::Must), &observation).kind;
        assert_eq!(kind(lost(true, true)), VerdictKind::Broken);
        assert_eq!(kind(lost(false, true)), VerdictKind::Deviates);
        assert_eq!(kind(lost(false, false)), VerdictKind::Inconclusive);
        assert_eq!(kind(Observation::Died(Death { exit: "exit code 1".into(), log: vec![] })), VerdictKind::Broken);
    }

    #[test]
    fn a_stranger_who_ends_the_process_is_graver_than_a_gap_that_only_the_issuer_can_use() {
        let death = Observation::Died(Death { exit: "exit code 1".into(), log: vec![] });
        let by_anyone = judge(&refused(&[401], Level::Should), &death);
        let latent = Held { actor: Actor::OnlyTheIssuer, ..refused(&[401], Level::Should) };
        assert!(by_anyone.tier > judge(&latent, &answered(200, true)).tier);
        assert_eq!(by_anyone.tier, Tier::High);
    }
}
