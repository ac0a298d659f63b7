//! From arguments to an issuer, a client and a target that answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_SCOPE};
use mock_idp::random::Random;

use super::args::{Scheme, SessionArgs};
use crate::demo::{Demo, DemoSettings};
use crate::engine::{Minter, ReplayHint, RunSettings};
use crate::error::Failure;
use crate::http::{Client, ClientSettings, Connection, Endpoint, EndpointError, Header, Overrides, Request, Trust};
use crate::issuer::{Issuer, IssuerSettings};
use crate::target::{ProbeFailure, Spawned, SpawnedSettings, Target, TrustFiles};

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

const DEFAULT_WAIT: Duration = Duration::from_secs(30);

impl Session {
    pub(super) async fn open(args: &SessionArgs) -> Result<Self, Failure> {
        let random = args.seed.map_or_else(Random::from_system, Random::seeded);
        let issuer = Issuer::start(&issuer_settings(args)?).await.map_err(Failure::target)?;
        let minter = issuer.minter();
        let client = Arc::new(Client::new(client_settings(args)?).map_err(Failure::usage)?);
        let (target, trust) = open_target(args, &issuer, &minter, &client).await?;
        Ok(Self {
            target_name: args.name.clone().unwrap_or_else(|| name_of(args)),
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
        Some(path) => Some(read_file(path)?),
        None => None,
    };
    Ok(IssuerSettings {
        idp: args.idp.clone(),
        control_token: args.control_token.clone().map(crate::engine::ControlToken::new),
        issuer_url: args.issuer_url.clone(),
        address: args.issuer_addr,
        https: args.issuer_scheme.unwrap_or(Scheme::Https) == Scheme::Https,
        // A server that runs already can only know an address that stays.
        lasting_address: args.url.is_some(),
        key_pem,
        audience: args.audience.clone().unwrap_or_else(|| DEFAULT_AUDIENCE.to_owned()),
        scope: args.scope.clone().unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        seed: args.seed,
    })
}

fn client_settings(args: &SessionArgs) -> Result<ClientSettings, Failure> {
    let mut overrides = Overrides::default();
    for text in &args.resolve {
        overrides = overrides.with_text(text).map_err(Failure::usage)?;
    }
    let trust = match (&args.cacert, args.insecure) {
        (_, true) => Trust::Anything,
        (Some(path), false) => Trust::system_and(read_file(path)?),
        (None, false) => ClientSettings::default().trust,
    };
    let defaults = ClientSettings::default();
    Ok(ClientSettings { deadline: args.timeout.unwrap_or(defaults.deadline), overrides, trust, ..defaults })
}

fn run_settings(args: &SessionArgs) -> RunSettings {
    let defaults = RunSettings::default();
    RunSettings {
        method: args.method.clone().unwrap_or(defaults.method),
        headers: args.headers.iter().map(|line| Header::new(line.name.as_str(), line.value.as_str())).collect(),
        body: args.body.clone().map(String::into_bytes),
        control_deadline: args.wait.unwrap_or(defaults.control_deadline),
        replay: replay_hint(args),
        ..RunSettings::default()
    }
}

async fn open_target(
    args: &SessionArgs,
    issuer: &Issuer,
    minter: &Minter,
    client: &Arc<Client>,
) -> Result<(Target, Option<TrustFiles>), Failure> {
    if let Some(url) = &args.url {
        let mut endpoint: Endpoint = url.parse().map_err(Failure::usage)?;
        if let Some(path) = &args.path {
            endpoint = endpoint.with_target(path.as_str());
        }
        return Ok((Target::Url(endpoint), None));
    }
    let Some(ca_pem) = issuer.ca_pem() else {
        return Err(Failure::usage(
            "the demo server and --command need an issuer whose CA is known: leave --idp out, or point it at a mock-idp",
        ));
    };
    if let Some(command) = &args.command {
        let trust = TrustFiles::write(&ca_pem).map_err(Failure::target)?;
        let contract = issuer.contract(&trust);
        let mut settings = SpawnedSettings::new(command);
        settings.cwd.clone_from(&args.cwd);
        settings.env.clone_from(&args.env);
        settings.readiness.deadline = args.wait.unwrap_or(DEFAULT_WAIT);
        let path = args.path.clone().unwrap_or_else(|| "/".to_owned());
        let probe = probe(Arc::clone(client), path.clone());
        let spawned = Spawned::start(settings, contract, Arc::new(probe)).await.map_err(start_failure)?;
        return Ok((Target::Spawned { spawned: Box::new(spawned), path }, Some(trust)));
    }
    let tokens = minter.settings();
    let settings = DemoSettings {
        audience: tokens.audience.clone(),
        scope: tokens.scope.clone(),
        ..DemoSettings::new(tokens.issuer.clone(), ca_pem)
    };
    let demo = Demo::start(settings.clone()).await.map_err(Failure::target)?;
    Ok((Target::Demo { demo, settings }, None))
}

/// Whether the route answers at all, without credentials.
fn probe(
    client: Arc<Client>,
    path: String,
) -> impl Fn(std::net::SocketAddr) -> std::pin::Pin<Box<dyn Future<Output = Result<(), ProbeFailure>> + Send>> + Send + Sync
{
    move |address| {
        let (client, path) = (Arc::clone(&client), path.clone());
        Box::pin(async move {
            let endpoint: Endpoint =
                format!("http://{address}").parse().map_err(|error: EndpointError| ProbeFailure(error.to_string()))?;
            let endpoint = endpoint.with_target(path);
            let request = Request::get(&endpoint);
            match client.send(&endpoint, &request, Connection::Fresh).await {
                Ok(_) => Ok(()),
                Err(failure) => Err(ProbeFailure(failure.kind.to_string())),
            }
        })
    }
}

fn start_failure(error: crate::target::StartError) -> Failure {
    let redactor = crate::http::Redactor::new(Vec::<Vec<u8>>::new());
    let log: String = error.log().iter().map(|line| format!("\n  log    {}", redactor.text(&line.text))).collect();
    match error {
        crate::target::StartError::Environment(error) => Failure::usage(error),
        other => Failure::target(format!("{other}{log}")),
    }
}

fn read_file(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))
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

fn replay_hint(args: &SessionArgs) -> ReplayHint {
    let hint = ReplayHint::new(replay_arguments(args));
    // Only a target and an issuer that were there before are there afterwards.
    let (Some(_), Some(idp)) = (&args.url, &args.idp) else { return hint };
    let mut mint = vec!["--idp".to_owned(), idp.clone()];
    for (flag, value) in [("--scope", &args.scope), ("--audience", &args.audience), ("--issuer-url", &args.issuer_url)]
    {
        if let Some(value) = value {
            mint.extend([flag.to_owned(), value.clone()]);
        }
    }
    hint.with_mint(mint)
}

/// The arguments that reach the same target again, without secrets.
fn replay_arguments(args: &SessionArgs) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("--{name} {}", shell_word(&value)));
        }
    };
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
    flag("url", args.url.clone());
    flag("command", args.command.clone());
    flag("cwd", path(&args.cwd));
    for template in &args.env {
        // A plain value may be a secret: a template is none.
        let value = if template.template.contains('{') { template.template.as_str() } else { "..." };
        flag("env", Some(format!("{}={value}", template.name)));
    }
    flag("path", args.path.clone());
    flag("method", args.method.clone());
    flag("body", args.body.clone());
    flag("cacert", path(&args.cacert));
    flag("profile", args.profile.clone());
    for file in &args.scenarios {
        flag("scenarios", Some(file.to_string_lossy().into_owned()));
    }
    flag("scope", args.scope.clone());
    flag("audience", args.audience.clone());
    flag("idp", args.idp.clone());
    flag("issuer-url", args.issuer_url.clone());
    flag("issuer-addr", args.issuer_addr.map(|address| address.to_string()));
    flag("key-file", path(&args.key_file));
    words.join(" ")
}

/// A word as a POSIX shell reads it.
fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
