//! What makes a configuration wrong beyond its types.

use std::collections::HashSet;

use super::redirect_uri::is_origin;
use super::{AuthorizationServer, Config, GrantType, Policy, User, check_claim, check_client, check_trust};
use crate::answer::SCOPE_PREFIX;
use crate::input::InputError;

pub(super) fn config(config: &Config) -> Result<(), InputError> {
    if let Some(url) = &config.issuer_url {
        issuer_url(url).map_err(|message| wrong("issuer_url", message))?;
        ensure(config.issuer_scheme.is_none(), "issuer_scheme", || {
            "issuer_url says the scheme already: leave one of the two out".into()
        })?;
    }
    for (at, origin) in config.trusted_origins.iter().flatten().enumerate() {
        ensure(is_origin(origin), &format!("trusted_origins[{at}]"), || {
            format!(
                "\"{origin}\" is no origin: scheme, host and maybe a port, in lower case, such as http://localhost:3000"
            )
        })?;
    }
    for (at, alias) in config.aliases.iter().enumerate() {
        ensure(is_host(alias), &format!("aliases[{at}]"), || format!("\"{alias}\" is no host name or address"))?;
    }
    for (field, token) in [("control_token", &config.control_token), ("api_token", &config.api_token)] {
        let is_sound = token.as_ref().is_none_or(|token| is_visible(token.expose()));
        ensure(is_sound, field, || "must be visible ASCII without spaces".into())?;
    }
    unique(config.servers.iter().map(|server| &server.id), "server")?;
    config.servers.iter().try_for_each(server)?;
    check_trust::servers(config)
}

pub(super) fn server(server: &AuthorizationServer) -> Result<(), InputError> {
    let path = format!("server.{}", server.id);
    ensure(is_id(&server.id), &path, || "an id has 1 to 64 letters, digits, `-` and `_`".into())?;
    ensure(!server.audience.is_empty(), &format!("{path}.audience"), || "must not be empty".into())?;
    ensure(server.lifetime > 0, &format!("{path}.lifetime"), || "must be 1 second or more".into())?;
    ensure(server.jwks_max_age >= 0, &format!("{path}.jwks_max_age"), || "must not be negative".into())?;
    // Another issuer's key signs nothing here, whatever its kind.
    if let Some(key) = server.key.as_ref().filter(|key| !key.is_public_only()) {
        let fits = server.algorithm().kind() == key.kind();
        ensure(fits, &format!("{path}.key_file"), || {
            format!("must be a key for {}: change `alg` or the key", server.algorithm())
        })?;
    }
    for (at, scope) in server.scopes.iter().enumerate() {
        let message = || format!("\"{}\" is no scope: visible ASCII without spaces, `\"` and `\\`", scope.name);
        ensure(is_scope(&scope.name), &format!("{path}.scopes[{at}]"), message)?;
        ensure(!scope.name.starts_with(SCOPE_PREFIX), &format!("{path}.scopes[{at}]"), || {
            format!("\"{}\" can't be one: what begins with `{SCOPE_PREFIX}` asks for an answer", scope.name)
        })?;
    }
    unique(server.scopes.iter().map(|scope| &scope.name), &format!("{path}.scopes"))?;
    for grant in &server.grants {
        let served = GrantType::SERVED.map(GrantType::name).join(", ");
        let message = || format!("this version can't carry out \"{grant}\": it serves {served}");
        ensure(GrantType::SERVED.contains(grant), &format!("{path}.grants"), message)?;
    }
    unique(server.clients.iter().map(|client| &client.id), &format!("{path}.client"))?;
    let mut clients = server.clients.iter().enumerate();
    clients.try_for_each(|(at, each)| check_client::client(server, each, &format!("{path}.client[{at}]")))?;
    let mut policies = server.policies.iter().enumerate();
    policies.try_for_each(|(at, each)| policy(server, each, &format!("{path}.policy[{at}]")))?;
    check_claim::claims(server, &path)?;
    unique(server.users.iter().map(|user| &user.login), &format!("{path}.user"))?;
    unique(server.users.iter().map(|user| &user.id), &format!("{path}.user"))?;
    server.users.iter().enumerate().try_for_each(|(at, each)| user(server, each, &format!("{path}.user[{at}]")))?;
    check_trust::trust(server, &path)
}

fn policy(server: &AuthorizationServer, policy: &Policy, path: &str) -> Result<(), InputError> {
    clients(server, policy.clients.as_ref(), path)?;
    scopes(server, policy.scopes.as_ref(), path)
}

