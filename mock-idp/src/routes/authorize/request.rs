//! What an authorization request says, checked.

use super::super::form::Form;
use super::super::{OktaError, Refusal, ServerCall, scopes};
use super::Refused;
use crate::config::{Client, GrantType};
use crate::session::{Asked, ResponseMode, ReturnTo, SignIn};

/// Whether a page may be shown (OpenID Connect Core, section 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// As needed. There is nothing to consent to here.
    AsNeeded,
    /// Never.
    None,
    /// Always.
    Login,
}

/// How the user is to sign in.
pub(super) struct How<'a> {
    pub(super) prompt: Prompt,
    max_age: Option<i64>,
    pub(super) login_hint: Option<&'a str>,
}

impl How<'_> {
    /// Whether a sign-in from before will do.
    pub(super) fn takes(&self, user: &SignIn, now: i64) -> bool {
        let is_fresh = |age: i64| age > 0 && now.saturating_sub(user.auth_time) <= age;
        self.prompt != Prompt::Login && self.max_age.is_none_or(is_fresh)
    }
}

/// Client and redirection URI come first: nothing is sent to another place.
pub(super) fn read<'a>(call: &ServerCall<'_>, form: &'a Form) -> Result<(Asked, How<'a>), Refused> {
    let client = form.get("client_id").and_then(|id| call.server.config.client(id));
    let client = client.ok_or_else(|| Refused::OnPage(OktaError::UNKNOWN_CLIENT_IN_FORM.plain()))?;
    let uri = form.get("redirect_uri").ok_or_else(|| Refused::OnPage(OktaError::NO_REDIRECT_URI.plain()))?;
    if !client.may_redirect(uri) {
        return Err(Refused::OnPage(OktaError::WRONG_REDIRECT_URI.plain()));
    }
    let state = form.get("state").map(str::to_owned);
    let mut back = ReturnTo { redirect_uri: uri.to_owned(), mode: ResponseMode::Query, state };
    match checked(call, client, form, &mut back) {
        Ok((how, scopes, challenge)) => {
            let [nonce, jkt] = ["nonce", "dpop_jkt"].map(|name| form.get(name).map(str::to_owned));
            Ok((Asked { client: client.id.clone(), scopes, nonce, challenge, jkt, back }, how))
        }
        Err(refusal) => Err(Refused::AtClient(back, refusal)),
    }
}

type Checked<'a> = (How<'a>, Vec<String>, Option<String>);

fn checked<'a>(
    call: &ServerCall<'_>,
    client: &Client,
    form: &'a Form,
    back: &mut ReturnTo,
) -> Result<Checked<'a>, Refusal> {
    back.mode = mode(form)?;
    if back.state.is_none() {
        return Err(OktaError::INVALID_STATE.plain());
    }
    if form.has("request") {
        return Err(OktaError::REQUEST_OBJECT.plain());
    }
    if form.has("request_uri") {
        return Err(OktaError::REQUEST_URI.plain());
    }
    if form.get("response_type") != Some("code") {
        return Err(OktaError::WRONG_RESPONSE_TYPE.plain());
    }
    let may = |grants: &[GrantType]| grants.contains(&GrantType::AUTHORIZATION_CODE);
    if !may(&client.grants) || !may(&call.server.config.grants) {
        let names: Vec<_> = client.grants.iter().map(|grant| grant.name()).collect();
        return Err(OktaError::GRANT_NOT_OF_CLIENT.about(names.join(", ")));
    }
    let config = &call.server.config;
    let policy =
        config.policy(&client.id, GrantType::AUTHORIZATION_CODE).ok_or_else(|| OktaError::NO_POLICY.plain())?;
    let scopes = scopes::of_user(config, client, policy, form)?;
    let challenge = challenge(client, form)?;
    Ok((how(form)?, scopes.into_iter().map(str::to_owned).collect(), challenge))
}

fn mode(form: &Form) -> Result<ResponseMode, Refusal> {
    match form.get("response_mode") {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("fragment") => Ok(ResponseMode::Fragment),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some("okta_post_message") => Err(OktaError::POST_MESSAGE_WITH_CODE.plain()),
        Some(_) => Err(OktaError::WRONG_RESPONSE_MODE.plain()),
    }
}

/// RFC 7636, section 4.3. Without a method the challenge would be a plain one.
fn challenge(client: &Client, form: &Form) -> Result<Option<String>, Refusal> {
    let Some(challenge) = form.get("code_challenge") else {
        return if client.require_pkce { Err(OktaError::NO_CHALLENGE.plain()) } else { Ok(None) };
    };
    if form.get("code_challenge_method") != Some("S256") {
        return Err(OktaError::WRONG_CHALLENGE_METHOD.plain());
    }
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&challenge.len()) || !challenge.bytes().all(is_unreserved) {
        return Err(OktaError::WRONG_CHALLENGE.plain());
    }
    Ok(Some(challenge.to_owned()))
}

fn how(form: &Form) -> Result<How<'_>, Refusal> {
    let prompt = prompt(form.get("prompt").unwrap_or_default())?;
    let in_range = |text: &str| text.parse::<i32>().ok().filter(|age| *age >= 0).map(i64::from);
    let max_age = form.get("max_age").map(|text| in_range(text).ok_or_else(|| OktaError::WRONG_MAX_AGE.plain()));
    let max_age = max_age.transpose()?;
    if prompt == Prompt::None && max_age == Some(0) {
        return Err(OktaError::PROMPT_NONE_AT_AGE_ZERO.plain());
    }
    Ok(How { prompt, max_age, login_hint: form.get("login_hint") })
}

/// Several words may stand there, but `none` stands alone.
fn prompt(text: &str) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if !words.iter().all(|word| ["none", "login", "consent"].contains(word)) {
        return Err(OktaError::WRONG_PROMPT.plain());
    }
    match (words.contains(&"none"), words.contains(&"login")) {
        (true, _) if words.len() > 1 => Err(OktaError::WRONG_PROMPT.plain()),
        (true, _) => Ok(Prompt::None),
        (false, true) => Ok(Prompt::Login),
        (false, false) => Ok(Prompt::AsNeeded),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", Some(Prompt::AsNeeded))]
    #[case("consent", Some(Prompt::AsNeeded))]
    #[case("none", Some(Prompt::None))]
    #[case("login consent", Some(Prompt::Login))]
    #[case("none login", None)]
    #[case("LOGIN", None)]
    fn a_prompt_is_a_list_of_known_words(#[case] text: &str, #[case] expected: Option<Prompt>) {
        assert_eq!(prompt(text).ok(), expected);
    }
}
