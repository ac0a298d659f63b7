//! The way to the target: how a request is made, and how it is sent.

use std::sync::Arc;
use std::time::Duration;

use mock_idp::mutation::Mutation;
use mock_idp::random::Random;

use super::limit::{Limit, Pause, asks_to_come_again, is_limited};
use super::session::Sessions;
use crate::api::Carrier;
use crate::engine::minter::{MintError, Minted, Minter};
use crate::engine::settings::RunSettings;
use crate::http::{Answer, Client, Connection, CurlCommand, Endpoint, Failure, FailureKind, Request, ShellExpression};
use crate::listener::Listener;
use crate::scenario::{Case, ConnectionUse, RequestEdit, Sender, Values};
use crate::secrecy::{BODY_VARIABLE, may_be_secret, variable_for};
use crate::target::CpuMeter;

/// What every exchange of a run shares.
#[derive(Clone)]
pub(in crate::engine) struct Wire {
    pub(in crate::engine) client: Arc<Client>,
    pub(in crate::engine) endpoint: Endpoint,
    pub(in crate::engine) minter: Minter,
    pub(in crate::engine) settings: Arc<RunSettings>,
    pub(in crate::engine) random: Random,
    /// Where tokens may point to; only where the plan has any that do.
    pub(in crate::engine) listener: Option<Arc<Listener>>,
    /// The clock difference that the target may tolerate.
    pub(in crate::engine) leeway: Duration,
    /// For how long the target is given to see new keys.
    pub(in crate::engine) refresh: Duration,
    /// Within which time it owes that, and to come back after a fault of the
    /// issuer; longer where its owner does not want to wait that long.
    pub(in crate::engine) refresh_due: Duration,
    /// Whether the pause between two fetches is to be told.
    pub(in crate::engine) tells_pause: bool,
    /// Whether others use the target, too, so that it is asked less often.
    pub(in crate::engine) gentle: bool,
    /// What tells how long the target computes, where it is a process that the
    /// harness started.
    pub(in crate::engine) meter: Option<CpuMeter>,
    /// How long the control takes, for what is slow beside it.
    pub(in crate::engine) control_elapsed: Duration,
    /// What is known of the target's limit on requests.
    pub(in crate::engine) limit: Arc<Limit>,
    /// The session with the target, where it wants one.
    pub(in crate::engine) sessions: Sessions,
}

/// A request, ready to be sent, with the token that it carries.
#[derive(Clone)]
pub(in crate::engine) struct Prepared {
    pub(in crate::engine) request: Request,
    pub(in crate::engine) minted: Minted,
}

impl Wire {
    /// Mints the case's token and puts it into the case's request.
    pub(in crate::engine) async fn prepare(&self, case: &Case) -> Result<Prepared, MintError> {
        let second = if case.is_second_token() { self.minter.second().await? } else { None };
        let minted = match second {
            Some(second) => second,
            None => self.minter_for(case).mint(&case.variant.token).await?,
        };
        self.request_with(case, minted).await
    }

    /// What makes the tokens and the steps of a case, whose attacker listens at a
    /// path of its own.
    pub(in crate::engine) fn minter_for(&self, case: &Case) -> Minter {
        if self.listener.is_none() || !(case.variant.uses("listener") || case.variant.uses("listener_host")) {
            return self.minter.clone();
        }
        self.minter.with_settings(|tokens| tokens.listener = self.listener_url(case))
    }

    fn listener_url(&self, case: &Case) -> String {
        self.listener.as_ref().map(|listener| listener.url_of(&case.name())).unwrap_or_default()
    }

    /// The case's request with a token that was minted already.
    pub(in crate::engine) async fn request_with(&self, case: &Case, minted: Minted) -> Result<Prepared, MintError> {
        let edits = &case.variant.request;
        let control = match edits.iter().any(|edit| edit.uses("control")) {
            true => self.minter.mint(&Mutation::control()).await?.token.expose().to_vec(),
            false => Vec::new(),
        };
        let mut request = self.control_request(minted.token.expose());
        let listener = self.listener_url(case);
        let values = Values {
            token: minted.token.expose(),
            control: &control,
            carrier: &self.settings.api.carrier,
            path: self.endpoint.target(),
            listener: &listener,
            declared: &self.settings.declared,
            random: &self.random,
        };
        for edit in edits {
            edit.apply(&mut request, &values);
        }
        Ok(Prepared { request, minted })
    }

    /// The request of one that travels along with a case.
    pub(in crate::engine) async fn companion(&self, sender: Sender) -> Result<Prepared, MintError> {
        let second = if sender == Sender::OtherUser { self.minter.second().await? } else { None };
        let minted = match second {
            Some(second) => second,
            None => self.minter.mint(&companion_token(sender)).await?,
        };
        let request = match sender {
            Sender::Nobody => self.nobody_request(),
            _ => self.control_request(minted.token.expose()),
        };
        Ok(Prepared { request, minted })
    }

