use std::net::SocketAddr;
use std::time::Duration;

use mock_idp::clock::Clock;
use mock_idp::dialect::Dialect;
use mock_idp::keys::Algorithm;

use crate::api::Api;
use crate::event::CaseResult;
use crate::excuse::Excuses;
use crate::http::{CurlCommand, Endpoint, Header, Request, ShellExpression};
use crate::listener::LOCAL;
use crate::scenario::{Allowance, Case, Declared, Verification};
use crate::secrecy::body_may_hold_secret;
use crate::verdict::Strictness;
use crate::withheld::Withheld;

/// How a run is carried out. The defaults suit a test of one's own API.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// How many variants travel at once. Defaults to 4.
    pub jobs: usize,
    /// How many benches stand side by side at most. Defaults to as many as fit
    /// into memory, and no more than 16.
    pub benches: Option<usize>,
    /// Whether there is one bench only, such as where all processes of the target
    /// share a database. Defaults to false: it is found out where it can be.
    pub one_bench: bool,
    /// A command line that brings the target back to where it was, run between
    /// cases. Defaults to none.
    pub reset: Option<String>,
    /// Where the attacker's listener listens, an address under which the target
    /// reaches it. Defaults to a free port of 127.0.0.1.
    pub listener: SocketAddr,
    /// What no process that is started inherits, and no report shows. Defaults to
    /// nothing.
    pub withheld: Withheld,
    /// Method of the protected route. Defaults to `GET`.
    pub method: String,
    /// Header lines of every request besides `Host` and `Authorization`.
    pub headers: Vec<Header>,
    /// Body of every request.
    pub body: Option<Vec<u8>>,
    /// How the API listens: where its token travels, what success is, which call
    /// comes first. Defaults to `Authorization: Bearer` and any 2xx.
    pub api: Api,
    /// How long the control is retried until the target accepts it. Defaults to 30 s.
    pub control_deadline: Duration,
    /// How long a target that the harness does not own may take to come back
    /// after it stopped answering. Defaults to 5 s.
    pub recovery: Duration,
    /// How long a target that asks to be left alone (`Retry-After`) is at most.
    /// Defaults to 10 s.
    pub retry_after: Duration,
    /// How many requests may begin in a second, all of the run together. Defaults
    /// to any number.
    pub rate: Option<f64>,
    /// What dates in answers are read against. Defaults to the machine's clock.
    pub clock: Clock,
    /// What the target's owner has declared. Defaults to nothing.
    pub declared: Declared,
    /// What the issuer signs with. Defaults to RS256.
    pub algorithm: Algorithm,
    /// How the target comes to what it verifies tokens with. Defaults to the issuer's
    /// key set, which it fetches.
    pub verification: Verification,
    /// Whether slow and heavy cases are run. Defaults to false.
    pub slow: bool,
    /// What the owner of a target that stands elsewhere allows besides. Defaults
    /// to nothing.
    pub allowed: Vec<Allowance>,
    /// Whether the target stands elsewhere: neither started by the run nor on a
    /// loopback address. [`Run::new`](super::Run::new) sets it.
    pub elsewhere: bool,
    /// Stop after the first scenario with a failing verdict. Defaults to false.
    pub fail_fast: bool,
    /// What makes the run fail.
    pub strictness: Strictness,
    /// What does not, though it would: findings that are accepted or known.
    /// Defaults to none.
    pub excuses: Excuses,
    /// What honest tokens look like. [`Run::new`](super::Run::new) takes it from the plan.
    pub dialect: Dialect,
    /// How a case is repeated by hand.
    pub replay: ReplayHint,
    /// Whether every exchange is told whole ([`Event::Exchanged`]), and what the
    /// target logs ([`Event::Logged`]). Defaults to false.
    ///
    /// [`Event::Exchanged`]: crate::event::Event::Exchanged
    /// [`Event::Logged`]: crate::event::Event::Logged
    pub transcript: bool,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            jobs: 4,
            benches: None,
            one_bench: false,
            reset: None,
            listener: LOCAL,
            withheld: Withheld::default(),
            method: "GET".into(),
            headers: Vec::new(),
            body: None,
            api: Api::default(),
            control_deadline: Duration::from_secs(30),
            recovery: Duration::from_secs(5),
            retry_after: Duration::from_secs(10),
            rate: None,
            clock: Clock::system(),
            declared: Declared::default(),
            algorithm: Algorithm::Rs256,
            verification: Verification::default(),
            slow: false,
            allowed: Vec::new(),
            elsewhere: false,
            fail_fast: false,
            strictness: Strictness::default(),
            excuses: Excuses::default(),
            dialect: Dialect::default(),
            replay: ReplayHint::default(),
            transcript: false,
        }
    }
}

