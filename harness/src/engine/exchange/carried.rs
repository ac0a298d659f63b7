//! From an answer, or the lack of one, to what is judged.

use std::time::Duration;

use serde_json::Value;

use super::limit::asks_to_come_again;
use super::shown::shown;
use super::wire::{Prepared, Wire, carries_token};
use crate::api::{Carrier, documents};
use crate::check::{Carriage, Due, Exchange, Looked, challenge_class, look};
use crate::http::{Answer, Failure, FailureKind, Request};
use crate::key_times::KeyFact;
use crate::learn::Acceptance;
use crate::scenario::{Access, Capability, Case};
use crate::verdict::{Answered, Death, Evidence, Held, Lost, Observation, judge_case};

/// A case that was carried out.
pub(in crate::engine) struct Carried {
    pub(in crate::engine) observation: Observation,
    pub(in crate::engine) evidence: Evidence,
    /// What the checks say of its exchanges.
    pub(in crate::engine) looked: Vec<Looked>,
    /// What a refusal told, without credentials.
    pub(in crate::engine) refusal: Option<String>,
    pub(in crate::engine) elapsed: Duration,
    /// Its exchanges, a line each, where they are to be told.
    pub(in crate::engine) shown: Vec<Vec<String>>,
    /// What was measured of the target's dealings with keys.
    pub(in crate::engine) fact: Option<KeyFact>,
}

impl Carried {
    /// A case that could not be carried out, or was not to be.
    pub(in crate::engine) fn without_exchange(observation: Observation) -> Self {
        let evidence = Evidence::default();
        let (looked, shown) = (Vec::new(), Vec::new());
        Self { observation, evidence, looked, refusal: None, elapsed: Duration::ZERO, shown, fact: None }
    }

    /// A case that proves nothing, for that reason.
    pub(in crate::engine) fn not_run(why: impl Into<String>) -> Self {
        Self::without_exchange(Observation::NotRun { why: why.into() })
    }

    /// A case that has nothing to be carried out on.
    pub(in crate::engine) fn skipped(why: impl Into<String>) -> Self {
        Self::without_exchange(Observation::Skipped { why: why.into() })
    }

    /// Whether its credential got in.
    pub(in crate::engine) fn got_in(&self) -> bool {
        matches!(&self.observation, Observation::Answered(answered) if answered.accepted)
    }

    /// The target died of it, which never hides that somebody got in before.
    pub(in crate::engine) fn died(self, death: Death, case: &Case) -> Self {
        let (evidence, elapsed) = (self.evidence.clone(), self.elapsed);
        let died = Self { evidence, elapsed, ..Self::without_exchange(Observation::Died(death)) };
        died.or_worse(self, case)
    }

    /// What counts of a case after an exchange that proved nothing; the checks have seen
    /// both.
    pub(in crate::engine) fn behind(mut self, mut before: Self) -> Self {
        let looked = before.looked.drain(..).chain(self.looked.drain(..)).collect();
        let shown = before.shown.drain(..).chain(self.shown.drain(..)).take(SHOWN).collect();
        Self { looked, shown, ..self }
    }

    /// Of two exchanges of one case, the one with the graver verdict; the checks
    /// have seen both.
    pub(in crate::engine) fn or_worse(mut self, mut next: Self, case: &Case) -> Self {
        let verdict = |carried: &Self| Some(judge_case(&Held::of(case)?, &carried.observation, &carried.evidence));
        let graver = match (verdict(&self), verdict(&next)) {
            (Some(a), Some(b)) => b.outweighs(&a),
            _ => false,
        };
        let looked: Vec<Looked> = self.looked.drain(..).chain(next.looked.drain(..)).collect();
        let shown = self.shown.drain(..).chain(next.shown.drain(..)).take(SHOWN).collect();
        Self { looked, shown, ..if graver { next } else { self } }
    }
}

/// How many exchanges of one case are told.
const SHOWN: usize = 10;

/// What an exchange is read against.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Reading<'a> {
    pub(in crate::engine) acceptance: &'a Acceptance,
    /// Whether the issuer is made to fail at that time.
    pub(in crate::engine) issuer_broken: bool,
}