/// The clients that something is limited to are the server's.
fn clients(server: &AuthorizationServer, ids: Option<&Vec<String>>, path: &str) -> Result<(), InputError> {
    for id in ids.into_iter().flatten() {
        let message = || format!("the server has no client \"{id}\": add it as a server.{}.client", server.id);
        ensure(server.clients.iter().any(|client| client.id == *id), &format!("{path}.clients"), message)?;
    }
    Ok(())
}

/// The scopes that something is limited to are the server's.
pub(super) fn scopes(server: &AuthorizationServer, names: Option<&Vec<String>>, path: &str) -> Result<(), InputError> {
    for scope in names.into_iter().flatten() {
        let message = || format!("the server has no scope \"{scope}\": add it to server.{}.scopes", server.id);
        ensure(server.has_scope(scope), &format!("{path}.scopes"), message)?;
    }
    Ok(())
}

fn user(server: &AuthorizationServer, user: &User, path: &str) -> Result<(), InputError> {
    clients(server, user.clients.as_ref(), path)?;
    ensure(User::is_login(&user.login), &format!("{path}.login"), || {
        format!("must have 1 to {} characters, and no control characters", User::LONGEST_LOGIN)
    })?;
    ensure(is_visible(&user.id), &format!("{path}.id"), || "must be visible ASCII without spaces".into())?;
    match user.claims.keys().find(|name| User::RESERVED.contains(&name.as_str())) {
        Some(name) => Err(wrong(&format!("{path}.claims.{name}"), "the server says this itself: leave it out")),
        None => Ok(()),
    }
}

/// An absolute http or https URL without a trailing slash, query or fragment.
fn issuer_url(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or("must begin with https:// or http://")?;
    if rest.is_empty() || !is_visible(rest) || rest.contains(['?', '#', '"', '\\', '@']) {
        return Err("must be a plain URL: scheme, host, maybe a port and a path");
    }
    if rest.ends_with('/') {
        return Err("must not end with a slash: verifiers compare it byte by byte");
    }
    if rest.contains("/oauth2/") {
        return Err("must end before /oauth2/: that and the server's id are added for each server");
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_'))
}

pub(super) fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// RFC 6749, section 3.3: scope-token.
fn is_scope(name: &str) -> bool {
    is_visible(name) && !name.contains(['"', '\\'])
}

pub(super) fn unique<'a, T: AsRef<str> + ?Sized + 'a>(
    names: impl Iterator<Item = &'a T>,
    path: &str,
) -> Result<(), InputError> {
    let mut seen = HashSet::new();
    for (at, name) in names.map(AsRef::as_ref).enumerate() {
        ensure(seen.insert(name), &format!("{path}[{at}]"), || format!("\"{name}\" stands there twice"))?;
    }
    Ok(())
}

pub(super) fn ensure(right: bool, path: &str, message: impl FnOnce() -> String) -> Result<(), InputError> {
    if right { Ok(()) } else { Err(wrong(path, message())) }
}

fn wrong(path: &str, message: impl Into<String>) -> InputError {
    InputError { path: path.to_owned(), span: None, message: message.into(), help: None }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Scope;
    use super::*;

    #[rstest]
    #[case("https://idp.test", true)]
    #[case("http://127.0.0.1:9000/prefix", true)]
    #[case("https://idp.test/", false)]
    #[case("idp.test", false)]
    #[case("https://idp.test/oauth2/default", false)]
    #[case("https://user@idp.test", false)]
    #[case("https://idp.test?x", false)]
    fn an_issuer_url_is_plain_and_has_no_trailing_slash(#[case] url: &str, #[case] right: bool) {
        assert_eq!(issuer_url(url).is_ok(), right);
    }

    #[test]
    fn a_wrong_field_of_a_server_is_named() {
        let mut orders = AuthorizationServer::new("orders");
        orders.scopes.push(Scope::new("two words"));
        let error = Config::default().with_server(orders).check().unwrap_err();
        assert_eq!(error.path, "server.orders.scopes[1]");
    }

    #[test]
    fn a_key_that_can_not_sign_with_the_algorithm_is_refused() {
        let mut config = Config::default();
        config.servers[0].key = Some(crate::keys::builtin(crate::keys::BuiltinKey::AttackerP256));
        assert!(config.check().is_ok(), "it brings its own");
        config.servers[0].algorithm = Some(crate::keys::Algorithm::Es384);
        let error = config.check().unwrap_err();
        assert_eq!(error.to_string(), "server.default.key_file: must be a key for ES384: change `alg` or the key");
    }

    #[test]
    fn a_client_may_not_have_a_scope_that_the_server_lacks() {
        let mut config = Config::default();
        config.servers[0].clients[0].scopes = Some(vec!["other".into()]);
        assert_eq!(config.check().unwrap_err().path, "server.default.client[0].scopes");
    }
}
