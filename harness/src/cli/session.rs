//! From arguments to an issuer, a client and a target that answers.

use std::sync::Arc;
use std::time::Duration;

use mock_idp::StartError;
use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_OTHER_SCOPE, DEFAULT_SCOPE, TokenSettings};
use mock_idp::dialect::Dialect;
use mock_idp::keys::{Algorithm, SigningKey};
use mock_idp::random::Random;

use super::header_arg::HeaderArg;
use super::load;
use super::real::Real;
use super::replay_hint::replay_hint;
use super::session_args::{Scheme, SessionArgs};
use super::start::start_target;
use crate::engine::{Minter, RunSettings};
use crate::error::Failure;
use crate::http::{Client, ClientSettings, Endpoint, Overrides, Trust};
use crate::issuer::{Issuer, IssuerSettings, IssuerStartError, KeyText, RealControl};
use crate::remote::ControlToken;
use crate::scenario::{Capability, Declaration, Declared, ProfileSettings};
use crate::secrecy::{body_may_hold_secret, may_be_secret};
use crate::target::{Target, TrustFiles};
use crate::token::TokenFacts;
use crate::withheld::Withheld;

/// Everything that a run needs, started and kept alive.
pub(super) struct Session {
    pub(super) issuer: Issuer,
    pub(super) target: Target,
    pub(super) target_name: String,
    pub(super) minter: Minter,
    pub(super) client: Arc<Client>,
    pub(super) settings: RunSettings,
    pub(super) random: Random,
    /// What a target that the harness did not start must be told.
    pub(super) advice: Option<String>,
    /// The real token that takes the place of the control.
    pub(super) real: Option<Real>,
    /// The CA files that the target reads.
    pub(super) trust: Option<TrustFiles>,
}

impl Session {
    /// Starts issuer and target as the arguments say, for tokens of a profile.
    pub(super) async fn open(args: &SessionArgs, profile: &ProfileSettings) -> Result<Self, Failure> {
        let random = args.seed.map_or_else(Random::from_system, Random::seeded);
        let real = Real::of(args).await?;
        let issuer =
            Issuer::start(&issuer_settings(args, real.as_ref(), &profile.dialect)?).await.map_err(issuer_failure)?;
        let minter = issuer.minter().with_settings(|tokens| profile.apply(tokens));
        let client = Arc::new(Client::new(client_settings(args)?).map_err(Failure::usage)?);
        let verification = args.keys.verification(issuer.algorithm())?;
        let withheld = real.as_ref().map(|real| real.withheld.clone()).unwrap_or_default();
        withhold_arguments(&withheld, args);
        let (target, trust) = start_target(args, &issuer, &minter, &client, &withheld).await?;
        Ok(Self {
            target_name: target_name(args),
            advice: needs_advice(args).then(|| issuer.advice()),
            settings: RunSettings { withheld, algorithm: issuer.algorithm(), verification, ..run_settings(args)? },
            real,
            issuer,
            target,
            minter,
            client,
            random,
            trust,
        })
    }
}

/// What may be secret among the arguments is not shown of what a target logs, either.
fn withhold_arguments(withheld: &Withheld, args: &SessionArgs) {
    for line in args.headers.iter().filter(|line| may_be_secret(&line.name, &line.value)) {
        withheld.add(line.value.as_bytes());
    }
    if let Some(body) = args.body.as_deref().filter(|body| body_may_hold_secret(body)) {
        withheld.add(body.as_bytes());
    }
}

/// A server that runs already can't know an issuer that this run begins,
/// unless its address or its key was told.
fn needs_advice(args: &SessionArgs) -> bool {
    let is_own = args.token.is_none() && args.client_id.is_none();
    let is_told = args.issuer_addr.is_some() || args.key_file.is_some();
    is_own && args.url.is_some() && args.idp.is_none() && !is_told
}

fn issuer_settings(args: &SessionArgs, real: Option<&Real>, dialect: &Dialect) -> Result<IssuerSettings, Failure> {
    let told = real.and_then(|real| real.facts.as_ref()).map(TokenFacts::settings);
    let key_file = match &args.key_file {
        Some(path) => Some(KeyText::new(load::text(path)?)),
        None => None,
    };
    Ok(IssuerSettings {
        idp: args.idp.clone(),
        control_token: args.control_token.clone().map(ControlToken::new),
        issuer_url: args.issuer_url.clone(),
        address: args.issuer_addr,
        https: args.issuer_scheme.unwrap_or(Scheme::Https) == Scheme::Https,
        by_name: args.issuer_localhost,
        // A server that runs already can only know an address that stays.
        lasting_address: args.url.is_some() && real.is_none(),
        algorithm: args.keys.alg,
        key_file,
        audience: said(&args.audience, told.as_ref().map(|told| &told.audience), DEFAULT_AUDIENCE),
        scope: said(&args.scope, told.as_ref().map(|told| &told.scope), DEFAULT_SCOPE),
        other_scope: args.other_scope.clone().unwrap_or_else(|| DEFAULT_OTHER_SCOPE.to_owned()),
        seed: args.seed,
        dialect: dialect.clone(),
        real: real.map(|real| control(real, told)),
    })
}

