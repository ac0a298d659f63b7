//! The token answer: its tokens are made over, then its members are changed.

use serde_json::{Value, json};

use super::super::form::Form;
use super::super::{OktaError, Refusal, ServerCall};
use super::asked::Asked;
use super::documents::change_member;
use crate::answer::{Effect, Place};
use crate::forge::ForgeError;
use crate::issuer::{MadeOver, Response, half_hash};
use crate::json::{Object, quote};
use crate::mutation::Mutation;

/// What a sign-in's answers travel on with.
const CARRIERS: [&str; 4] = ["access_token", "refresh_token", "device_code", "request_uri"];

pub(super) fn changed(call: &ServerCall<'_>, response: Response) -> Result<Response, Refusal> {
    let body = std::str::from_utf8(&response.body).ok().and_then(|text| Object::from_text(text).ok());
    let Some(body) = body.filter(|body| response.status.is_success() && body.get("access_token").is_some()) else {
        return Ok(response);
    };
    let form = Form::of_body(call.request).unwrap_or_default();
    let mut answer = TokenAnswer { call, body, is_refresh: form.get("grant_type") == Some("refresh_token") };
    answer.make_tokens_over()?;
    answer.change_members();
    let response = Response { body: answer.body.to_text().into(), ..response };
    carry_on(call, &response);
    Ok(response)
}

/// What was asked for travels on with what is in an answer.
pub(super) fn carry_on(call: &ServerCall<'_>, response: &Response) {
    let carried = call.answers.to_carry();
    if carried.is_empty() {
        return;
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    for secret in CARRIERS.iter().filter_map(|name| body[name].as_str()) {
        call.server.answers.carry(secret, carried.clone(), call.now());
    }
}

struct TokenAnswer<'a> {
    call: &'a ServerCall<'a>,
    body: Object,
    is_refresh: bool,
}

impl TokenAnswer<'_> {
    fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.call.answers.at(Place::Token)
    }

    fn make_tokens_over(&mut self) -> Result<(), Refusal> {
        let honest = self.body.get_str("access_token").unwrap_or_default();
        let access_token = self.access_token(&honest)?;
        if access_token != honest {
            self.call.issuer.note_made_over(self.call.server, &honest, &access_token);
        }
        if let Some(id_token) = self.body.get_str("id_token") {
            let edits = self.id_token_edits(&access_token, access_token != honest);
            if !edits.is_empty() {
                let id_token = self.made_over(&id_token, &edits)?;
                self.body.set("id_token", quote(&id_token));
            }
        }
        self.body.set("access_token", quote(&access_token));
        Ok(())
    }

    /// The access token, with fewer scopes or of a scenario.
    fn access_token(&mut self, honest: &str) -> Result<String, Refusal> {
        let mut token = honest.to_owned();
        if let Some(scopes) = self.narrower_scopes() {
            token = self.made_over(&token, &[json!({ "scopes": scopes })])?;
            self.body.set("scope", quote(&scopes.join(" ")));
        }
        for asked in self.call.answers.at(Place::Token).filter(|asked| asked.effect() == Effect::AccessToken) {
            if let Some(mutation) = asked.used().scenario() {
                token = self.made(&token, &mutation)?;
            }
        }
        Ok(token)
    }

    fn narrower_scopes(&self) -> Option<Vec<String>> {
        let asked = self.asked().find(|asked| asked.effect() == Effect::NarrowerScope)?;
        let scope = self.body.get_str("scope")?;
        let mut scopes: Vec<String> = scope.split(' ').map(str::to_owned).collect();
        scopes.pop();
        (!scopes.is_empty()).then(|| asked.used()).map(|_| scopes)
    }

    /// The edits of the ID Token. Another access token has another hash, and so has another
    /// algorithm.
    fn id_token_edits(&self, access_token: &str, is_other: bool) -> Vec<Value> {
        let usual = self.call.shown.keys().active().algorithm();
        let mut algorithm = usual;
        let mut edits: Vec<Value> = Vec::new();
        for (asked, key) in self.asked().filter_map(|asked| asked.effect().key().map(|(key, _)| (asked, key))) {
            let Some(signing) = self.call.shown.keys().find(key).map(|entry| entry.key().algorithm()) else { continue };
            asked.mark();
            algorithm = signing;
            edits.push(json!({ "header": "kid", "set": { "kid": key.word() } }));
            edits.push(json!({ "alg": signing.name() }));
            edits.push(json!({ "sign": key.word() }));
        }
        if is_other || algorithm != usual {
            edits.push(json!({ "claim": "at_hash", "set": half_hash(algorithm, access_token) }));
        }
        edits.extend(self.asked_edits());
        edits
    }

    /// Those that answers are made of.
    fn asked_edits(&self) -> Vec<Value> {
        let is_refresh = self.is_refresh;
        let texts = self.asked().filter_map(|asked| match asked.effect() {
            Effect::IdToken(occasion, edits) if occasion.fits(is_refresh) => {
                asked.mark();
                Some(edits)
            }
            _ => None,
        });
        texts.flat_map(|edits| serde_json::from_str::<Vec<Value>>(edits).unwrap_or_default()).collect()
    }

    fn change_members(&mut self) {
        self.name_scopes();
        for asked in self.call.answers.at(Place::Token) {
            match asked.effect() {
                Effect::Member(occasion, name, change) if occasion.fits(self.is_refresh) => {
                    change_member(&mut self.body, name, change, asked);
                }
                Effect::DeadRefreshToken if self.body.get("refresh_token").is_some() => {
                    let dead = self.call.server.streams.grants.base64url(43);
                    self.body.set("refresh_token", quote(&dead));
                    asked.mark();
                }
                Effect::Rotates(false) if self.is_refresh => self.body.remove("refresh_token"),
                _ => {}
            }
        }
    }

    /// The scopes that asked for answers are granted as the others are.
    fn name_scopes(&mut self) {
        let scopes = self.call.answers.scopes();
        if let Some(scope) = self.body.get_str("scope").filter(|_| !scopes.is_empty()) {
            self.body.set("scope", quote(&format!("{scope} {}", scopes.join(" "))));
        }
    }

    fn made_over(&self, token: &str, edits: &[Value]) -> Result<String, Refusal> {
        let impossible = |error: String| OktaError::IMPOSSIBLE_ANSWER.about(error);
        let mutation =
            Mutation::from_json(&Value::Array(edits.to_vec())).map_err(|error| impossible(error.to_string()))?;
        self.made(token, &mutation)
    }

    fn made(&self, token: &str, mutation: &Mutation) -> Result<String, Refusal> {
        let (call, scope) = (self.call, self.body.get_str("scope").unwrap_or_default());
        let what = MadeOver { token, mutation, scope: &scope };
        let made = call.issuer.made_over(call.server, &call.base(), &what);
        made.map_err(|error: ForgeError| {
            OktaError::IMPOSSIBLE_ANSWER.about(format!("This answer can't be given: {error}"))
        })
    }
}
