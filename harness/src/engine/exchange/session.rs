//! The call before the others: it is made with the control when a request first
//! needs its session, and again when the target has forgotten it. A target may bind
//! a session to who began it: what it refuses in the control's session is tried in
//! one that its own token begins.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use mock_idp::mutation::Mutation;

use super::wire::{Prepared, Wire, carries_token};
use crate::api::{Opening, Success};
use crate::http::{Answer, Connection, Failure, FailureKind, Redactor, Request, Sent};
use crate::scenario::Case;

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
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[session, {} lapsed]", self.lapsed)
    }
}

impl Sessions {
    /// Its id, once it is there.
    pub(super) fn id(&self) -> Option<Vec<u8>> {
        self.with(|known| known.id.clone())
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

    /// What came of a case, where the target may have refused the session and not the
    /// token: then what comes of a session that the token begins by itself.
    pub(super) async fn in_own_session(
        &self,
        case: &Case,
        prepared: &Prepared,
        sent: Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let Some(opening) = &self.settings.api.opening else { return sent };
        let is_refused = |answer: &Answer| answer.status != 429 && !self.settings.api.success.holds(answer);
        let has_token = carries_token(&case.variant.request) && !case.variant.token.is_control();
        if !has_token || !sent.as_ref().is_ok_and(is_refused) {
            return sent;
        }
        match self.open(opening, prepared.minted.token.expose()).await {
            Ok(id) => {
                self.client.turn(1).await;
                let request = self.within(opening, &prepared.request, &id);
                let own = self.client.send(&self.endpoint, &request, Connection::Reuse).await;
                own.map(|answer| Redactor::new([id]).answer(answer))
            }
            // Refused in both: what says most of the token is told.
            Err(Unopened::Refused(answer)) if is_refused(&answer) && !sent.as_ref().is_ok_and(is_about_token) => {
                Ok(*answer)
            }
            Err(_) => sent,
        }
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
            self.client.turn(1).await;
            let sent = self.client.send(&self.endpoint, &request, Connection::Reuse).await;
            // The case behind it was never sent, whatever came of this.
            let answer = sent.map_err(|failure| match failure.kind {
                kind @ FailureKind::Deadline { .. } => unopened(None, &kind.to_string()),
                _ => Failure { sent: Sent::Nothing, ..failure },
            })?;
            if !(200..300).contains(&answer.status) {
                return Err(Unopened::Refused(Box::new(answer)));
            }
            if id.is_none() {
                let read = opening.session.from.read(&answer);
                id = Some(read.ok_or_else(|| Unopened::Refused(Box::new(answer)))?);
            }
        }
        id.ok_or_else(|| unopened(None, "there is no call").into())
    }
}

/// Why no session was begun.
enum Unopened {
    /// This answer came: no success, or one without an id.
    Refused(Box<Answer>),
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
            Self::Refused(answer) if (200..300).contains(&answer.status) => without_id(opening, &answer),
            Self::Refused(answer) => {
                unopened(Some(answer.status), &format!("{} is answered {}", opening.call, answer.status))
            }
        }
    }
}

/// Whether an answer speaks of the token, and not of the session (RFC 6750, section 3.1).
fn is_about_token(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403)
}

/// The body of a JSON-RPC call under another `id`; `None` where it is no call with one.
fn numbered(body: &[u8], number: u64) -> Option<Vec<u8>> {
    let mut call: serde_json::Value = serde_json::from_slice(body).ok()?;
    let id = call.as_object_mut()?.get_mut("id")?;
    *id = if id.is_string() { number.to_string().into() } else { number.into() };
    serde_json::to_vec(&call).ok()
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
