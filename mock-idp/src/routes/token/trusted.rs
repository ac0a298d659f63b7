//! Who signed an assertion.

use std::sync::Arc;

use super::super::users;
use super::ServerCall;
use crate::config::TrustedIssuer;
use crate::issuer::ServerState;
use crate::jws::Jwt;
use crate::keys::VerifyingKey;

/// An issuer whose assertions are taken.
pub(super) enum Signer<'a> {
    /// The org server of this issuer.
    Org(Arc<ServerState>),
    /// One of those that the configuration trusts.
    Configured(&'a TrustedIssuer),
}

impl<'a> Signer<'a> {
    /// The trusted issuer that the configuration has under that identifier.
    pub(super) fn configured(call: &ServerCall<'a>, issuer: &str) -> Option<Self> {
        call.server.config.trusted_issuers.iter().find(|trusted| trusted.issuer == issuer).map(Self::Configured)
    }

    /// The org server of that identifier, if this is a custom one.
    pub(super) fn org(call: &ServerCall<'a>, issuer: &str) -> Option<Self> {
        let org = call.issuer.server_of(&call.base(), issuer).filter(|server| server.config.is_org());
        org.filter(|_| !call.server.config.is_org()).map(Self::Org)
    }

    /// Whether it signed that.
    pub(super) fn has_signed(&self, jwt: &Jwt<'_>) -> bool {
        match self {
            Self::Org(server) => server.has_signed(jwt),
            Self::Configured(issuer) => issuer.keys.iter().any(|key| fits(key, jwt)),
        }
    }

    /// The login here of the user whom it calls by that name, an address of mail standing in
    /// where it says no more.
    pub(super) fn login_of(&self, call: &ServerCall<'_>, subject: &str, email: Option<&str>) -> Option<String> {
        let config = &call.server.config;
        let login = match self {
            Self::Org(server) => users::login_of(call, server, subject),
            Self::Configured(_) => config
                .users
                .iter()
                .find(|user| user.id == subject)
                .map(|user| user.login.clone())
                .or_else(|| email.and_then(|email| config.user(email)).map(|user| user.login.clone()))
                .or_else(|| config.user(subject).map(|user| user.login.clone())),
        };
        // Who has the id may be deactivated.
        login.filter(|login| config.user(login).is_some())
    }
}

fn fits(key: &VerifyingKey, jwt: &Jwt<'_>) -> bool {
    let is_named = jwt.kid().is_none() || key.kid().is_none() || key.kid() == jwt.kid();
    let verifies = |algorithm| key.verifies(algorithm, jwt.input.as_bytes(), &jwt.signature);
    is_named && jwt.algorithm().is_some_and(verifies)
}
