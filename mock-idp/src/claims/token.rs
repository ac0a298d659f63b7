//! Headers and access tokens in the shape that the settings say.

use super::{Shape, TokenSettings, okta, rfc9068};
use crate::json::Object;
use crate::keys::Algorithm;

/// The header of an access token, which is signed with that algorithm.
#[must_use]
pub fn header(settings: &TokenSettings, kid: &str, algorithm: Algorithm) -> Object {
    shaped_header(settings.shape, settings.typ.as_deref(), kid, algorithm)
}

/// The header of what is no access token, such as an ID token: it never has
/// an access token's `typ`.
#[must_use]
pub fn header_of_other(settings: &TokenSettings, kid: &str, algorithm: Algorithm) -> Object {
    let typ = match settings.shape {
        Shape::Okta => None,
        Shape::Rfc9068 => Some("JWT"),
    };
    shaped_header(settings.shape, typ, kid, algorithm)
}

/// The access token of the client credentials grant: the control's claims.
#[must_use]
pub fn access_token(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    match settings.shape {
        Shape::Okta => okta::client_credentials(settings, scopes, now, jti),
        Shape::Rfc9068 => rfc9068::client_credentials(settings, scopes, now, jti),
    }
}

/// The access token of the authorization code grant, for
/// [`DEFAULT_USER`](super::DEFAULT_USER) unless the settings name a subject.
#[must_use]
pub fn user_access_token(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    let user = settings.subject.as_deref().unwrap_or(super::DEFAULT_USER);
    match settings.shape {
        Shape::Okta => okta::authorization_code(settings, scopes, now, jti, user),
        Shape::Rfc9068 => rfc9068::authorization_code(settings, scopes, now, jti, user),
    }
}

fn shaped_header(shape: Shape, typ: Option<&str>, kid: &str, algorithm: Algorithm) -> Object {
    let with_typ = |header: Object| match typ {
        Some(typ) => header.with("typ", typ),
        None => header,
    };
    match shape {
        Shape::Okta => with_typ(Object::new().with("kid", kid).with("alg", algorithm.name())),
        Shape::Rfc9068 => with_typ(Object::new()).with("alg", algorithm.name()).with("kid", kid),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ScopeForm;
    use super::*;

    fn names(object: &Object) -> Vec<String> {
        object.members().iter().map(|member| member.plain_name().into_owned()).collect()
    }

    fn okta() -> TokenSettings {
        TokenSettings::new("https://d.example/oauth2/default")
    }

    fn rfc9068() -> TokenSettings {
        okta().with_shape(Shape::Rfc9068)
    }

    #[test]
    fn oktas_members_stand_in_the_order_seen_on_the_wire() {
        assert_eq!(names(&header(&okta(), "k", Algorithm::Rs256)), ["kid", "alg"]);
        assert_eq!(
            names(&access_token(&okta(), &["a"], 10, "j")),
            ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "scp", "sub"]
        );
        assert_eq!(
            names(&user_access_token(&okta(), &["openid"], 10, "j")),
            ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"]
        );
    }

    #[test]
    fn the_members_of_rfc_9068_stand_in_its_own_order() {
        assert_eq!(names(&header(&rfc9068(), "k", Algorithm::Rs256)), ["typ", "alg", "kid"]);
        assert_eq!(
            names(&access_token(&rfc9068(), &["a"], 10, "j")),
            ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"]
        );
        assert_eq!(
            names(&user_access_token(&rfc9068(), &["a"], 10, "j")),
            ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "auth_time", "scope"]
        );
    }

    #[test]
    fn a_typ_of_ones_own_and_another_form_of_the_scope_fit_either_shape() {
        let mut settings = okta();
        settings.typ = Some("at+jwt".into());
        settings.scope_form = ScopeForm::ScpString;
        assert_eq!(names(&header(&settings, "k", Algorithm::Rs256)), ["kid", "alg", "typ"]);
        assert_eq!(access_token(&settings, &["a", "b"], 10, "j").get("scp"), Some("\"a b\""));
        let mut settings = rfc9068();
        settings.typ = None;
        settings.scope_form = ScopeForm::ScopeArray;
        assert_eq!(names(&header(&settings, "k", Algorithm::Rs256)), ["alg", "kid"]);
        assert_eq!(access_token(&settings, &["a"], 10, "j").get("scope"), Some("[\"a\"]"));
    }

    #[test]
    fn what_is_no_access_token_has_no_access_tokens_typ() {
        assert_eq!(header_of_other(&rfc9068(), "k", Algorithm::Rs256).get("typ"), Some("\"JWT\""));
        assert_eq!(header_of_other(&okta(), "k", Algorithm::Rs256).get("typ"), None);
    }

    #[test]
    fn another_subject_is_another_user() {
        for settings in [okta(), rfc9068()] {
            let settings = TokenSettings { subject: Some("mallory".into()), ..settings };
            assert_eq!(access_token(&settings, &[], 10, "j").get("sub"), Some("\"mallory\""));
            assert_eq!(user_access_token(&settings, &[], 10, "j").get("sub"), Some("\"mallory\""));
        }
    }
}
