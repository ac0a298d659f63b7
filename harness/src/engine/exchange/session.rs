//! The call before the others: it is made with the control when a request first
//! needs its session, and again when the target has forgotten it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use mock_idp::mutation::Mutation;

use super::wire::Wire;
use crate::api::Opening;
use crate::http::{Answer, Connection, Failure, FailureKind, Request, Sent};

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
        let mut request = request.clone();
        opening.session.to.put(&mut request, &id);
        Ok(Cow::Owned(request))
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
                let id = self.open(opening).await?;
                self.sessions.with(|known| known.id = Some(id.clone()));
                Ok(id)
            }
        }
    }

    /// Makes the calls; the first answer brings the id, which the others say.
    async fn open(&self, opening: &Opening) -> Result<Vec<u8>, Failure> {
        let minted = self.minter.mint(&Mutation::control()).await;
        let minted = minted.map_err(|error| unopened(None, &error.to_string()))?;
        let mut id: Option<Vec<u8>> = None;
        for mut request in opening.requests(&self.nobody_request()) {
            self.settings.api.carrier.put(&mut request, minted.token.expose());
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
                return Err(unopened(Some(answer.status), &format!("{} is answered {}", opening.call, answer.status)));
            }
            if id.is_none() {
                id = Some(opening.session.from.read(&answer).ok_or_else(|| without_id(opening, &answer))?);
            }
        }
        id.ok_or_else(|| unopened(None, "there is no call"))
    }
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
