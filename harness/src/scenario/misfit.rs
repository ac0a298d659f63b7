//! What a case has to do with how the API listens.

use super::check_kind::CheckKind;
use super::plan::Case;
use super::request::{Credentials, RequestEdit};
use crate::api::Carrier;

impl Case {
    /// Why nothing can be judged by it of an API that takes its token there; `None`
    /// where it can.
    #[must_use]
    pub fn misfit(&self, carrier: &Carrier) -> Option<String> {
        if carrier.is_bearer() {
            return None;
        }
        let edits =
            || self.variant.request.iter().chain(self.variant.larger.iter().flat_map(|it| it.request.iter().flatten()));
        if self.check().is_some_and(|(kind, _)| is_about_bearer(kind)) {
            return Some(format!(
                "it is about challenges of Bearer (RFC 6750), and the API takes its token as {carrier}"
            ));
        }
        if edits().any(RequestEdit::is_about_authorization) {
            return Some(format!(
                "it is about the syntax of Authorization: Bearer, and the API takes its token as {carrier}"
            ));
        }
        let place = carrier.place();
        if edits().any(|edit| edit.uses("token") && edit.place().is_some_and(|other| other == place)) {
            return Some(format!("it is about a token in another place, and the API takes its token there: {carrier}"));
        }
        let has_no_token = edits().any(|edit| *edit == RequestEdit::Credentials(Credentials::None));
        (place.is_in_body() && !has_no_token && edits().any(RequestEdit::replaces_body))
            .then(|| format!("it sends another body than the one that carries the token: {carrier}"))
    }
}

/// Whether a check is about what RFC 6750 asks of a refusal.
fn is_about_bearer(kind: CheckKind) -> bool {
    matches!(
        kind,
        CheckKind::ChallengePresent
            | CheckKind::InvalidTokenCode
            | CheckKind::InsufficientScopeCode
            | CheckKind::NoErrorWithoutCredentials
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::scenario::{Catalogue, Plan};

    #[rstest]
    #[case("transport/tab-separator@tab", "field:X-Api-Token", Some("syntax of Authorization"))]
    #[case("transport/tab-separator@tab", "bearer", None)]
    #[case("transport/scheme-case@field-name-lower", "basic:me", Some("syntax of Authorization"))]
    #[case("transport/token-in-other-places@x-access-token", "field:X-Access-Token", Some("takes its token there"))]
    #[case("transport/token-in-other-places@x-access-token", "cookie:sid", None)]
    #[case("transport/query-token@access-token", "json:/token", None)]
    #[case("transport/form-body-token@get", "form:access_token", Some("takes its token there"))]
    #[case("transport/two-authorization-headers@valid-and-forged", "cookie:sid", None)]
    #[case("http/method-override@form", "json:/token", Some("another body"))]
    #[case("response/challenge-present@every-refusal", "bare", Some("challenges of Bearer"))]
    #[case("time/expired@one-hour", "websocket", None)]
    fn a_row_is_left_out_where_it_proves_nothing(#[case] name: &str, #[case] carrier: &str, #[case] why: Option<&str>) {
        let catalogue = Catalogue::embedded().unwrap();
        let chosen = [name.parse().unwrap()];
        let plan =
            ["rfc6750", "hardening"].iter().find_map(|profile| Plan::new(&catalogue, profile, &chosen).ok()).unwrap();
        let case = plan.cases.iter().chain(&plan.checks).find(|case| case.name() == name).unwrap();
        let misfit = case.misfit(&carrier.parse().unwrap());
        assert_eq!(misfit.is_some(), why.is_some(), "{misfit:?}");
        assert!(misfit.unwrap_or_default().contains(why.unwrap_or_default()));
    }
}