impl RunSettings {
    /// How many cases are sent to a target elsewhere before it is looked at: as many
    /// server errors in a row are a sign of trouble, if the control gets one too.
    pub(crate) const BEFORE_A_LOOK: usize = 5;

    /// The request of the protected route without a token: its method, what the
    /// client says by itself, the header lines and the body that the user gave.
    #[must_use]
    pub fn route_request(&self, endpoint: &Endpoint) -> Request {
        let mut request = Request::to(self.method.as_str(), endpoint)
            .header("User-Agent", concat!("badpenny/", env!("CARGO_PKG_VERSION")))
            .header("Accept", "*/*")
            .header("Accept-Encoding", "identity");
        // A line that the user gives takes the place of a default one.
        for header in &self.headers {
            request = request.without(&header.name_text());
        }
        request.headers.extend(self.headers.iter().cloned());
        match &self.body {
            Some(body) => request.content(body.clone()),
            None => request,
        }
    }

    /// The row with what excuses it.
    pub(super) fn excused(&self, row: CaseResult) -> CaseResult {
        CaseResult { excuse: self.excuses.of(&row), ..row }
    }

    /// The body, where it may hold a secret.
    pub(super) fn secret_body(&self) -> Option<&[u8]> {
        let may_hold = |body: &&[u8]| body_may_hold_secret(&String::from_utf8_lossy(body));
        self.body.as_deref().filter(may_hold)
    }

    /// Who names an address for the listener allows calls to it.
    fn is_allowed(&self, what: Allowance) -> bool {
        self.allowed.contains(&what) || what == Allowance::Listener && self.listener != LOCAL
    }

    /// What must be allowed before a case is sent to a target on another machine.
    pub(crate) fn needs_allowance(&self, case: &Case) -> Option<Allowance> {
        Allowance::needed_by(case).find(|needed| self.elsewhere && !self.is_allowed(*needed))
    }

    /// Why a case is not to be run with these settings.
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    pub(crate) fn hindrance(&self, case: &Case) -> Option<String> {
        if let Some(why) = self.verification.hindrance(case) {
            return Some(why);
        }
        let variant = &case.variant;
        if variant.token.only_states(self.algorithm) || variant.issuer.iter().any(|it| it.only_states(self.algorithm)) {
            return Some(format!("it differs by {}, with which this issuer signs", self.algorithm));
        }
        if let Some(why) = case.misfit(&self.api.carrier) {
            return Some(why);
        }
        let at_once = case.variant.delivery.at_once;
        if at_once > 1 && self.rate.is_some_and(|rate| rate < at_once as f64) {
            return Some(format!(
                "it sends {at_once} requests at the same time: allow as many a second, or leave --rate out"
            ));
        }
        if let Some(why) = case.unsayable_in(&self.dialect) {
            return Some(why);
        }
        if let Some(why) = self.needs_allowance(case).filter(|_| !case.variant.slow || self.slow) {
            return Some(why.missing());
        }
        if let Some(there) = case.variant.undeclared.iter().find(|capability| self.declared.has(**capability)) {
            return Some(format!("it proves nothing where the target has {} declared", there.word()));
        }
        if let Some(missing) = case.variant.demands().into_iter().find(|demand| !demand.is_met_by(&self.declared)) {
            return Some(format!("the target has not declared it: {}", missing.example()));
        }
        (case.variant.slow && !self.slow).then(|| "it is slow or heavy: add --slow".to_owned())
    }
}

/// How a case is repeated by hand. No command ever holds a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayHint {
    arguments: String,
    mint: Option<Vec<String>>,
    curl: CurlWay,
    test: Option<String>,
}

