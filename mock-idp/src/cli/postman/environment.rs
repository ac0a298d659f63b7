use mock_idp::Scheme;
use mock_idp::config::{AuthorizationServer, Secret};
use serde::Serialize;

use super::super::error::CliError;
use super::super::setup::{Setup, door};

/// An environment as Postman exports it.
#[derive(Debug, Serialize)]
pub(super) struct Environment {
    name: &'static str,
    values: Vec<Value>,
    #[serde(rename = "_postman_variable_scope")]
    scope: &'static str,
}

#[derive(Debug, Serialize)]
struct Value {
    key: &'static str,
    value: String,
    #[serde(rename = "type")]
    kind: &'static str,
    enabled: bool,
}

impl Environment {
    pub(super) fn of(setup: &Setup, server: &AuthorizationServer, api: &str) -> Result<Self, CliError> {
        let base = setup.base()?;
        // Where the identifier is the same at both doors, nobody has to trust a certificate.
        let is_pinned = setup.config.issuer_url.is_some() || setup.config.issuer_scheme.is_some();
        let called = if is_pinned { door(&setup.listen, Scheme::Http)? } else { base.clone() };
        let client = server.clients.first();
        let secret = client.and_then(|client| client.given_secret()).map_or("", Secret::expose);
        let control_token = setup.config.control_token.as_ref().map_or("", Secret::expose);
        let values = vec![
            shown("issuer", server.identifier(&base)),
            shown("token_url", server.token_endpoint(&called)),
            shown("mint_url", format!("{called}/_mock/mint")),
            shown("server", &*server.id),
            shown("client_id", client.map_or("", |client| &client.id)),
            hidden("client_secret", secret),
            shown("scope", server.scopes.first().map_or("", |scope| &scope.name)),
            shown("api_url", api),
            hidden("control_token", control_token),
            hidden("access_token", ""),
            hidden("expired_token", ""),
        ];
        Ok(Self { name: "mock-idp", values, scope: "environment" })
    }

    pub(super) fn text(&self) -> Result<String, CliError> {
        Ok(serde_json::to_string_pretty(self).map_err(std::io::Error::other)? + "\n")
    }
}

fn shown(key: &'static str, value: impl Into<String>) -> Value {
    Value { key, value: value.into(), kind: "default", enabled: true }
}

fn hidden(key: &'static str, value: impl Into<String>) -> Value {
    Value { kind: "secret", ..shown(key, value) }
}
