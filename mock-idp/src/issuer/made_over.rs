//! Honest tokens that are made over: edited and signed again.

use serde_json::Value;

use super::issued::handle_of;
use super::{Inner, ServerState};
use crate::forge::{ForgeError, GivenToken, forge};
use crate::jws::Jwt;
use crate::keys::KeyName;
use crate::mutation::Mutation;
use crate::step::{Step, StepError};

/// A token of this server, and what is to be otherwise.
pub(crate) struct MadeOver<'a> {
    pub(crate) token: &'a str,
    pub(crate) mutation: &'a Mutation,
    /// The scopes that were granted, separated by spaces.
    pub(crate) scope: &'a str,
}

impl Inner {
    /// The token with those edits carried out: it is the control.
    pub(crate) fn made_over(
        &self,
        server: &ServerState,
        base: &str,
        what: &MadeOver<'_>,
    ) -> Result<String, ForgeError> {
        let given = GivenToken::new(what.token).map_err(|_| ForgeError::Opaque)?;
        let mut settings = server.token_settings(base);
        if let Some(jwt) = Jwt::read(what.token) {
            settings.client_id = client_of(server, &jwt).map_or(settings.client_id, str::to_owned);
            settings.subject = jwt.text("sub").map(str::to_owned);
        }
        what.scope.clone_into(&mut settings.scope);
        let keys = server.published().keys().with_second_issuer(self.second_issuer_key().as_ref());
        let mut context = self.context(server, settings, keys);
        context.given = Some(given);
        Ok(forge(&context, what.mutation)?.token.expose_text())
    }

    /// Takes note that an access token goes out as another one, so that this one ends with
    /// what came of its sign-in.
    pub(crate) fn note_made_over(&self, server: &ServerState, honest: &str, made: &str) {
        // One without an end is no token that stands here.
        let Some(ends) = Jwt::read(made).and_then(|jwt| jwt.time("exp")) else { return };
        server.sessions.replace_access_token(handle_of(honest), handle_of(made), ends, self.now(server));
    }

    /// Publishes a key of the issuer's besides, under a fresh `kid`, in the place of one of
    /// that name.
    pub(crate) fn publish_besides(&self, server: &str, key: KeyName) -> Result<(), StepError> {
        let steps = ["withdraw", "publish"].map(|word| Step::from_json(&serde_json::json!({ word: key.word() })));
        let steps: Vec<Step> = steps.into_iter().flatten().collect();
        let staging = super::Staging { steps: &steps, ..super::Staging::default() };
        self.stage(server, staging, &crate::claims::TokenSettings::new(String::new())).map(drop)
    }
}

/// For whom a token is: an ID Token's audience, an access token's client.
fn client_of<'a>(server: &ServerState, jwt: &'a Jwt<'_>) -> Option<&'a str> {
    let config = &server.config;
    let of_access_token = config.dialect.client_claim().find(jwt.claims(), &config.audience).and_then(Value::as_str);
    let audience = jwt.text("aud").filter(|audience| config.client(audience).is_some());
    audience.or(of_access_token)
}