    /// Sends the control once.
    pub(in crate::engine) async fn send_control(&self, minter: &Minter) -> Result<Result<Answer, Failure>, MintError> {
        let minted = minter.mint(&Mutation::control()).await?;
        let request = self.control_request(minted.token.expose());
        let mut sent = self.send(&request, &ConnectionUse::Any).await;
        if self.session_lapsed(&sent) {
            sent = self.send(&request, &ConnectionUse::Any).await;
        }
        Ok(self.redacted(sent, minted.token.expose()))
    }

    /// Sends the control's request without credentials.
    pub(in crate::engine) async fn send_nobody(&self) -> Result<Answer, Failure> {
        self.send(&self.nobody_request(), &ConnectionUse::Any).await
    }

    /// Sends the control's request with a text that is no token, and none of a
    /// form that anybody could take for one.
    pub(in crate::engine) async fn send_junk(&self) -> Result<Answer, Failure> {
        self.send(&self.control_request(JUNK), &ConnectionUse::Any).await
    }

    /// Sends a request; where the target limits the rate, waits as it asks, with
    /// all others, and tries once more. Where that has helped before, the target
    /// is busy and not averse to this request: it is tried some times more.
    pub(in crate::engine) async fn send(
        &self,
        request: &Request,
        connection: &ConnectionUse,
    ) -> Result<Answer, Failure> {
        let mut sent = self.send_once(request, connection).await;
        for again in 0.. {
            let Some(pause) = sent.as_ref().ok().and_then(|answer| self.pause_of(answer)) else { break };
            self.client.slow_down();
            let Some(pause) = self.limit.patience(pause, again) else { break };
            sent = self.send_alone_after(pause, request, connection).await;
            self.limit.learn(sent.as_ref().is_ok_and(|answer| !is_limited(answer)), pause);
        }
        sent
    }

    /// Sends a request as one of many at the same time: each waits for itself,
    /// and is tried once more.
    pub(super) async fn send_in_company(&self, request: &Request) -> Result<Answer, Failure> {
        let sent = self.send_once(request, &ConnectionUse::Any).await;
        let Some(pause) = sent.as_ref().ok().and_then(|answer| self.pause_of(answer)) else { return sent };
        self.client.pause(pause.capped).await;
        self.send_once(request, &ConnectionUse::Any).await
    }

    /// Sends a request once more after a pause in which nothing else begins.
    pub(super) async fn send_alone_after(
        &self,
        pause: Pause,
        request: &Request,
        connection: &ConnectionUse,
    ) -> Result<Answer, Failure> {
        let _turn = self.client.turn_after(pause.capped).await;
        self.send_on(request, connection).await
    }

    /// How long to wait after an answer that limits the rate; `None` after any other.
    pub(super) fn pause_of(&self, answer: &Answer) -> Option<Pause> {
        is_limited(answer).then(|| Pause::asked(answer, self.settings.clock.now(), self.settings.retry_after))
    }

    /// The command line that repeats the exchange, where issuer and target
    /// outlive the run. Lines that curl sends by itself are left out; a variable
    /// stands for what may be a secret of the user's.
    pub(in crate::engine) fn curl(&self, case: &Case, prepared: &Prepared) -> Option<String> {
        // `mint` knows the embedded scenarios by name, and one token at a time, in Okta's shape.
        mock_idp::catalogue::find(&case.name()).ok()?;
        let variant = &case.variant;
        let token = prepared.minted.token.expose();
        let is_one_request = variant.delivery.is_plain() && variant.delivery.connection == ConnectionUse::Any;
        let needs_more = ["control", "listener", "listener_host"].into_iter().any(|name| variant.uses(name));
        if case.is_staged() || !is_one_request || needs_more || !self.minter.is_plain() || !self.fits_curl(token) {
            return None;
        }
        let replay = &self.settings.replay;
        let minting = replay.minting(&case.name())?;
        let mut request = prepared.request.clone();
        let given = &self.settings.headers;
        request.headers.retain(|line| given.contains(line) || !OWN_LINES.iter().any(|name| line.is(name)));
        let command = CurlCommand::new(&self.endpoint, &request, token, &minting).ok()?;
        let command = match &self.settings.api.carrier {
            Carrier::Basic(user) if carries_token(&variant.request) => command.basic(user, &minting),
            _ => command,
        };
        let secret = given.iter().filter(|line| may_be_secret(&line.name_text(), &line.value_text()));
        let command = secret.fold(command, |command, line| {
            command.hiding(line, &ShellExpression::required_variable(&variable_for(&line.name_text())))
        });
        let body = self.settings.secret_body();
        let variable = ShellExpression::required_variable(BODY_VARIABLE);
        let command = body.iter().fold(command, |command, body| command.hiding_body(body, &variable));
        Some(replay.on_the_way(command).to_string())
    }

