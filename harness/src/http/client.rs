use std::slice;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use tokio::time::Instant;

use super::connection::{Connector, Deadline, Wire};
use super::exchange::exchange;
use super::pace::{Pace, Turn};
use super::pool::Pool;
use super::{
    Answer, ClientSettings, Endpoint, Failure, FailureKind, FirstTry, Recorded, Request, Sent, Trust, TrustError,
};

/// Whether a request may travel on a connection that has idled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// An idle connection is used where there is one, and kept afterwards.
    Reuse,
    /// A new connection is made, and closed afterwards.
    Fresh,
}

/// The client towards targets.
///
/// Holds idle connections, which end with it. Usable from many tasks at once.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    pool: Pool,
    pace: Pace,
    // Made when first needed: reading the system's roots takes a while.
    tls: OnceLock<Result<Arc<ClientConfig>, TrustError>>,
}

impl Client {
    /// A client with these settings. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When the additional roots hold no usable certificate.
    pub fn new(settings: ClientSettings) -> Result<Self, TrustError> {
        settings.trust.check()?;
        let pool = Pool::new(settings.idle_connections, settings.idle_age);
        let pace = Pace::new(settings.rate);
        Ok(Self { settings, pool, pace, tls: OnceLock::new() })
    }

    /// One that waits that long for an answer, and is otherwise the same.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        let settings = ClientSettings { deadline, ..self.settings.clone() };
        let pool = Pool::new(settings.idle_connections, settings.idle_age);
        let pace = Pace::new(settings.rate);
        Self { settings, pool, pace, tls: OnceLock::new() }
    }

    /// The settings that it was made with.
    #[must_use]
    pub fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// Sends one request and reads its answer.
    ///
    /// A failure on a reused connection before any byte of an answer says little
    /// about the target, which may have closed it for its age: the request is
    /// then sent once more on a new one, and the answer (or failure) says so in
    /// `first_try`. The deadline spans both tries.
    ///
    /// # Errors
    ///
    /// When no complete answer came.
    pub async fn send(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        connection: Connection,
    ) -> Result<Answer, Failure> {
        self.record(|| Recorded::One(request.clone()));
        let deadline = Deadline::after(self.settings.deadline);
        let idle = match connection {
            Connection::Reuse => self.pool.take(endpoint).await,
            Connection::Fresh => None,
        };
        let Some(wire) = idle else {
            return self.send_fresh(endpoint, request, connection, deadline).await;
        };
        let failure = match self.send_on(wire, endpoint, request, connection, deadline).await {
            Err(failure) if failure.kind.may_be_staleness() => failure,
            other => return other,
        };
        let first_try = Some(Box::new(FirstTry { kind: failure.kind, sent: failure.sent }));
        match self.send_fresh(endpoint, request, connection, deadline).await {
            Ok(answer) => Ok(Answer { first_try, ..answer }),
            Err(failure) => Err(Failure { first_try, ..failure }),
        }
    }

    /// Sends requests one after the other on one new connection, each when the
    /// answer to the one before has come, each with a deadline of its own.
    ///
    /// One result per request. After a failure, or an answer that ends the
    /// connection, the rest is not sent: [`FailureKind::ConnectionEnded`].
    pub async fn send_sequence(&self, endpoint: &Endpoint, requests: &[Request]) -> Vec<Result<Answer, Failure>> {
        self.record(|| Recorded::Sequence(requests.to_vec()));
        let mut results = Vec::with_capacity(requests.len());
        let first = Deadline::after(self.settings.deadline);
        let mut wire = match self.connect(endpoint, first).await {
            Ok(wire) => Some(wire),
            Err(failure) => {
                results.push(Err(failure));
                None
            }
        };
        for request in requests.iter().skip(results.len()) {
            let Some(open) = &mut wire else {
                results.push(Err(not_sent()));
                continue;
            };
            let deadline = match results.len() {
                0 => first,
                _ => Deadline::after(self.settings.deadline),
            };
            let outcome = exchange(open, slice::from_ref(request), &self.settings, deadline).await;
            results.extend(outcome.results);
            wire = wire.filter(|_| outcome.open);
        }
        results.truncate(requests.len());
        results
    }

    /// Sends requests on one new connection without waiting for answers in
    /// between (RFC 9112 9.3.2), with one deadline for all.
    ///
    /// One result per request, in order.
    pub async fn send_pipelined(&self, endpoint: &Endpoint, requests: &[Request]) -> Vec<Result<Answer, Failure>> {
        self.record(|| Recorded::Pipelined(requests.to_vec()));
        let deadline = Deadline::after(self.settings.deadline);
        match self.connect(endpoint, deadline).await {
            Ok(mut wire) => exchange(&mut wire, requests, &self.settings, deadline).await.results,
            Err(failure) => vec![Err(failure); requests.len()],
        }
    }

    /// Whether a server speaks TLS at the endpoint's port, whatever its certificate.
    pub async fn speaks_tls(&self, endpoint: &Endpoint) -> bool {
        let any = || Trust::Anything.client_config().map(Arc::new).map_err(tls_failure);
        let connector = self.connector(Deadline::after(self.settings.connect_timeout));
        connector.connect(&endpoint.clone().with_tls(true), any).await.is_ok()
    }

    /// Closes all idle connections, as after a restart of the target.
    pub fn close_idle(&self) {
        self.record(|| Recorded::Restart);
        self.pool.clear();
    }

    /// Waits, as the next request is not to follow at once.
    pub async fn pause(&self, pause: Duration) {
        self.record(|| Recorded::Pause(pause));
        tokio::time::sleep(pause).await;
    }

    /// Waits until so many requests may begin: by the rate of the settings, and
    /// not while somebody waits in [`Client::turn_after`].
    pub async fn turn(&self, requests: usize) {
        self.pace.turn(requests).await;
    }

    /// Waits that long for one more request, while nobody else begins one; the
    /// others do once the turn is dropped.
    pub async fn turn_after(&self, pause: Duration) -> Turn<'_> {
        self.record(|| Recorded::Pause(pause));
        self.pace.turn_after(pause).await
    }

    /// Lets fewer requests begin in a second from now on, since the target has
    /// turned one away.
    pub fn slow_down(&self) {
        self.pace.slow_down();
    }

    fn record(&self, sent: impl FnOnce() -> Recorded) {
        if let Some(recorder) = &self.settings.recorder {
            recorder.note(sent());
        }
    }

    async fn send_fresh(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        connection: Connection,
        deadline: Deadline,
    ) -> Result<Answer, Failure> {
        let wire = self.connect(endpoint, deadline).await?;
        self.send_on(wire, endpoint, request, connection, deadline).await
    }

    async fn send_on(
        &self,
        mut wire: Wire,
        endpoint: &Endpoint,
        request: &Request,
        connection: Connection,
        deadline: Deadline,
    ) -> Result<Answer, Failure> {
        let mut outcome = exchange(&mut wire, slice::from_ref(request), &self.settings, deadline).await;
        let result = outcome.results.pop().unwrap_or_else(|| Err(not_sent()));
        let clean = outcome.open && request.keeps_connection_clean();
        if let Ok(answer) = &result
            && connection == Connection::Reuse
            && clean
            && !may_have_a_stray_body(request, answer)
        {
            self.pool.put(endpoint, wire);
        }
        result
    }

    async fn connect(&self, endpoint: &Endpoint, deadline: Deadline) -> Result<Wire, Failure> {
        let started = Instant::now();
        let connected = self.connector(deadline).connect(endpoint, || self.tls_config()).await;
        connected.map_err(|kind| Failure { elapsed: started.elapsed(), kind, ..not_sent() })
    }

    fn connector(&self, deadline: Deadline) -> Connector<'_> {
        Connector { overrides: &self.settings.overrides, timeout: self.settings.connect_timeout, deadline }
    }

    fn tls_config(&self) -> Result<Arc<ClientConfig>, FailureKind> {
        let make = || self.settings.trust.client_config().map(Arc::new);
        self.tls.get_or_init(make).clone().map_err(tls_failure)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn tls_failure(error: TrustError) -> FailureKind {
    FailureKind::Tls { reason: error.to_string() }
}

/// Whether a server that wrongly sends a body here would spoil the next answer.
fn may_have_a_stray_body(request: &Request, answer: &Answer) -> bool {
    request.method == b"HEAD" || matches!(answer.status, 204 | 304)
}

fn not_sent() -> Failure {
    Failure {
        kind: FailureKind::ConnectionEnded,
        sent: Sent::Nothing,
        elapsed: Duration::ZERO,
        reused: false,
        first_try: None,
        partial: None,
    }
}