impl Wire {
    /// What an exchange of a case comes to.
    pub(in crate::engine) fn read(
        &self,
        case: &Case,
        prepared: &Prepared,
        sent: Result<Answer, Failure>,
        reading: Reading<'_>,
    ) -> Carried {
        let by_status = is_preflight(&prepared.request).then(|| reading.acceptance.by_status());
        let reading = Reading { acceptance: by_status.as_ref().unwrap_or(reading.acceptance), ..reading };
        let large = self.is_large(&prepared.request);
        let told = self.settings.transcript.then(|| {
            let (redactor, request) =
                (self.redactor(prepared.minted.token.expose()), self.shown_in_session(&prepared.request));
            shown(&request, &sent, &redactor, &self.settings)
        });
        let looked = sent.as_ref().map(|answer| self.look(case, prepared, answer, reading)).unwrap_or_default();
        let served = sent.as_ref().ok().and_then(|answer| self.subject_in(answer));
        let mut carried = match self.redacted(sent, prepared.minted.token.expose()) {
            Ok(answer) if asks_to_come_again(&answer) && self.may_be_of_others(case, reading) => {
                let why = format!("the target answers {} and asks to come again later (Retry-After)", answer.status);
                Carried { elapsed: answer.elapsed, ..Carried::not_run(why) }
            }
            Ok(answer) => answered(&answer, reading.acceptance, large, &self.settings.api.carrier),
            Err(failure) => lost(&failure, reading, large),
        };
        if !case.variant.request.is_empty() {
            // Another request than the control's is refused in other words for that.
            carried.refusal = None;
        }
        let evidence = Evidence {
            served,
            token_subject: subject(&prepared.minted.payload),
            forged: case.is_forgery(),
            ..Evidence::default()
        };
        Carried { looked, evidence, shown: told.into_iter().collect(), ..carried }
    }

    /// Whether a server error may come of what others send, or of a limit.
    pub(super) fn may_be_of_others(&self, case: &Case, reading: Reading<'_>) -> bool {
        (self.gentle || self.limit.is_known()) && !reading.issuer_broken && !case.is_staged()
    }

    /// What the checks say of an answer, before anything is taken out of it.
    fn look(&self, case: &Case, prepared: &Prepared, answer: &Answer, reading: Reading<'_>) -> Vec<Looked> {
        look(&Exchange {
            answer,
            accepted: reading.acceptance.accepts(answer),
            token: prepared.minted.token.expose(),
            canaries: &canaries(&prepared.minted.header, &prepared.minted.payload),
            carriage: self.carriage(case, prepared),
            due: due(case),
            in_body: reading.acceptance.refuses_in_body(answer),
            elsewhere: !self.settings.api.carrier.is_authorization(),
            large: self.is_large(&prepared.request),
            patience: self.patience(),
            issuer_broken: reading.issuer_broken,
        })
    }

    /// How long an answer may take: well above what the control takes.
    pub(in crate::engine) fn patience(&self) -> Duration {
        patience(self.control_elapsed)
    }

    /// The subject that an answer names, where the target's owner told its place.
    pub(in crate::engine) fn subject_in(&self, answer: &Answer) -> Option<String> {
        let pointer = self.settings.declared.value(Capability::Identity)?;
        documents(answer).iter().find_map(|body| body.pointer(pointer)?.as_str().map(str::to_owned))
    }

    /// How a case's token travels.
    fn carriage(&self, case: &Case, prepared: &Prepared) -> Carriage {
        let carrier = &self.settings.api.carrier;
        if carrier.is_bearer() {
            return carriage(case, &prepared.request);
        }
        let sent = prepared.request.to_bytes();
        let forms = carrier.forms(prepared.minted.token.expose());
        let is_there = forms.iter().any(|form| !form.is_empty() && sent.windows(form.len()).any(|part| part == form));
        if is_there { Carriage::Other } else { Carriage::None }
    }
}

/// Above this an answer is slow, where the control takes that long.
pub(in crate::engine) fn patience(control: Duration) -> Duration {
    const LEAST: Duration = Duration::from_secs(2);
    LEAST.max(control * 20)
}

fn due(case: &Case) -> Due {
    match case.expectation() {
        Some(expected) if expected.access == Access::Accepted => Due::Served,
        Some(expected) if expected.access == Access::Refused && expected.status == [401] => Due::Unauthenticated,
        Some(expected) if expected.access == Access::Refused && expected.status == [403] => Due::Forbidden,
        _ => Due::Open,
    }
}

