//! What a request asks for: itself, by its client's configuration, by an order that
//! stands, by the sign-in that it belongs to.

use hyper::header::{AUTHORIZATION, HeaderName};

use super::super::form::Form;
use super::super::{OktaError, Refusal};
use super::asked::{Answers, Way};
use super::caller;
use super::prepare::knows_any;
use crate::answer::{Answer, Place, SCOPE_PREFIX};
use crate::issuer::{Inner, Request, ServerState};

const HEADER: HeaderName = HeaderName::from_static("x-mock-idp-answer");
/// The parameter of an authorization request.
const PARAMETER: &str = "mock_answer";
/// What a sign-in's answers travel with.
const CARRIERS: [&str; 6] = ["code", "refresh_token", "ticket", "device_code", "request_uri", "auth_req_id"];

/// Whether a scope asks for an answer: it is granted to every client, and stands in no token.
pub(in super::super) fn is_answer_scope(scope: &str) -> bool {
    scope.starts_with(SCOPE_PREFIX)
}

/// A request with its parameters, wherever they stand.
pub(super) struct Parameters<'a> {
    pub(super) request: &'a Request,
    query: Form,
    body: Form,
}

impl<'a> Parameters<'a> {
    fn of(request: &'a Request) -> Self {
        Self { request, query: Form::of_query(request), body: Form::of_body(request).unwrap_or_default() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.body.get(name).or_else(|| self.query.get(name))
    }

    /// The access token, however it is bound.
    pub(super) fn access_token(&self) -> Option<&'a str> {
        let (scheme, token) = self.request.header(AUTHORIZATION)?.split_once(' ')?;
        Some(token.trim()).filter(|_| ["bearer", "dpop"].contains(&scheme.to_ascii_lowercase().as_str()))
    }
}

/// The answers that a request to an endpoint asks for.
pub(in super::super) fn gather(
    issuer: &Inner,
    server: &ServerState,
    request: &Request,
    route: &str,
) -> Result<Answers, Refusal> {
    let mut answers = Answers::default();
    let Some(place) = Place::of_route(route) else { return Ok(answers) };
    let has_own = asks(request);
    if !has_own && !knows_any(server) {
        return Ok(answers);
    }
    let parameters = Parameters::of(request);
    let client = caller::of(issuer, server, &parameters);
    let configured = client.as_deref().and_then(|id| server.config.client(id)).map(|client| &client.answers);
    for answer in configured.into_iter().flatten() {
        let own = answer.place().unwrap_or(Place::Token);
        answers.push(answer.clone(), own, Way::Config);
    }
    for (number, answer) in server.answers.take(place, client.as_deref()) {
        answers.push(answer, place, Way::Order(number));
    }
    carried(issuer, server, &parameters, &mut answers);
    if has_own {
        own(issuer, &parameters, place, &mut answers)?;
    }
    Ok(answers)
}

const EXPOSED: &str = "Answers by header, parameter or scope are for issuers on loopback: order them with POST \
                       /_mock/answers and the control token, or in the configuration of a client.";

/// Whether the request itself may ask for an answer.
fn asks(request: &Request) -> bool {
    let has_scope = |text: &[u8]| text.windows(4).any(|word| word == b"mock");
    request.headers.contains_key(HEADER)
        || request.query.as_deref().is_some_and(|query| has_scope(query.as_bytes()))
        || has_scope(&request.body)
}

fn own(issuer: &Inner, parameters: &Parameters<'_>, place: Place, answers: &mut Answers) -> Result<(), Refusal> {
    let way = if place.begins_sign_in() { Way::SignIn } else { Way::Request };
    let lines = parameters.request.headers.get_all(HEADER).iter().map(|line| line.to_str().unwrap_or("(no text)"));
    let of_header = lines.flat_map(names).map(|name| (name, "X-Mock-Idp-Answer", place, way));
    let parameter = parameters.get(PARAMETER).filter(|_| place.begins_sign_in());
    let of_parameter = parameter.into_iter().flat_map(names).map(|name| (name, PARAMETER, place, way));
    let scopes = parameters.get("scope").unwrap_or_default().split_ascii_whitespace();
    let of_scope = scopes.filter_map(|scope| scope.strip_prefix(SCOPE_PREFIX));
    let of_scope = of_scope.map(|name| (name, "scope", Place::Token, Way::Scope));
    for (name, from, otherwise, way) in of_header.chain(of_parameter).chain(of_scope) {
        if issuer.is_exposed() {
            return Err(OktaError::UNKNOWN_ANSWER.about(EXPOSED));
        }
        push(name, from, otherwise, way, answers)?;
    }
    Ok(())
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// `otherwise` is the place of an answer that has none of its own.
fn push(name: &str, from: &str, otherwise: Place, way: Way, answers: &mut Answers) -> Result<(), Refusal> {
    let answer = Answer::parse(name).map_err(|error| OktaError::UNKNOWN_ANSWER.about(format!("{from}: {error}")))?;
    let place = answer.place().unwrap_or(otherwise);
    answers.push(answer, place, way);
    Ok(())
}

fn carried(issuer: &Inner, server: &ServerState, parameters: &Parameters<'_>, answers: &mut Answers) {
    let secrets = CARRIERS.iter().filter_map(|name| parameters.get(name)).chain(parameters.access_token());
    for secret in secrets {
        for one in server.answers.carried(secret, issuer.now(server)) {
            let place = one.answer.place().unwrap_or(Place::Token);
            answers.push(one.answer, place, Way::Carried { is_scope: one.is_scope });
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::Config;
    use crate::{Issuer, Request};

    #[rstest]
    #[case("scope=test_scope&note=mock", 200)]
    #[case("scope=test_scope+mock:no-expires-in", 400)]
    fn off_loopback_the_request_itself_asks_for_no_answer(#[case] fields: &str, #[case] status: u16) {
        let issuer = Issuer::new(&Config::default()).unwrap();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&{fields}",
            crate::claims::DEFAULT_CLIENT_ID,
            crate::claims::DEFAULT_CLIENT_SECRET
        );
        let ask = || issuer.handle(&Request::post_form("/oauth2/default/v1/token", &form)).status.as_u16();
        assert_eq!(ask(), 200, "on this machine it may");
        let _exposed = issuer.expose();
        assert_eq!(ask(), status);
    }
}
