//! One request of a case, from the control's to what came back.

use std::sync::Arc;
use std::time::Duration;

use mock_idp::mutation::Mutation;
use mock_idp::random::Random;

use super::minter::{MintError, Minted, Minter};
use super::parallel::parallel;
use super::settings::RunSettings;
use crate::check::{Seen, challenge_class};
use crate::http::{Answer, Client, Connection, CurlCommand, Endpoint, Failure, FailureKind, Redactor, Request};
use crate::learn::Acceptance;
use crate::scenario::{Case, ConnectionUse, RequestEdit, Sender, Values};
use crate::verdict::{Answered, Lost, Observation, judge};

/// What every exchange of a run shares.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) client: Arc<Client>,
    pub(super) endpoint: Endpoint,
    pub(super) minter: Minter,
    pub(super) settings: Arc<RunSettings>,
    pub(super) random: Random,
}

/// A request, ready to be sent, with the token that it carries.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) minted: Minted,
}

/// A case that was carried out.
pub(super) struct Carried {
    pub(super) observation: Observation,
    pub(super) seen: Option<Seen>,
    pub(super) elapsed: Duration,
}

impl Wire {
    /// The request of the control, with that token.
    pub(super) fn control_request(&self, token: &[u8]) -> Request {
        let mut request = Request::to(self.settings.method.as_str(), &self.endpoint)
            .header("User-Agent", concat!("badpenny/", env!("CARGO_PKG_VERSION")))
            .header("Accept", "*/*");
        // A line that the user gives takes the place of a default one.
        for header in &self.settings.headers {
            request = request.without(&header.name_text());
        }
        request.headers.extend(self.settings.headers.iter().cloned());
        if let Some(body) = &self.settings.body {
            request = request.content(body.clone());
        }
        request.bearer(token)
    }

    /// Mints the case's token and puts it into the case's request.
    pub(super) async fn prepare(&self, case: &Case) -> Result<Prepared, MintError> {
        let minted = self.minter.mint(&case.token).await?;
        let control = match case.request.iter().any(RequestEdit::uses_control) {
            true => self.minter.mint(&Mutation::control()).await?.token.expose().to_vec(),
            false => Vec::new(),
        };
        let mut request = self.control_request(minted.token.expose());
        let values = Values {
            token: minted.token.expose(),
            control: &control,
            path: self.endpoint.target(),
            random: &self.random,
        };
        for edit in &case.request {
            edit.apply(&mut request, &values);
        }
        Ok(Prepared { request, minted })
    }

    /// Sends the control once.
    pub(super) async fn send_control(&self, minter: &Minter) -> Result<Result<Answer, Failure>, MintError> {
        let minted = minter.mint(&Mutation::control()).await?;
        let request = self.control_request(minted.token.expose());
        Ok(redacted(self.send_patiently(&request, &ConnectionUse::Any).await, &[minted.token.expose()]))
    }

    /// Sends the control's request without credentials.
    pub(super) async fn send_nobody(&self) -> Result<Answer, Failure> {
        let request = self.control_request(b"").without("Authorization");
        self.client.send(&self.endpoint, &request, Connection::Reuse).await
    }

    /// Sends a prepared request as its delivery says; where the target limits the
    /// rate, waits as it asks and tries once more. Of several, the worst counts.
    pub(super) async fn carry(&self, case: &Case, prepared: &Prepared, acceptance: &Acceptance) -> Carried {
        let large = self.is_large(&prepared.request);
        let token = prepared.minted.token.expose();
        let delivery = &case.delivery;
        let requests = vec![prepared.request.clone(); delivery.repeat];
        let sent = parallel(requests, delivery.at_once, |request| {
            let (wire, connection) = (self.clone(), delivery.connection.clone());
            async move { wire.send_patiently(&request, &connection).await }
        });
        let carried = sent.await.into_iter().map(|sent| match redacted(sent, &[token]) {
            Ok(answer) => answered(case, &answer, acceptance, large),
            Err(failure) => lost(&failure, acceptance, large),
        });
        // `repeat` is at least one, so there always is a first.
        carried.reduce(|first, next| worse(case, first, next)).unwrap_or_else(not_sent)
    }

    /// Whether a request is of a size that may be refused, where the control's is not.
    fn is_large(&self, request: &Request) -> bool {
        let is_large = |request: &Request| request.to_bytes().len() > LARGE_REQUEST;
        is_large(request) && !is_large(&self.control_request(&[b'x'; ORDINARY_TOKEN]))
    }