fn carriage(case: &Case, request: &Request) -> Carriage {
    if carries_token(&case.variant.request) {
        return Carriage::Bearer;
    }
    let bearer = request.header_values("Authorization").any(|value| {
        let scheme = value.get(..6).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer")
    });
    let elsewhere = case.variant.request.iter().any(|edit| edit.touches_credentials() && edit.uses("token"))
        && request.header_values("Authorization").next().is_none();
    if bearer || elsewhere { Carriage::Other } else { Carriage::None }
}

/// Whether a browser asks if it may send a request (Fetch, section 4.8).
fn is_preflight(request: &Request) -> bool {
    request.method == b"OPTIONS" && request.header_values("Access-Control-Request-Method").next().is_some()
}

/// The subject of a token.
pub(super) fn subject(payload: &str) -> Option<String> {
    let claims: Value = serde_json::from_str(payload).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Texts of the token that hold markup or a line end.
fn canaries(header: &str, payload: &str) -> Vec<String> {
    let member = |text: &str, name: &str| {
        let object: Value = serde_json::from_str(text).ok()?;
        object.get(name)?.as_str().filter(|text| text.contains(['<', '\r', '\n'])).map(str::to_owned)
    };
    [member(header, "kid"), member(payload, "iss"), member(payload, "sub")].into_iter().flatten().collect()
}

fn answered(answer: &Answer, acceptance: &Acceptance, large: bool, carrier: &Carrier) -> Carried {
    let accepted = acceptance.accepts(answer);
    let refusal = (answer.status == 401).then(|| told(answer));
    let observation = Observation::Answered(Answered {
        status: answer.status,
        accepted,
        challenge: challenge_class(answer),
        elapsed: answer.elapsed,
        large,
        in_body: acceptance.refuses_in_body(answer),
        elsewhere: !carrier.is_authorization(),
    });
    Carried { elapsed: answer.elapsed, refusal, ..Carried::without_exchange(observation) }
}

/// What a refusal says, in one line of bounded length.
fn told(answer: &Answer) -> String {
    const LENGTH: usize = 300;
    let challenge = answer.header("WWW-Authenticate").map(String::from_utf8_lossy).unwrap_or_default();
    format!("{challenge} {}", answer.body.text()).chars().take(LENGTH).collect()
}

fn lost(failure: &Failure, reading: Reading<'_>, large: bool) -> Carried {
    if failure.kind == FailureKind::ConnectionEnded {
        // RFC 9112, section 9.3: a server need not keep a connection, if it says so.
        let why = "the target keeps no connection for another request".to_owned();
        return Carried::without_exchange(Observation::Skipped { why });
    }
    let status = failure.partial.as_ref().map(|partial| partial.status);
    let observation = Observation::Lost(Lost {
        what: failure.kind.to_string(),
        hung: matches!(failure.kind, FailureKind::Deadline { .. }),
        may_have_arrived: failure.may_have_arrived(),
        unopened: matches!(failure.kind, FailureKind::Unopened { .. }),
        served: status.is_some_and(|status| reading.acceptance.begins_to_accept(status)),
        status,
        closed: failure.kind.is_a_close(),
        elapsed: failure.elapsed,
        large,
        issuer_broken: reading.issuer_broken,
    });
    Carried { elapsed: failure.elapsed, ..Carried::without_exchange(observation) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_death_hides_no_bypass_and_shows_everything_else() {
        let catalogue = crate::scenario::Catalogue::embedded().unwrap();
        let chosen = ["time/expired@one-hour".parse().unwrap()];
        let case = crate::scenario::Plan::new(&catalogue, "core", &chosen).unwrap().cases.remove(0);
        let after = |accepted| {
            let answer = Answered {
                status: if accepted { 200 } else { 401 },
                accepted,
                challenge: crate::verdict::ChallengeClass::None,
                elapsed: Duration::ZERO,
                large: false,
                in_body: false,
                elsewhere: false,
            };
            let carried = Carried::without_exchange(Observation::Answered(answer));
            carried.died(Death { exit: "exit code 1".into(), log: Vec::new() }, &case).observation
        };
        assert!(matches!(after(true), Observation::Answered(_)));
        assert!(matches!(after(false), Observation::Died(_)));
    }

    #[test]
    fn only_markup_and_line_ends_are_canaries() {
        assert!(canaries(r#"{"kid":"plain"}"#, r#"{"iss":"https://a.example"}"#).is_empty());
        assert_eq!(canaries(r#"{"kid":"<b>"}"#, r#"{"iss":"a\r\nb"}"#), ["<b>", "a\r\nb"]);
        assert!(canaries("no JSON", "neither").is_empty());
    }
}
