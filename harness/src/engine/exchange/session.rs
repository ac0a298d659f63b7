//! The call before the others: it is made with the control when a request first
//! needs its session, and again when the target has forgotten it. A target may bind
//! a session to who began it: what it refuses in the control's session is tried in
//! one that its own token begins.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use mock_idp::json::Object;
use mock_idp::mutation::Mutation;

use super::carried::{Carried, Reading};
use super::wire::{Prepared, Wire, carries_token};
use crate::api::{Opening, Success};
use crate::http::{Answer, Connection, Failure, FailureKind, Redactor, Request, Sent};
use crate::scenario::Case;
use crate::verdict::Observation;

/// The session with one target; clones share it.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Sessions {
    known: Arc<Mutex<Known>>,
    /// Held by who opens one, so that many requests at once open one only.
    opening: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Known {
    id: Option<Vec<u8>>,
    /// How many of them the target has forgotten.
    lapsed: usize,
    /// How many requests were made in one.
    requests: u64,
    /// Those that cases begin with their own tokens, while they last.
    own: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[session, {} lapsed]", self.lapsed)
    }
}

impl Sessions {
    /// Its id, once it is there.
    fn id(&self) -> Option<Vec<u8>> {
        self.with(|known| known.id.clone())
    }

    /// Every id that an answer may hold now.
    pub(super) fn ids(&self) -> Vec<Vec<u8>> {
        self.with(|known| known.id.iter().chain(&known.own).cloned().collect())
    }

    /// Nothing is known of a target that was just started.
    pub(in crate::engine) fn forget(&self) {
        self.with(|known| known.id = None);
    }

    /// How many the target has forgotten so far.
    pub(in crate::engine) fn lapsed(&self) -> usize {
        self.with(|known| known.lapsed)
    }

    /// A number that no other request in a session has.
    fn number(&self) -> u64 {
        self.with(|known| {
            known.requests += 1;
            known.requests
        })
    }

