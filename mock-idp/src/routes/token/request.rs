//! A token request as its grant sees it.

use super::super::form::Form;
use super::super::{resources, scopes, users};
use super::{OktaError, Refusal, ServerCall, refuse_unless};
use crate::config::{AuthMethod, AuthorizationServer, Client, Policy};
use crate::session::{Grant, SignIn};

/// What was asked, by a client that has proven itself and may use the grant.
pub(super) struct TokenRequest<'a> {
    pub(super) call: &'a ServerCall<'a>,
    pub(super) client: &'a Client,
    /// How it has proven itself.
    pub(super) method: AuthMethod,
    /// What the server permits it.
    pub(super) policy: &'a Policy,
    pub(super) form: &'a Form,
}

impl<'a> TokenRequest<'a> {
    pub(super) fn config(&self) -> &'a AuthorizationServer {
        &self.call.server.config
    }

    /// A parameter that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, Refusal> {
        self.form.get(name).ok_or_else(|| OktaError::MISSING_PARAMETER.about(name))
    }

    /// What the token is for (RFC 8707); `None`: the server's audience.
    pub(super) fn resource(&self) -> Result<Option<&'a str>, Refusal> {
        resources::asked(self.config(), self.form)
    }

    /// The server's own scopes that were asked for, else its defaults. Nobody is there who could
    /// consent: those that need it are refused, as are those about a user, in words of their own.
    pub(super) fn own_scopes(
        &self,
        about_user: &'static OktaError,
        about_consent: &'static OktaError,
    ) -> Result<Vec<&'a str>, Refusal> {
        let asked = scopes::asked(self.form);
        let scopes = scopes::own(self.config(), self.client, self.policy, asked, about_user)?;
        scopes::refuse_consent(self.config(), &scopes, about_consent)?;
        Ok(scopes)
    }

    /// What a user grants to the client now, without a page.
    pub(super) fn granted_by(&self, login: &str, scopes: &[&str], resource: Option<&str>) -> Result<Grant, Refusal> {
        let (call, client) = (self.call, &self.client.id);
        refuse_unless(users::is_assigned(call, login, client), &OktaError::USER_NOT_ASSIGNED)?;
        Ok(Grant {
            id: call.server.streams.grant_id(),
            client: client.clone(),
            user: SignIn { login: login.to_owned(), auth_time: call.now() },
            scopes: scopes.iter().copied().map(str::to_owned).collect(),
            acr: None,
            resources: resource.map(str::to_owned).into_iter().collect(),
        })
    }
}
