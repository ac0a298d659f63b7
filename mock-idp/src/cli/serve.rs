//! Without a verb: serves until interrupted.

use std::io::{IsTerminal as _, Write as _};
use std::num::NonZero;
use std::sync::Arc;

use mock_idp::config::DEFAULT_SERVER;
use mock_idp::state_dir::StateError;
use mock_idp::tls::Identity;
use mock_idp::{Bound, Issuer, Scheme, StartError};
use serde::Serialize;
use tokio::runtime::Runtime;

use super::args::IssuerArgs;
use super::error::CliError;
use super::setup::{Ports, Setup};
use super::signals::interrupted;
use super::watch::Watch;

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
    let setup = Setup::new(args, Ports::USUAL)?;
    let issuer = Issuer::new(&setup.config)?;
    let watch = Watch::new(args.config.as_deref(), &setup);
    let bound = bind(&setup, issuer.clone())?;
    runtime()?.block_on(async {
        let end = interrupted().map_err(StartError::Runtime)?;
        watch.map(|watch| tokio::spawn(watch.run(issuer)));
        announce(&setup, &bound)?;
        let identity = Arc::clone(bound.identity());
        // Not before the ready line: https can wait, http is ready already.
        tokio::task::spawn_blocking(move || identity.server_config());
        Ok(bound.serve(end).await?)
    })
}

/// Takes the ports.
pub(super) fn bind(setup: &Setup, issuer: Issuer) -> Result<Bound, CliError> {
    let identity = Identity::of(setup.state.certificate_authority()?, &setup.config.certificate_names())
        .map_err(StateError::from)?;
    Ok(Bound::new(issuer, setup.listen, identity)?)
}

pub(super) fn runtime() -> Result<Runtime, CliError> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_WORKERS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    Ok(runtime.map_err(StartError::Runtime)?)
}

fn announce(setup: &Setup, bound: &Bound) -> Result<(), CliError> {
    let addresses = bound.addresses();
    let identifier = |scheme| {
        let base = setup.base_at(addresses, scheme);
        setup.config.server(DEFAULT_SERVER).map(|server| server.identifier(base)).unwrap_or_default()
    };
    let ready = Ready {
        event: "ready",
        http: &addresses.http,
        https: &addresses.https,
        issuer: identifier(Scheme::Https),
        http_issuer: identifier(Scheme::Http),
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