    /// The command line that repeats the exchange, where issuer and target
    /// outlive the run. Lines that the user added may be secret: they are left
    /// out, as are those that curl sends by itself.
    pub(super) fn curl(&self, case: &Case, prepared: &Prepared) -> Option<String> {
        // `mint` knows the embedded scenarios by name.
        mock_idp::catalogue::find(&case.name()).ok()?;
        let minting = self.settings.replay.minting(&case.name())?;
        let mut request = prepared.request.clone();
        request.headers.retain(|header| {
            !self.settings.headers.contains(header) && !header.is("User-Agent") && !header.is("Accept")
        });
        let token = prepared.minted.token.expose();
        CurlCommand::new(&self.endpoint, &request, token, &minting).ok().map(|command| command.to_string())
    }

    async fn send_patiently(&self, request: &Request, connection: &ConnectionUse) -> Result<Answer, Failure> {
        let sent = self.send_on(request, connection).await;
        match &sent {
            Ok(answer) if answer.status == 429 => {
                tokio::time::sleep(self.pause(answer)).await;
                self.send_on(request, connection).await
            }
            _ => sent,
        }
    }

    async fn send_on(&self, request: &Request, connection: &ConnectionUse) -> Result<Answer, Failure> {
        let order = match connection {
            ConnectionUse::Any => return self.client.send(&self.endpoint, request, Connection::Reuse).await,
            ConnectionUse::AfterControl => &[Sender::Control, Sender::Case][..],
            ConnectionUse::Pipelined(order) => order,
        };
        let control = self.minter.mint(&Mutation::control()).await.map(|minted| minted.token.expose().to_vec());
        let control = control.unwrap_or_default();
        let requests: Vec<Request> = order
            .iter()
            .map(|sender| match sender {
                Sender::Control => self.control_request(&control),
                Sender::Case => request.clone(),
                Sender::Nobody => self.control_request(b"").without("Authorization"),
            })
            .collect();
        let mut results = match connection {
            ConnectionUse::Pipelined(_) => self.client.send_pipelined(&self.endpoint, &requests).await,
            _ => self.client.send_sequence(&self.endpoint, &requests).await,
        };
        let own = order.iter().position(|sender| *sender == Sender::Case).unwrap_or(0);
        results.swap_remove(own)
    }

    fn pause(&self, answer: &Answer) -> Duration {
        let asked = answer.header("Retry-After").and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
        asked.map_or(Duration::from_secs(1), Duration::from_secs).min(self.settings.retry_after)
    }
}

/// Requests above this size may be refused for it.
const LARGE_REQUEST: usize = 8 * 1024;
/// About the size of a control token.
const ORDINARY_TOKEN: usize = 900;

/// What came, without the tokens that were sent: no report gets to see one.
fn redacted(sent: Result<Answer, Failure>, tokens: &[&[u8]]) -> Result<Answer, Failure> {
    let redactor = Redactor::new(tokens.iter().copied());
    sent.map(|answer| redactor.answer(answer)).map_err(|failure| redactor.failure(failure))
}

/// Of two exchanges of one case, the one with the graver verdict.
fn worse(case: &Case, first: Carried, next: Carried) -> Carried {
    let verdict = |carried: &Carried| {
        case.expectation().map(|expectation| judge(&case.scenario.id, expectation, &carried.observation))
    };
    match (verdict(&first), verdict(&next)) {
        (Some(a), Some(b)) if b.outweighs(&a) => next,
        _ => first,
    }
}

fn not_sent() -> Carried {
    let why = "nothing was to be sent".to_owned();
    Carried { seen: None, elapsed: Duration::ZERO, observation: Observation::NotRun { why } }
}

fn answered(case: &Case, answer: &Answer, acceptance: &Acceptance, large: bool) -> Carried {
    let challenge = challenge_class(answer);
    Carried {
        seen: Some(Seen { case: case.name(), status: answer.status, challenge: challenge.clone() }),
        elapsed: answer.elapsed,
        observation: Observation::Answered(Answered {
            status: answer.status,
            accepted: acceptance.accepts(answer),
            challenge,
            elapsed: answer.elapsed,
            large,
        }),
    }
}

fn lost(failure: &Failure, acceptance: &Acceptance, large: bool) -> Carried {
    let status = failure.partial.as_ref().map(|partial| partial.status);
    Carried {
        seen: None,
        elapsed: failure.elapsed,
        observation: Observation::Lost(Lost {
            what: failure.kind.to_string(),
            hung: matches!(failure.kind, FailureKind::Deadline { .. }),
            may_have_arrived: failure.may_have_arrived(),
            // With an envelope only the whole body could tell.
            served: status.is_some_and(|status| (200..300).contains(&status)) && !acceptance.has_envelope(),
            status,
            closed: matches!(failure.kind, FailureKind::ClosedBeforeAnswer | FailureKind::Reset { received: 0 }),
            elapsed: failure.elapsed,
            large,
        }),
    }
}
