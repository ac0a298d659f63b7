//! Where an issuer runs that a verb speaks to.

use clap::Args;
use mock_idp::Scheme;
use mock_idp::config::Config;

use super::error::CliError;
use super::setup::{self, Ports};
use super::trust;

/// An issuer that runs.
#[derive(Debug, Args)]
pub(crate) struct RunningArgs {
    /// Where it listens [default: http://127.0.0.1:9000]
    #[arg(long, value_name = "URL", env = "MOCK_IDP_URL")]
    idp: Option<String>,
}

impl RunningArgs {
    /// What its addresses begin with.
    pub(super) fn base(&self, config: &Config) -> Result<String, CliError> {
        match &self.idp {
            Some(url) => Ok(url.trim_end_matches('/').to_owned()),
            None => setup::door(&setup::listen(config, Ports::USUAL), Scheme::Http),
        }
    }
}

/// What https has to prove itself with: the system's roots and the kept authority.
pub(super) fn roots(config: &Config) -> Result<String, CliError> {
    let certificate = std::fs::read_to_string(setup::state(config)?.ca_file()).unwrap_or_default();
    Ok(trust::with_system_roots(&certificate))
}
