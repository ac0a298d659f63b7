//! From TOML text to the configuration, with the place of every mistake.

use std::path::Path;

use super::{
    AuthorizationServer, Config, GrantType, Scope, Secret, read_claim, read_client, read_policy, read_trust, read_user,
};
use crate::Scheme;
use crate::dialect::Dialect;
use crate::input::{InputError, Node, Table, Value, parse_toml};
use crate::keys::{Algorithm, SigningKey};
use crate::state_dir::KeyFile;

pub(super) fn config(text: &str, folder: &Path) -> Result<Config, InputError> {
    // What helps in a scenario is no help here.
    let root = parse_toml(text).map_err(|error| InputError { help: None, ..error })?;
    let table = root.as_table()?;
    let mut config = listening(&table, folder)?;
    config.issuer_url = table.text("issuer_url")?.map(str::to_owned);
    config.issuer_scheme = table.get("issuer_scheme").map(issuer_scheme).transpose()?.flatten();
    config.aliases = table.get("aliases").map_or(Ok(Vec::new()), Node::as_texts)?;
    config.trusted_origins = table.get("trusted_origins").map(Node::as_texts).transpose()?;
    config.control_token = table.text("control_token")?.map(Secret::new);
    config.api_token = table.text("api_token")?.map(Secret::new);
    config.touch = table.flag("touch")?;
    if let Some(servers) = table.get("server") {
        for entry in servers.as_table()?.entries() {
            let (mut server, table) = (AuthorizationServer::new(&entry.name), entry.node.as_table()?);
            self::server(&mut server, &table, folder)?;
            table.finish()?;
            config = config.with_server(server);
        }
    }
    table.finish()?;
    config.check().map_err(|error| with_span(error, &root))?;
    Ok(config)
}

/// `None` is the scheme of the caller.
fn issuer_scheme(node: &Node) -> Result<Option<Scheme>, InputError> {
    node.as_choice(&[("https", Some(Scheme::Https)), ("http", Some(Scheme::Http)), ("caller", None)])
}

fn listening(table: &Table<'_>, folder: &Path) -> Result<Config, InputError> {
    let port = |node: &Node| {
        u16::try_from(node.as_integer()?).map_err(|_| node.error("expected a port, a number from 0 to 65535"))
    };
    let bind = |node: &Node| node.as_str()?.parse().map_err(|_| node.error("expected an IP address"));
    let seed = |node: &Node| u64::try_from(node.as_integer()?).map_err(|_| node.error("must not be negative"));
    Ok(Config {
        bind: table.get("bind").map(bind).transpose()?,
        port: table.get("port").map(port).transpose()?,
        https_port: table.get("https_port").map(port).transpose()?,
        seed: table.get("seed").map(seed).transpose()?,
        state_dir: table.text("state_dir")?.map(|path| folder.join(path)),
        ..Config::default()
    })
}

/// Sets all of a server that a table says; what it leaves out stays.
pub(super) fn server(server: &mut AuthorizationServer, table: &Table<'_>, folder: &Path) -> Result<(), InputError> {
    if let Some(audience) = table.text("audience")? {
        audience.clone_into(&mut server.audience);
    }
    if let Some(scopes) = table.get("scopes") {
        server.scopes = scopes.as_array()?.iter().map(scope).collect::<Result<_, _>>()?;
    }
    if let Some(clients) = table.get("client") {
        server.clients =
            clients.as_array()?.iter().map(|each| read_client::client(each, folder)).collect::<Result<_, _>>()?;
    }
    if let Some(users) = table.get("user") {
        server.users = users.as_array()?.iter().map(read_user::user).collect::<Result<_, _>>()?;
    }
    if let Some(claims) = table.get("claim") {
        server.claims = claims.as_array()?.iter().map(read_claim::claim).collect::<Result<_, _>>()?;
    }
    read_trust::trust(table, folder, server)?;
    if let Some(all) = table.get("grants") {
        server.grants = grants(all)?;
    }
    if let Some(policies) = table.get("policy") {
        server.policies = policies.as_array()?.iter().map(read_policy::policy).collect::<Result<_, _>>()?;
    }
    if let Some(seconds) = table.get("lifetime") {
        server.lifetime = seconds.as_integer()?;
    }
    if let Some(limit) = table.get("rate_limit") {
        server.rate_limit = Some(rate_limit(limit)?);
    }
    if let Some(seconds) = table.get("jwks_max_age") {
        server.jwks_max_age = seconds.as_integer()?;
    }
    if let Some(dialect) = table.get("dialect") {
        server.dialect = Dialect::read(dialect, &Dialect::default())?;
    }
    if let Some(name) = table.get("alg") {
        server.algorithm = Some(name.as_choice(&Algorithm::ALL)?);
    }
    if let Some(file) = table.get("key_file") {
        server.key = Some(key(file, folder, server.algorithm)?);
    }
    Ok(())
}

fn rate_limit(node: &Node) -> Result<u32, InputError> {
    let limit = u32::try_from(node.as_integer()?).ok().filter(|limit| *limit > 0);
    limit.ok_or_else(|| node.error("must be 1 or more calls a minute; leave it out for no limit"))
}

/// A name, or a table with the name, whether it is a default, and whether a user
/// has to consent.
fn scope(node: &Node) -> Result<Scope, InputError> {
    if let Value::String(name) = &node.value {
        return Ok(Scope::new(name));
    }
    let table = node.as_table()?;
    let consent = table.get("consent").map(|node| node.as_choice(&[("required", true), ("implicit", false)]));
    let scope = Scope {
        name: table.require("name")?.as_str()?.to_owned(),
        default: table.flag("default")?,
        needs_consent: consent.transpose()?.unwrap_or(false),
        ..Scope::new("")
    };
    table.finish()?;
    Ok(scope)
}