/// What `curl` must be told to reach the target as this client does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CurlWay {
    /// A file with certificates that are believed.
    pub ca_file: Option<String>,
    /// Whether any certificate is believed.
    pub insecure: bool,
    /// Addresses of hosts, each `HOST:PORT:ADDRESS`.
    pub resolve: Vec<String>,
}

/// The variable that makes a test run these cases only.
pub const ONLY_VARIABLE: &str = "BADPENNY_ONLY";

impl ReplayHint {
    /// Takes the arguments that `badpenny replay` needs to reach the same
    /// target, quoted for a shell.
    #[must_use]
    pub fn new(arguments: impl Into<String>) -> Self {
        Self { arguments: arguments.into(), ..Self::default() }
    }

    /// A case of a Rust test, which starts the target and the issuer itself:
    /// `arguments` are those of `cargo test` that choose the test, quoted for a shell.
    #[must_use]
    pub fn of_test(arguments: impl Into<String>) -> Self {
        Self { test: Some(arguments.into()), ..Self::default() }
    }

    /// Takes the arguments that `badpenny mint` needs to reach the same issuer,
    /// where both issuer and target still stand after the run.
    #[must_use]
    pub fn with_mint(mut self, arguments: Vec<String>) -> Self {
        self.mint = Some(arguments);
        self
    }

    /// Takes what `curl` needs to reach the same target.
    #[must_use]
    pub fn with_curl(mut self, way: CurlWay) -> Self {
        self.curl = way;
        self
    }

    /// Whether nobody has said how a case is repeated.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }

    /// The command that repeats a case.
    #[must_use]
    pub fn command(&self, case: &str) -> String {
        let command = match &self.test {
            Some(test) => format!("{ONLY_VARIABLE}={case} cargo test {test}"),
            None => format!("badpenny replay {case} {}", self.arguments),
        };
        command.trim_end().to_owned()
    }

    /// The expression that mints a case's token anew, where that is possible.
    #[must_use]
    pub fn minting(&self, case: &str) -> Option<ShellExpression> {
        let words = ["badpenny", "mint", case].into_iter().map(str::to_owned);
        Some(ShellExpression::output_of(words.chain(self.mint.clone()?)))
    }

    /// The same command with what it needs to reach the target.
    #[must_use]
    pub fn on_the_way(&self, command: CurlCommand) -> CurlCommand {
        let command = self.curl.resolve.iter().fold(command, |command, text| command.resolve(text));
        let command = match &self.curl.ca_file {
            Some(file) => command.ca_file(file),
            None => command,
        };
        if self.curl.insecure { command.insecure() } else { command }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Catalogue, Plan};

    #[test]
    fn what_differs_by_the_issuers_own_algorithm_proves_nothing() {
        let names = ["signature/alg-not-allowed-for-key@ps256-key-without-alg", "keys/jwk-alg-mismatch@ps256-key"];
        let chosen = names.map(|name| name.parse().unwrap());
        let plan = Plan::new(&Catalogue::embedded().unwrap(), "rfc8725", &chosen).unwrap();
        let hindered = |algorithm| {
            let settings = RunSettings { algorithm, ..RunSettings::default() };
            plan.cases.iter().filter(|case| settings.hindrance(case).is_some()).count()
        };
        assert_eq!([Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256].map(hindered), [0, 2, 0]);
    }

    #[test]
    fn what_is_heavy_needs_slow_and_elsewhere_to_be_allowed_besides() {
        let chosen = ["dos/deep-json@header".parse().unwrap()];
        let plan = Plan::new(&Catalogue::embedded().unwrap(), "hardening", &chosen).unwrap();
        let hindrance = |slow, elsewhere, allowed: &[Allowance]| {
            let settings = RunSettings { slow, elsewhere, allowed: allowed.to_vec(), ..RunSettings::default() };
            settings.hindrance(&plan.cases[0]).unwrap_or_default()
        };
        assert!(hindrance(false, false, &[]).contains("--slow"));
        assert_eq!(hindrance(true, false, &[]), "");
        assert!(hindrance(true, true, &[]).contains("--allow heavy"));
        assert_eq!(hindrance(true, true, &[Allowance::Heavy]), "");
    }
}
