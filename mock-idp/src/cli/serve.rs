//! Without a verb: serves until interrupted.

use std::io::{IsTerminal as _, Write as _};
use std::num::NonZero;
use std::sync::Arc;

use mock_idp::config::DEFAULT_SERVER;
use mock_idp::state_dir::StateError;
use mock_idp::tls::Identity;
use mock_idp::{Bound, Issuer, StartError};
use serde::Serialize;

use super::args::IssuerArgs;
use super::error::CliError;
use super::setup::Setup;

/// Beyond this many threads a mock gains nothing and starts slower.
const MOST_WORKERS: usize = 8;

/// The one line on standard output that says that the issuer answers.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    event: &'static str,
    http: &'a str,
    https: &'a str,
    issuer: String,
    http_issuer: String,
    ca_file: String,
    pid: u32,
}

pub(super) fn serve(args: &IssuerArgs) -> Result<(), CliError> {
    let setup = Setup::new(args)?;
    let identity = Identity::of(setup.state.certificate_authority()?, &setup.config.certificate_names())
        .map_err(StateError::from)?;
    let bound = Bound::new(Issuer::new(&setup.config)?, setup.listen, identity)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    runtime.block_on(async {
        let end = interrupted().map_err(StartError::Runtime)?;
        announce(&setup, &bound)?;
        let identity = Arc::clone(bound.identity());
        // Not before the ready line: https can wait, http is ready already.
        tokio::task::spawn_blocking(move || identity.server_config());
        Ok(bound.serve(end).await?)
    })
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_WORKERS)
}

fn announce(setup: &Setup, bound: &Bound) -> Result<(), CliError> {
    let addresses = bound.addresses();
    let identifier = |base: &str| {
        let base = setup.config.issuer_url.as_deref().unwrap_or(base);
        setup.config.server(DEFAULT_SERVER).map(|server| server.identifier(base)).unwrap_or_default()
    };
    let ready = Ready {
        event: "ready",
        http: &addresses.http,
        https: &addresses.https,
        issuer: identifier(&addresses.https),
        http_issuer: identifier(&addresses.http),
        ca_file: setup.state.ca_file().display().to_string(),
        pid: std::process::id(),
    };
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", serde_json::to_string(&ready).map_err(std::io::Error::other)?)?;
    output.flush()?;
    if std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr(), "mock-idp serves {} (Ctrl-C ends it)", ready.issuer);
    }
    Ok(())
}

/// Done at SIGINT or SIGTERM; watches them from this call on.
#[cfg(unix)]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done at Ctrl-C.
#[cfg(not(unix))]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