fn key(node: &Node, folder: &Path, algorithm: Option<Algorithm>) -> Result<SigningKey, InputError> {
    let path = folder.join(node.as_str()?);
    KeyFile::read(&path, algorithm).map_err(|error| node.error(error.to_string()))
}

pub(super) fn grants(node: &Node) -> Result<Vec<GrantType>, InputError> {
    let all = GrantType::ALL.into_iter().chain([GrantType::IMPLICIT]);
    let choices: Vec<_> = all.map(|grant| (grant.name(), grant)).collect();
    node.as_array()?.iter().map(|each| each.as_choice(&choices)).collect()
}

/// Gives a finding of the check the place of the deepest node on its path.
fn with_span(mut error: InputError, root: &Node) -> InputError {
    let mut node = root;
    while let Some(child) = children(node).into_iter().find(|child| is_below(&error.path, &child.path)) {
        node = child;
    }
    error.span.clone_from(&node.span);
    error
}

fn children(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Table(entries) => entries.iter().map(|entry| &entry.node).collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    }
}

fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> Result<Config, InputError> {
        config(text, Path::new(""))
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let config = parse("").unwrap();
        assert_eq!(config.servers.len(), 1);
        assert_eq!(config.servers[0].id, "default");
        assert!(config.port.is_none());
    }

    #[rstest]
    #[case("por = 1", "por: `por` is not known here (did you mean `port`?)")]
    #[case("port = 70000", "port: expected a port, a number from 0 to 65535")]
    #[case("bind = 'here'", "bind: expected an IP address")]
    #[case("[server.a]\nlifetme = 5", "server.a.lifetme: `lifetme` is not known here (did you mean `lifetime`?)")]
    #[case("[server.a]\nlifetime = 'long'", "server.a.lifetime: expected an integer, found a string")]
    #[case("[server.a]\nlifetime = 0", "server.a.lifetime: must be 1 second or more")]
    #[case("[[server.a.client]]\nid = 'x'", "server.a.client[0]: `secret` is missing")]
    #[case("[server.'a b']", "server.a b: an id has 1 to 64 letters, digits, `-` and `_`")]
    #[case("[server.a]\nscopes = ['b', 'b']", "server.a.scopes[1]: \"b\" stands there twice")]
    #[case(
        "[server.a]\nscopes = ['mock:b']",
        "server.a.scopes[0]: \"mock:b\" can't be one: what begins with `mock:` asks for an answer"
    )]
    #[case(
        "[server.a]\nscopes = [{ name = 'b', consent = 'yes' }]",
        "server.a.scopes[0].consent: \"yes\" is not known here (known: required, implicit)"
    )]
    #[case(
        "[[server.a.policy]]\nscopes = ['b']",
        "server.a.policy[0].scopes: the server has no scope \"b\": add it to server.a.scopes"
    )]
    #[case(
        "[[server.a.policy]]\nclients = ['b']",
        "server.a.policy[0].clients: the server has no client \"b\": add it as a server.a.client"
    )]
    #[case(
        "[[server.a.policy]]\nusers = ['b']",
        "server.a.policy[0].users: `users` is not known here (known: clients, grants, scopes)"
    )]
    #[case(
        "[server.a]\nrate_limit = 0",
        "server.a.rate_limit: must be 1 or more calls a minute; leave it out for no limit"
    )]
    #[case(
        "trusted_origins = ['http://localhost:3000/']",
        "trusted_origins[0]: \"http://localhost:3000/\" is no origin: scheme, host and maybe a port, in lower case, such as http://localhost:3000"
    )]
    #[case("issuer_scheme = 'ftp'", "issuer_scheme: \"ftp\" is not known here (known: https, http, caller)")]
    #[case(
        "issuer_scheme = 'http'\nissuer_url = 'https://x'",
        "issuer_scheme: issuer_url says the scheme already: leave one of the two out"
    )]
    #[case("issuer_url = 'https://x/'", "issuer_url: must not end with a slash: verifiers compare it byte by byte")]
    fn a_mistake_is_told_with_the_field(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_finding_of_the_check_has_its_line() {
        let text = "port = 0\n[server.a]\nlifetime = 0\n";
        assert_eq!(parse(text).unwrap_err().line_and_column(text), Some((3, 12)));
    }

    #[rstest]
    #[case::no_toml("port = 0\nbind = = 1\n", (2, 8))]
    #[case::a_double("port = 0\nport = 1\n", (2, 1))]
    #[case::too_large("[server.a]\nlifetime = 99999999999999999999\n", (2, 12))]
    #[case::the_second_of_two_scopes("[server.a]\nscopes = ['b', 'b']\n", (2, 16))]
    #[case::the_second_of_two_clients(
        "[[server.a.client]]\nid = 'x'\nsecret = 'y'\n\n[[server.a.client]]\nid = 'x'\nsecret = 'z'\n",
        (5, 1)
    )]
    #[case::the_second_of_two_names("aliases = ['a', 'b c']\n", (1, 17))]
    #[case::what_is_missing("port = 0\n[[server.a.client]]\nid = 'x'\n", (2, 1))]
    fn a_mistake_has_its_line_and_column(#[case] text: &str, #[case] place: (usize, usize)) {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line_and_column(text), error.help), (Some(place), None));
    }

    #[test]
    fn a_key_file_that_is_not_there_is_told() {
        let error = parse("[server.a]\nkey_file = 'missing.pem'").unwrap_err();
        assert_eq!(error.path, "server.a.key_file");
        assert!(error.message.contains("missing.pem"), "{error}");
    }
}
