//! From what a file said and what it says now to what the issuer does.

use mock_idp::Issuer;
use mock_idp::config::{AuthorizationServer, Config, DEFAULT_SERVER};
use mock_idp::random::Random;
use mock_idp::state_dir::StateDir;

/// Takes these fields over where the file has changed them, and gives their names.
/// Where it has not, the running server keeps what was changed in other ways.
macro_rules! take_over {
    ($before:ident, $after:ident, $running:ident, $($field:ident as $word:literal),+ $(,)?) => {{
        let mut words = Vec::new();
        $(if $before.$field != $after.$field {
            $running.$field.clone_from(&$after.$field);
            words.push($word);
        })+
        words
    }};
}

/// What is done at an issuer, with a line for each.
#[derive(Debug)]
pub(super) struct Changes<'a> {
    issuer: &'a Issuer,
    state: &'a StateDir,
    lines: Vec<String>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(issuer: &'a Issuer, state: &'a StateDir) -> Self {
        Self { issuer, state, lines: Vec::new() }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    pub(super) fn apply(&mut self, before: &Config, after: &Config) {
        for server in &after.servers {
            match before.server(&server.id) {
                Some(before) => self.change(before, server),
                None => self.add(server),
            }
        }
        for gone in before.servers.iter().filter(|server| after.server(&server.id).is_none()) {
            self.remove(&gone.id);
        }
        if of_the_process(before) != of_the_process(after) {
            self.lines.push("what stands above the servers (ports, addresses, tokens) needs a restart".to_owned());
        }
    }

    fn change(&mut self, before: &AuthorizationServer, after: &AuthorizationServer) {
        let path = format!("server.{}", after.id);
        let mut words = Vec::new();
        let changed = self.issuer.change_server(&after.id, |running| words = live(before, after, running));
        match changed {
            Err(error) => self.lines.push(format!("{path} is as it was: {error}")),
            Ok(()) if !words.is_empty() => self.lines.push(format!("{path} has taken over {}", words.join(", "))),
            Ok(()) => {}
        }
        if fixed(before) != fixed(after) {
            self.lines
                .push(format!("{path}: alg, key_file, dialect and whatever else is changed there need a restart"));
        }
    }

    fn add(&mut self, server: &AuthorizationServer) {
        let mut server = server.clone();
        if server.key.is_none() {
            match self.state.signing_key(&server.id, server.algorithm(), &Random::from_system()) {
                Ok(key) => server.key = Some(key),
                Err(error) => return self.lines.push(format!("server.{} is not added: {error}", server.id)),
            }
        }
        self.lines.push(match self.issuer.add_server(&server) {
            Ok(()) => format!("server.{} is added", server.id),
            Err(error) => format!("server.{} is not added: {error}", server.id),
        });
    }

    fn remove(&mut self, id: &str) {
        if id != DEFAULT_SERVER && self.issuer.remove_server(id) {
            self.lines.push(format!("server.{id} is removed"));
        }
    }
}

/// Everything that a server can change while it runs.
fn live(
    before: &AuthorizationServer,
    after: &AuthorizationServer,
    running: &mut AuthorizationServer,
) -> Vec<&'static str> {
    take_over!(
        before, after, running,
        audience as "audience",
        scopes as "scopes",
        clients as "client",
        users as "user",
        grants as "grants",
        policies as "policy",
        lifetime as "lifetime",
        jwks_max_age as "jwks_max_age",
        rate_limit as "rate_limit",
        claims as "claim",
        resources as "resources",
        trusted_servers as "trusted_servers",
        trusted_issuers as "trusted_issuer",
        id_jag_audiences as "id_jag_audiences",
    )
}

/// What is left of a server: its keys, and what its tokens look like. Whatever is not
/// known here is of that kind, so that nobody waits for it in vain.
fn fixed(server: &AuthorizationServer) -> String {
    let (before, nothing, mut server) = (server, AuthorizationServer::new(server.id.as_str()), server.clone());
    let _ = live(before, &nothing, &mut server);
    let key = server.key.as_ref().map(mock_idp::keys::SigningKey::thumbprint);
    server.key = None;
    format!("{server:?} {key:?}")
}

/// What is left of a configuration without its servers.
fn of_the_process(config: &Config) -> String {
    let mut config = config.clone();
    config.servers.clear();
    // Secrets are not shown, and have to be compared all the same.
    let tokens = [&config.control_token, &config.api_token];
    let tokens = tokens.map(|token| token.as_ref().map(|token| token.expose().to_owned()));
    format!("{config:?} {tokens:?}")
}
