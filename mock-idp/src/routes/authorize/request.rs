//! What an authorization request says, checked.

use super::super::form::Form;
use super::super::{OktaError, Refusal, ServerCall, network, resources, scopes};
use super::{Refused, response_type};
use crate::claims::Acr;
use crate::config::Client;
use crate::session::{Asked, Consent, ResponseMode, ResponseType, ReturnTo, SignIn};

/// Which pages are to be shown (OpenID Connect Core, section 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prompt {
    /// None at all. It stands alone.
    pub(super) none: bool,
    /// The sign-in page, whoever is signed in.
    login: bool,
    /// The consent page, whatever was consented to.
    consent: bool,
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
        !self.prompt.login && self.max_age.is_none_or(is_fresh)
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
        Ok((how, response_type, scopes, challenge, resources)) => {
            let [nonce, jkt] = ["nonce", "dpop_jkt"].map(|name| form.get(name).map(str::to_owned));
            let client = client.id.clone();
            let consent = if how.prompt.consent { Consent::Always } else { Consent::AsNeeded };
            let acr = Acr::first_of(form.get("acr_values").unwrap_or_default());
            let asked = Asked { client, response_type, scopes, nonce, challenge, jkt, acr, resources, consent, back };
            Ok((asked, how))
        }
        Err(refusal) => Err(Refused::AtClient(back, refusal)),
    }
}

type Checked<'a> = (How<'a>, ResponseType, Vec<String>, Option<String>, Vec<String>);

fn checked<'a>(
    call: &ServerCall<'_>,
    client: &Client,
    form: &'a Form,
    back: &mut ReturnTo,
) -> Result<Checked<'a>, Refusal> {
    let asked = response_type::read(call, client, form)?;
    back.mode = response_type::mode(form, asked)?;
    if back.state.is_none() {
        return Err(OktaError::INVALID_STATE.plain());
    }
    if form.has("request") {
        return Err(OktaError::REQUEST_OBJECT.plain());
    }
    if form.has("request_uri") {
        return Err(OktaError::REQUEST_URI.plain());
    }
    if asked.has_tokens() && !form.has("nonce") {
        return Err(OktaError::NO_NONCE.plain());
    }
    network::check(call, client)?;
    let scopes = scopes(call, client, form, asked)?;
    let challenge = challenge(client, form, asked)?;
    let resources = resources::asked_for_sign_in(&call.server.config, form)?;
    Ok((how(form)?, asked, scopes, challenge, resources))
}

/// The scopes, if each grant of the response may have them.
fn scopes(call: &ServerCall<'_>, client: &Client, form: &Form, asked: ResponseType) -> Result<Vec<String>, Refusal> {
    let config = &call.server.config;
    let mut scopes = Vec::new();
    for grant in response_type::grants(asked) {
        let policy = config.policy(&client.id, grant).ok_or_else(|| OktaError::NO_POLICY.plain())?;
        scopes = scopes::of_user(config, client, policy, form)?;
    }
    if asked.id_token && !scopes.contains(&"openid") {
        return Err(OktaError::OPENID_REQUIRED.plain());
    }
    if !asked.code && scopes.contains(&"offline_access") {
        return Err(OktaError::CODE_REQUIRED.about("offline_access"));
    }
    Ok(scopes.into_iter().map(str::to_owned).collect())
}

/// RFC 7636, section 4.3. Without a method the challenge would be a plain one.
fn challenge(client: &Client, form: &Form, asked: ResponseType) -> Result<Option<String>, Refusal> {
    let Some(challenge) = form.get("code_challenge") else {
        return if client.require_pkce && asked.code { Err(OktaError::NO_CHALLENGE.plain()) } else { Ok(None) };
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
    if prompt.none && max_age == Some(0) {
        return Err(OktaError::PROMPT_NONE_AT_AGE_ZERO.plain());
    }
    Ok(How { prompt, max_age, login_hint: form.get("login_hint") })
}

/// Several words may stand there, but `none` stands alone.
fn prompt(text: &str) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    let is_known = words.iter().all(|word| ["none", "login", "consent"].contains(word));
    if !is_known || (has("none") && words.len() > 1) {
        return Err(OktaError::WRONG_PROMPT.plain());
    }
    Ok(Prompt { none: has("none"), login: has("login"), consent: has("consent") })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", Some([false, false, false]))]
    #[case("consent", Some([false, false, true]))]
    #[case("none", Some([true, false, false]))]
    #[case("login consent", Some([false, true, true]))]
    #[case("none login", None)]
    #[case("LOGIN", None)]
    fn a_prompt_is_a_list_of_known_words(#[case] text: &str, #[case] expected: Option<[bool; 3]>) {
        let words = prompt(text).ok().map(|prompt| [prompt.none, prompt.login, prompt.consent]);
        assert_eq!(words, expected);
    }
}
