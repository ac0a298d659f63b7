//! `mock-idp env`: the settings of a program that is to trust this issuer.

use std::io::Write as _;
use std::path::PathBuf;

use mock_idp::config::AuthorizationServer;

use super::args::{EnvArgs, IssuerArgs};
use super::error::CliError;
use super::setup::Setup;

/// Where systems keep the certificates that they trust.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What no proxy can reach.
const LOCAL: [&str; 3] = ["127.0.0.1", "::1", "localhost"];

pub(super) fn env(issuer: &IssuerArgs, args: &EnvArgs) -> Result<(), CliError> {
    let setup = Setup::new(issuer)?;
    let server = setup.config.server(&args.server).ok_or_else(|| CliError::UnknownServer(args.server.clone()))?;
    let authority = setup.state.certificate_authority()?;
    let bundle = setup.state.export("ca-bundle.pem", &bundle(authority.certificate_pem()))?;
    let bundle = bundle.display().to_string();
    let mut lines = vec![("ISSUER", server.identifier(&setup.base(args.issuer_scheme)?))];
    lines.extend(agreed(server));
    lines.push(("NODE_EXTRA_CA_CERTS", setup.state.ca_file().display().to_string()));
    lines.push(("SSL_CERT_FILE", bundle.clone()));
    lines.push(("REQUESTS_CA_BUNDLE", bundle));
    lines.push(("NO_PROXY", no_proxy(&std::env::var("NO_PROXY").unwrap_or_default())));
    let mut output = std::io::stdout().lock();
    for (name, value) in lines {
        writeln!(output, "export {name}={}", quoted(&value))?;
    }
    Ok(())
}

/// What server and program agree on.
fn agreed(server: &AuthorizationServer) -> Vec<(&'static str, String)> {
    let mut lines = vec![("AUDIENCE", server.audience.clone())];
    lines.extend(server.scopes.first().map(|scope| ("SCOPE", scope.name.clone())));
    if let Some(client) = server.clients.first() {
        lines.push(("CLIENT_ID", client.id.clone()));
        lines.extend(client.given_secret().map(|secret| ("CLIENT_SECRET", secret.expose().to_owned())));
    }
    lines
}

/// The system's roots and this authority: the variables that name it replace
/// the roots.
fn bundle(certificate: &str) -> String {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let known = named.into_iter().chain(SYSTEM_ROOTS.map(PathBuf::from));
    let roots = known.filter_map(|path| std::fs::read_to_string(path).ok()).next().unwrap_or_default();
    let roots = roots.replace(certificate, "");
    format!("{}\n{certificate}", roots.trim_end())
}

/// What is set already, and this machine.
fn no_proxy(set: &str) -> String {
    let kept = set.split(',').map(str::trim).filter(|name| !name.is_empty() && !LOCAL.contains(name));
    kept.chain(LOCAL).collect::<Vec<_>>().join(",")
}

/// One word of a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_proxy_already_is_kept() {
        assert_eq!(no_proxy(""), "127.0.0.1,::1,localhost");
        assert_eq!(no_proxy("corp.test, localhost"), "corp.test,127.0.0.1,::1,localhost");
    }

    #[test]
    fn a_value_stays_one_word_of_the_shell() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