    /// The target does not know it any more; `false` where there was none.
    fn lapse(&self) -> bool {
        self.with(|known| {
            let was_there = known.id.take().is_some();
            known.lapsed += usize::from(was_there);
            was_there
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What stands for the id of a session in what is shown.
const SHOWN: &[u8] = b"[id of the session]";

impl Wire {
    /// The request in the target's session, which is begun where there is none.
    pub(super) async fn in_session<'r>(&self, request: &'r Request) -> Result<Cow<'r, Request>, Failure> {
        let Some(opening) = &self.settings.api.opening else { return Ok(Cow::Borrowed(request)) };
        let id = self.session(opening).await?;
        Ok(Cow::Owned(self.within(opening, request, &id)))
    }

    /// The request in the session of that id. Of JSON-RPC, with an `id` that no other
    /// request has: two at the same time may share none (JSON-RPC 2.0, section 4).
    fn within(&self, opening: &Opening, request: &Request, id: &[u8]) -> Request {
        let mut request = request.clone();
        if self.settings.api.success == Success::JsonRpc
            && let Some(body) = numbered(&request.body, self.sessions.number())
        {
            request.replace_content(body);
        }
        opening.session.to.put(&mut request, id);
        request
    }

    /// What comes of a case in a session that its own token begins; `None` where that
    /// could tell nothing new of it. What it refuses in the control's session a target
    /// may refuse for the session's sake.
    pub(super) async fn in_own_session(
        &self,
        case: &Case,
        prepared: &Prepared,
        foreign: &Carried,
        reading: Reading<'_>,
    ) -> Option<Carried> {
        let opening = self.settings.api.opening.as_ref()?;
        let has_token = carries_token(&case.variant.request) && !case.variant.token.is_control();
        let Observation::Answered(refused) = &foreign.observation else { return None };
        if !has_token || refused.accepted || refused.status == 429 || refused.status >= 500 {
            return None;
        }
        let unopened = "no session could be begun with its own token";
        // 401 and 403 speak of the token, 413 and 431 of the request.
        let may_be_about_session = matches!(refused.status, 200..300 | 400 | 404);
        match self.open(opening, prepared.minted.token.expose()).await {
            Ok(id) => {
                let request = self.within(opening, &prepared.request, &id);
                self.sessions.with(|known| known.own.push(id.clone()));
                let sent = self.send_outside(&request).await;
                let own = self.read(case, &Prepared { request, ..prepared.clone() }, sent, reading);
                self.sessions.with(|known| known.own.retain(|other| *other != id));
                Some(own)
            }
            Err(Unopened::Lost(_) | Unopened::Refused { .. }) if reading.issuer_broken => {
                Some(Carried::skipped(format!("{unopened} while the issuer fails")))
            }
            Err(_) if !may_be_about_session => None,
            Err(Unopened::Lost(failure)) => Some(Carried::not_run(format!("{unopened}: {failure}"))),
            Err(Unopened::Refused { answer, .. }) if answer.status == 429 => {
                Some(Carried::not_run(format!("{unopened}: the target limits the rate")))
            }
            // Refused in both. Where the first answer can be about the session, the other
            // says what becomes of the token.
            Err(Unopened::Refused { request, answer }) => {
                let is_refusal = !reading.acceptance.accepts(&answer);
                is_refusal
                    .then(|| self.read(case, &Prepared { request: *request, ..prepared.clone() }, Ok(*answer), reading))
            }
        }
    }

    /// Sends a request that is in no session, or in one of its own; where the target
    /// limits the rate, waits and tries once more.
    async fn send_outside(&self, request: &Request) -> Result<Answer, Failure> {
        self.client.turn(1).await;
        let sent = self.client.send(&self.endpoint, request, Connection::Reuse).await;
        let Some(pause) = sent.as_ref().ok().and_then(|answer| self.pause_of(answer)) else { return sent };
        self.client.pause(pause.capped).await;
        self.client.turn(1).await;
        self.client.send(&self.endpoint, request, Connection::Reuse).await
    }

    /// The same request with a word in the place of the id.
    pub(super) fn shown_in_session(&self, request: &Request) -> Request {
        let mut request = request.clone();
        if let Some(opening) = &self.settings.api.opening {
            opening.session.to.put(&mut request, SHOWN);
        }
        request
    }

    /// Whether a control that was refused is to be sent once more, in a session of
    /// its own: the target may have forgotten the one that it was sent in.
    pub(in crate::engine) fn session_lapsed(&self, sent: &Result<Answer, Failure>) -> bool {
        let refused =
            sent.as_ref().is_ok_and(|answer| answer.status != 429 && !self.settings.api.success.holds(answer));
        refused && self.sessions.lapse()
    }

    async fn session(&self, opening: &Opening) -> Result<Vec<u8>, Failure> {
        if let Some(id) = self.sessions.id() {
            return Ok(id);
        }
        let _alone = self.sessions.opening.lock().await;
        match self.sessions.id() {
            Some(id) => Ok(id),
            None => {
                let minted = self.minter.mint(&Mutation::control()).await;
                let minted = minted.map_err(|error| unopened(None, &error.to_string()))?;
                let opened = self.open(opening, minted.token.expose()).await;
                let id = opened.map_err(|refused| refused.into_failure(opening))?;
                self.sessions.with(|known| known.id = Some(id.clone()));
                Ok(id)
            }
        }
    }

    /// Makes the calls with that token; the first answer brings the id, which the
    /// others say.
    async fn open(&self, opening: &Opening, token: &[u8]) -> Result<Vec<u8>, Unopened> {
        let mut id: Option<Vec<u8>> = None;
        for mut request in opening.requests(&self.nobody_request()) {
            self.settings.api.carrier.put(&mut request, token);
            if let Some(id) = &id {
                opening.session.to.put(&mut request, id);
            }
            let sent = self.send_outside(&request).await;
            // The case behind it was never sent, whatever came of this.
            let answer = sent.map_err(|failure| match failure.kind {
                kind @ FailureKind::Deadline { .. } => unopened(None, &kind.to_string()),
                _ => Failure { sent: Sent::Nothing, ..failure },
            })?;
            let read = opening.session.from.read(&answer);
            if !(200..300).contains(&answer.status) || (id.is_none() && read.is_none()) {
                let answer = if let Some(id) = &id { Redactor::new([id]).answer(answer) } else { answer };
                return Err(Unopened::Refused { request: Box::new(request), answer: Box::new(answer) });
            }
            id = id.or(read);
        }
        id.ok_or_else(|| unopened(None, "there is no call").into())
    }
}

/// Why no session was begun.
enum Unopened {
    /// This answer came to one of the calls: no success, or one without an id.
    Refused { request: Box<Request>, answer: Box<Answer> },
    /// None came.
    Lost(Box<Failure>),
}

impl From<Failure> for Unopened {
    fn from(failure: Failure) -> Self {
        Self::Lost(Box::new(failure))
    }
}

impl Unopened {
    fn into_failure(self, opening: &Opening) -> Failure {
        match self {
            Self::Lost(failure) => *failure,
            Self::Refused { answer, .. } if (200..300).contains(&answer.status) => without_id(opening, &answer),
            Self::Refused { answer, .. } => {
                unopened(Some(answer.status), &format!("{} is answered {}", opening.call, answer.status))
            }
        }
    }
}

/// The body of a JSON-RPC call under another `id`, its members in their order and those
/// that stand twice kept; `None` where it is no call with one.
fn numbered(body: &[u8], number: u64) -> Option<Vec<u8>> {
    let mut call = Object::from_text(std::str::from_utf8(body).ok()?).ok()?;
    let id = match call.get("id")?.as_bytes().first()? {
        b'"' => format!("\"{number}\""),
        b'-' | b'0'..=b'9' => number.to_string(),
        _ => return None,
    };
    call.set("id", id);
    Some(call.to_text().into_bytes())
}

fn without_id(opening: &Opening, answer: &Answer) -> Failure {
    let (from, there) = (&opening.session.from, opening.session.from.there(answer));
    let there = if there.is_empty() { "nothing is there".to_owned() } else { format!("there is {}", there.join(", ")) };
    let why = format!("the answer to {} ({}) has no value at {from}; {there}", opening.call, answer.status);
    unopened(Some(answer.status), &why)
}

fn unopened(status: Option<u16>, why: &str) -> Failure {
    Failure {
        kind: FailureKind::Unopened { status, why: crate::printable::printable(why) },
        sent: Sent::Nothing,
        elapsed: std::time::Duration::ZERO,
        reused: false,
        first_try: None,
        partial: None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#, r#"{"jsonrpc":"2.0","id":7,"method":"x"}"#)]
    #[case(r#"{ "id" : "a\"b" , "params":{"id":2,"t":1,"t":2}}"#, r#"{"id":"7","params":{"id":2,"t":1,"t":2}}"#)]
    #[case(
        r#"{"params":["id",{"id":3}],"x":"\"id\":4","id":5}"#,
        r#"{"params":["id",{"id":3}],"x":"\"id\":4","id":7}"#
    )]
    fn a_call_gets_another_id_and_all_else_stays_in_its_place(#[case] body: &str, #[case] expected: &str) {
        let numbered = numbered(body.as_bytes(), 7).unwrap();
        assert_eq!(String::from_utf8(numbered).unwrap(), expected);
    }

    #[rstest]
    #[case(r#"{"method":"notifications/initialized"}"#)]
    #[case(r#"[{"id":1}]"#)]
    #[case(r#"{"id":null}"#)]
    #[case("{\"id\":1")]
    #[case("")]
    fn what_has_no_id_is_left_alone(#[case] body: &str) {
        assert_eq!(numbered(body.as_bytes(), 7), None);
    }
}
