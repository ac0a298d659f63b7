//! The target of a session.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::session_args::{Scheme, SessionArgs};
use crate::demo::{Demo, DemoError, DemoSettings};
use crate::engine::Minter;
use crate::error::Failure;
use crate::http::{Client, Connection, Endpoint, EndpointError, FailureKind, Request};
use crate::issuer::Issuer;
use crate::target::{Contract, ProbeFailure, Spawned, SpawnedSettings, StartError, Target, TrustFiles, base_url};
use crate::withheld::Withheld;

/// How long a command may take until its route answers.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);

/// The target that the arguments name, once it answers: `--url`, `--command`, or
/// the demo server; with the CA files that it reads.
pub(super) async fn start_target(
    args: &SessionArgs,
    issuer: &Issuer,
    minter: &Minter,
    client: &Arc<Client>,
    withheld: &Withheld,
) -> Result<(Target, Option<TrustFiles>), Failure> {
    if let Some(url) = &args.url {
        return Ok((at_url(url, args.path.as_deref())?, None));
    }
    let Some(ca_pem) = issuer.ca_pem() else {
        return Err(Failure::usage(
            "the demo server and --command need an issuer whose CA is known: leave --idp out, or point it at a mock-idp",
        ));
    };
    let Some(command) = &args.command else { return Ok((demo(args, issuer, minter, ca_pem).await?, None)) };
    let trust = TrustFiles::write(&ca_pem).map_err(Failure::target)?;
    let trust = match issuer.key() {
        Some(key) => trust.with_key(key).map_err(Failure::target)?,
        None => trust,
    };
    let target = spawned(command, args, issuer, &trust, client, withheld).await?;
    Ok((target, Some(trust)))
}

fn at_url(url: &str, path: Option<&str>) -> Result<Target, Failure> {
    let endpoint: Endpoint = url.parse().map_err(Failure::usage)?;
    Ok(Target::Url(match path {
        Some(path) => endpoint.with_target(path),
        None => endpoint,
    }))
}

async fn spawned(
    command: &str,
    args: &SessionArgs,
    issuer: &Issuer,
    trust: &TrustFiles,
    client: &Arc<Client>,
    withheld: &Withheld,
) -> Result<Target, Failure> {
    let mut settings = SpawnedSettings::new(command);
    settings.withheld = withheld.clone();
    settings.cwd.clone_from(&args.cwd);
    settings.env.clone_from(&args.env);
    settings.readiness.deadline = args.wait.unwrap_or(DEFAULT_WAIT);
    if let Some(rate) = args.rate {
        let interval = Duration::from_secs_f64(1.0 / rate);
        settings.readiness.interval = settings.readiness.interval.max(interval);
    }
    let path = args.path.clone().unwrap_or_else(|| "/".to_owned());
    settings.tls = args.scheme == Some(Scheme::Https);
    let probe = probe(Arc::clone(client), path.clone(), settings.tls);
    let contract = Contract { port: args.port.unwrap_or(0), ..issuer.contract(trust) };
    let spawned =
        Spawned::start(settings, contract, Arc::new(probe)).await.map_err(|error| start_failure(error, withheld))?;
    Ok(Target::Spawned { spawned: Box::new(spawned), path })
}

async fn demo(args: &SessionArgs, issuer: &Issuer, minter: &Minter, ca_pem: String) -> Result<Target, Failure> {
    let tokens = minter.settings();
    let fetches = args.keys.verification(issuer.algorithm())?.fetches();
    let settings = DemoSettings {
        algorithm: issuer.algorithm(),
        handed: issuer.key().filter(|_| !fetches).cloned(),
        audience: tokens.audience.clone(),
        scope: tokens.scope.clone(),
        dialect: tokens.dialect.clone(),
        ..DemoSettings::new(tokens.issuer.clone(), ca_pem)
    };
    let demo = Demo::start(settings.clone()).await.map_err(|error| match error {
        DemoError::Scope { .. } => Failure::usage(error),
        other => Failure::target(other),
    })?;
    Ok(Target::Demo { demo, settings: Box::new(settings) })
}

/// What comes of one probe.
type Probing = Pin<Box<dyn Future<Output = Result<(), ProbeFailure>> + Send>>;

/// Whether the route answers at all, without credentials.
fn probe(client: Arc<Client>, path: String, tls: bool) -> impl Fn(SocketAddr) -> Probing + Send + Sync {
    move |address| {
        let (client, path) = (Arc::clone(&client), path.clone());
        Box::pin(async move {
            let endpoint: Endpoint =
                base_url(address, tls).parse().map_err(|error: EndpointError| ProbeFailure(error.to_string()))?;
            let endpoint = endpoint.with_target(path);
            let request = Request::get(&endpoint);
            match client.send(&endpoint, &request, Connection::Fresh).await {
                Ok(_) => Ok(()),
                Err(failure) => Err(ProbeFailure(explained(&client, &endpoint, &failure.kind).await)),
            }
        })
    }
}

/// Why a probe failed; what speaks the other scheme or shows a certificate of its
/// own says so nowhere.
async fn explained(client: &Client, endpoint: &Endpoint, kind: &FailureKind) -> String {
    let advice = match kind {
        FailureKind::NotTls => "; it speaks http: leave --scheme https out",
        FailureKind::Certificate { .. } => "; believe it with --cacert FILE, or any with --insecure",
        kind if !endpoint.tls() && kind.may_be_tls() && client.speaks_tls(endpoint).await => {
            "; it speaks https: say so with --scheme https"
        }
        _ => "",
    };
    format!("{kind}{advice}")
}

fn start_failure(error: StartError, withheld: &Withheld) -> Failure {
    let redactor = withheld.redactor();
    let log: String = error.log().iter().map(|line| format!("\n  log    {}", redactor.text(&line.text))).collect();
    match error {
        StartError::Environment(error) => Failure::usage(error),
        other => Failure::target(format!("{other}{log}")),
    }
}
