//! Whom a server trusts, and what its tokens are for: `trusted_servers`,
//! `[[server.ID.trusted_issuer]]`, `resources`, `id_jag_audiences`, and the `networks` of a client.

use std::path::Path;

use super::{AuthorizationServer, Network, TrustedIssuer, read_jwks};
use crate::input::{InputError, Node, Table};

pub(super) fn trust(table: &Table<'_>, folder: &Path, server: &mut AuthorizationServer) -> Result<(), InputError> {
    if let Some(resources) = table.get("resources") {
        server.resources = resources.as_texts()?;
    }
    if let Some(servers) = table.get("trusted_servers") {
        server.trusted_servers = servers.as_texts()?;
    }
    if let Some(audiences) = table.get("id_jag_audiences") {
        server.id_jag_audiences = audiences.as_texts()?;
    }
    if let Some(issuers) = table.get("trusted_issuer") {
        server.trusted_issuers =
            issuers.as_array()?.iter().map(|each| issuer(each, folder)).collect::<Result<_, _>>()?;
    }
    Ok(())
}

fn issuer(node: &Node, folder: &Path) -> Result<TrustedIssuer, InputError> {
    let table = node.as_table()?;
    let (issuer, keys) = (table.require("issuer")?.as_str()?.to_owned(), read_jwks::keys(&table, folder)?);
    table.finish()?;
    Ok(TrustedIssuer { issuer, keys })
}

pub(super) fn networks(node: &Node) -> Result<Vec<Network>, InputError> {
    let network = |node: &Node| node.as_str()?.parse::<Network>().map_err(|error| node.error(error.to_string()));
    node.as_array()?.iter().map(network).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Config;
    use super::*;
    use crate::input::parse_toml;

    #[rstest]
    #[case(
        "resources = ['mcp']",
        "resources[0]: \"mcp\" is no absolute URI without a fragment, such as https://mcp.example.com"
    )]
    #[case("resources = ['https://a', 'https://a']", "resources[1]: \"https://a\" stands there twice")]
    #[case("trusted_servers = ['b']", "trusted_servers: there is no authorization server \"b\": add it as [server.b]")]
    #[case("trusted_servers = ['a']", "trusted_servers: a server takes its own tokens anyway: leave it out")]
    #[case("[[server.a.trusted_issuer]]\njwks = { keys = [] }", "trusted_issuer[0]: `issuer` is missing")]
    #[case(
        "[[server.a.trusted_issuer]]\nissuer = 'https://x'",
        "trusted_issuer[0]: `jwks` is missing: the assertions of this issuer are checked with its keys"
    )]
    #[case(
        "id_jag_audiences = ['x']",
        "id_jag_audiences[0]: \"x\" is no absolute URI without a fragment, such as https://auth.example.com"
    )]
    #[case(
        "[[server.a.client]]\nid = 'x'\nsecret = 's'\nnetworks = ['home']",
        "client[0].networks[0]: expected an address with or without the length of a prefix, such as 10.0.0.0/8 or ::1"
    )]
    fn a_mistake_about_trust_is_told_with_the_field(#[case] fields: &str, #[case] expected: &str) {
        let error = Config::parse(&format!("[server.a]\n{fields}"), "".as_ref()).unwrap_err();
        assert_eq!(error.to_string(), format!("server.a.{expected}"));
    }

    #[test]
    fn what_a_table_leaves_out_stays() {
        let mut server = AuthorizationServer::new("a");
        for text in ["resources = ['https://mcp.example.com']\ntrusted_servers = ['b']", ""] {
            let root = parse_toml(text).unwrap();
            trust(&root.as_table().unwrap(), Path::new(""), &mut server).unwrap();
        }
        assert_eq!((server.resources.len(), server.trusted_servers.len()), (1, 1));
    }
}
