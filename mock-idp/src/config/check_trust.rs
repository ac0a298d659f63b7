//! What makes a server's trust in others impossible.

use super::check::{ensure, unique};
use super::redirect_uri::is_absolute;
use super::{AuthorizationServer, Config};
use crate::input::InputError;

pub(super) fn trust(server: &AuthorizationServer, path: &str) -> Result<(), InputError> {
    uris(&server.resources, &format!("{path}.resources"), "https://mcp.example.com")?;
    uris(&server.id_jag_audiences, &format!("{path}.id_jag_audiences"), "https://auth.example.com")?;
    ensure(!server.trusted_servers.contains(&server.id), &format!("{path}.trusted_servers"), || {
        "a server takes its own tokens anyway: leave it out".into()
    })?;
    unique(server.trusted_issuers.iter().map(|each| &each.issuer), &format!("{path}.trusted_issuer"))?;
    server.trusted_issuers.iter().enumerate().try_for_each(|(at, each)| {
        let path = format!("{path}.trusted_issuer[{at}]");
        ensure(!each.issuer.is_empty(), &format!("{path}.issuer"), || "must not be empty".into())?;
        ensure(!each.keys.is_empty(), &path, || {
            "`jwks` is missing: the assertions of this issuer are checked with its keys".into()
        })
    })
}

/// The servers that are trusted are there.
pub(super) fn servers(config: &Config) -> Result<(), InputError> {
    config.servers.iter().try_for_each(|server| {
        server.trusted_servers.iter().try_for_each(|id| {
            ensure(config.server(id).is_some(), &format!("server.{}.trusted_servers", server.id), || {
                format!("there is no authorization server \"{id}\": add it as [server.{id}]")
            })
        })
    })
}

fn uris(uris: &[String], path: &str, example: &str) -> Result<(), InputError> {
    uris.iter().enumerate().try_for_each(|(at, uri)| {
        ensure(is_absolute(uri), &format!("{path}[{at}]"), || {
            format!("\"{uri}\" is no absolute URI without a fragment, such as {example}")
        })
    })?;
    unique(uris.iter(), path)
}
