//! `response_type` and `response_mode` (OAuth 2.0 Multiple Response Type Encoding
//! Practices).

use super::super::form::Form;
use super::super::{OktaError, Refusal, ServerCall};
use crate::config::{Client, GrantType};
use crate::session::{ResponseMode, ResponseType};

/// What is to come back, if the client may have that.
pub(super) fn read(call: &ServerCall<'_>, client: &Client, form: &Form) -> Result<ResponseType, Refusal> {
    let has = |grant| client.grants.contains(&grant) && call.server.config.grants.contains(&grant);
    let (code, implicit) = (has(GrantType::AUTHORIZATION_CODE), has(GrantType::IMPLICIT));
    if !code && !implicit {
        let names: Vec<_> = client.grants.iter().map(|grant| grant.name()).collect();
        return Err(OktaError::GRANT_NOT_OF_CLIENT.about(names.join(", ")));
    }
    let asked = parse(form.get("response_type").unwrap_or_default());
    asked.filter(|asked| (code || !asked.code) && (implicit || !asked.has_tokens())).ok_or_else(|| {
        let names = [("code", code), ("id_token", implicit), ("token", implicit)];
        let names = names.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name);
        OktaError::WRONG_RESPONSE_TYPE.about(names.collect::<Vec<_>>().join(", "))
    })
}

/// Words in any order, each once.
fn parse(text: &str) -> Option<ResponseType> {
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    let mut take = |word: &str| {
        let at = words.iter().position(|known| *known == word);
        at.map(|at| words.remove(at)).is_some()
    };
    let found = ResponseType { code: take("code"), id_token: take("id_token"), token: take("token") };
    (words.is_empty() && (found.code || found.has_tokens())).then_some(found)
}

/// How it is to come back. Tokens stand in no query, where a log would have them.
pub(super) fn mode(form: &Form, asked: ResponseType) -> Result<ResponseMode, Refusal> {
    let usual = if asked.has_tokens() { ResponseMode::Fragment } else { ResponseMode::Query };
    match form.get("response_mode") {
        None => Ok(usual),
        Some("query") if asked.has_tokens() => Err(OktaError::QUERY_WITH_TOKENS.plain()),
        Some("query") => Ok(ResponseMode::Query),
        Some("fragment") => Ok(ResponseMode::Fragment),
        Some("form_post") => Ok(ResponseMode::FormPost),
        // Okta's own library sends this for a code, and always with a challenge.
        Some("okta_post_message") if asked.has_tokens() || form.has("code_challenge") => Ok(ResponseMode::PostMessage),
        Some("okta_post_message") => Err(OktaError::POST_MESSAGE_WITH_CODE.plain()),
        Some(_) => Err(OktaError::WRONG_RESPONSE_MODE.plain()),
    }
}

/// The grants that a response is of.
pub(super) fn grants(asked: ResponseType) -> impl Iterator<Item = GrantType> {
    let of_tokens = asked.has_tokens().then_some(GrantType::IMPLICIT);
    asked.code.then_some(GrantType::AUTHORIZATION_CODE).into_iter().chain(of_tokens)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("code", Some([true, false, false]))]
    #[case("token id_token", Some([false, true, true]))]
    #[case("code id_token token", Some([true, true, true]))]
    #[case("code code", None)]
    #[case("none", None)]
    #[case("", None)]
    fn a_response_type_is_some_of_three_words(#[case] text: &str, #[case] expected: Option<[bool; 3]>) {
        assert_eq!(parse(text).map(|found| [found.code, found.id_token, found.token]), expected);
    }
}
