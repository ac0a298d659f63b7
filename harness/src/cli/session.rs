//! From arguments to an issuer, a client and a target that answers.

use std::sync::Arc;

use mock_idp::StartError;
use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_OTHER_SCOPE, DEFAULT_SCOPE};
use mock_idp::random::Random;

use super::header_arg::HeaderArg;
use super::load;
use super::replay_hint::replay_hint;
use super::session_args::{Scheme, SessionArgs};
use super::start::start_target;
use crate::engine::{Minter, RunSettings};
use crate::error::Failure;
use crate::http::{Client, ClientSettings, Overrides, Trust};
use crate::issuer::{Issuer, IssuerSettings, IssuerStartError};
use crate::remote::ControlToken;
use crate::scenario::{Capability, Declaration, Declared, ProfileSettings};
use crate::target::{Target, TrustFiles};

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
    /// The CA files that the target reads.
    pub(super) trust: Option<TrustFiles>,
}

impl Session {
    /// Starts issuer and target as the arguments say, for tokens of a profile.
    pub(super) async fn open(args: &SessionArgs, profile: &ProfileSettings) -> Result<Self, Failure> {
        let random = args.seed.map_or_else(Random::from_system, Random::seeded);
        let issuer = Issuer::start(&issuer_settings(args)?).await.map_err(issuer_failure)?;
        let minter = issuer.minter().with_settings(|tokens| profile.apply(tokens));
        let client = Arc::new(Client::new(client_settings(args)?).map_err(Failure::usage)?);
        let (target, trust) = start_target(args, &issuer, &minter, &client).await?;
        Ok(Self {
            target_name: target_name(args),
            advice: needs_advice(args).then(|| issuer.advice()),
            settings: run_settings(args),
            issuer,
            target,
            minter,
            client,
            random,
            trust,
        })
    }
}

/// A server that runs already can't know an issuer that this run begins,
/// unless its address or its key was told.
fn needs_advice(args: &SessionArgs) -> bool {
    args.url.is_some() && args.idp.is_none() && args.issuer_addr.is_none() && args.key_file.is_none()
}

fn issuer_settings(args: &SessionArgs) -> Result<IssuerSettings, Failure> {
    let key_pem = match &args.key_file {
        Some(path) => Some(load::text(path)?),
        None => None,
    };
    Ok(IssuerSettings {
        idp: args.idp.clone(),
        control_token: args.control_token.clone().map(ControlToken::new),
        issuer_url: args.issuer_url.clone(),
        address: args.issuer_addr,
        https: args.issuer_scheme.unwrap_or(Scheme::Https) == Scheme::Https,
        // A server that runs already can only know an address that stays.
        lasting_address: args.url.is_some(),
        key_pem,
        audience: args.audience.clone().unwrap_or_else(|| DEFAULT_AUDIENCE.to_owned()),
        scope: args.scope.clone().unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        other_scope: args.other_scope.clone().unwrap_or_else(|| DEFAULT_OTHER_SCOPE.to_owned()),
        seed: args.seed,
    })
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
        deadline: args.timeout.unwrap_or(defaults.deadline),
        rate: args.rate,
        overrides,
        trust,
        ..defaults
    })
}

fn run_settings(args: &SessionArgs) -> RunSettings {
    let defaults = RunSettings::default();
    RunSettings {
        method: args.method.clone().unwrap_or(defaults.method),
        headers: args.headers.iter().map(HeaderArg::header).collect(),
        body: args.body.clone().map(String::into_bytes),
        rate: args.rate,
        control_deadline: args.wait.unwrap_or(defaults.control_deadline),
        declared: declared(args),
        allowed: args.allow.clone(),
        one_bench: args.one_bench,
        reset: args.reset.clone(),
        replay: replay_hint(args),
        ..RunSettings::default()
    }
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
