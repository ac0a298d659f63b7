//! The settings of a program that is to trust this issuer, by the names that programs read.

use mock_idp::config::AuthorizationServer;
use mock_idp::tls::{JAVA_OPTIONS, java_options};

use super::super::error::CliError;
use super::super::setup::Setup;
use super::super::trust::Trust;

/// What no proxy can reach.
const LOCAL: [&str; 3] = ["127.0.0.1", "::1", "localhost"];

/// Names and values, in the order in which they are told.
#[derive(Debug)]
pub(in super::super) struct Variables {
    /// What a program and the issuer agree on.
    pub(super) agreed: Vec<(&'static str, String)>,
    /// What runtimes trust.
    pub(super) trust: Vec<(&'static str, String)>,
}

impl Variables {
    /// Those for a server whose identifier begins with `base`.
    pub(in super::super) fn of(setup: &Setup, server: &AuthorizationServer, base: &str) -> Result<Self, CliError> {
        Ok(Self { agreed: agreed(server, base), trust: trusting(&Trust::write(&setup.state)?) })
    }

    pub(in super::super) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.agreed.iter().chain(&self.trust).map(|(name, value)| (*name, value.as_str()))
    }
}

fn agreed(server: &AuthorizationServer, base: &str) -> Vec<(&'static str, String)> {
    let mut lines = vec![("ISSUER", server.identifier(base)), ("AUDIENCE", server.audience.clone())];
    lines.extend(server.scopes.first().map(|scope| ("SCOPE", scope.name.clone())));
    if let Some(client) = server.clients.first() {
        lines.push(("CLIENT_ID", client.id.clone()));
        lines.extend(client.given_secret().map(|secret| ("CLIENT_SECRET", secret.expose().to_owned())));
    }
    lines
}

fn trusting(trust: &Trust) -> Vec<(&'static str, String)> {
    let inherited = |name| std::env::var(name).unwrap_or_default();
    let bundle = trust.bundle.display().to_string();
    let mut lines = vec![
        ("NODE_EXTRA_CA_CERTS", trust.ca.display().to_string()),
        ("SSL_CERT_FILE", bundle.clone()),
        ("REQUESTS_CA_BUNDLE", bundle),
    ];
    let java = trust.java.as_ref().and_then(|store| java_options(Some(&inherited(JAVA_OPTIONS)), store));
    lines.extend(java.map(|options| (JAVA_OPTIONS, options)));
    lines.push(("NO_PROXY", no_proxy(&inherited("NO_PROXY"))));
    // Where it is set, many programs ask for this one first.
    let lower = Some(inherited("no_proxy")).filter(|names| !names.is_empty());
    lines.extend(lower.map(|names| ("no_proxy", no_proxy(&names))));
    lines
}

/// What is set already, and this machine.
fn no_proxy(set: &str) -> String {
    let kept = set.split(',').map(str::trim).filter(|name| !name.is_empty() && !LOCAL.contains(name));
    kept.chain(LOCAL).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_proxy_already_is_kept() {
        assert_eq!(no_proxy(""), "127.0.0.1,::1,localhost");
        assert_eq!(no_proxy("corp.test, localhost"), "corp.test,127.0.0.1,::1,localhost");
    }
}