    /// Whether a line of curl can do what a request of this API takes: no call
    /// before it, the token as it is or as the password of Basic, and no secret
    /// of the user's around it.
    fn fits_curl(&self, token: &[u8]) -> bool {
        let api = &self.settings.api;
        let is_written = matches!(api.carrier, Carrier::Basic(_)) || api.carrier.forms(token).len() == 1;
        let hides_body = api.is_in_body() && self.settings.secret_body().is_some();
        api.opening.is_none() && is_written && !hides_body
    }

    /// How long to wait after a server error before it is believed.
    pub(super) fn pause_after_error(&self, answer: &Answer) -> Pause {
        match asks_to_come_again(answer) {
            true => Pause::asked(answer, self.settings.clock.now(), self.settings.retry_after),
            false => Pause::short(),
        }
    }

    /// Sends a request when it is its turn.
    async fn send_once(&self, request: &Request, connection: &ConnectionUse) -> Result<Answer, Failure> {
        let requests = match connection {
            ConnectionUse::Any => 1,
            ConnectionUse::AfterControl => 2,
            ConnectionUse::Pipelined(order) => order.len(),
        };
        self.client.turn(requests).await;
        self.send_on(request, connection).await
    }

    async fn send_on(&self, request: &Request, connection: &ConnectionUse) -> Result<Answer, Failure> {
        let order = match connection {
            ConnectionUse::Any => {
                let request = self.in_session(request).await?;
                return self.client.send(&self.endpoint, &request, Connection::Reuse).await;
            }
            ConnectionUse::AfterControl => &[Sender::Control, Sender::Case][..],
            ConnectionUse::Pipelined(order) => order,
        };
        let mut requests = Vec::with_capacity(order.len());
        for sender in order {
            let request = match sender {
                Sender::Case => request.clone(),
                // A token that can't be made leaves its place to nobody's request.
                other => match self.companion(*other).await {
                    Ok(prepared) => prepared.request,
                    Err(_) => self.nobody_request(),
                },
            };
            requests.push(self.in_session(&request).await?.into_owned());
        }
        let mut results = match connection {
            ConnectionUse::Pipelined(_) => self.client.send_pipelined(&self.endpoint, &requests).await,
            _ => self.client.send_sequence(&self.endpoint, &requests).await,
        };
        let own = order.iter().position(|sender| *sender == Sender::Case).unwrap_or(0);
        let broken = results.iter().take(own).find_map(|result| result.as_ref().err().cloned());
        match (results.swap_remove(own), broken) {
            // It was never sent, for what befell one before it.
            (Err(failure), Some(before)) if failure.kind == FailureKind::ConnectionEnded => {
                Err(Failure { kind: before.kind, ..failure })
            }
            (result, _) => result,
        }
    }
}

/// What the client says by itself, or curl does.
const OWN_LINES: [&str; 3] = ["User-Agent", "Accept", "Accept-Encoding"];
/// A text that is no token, in the characters of one (RFC 6750, section 2.1).
const JUNK: &[u8] = b"badpenny-sends-no-token-here";
/// The token of one that travels along.
fn companion_token(sender: Sender) -> Mutation {
    use serde_json::json;
    let edits = match sender {
        Sender::Control | Sender::Case | Sender::Nobody => return Mutation::control(),
        Sender::OtherUser => json!([{ "claim": "sub", "set": "badpenny-other-user" }]),
        Sender::Expired => {
            json!([{ "claim": "iat", "set": { "now": -7200 } }, { "claim": "exp", "set": { "now": -3600 } }])
        }
        Sender::Forged => json!([{ "sign": "attacker" }]),
        Sender::UnknownKid => json!([{ "header": "kid", "set": { "random": 43 } }, { "sign": "attacker" }]),
    };
    Mutation::from_json(&edits).unwrap_or_else(|_| Mutation::control())
}

/// Whether the edits leave the one token where it belongs.
pub(super) fn carries_token(edits: &[RequestEdit]) -> bool {
    !edits.iter().any(RequestEdit::touches_credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_travels_along_has_a_token_of_their_own() {
        for (word, sender) in Sender::ALL {
            let plain = matches!(sender, Sender::Control | Sender::Case | Sender::Nobody);
            assert_eq!(companion_token(sender).is_control(), plain, "{word}");
        }
    }
}