/// What the user says, else what the real token says, else the usual.
fn said(given: &Option<String>, told: Option<&String>, usual: &str) -> String {
    given.as_ref().or(told).map_or_else(|| usual.to_owned(), Clone::clone)
}

fn control(real: &Real, told: Option<TokenSettings>) -> RealControl {
    let facts = real.facts.as_ref();
    let kid = facts.and_then(|facts| facts.kid.clone()).unwrap_or_default();
    let algorithm = facts.and_then(|facts| facts.algorithm).unwrap_or(Algorithm::Rs256);
    RealControl {
        tokens: real.tokens.clone(),
        settings: told.unwrap_or_else(|| TokenSettings::new("")),
        key: real.key.clone().unwrap_or_else(|| SigningKey::unknown(kid, algorithm)),
    }
}

/// A wrong setting is wrong usage; all else, such as a port that is taken, is
/// the place's fault.
fn issuer_failure(error: IssuerStartError) -> Failure {
    match error {
        IssuerStartError::Key(_) | IssuerStartError::Settings(_) | IssuerStartError::Start(StartError::Issuer(_)) => {
            Failure::usage(error)
        }
        other => Failure::target(other),
    }
}

fn client_settings(args: &SessionArgs) -> Result<ClientSettings, Failure> {
    let mut overrides = Overrides::default();
    for text in &args.resolve {
        overrides = overrides.with_text(text).map_err(Failure::usage)?;
    }
    let trust = match (&args.cacert, args.insecure) {
        (_, true) => Trust::Anything,
        (Some(path), false) => Trust::system_and(load::text(path)?),
        (None, false) => ClientSettings::default().trust,
    };
    let defaults = ClientSettings::default();
    Ok(ClientSettings {
        streams: args.api.api()?.success.streams(declared(args).has(Capability::Identity)),
        deadline: args.timeout.unwrap_or(defaults.deadline),
        rate: rate(args),
        overrides,
        trust,
        ..defaults
    })
}

/// Others use a server that is not on this machine as well.
const RATE_ELSEWHERE: f64 = 5.0;
/// And it runs already, or does not.
const WAIT_ELSEWHERE: Duration = Duration::from_secs(2);

fn rate(args: &SessionArgs) -> Option<f64> {
    let elsewhere = is_elsewhere(args).then_some(RATE_ELSEWHERE);
    args.rate.or(elsewhere)
}

/// Whether the target is on another machine, as far as its address tells.
pub(super) fn is_elsewhere(args: &SessionArgs) -> bool {
    let endpoint: Option<Endpoint> = args.url.as_ref().and_then(|url| url.parse().ok());
    endpoint.is_some_and(|endpoint| !endpoint.is_loopback())
}

fn run_settings(args: &SessionArgs) -> Result<RunSettings, Failure> {
    let defaults = RunSettings::default();
    Ok(RunSettings {
        api: args.api.api()?,
        method: args.method.clone().unwrap_or(defaults.method),
        headers: args.headers.iter().map(HeaderArg::header).collect(),
        body: args.body.clone().map(String::into_bytes),
        rate: rate(args),
        control_deadline: args.wait.unwrap_or(if is_elsewhere(args) {
            WAIT_ELSEWHERE
        } else {
            defaults.control_deadline
        }),
        declared: declared(args),
        allowed: args.allow.clone(),
        listener: args.listener.unwrap_or(crate::listener::LOCAL),
        one_bench: args.one_bench,
        reset: args.reset.clone(),
        replay: replay_hint(args),
        ..RunSettings::default()
    })
}

/// What the target's owner says of it; the demo server's abilities are known.
fn declared(args: &SessionArgs) -> Declared {
    let is_demo = args.command.is_none() && args.url.is_none();
    let known = is_demo.then(|| Declaration { capability: Capability::Identity, value: "/sub".to_owned() });
    known.into_iter().chain(args.declare.iter().cloned()).collect()
}

/// The target's name in reports.
pub(super) fn target_name(args: &SessionArgs) -> String {
    args.name.clone().unwrap_or_else(|| name_of(args))
}

fn name_of(args: &SessionArgs) -> String {
    match (&args.command, &args.url) {
        (Some(command), _) => match &args.cwd {
            Some(cwd) => cwd.file_name().map_or_else(|| command.clone(), |name| name.to_string_lossy().into_owned()),
            None => command.clone(),
        },
        (None, Some(url)) => url.clone(),
        (None, None) => "demo server".to_owned(),
    }
}
