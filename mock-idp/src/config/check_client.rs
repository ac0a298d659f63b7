//! What makes a client wrong beyond its types.

use super::check::{ensure, is_visible, scopes};
use super::redirect_uri::is_absolute;
use super::{AuthMethod, AuthorizationServer, Client, GrantType, check_proof};
use crate::input::InputError;

/// The longest leeway that Okta takes, in seconds.
const LONGEST_LEEWAY: i64 = 60;

pub(super) fn client(server: &AuthorizationServer, client: &Client, path: &str) -> Result<(), InputError> {
    ensure(is_visible(&client.id), &format!("{path}.id"), || "must be visible ASCII without spaces".into())?;
    ensure(!client.auth_methods.is_empty(), &format!("{path}.auth_methods"), || "name at least one".into())?;
    publicity(client, path)?;
    check_proof::proof(client, path)?;
    let is_unprovable = client.dpop_bound_access_tokens && client.grants.contains(&GrantType::IMPLICIT);
    ensure(!is_unprovable, &format!("{path}.grants"), || {
        "a client with dpop_bound_access_tokens can't use implicit: no key is proven there".into()
    })?;
    scopes(server, client.scopes.as_ref(), path)?;
    if let Some(answer) = client.answers.iter().find(|answer| answer.is_of_nobody()) {
        return ensure(false, &format!("{path}.answer"), || {
            format!(
                "\"{answer}\" is about a document that is fetched without saying by which client: order it with POST /_mock/answers"
            )
        });
    }
    redirects(&client.redirect_uris, &format!("{path}.redirect_uris"))?;
    redirects(&client.post_logout_redirect_uris, &format!("{path}.post_logout_redirect_uris"))?;
    ensure((0..=LONGEST_LEEWAY).contains(&client.refresh_leeway), &format!("{path}.refresh_leeway"), || {
        format!("must be from 0 to {LONGEST_LEEWAY} seconds")
    })
}

/// A client proves itself, or is public.
fn publicity(client: &Client, path: &str) -> Result<(), InputError> {
    if !client.is_public() {
        let is_mixed = client.auth_methods.contains(&AuthMethod::None);
        return ensure(!is_mixed, &format!("{path}.auth_methods"), || {
            "\"none\" stands alone: such a client is public".into()
        });
    }
    ensure(client.secret.expose().is_empty(), &format!("{path}.secret"), || {
        "a public client has none: leave it out, or name another of auth_methods".into()
    })?;
    ensure(!client.grants.contains(&GrantType::CLIENT_CREDENTIALS), &format!("{path}.grants"), || {
        "a public client can't use client_credentials: it has nothing to prove itself with".into()
    })
}

fn redirects(uris: &[String], path: &str) -> Result<(), InputError> {
    uris.iter().enumerate().try_for_each(|(at, uri)| {
        ensure(is_absolute(uri), &format!("{path}[{at}]"), || {
            format!("\"{uri}\" is no absolute URL without a fragment, such as http://localhost:3000/callback")
        })
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Config;

    #[rstest]
    #[case(
        "auth_methods = ['none', 'client_secret_post']\nsecret = 's'",
        "auth_methods: \"none\" stands alone: such a client is public"
    )]
    #[case(
        "auth_methods = ['none']\nsecret = 's'",
        "secret: a public client has none: leave it out, or name another of auth_methods"
    )]
    #[case(
        "auth_methods = ['none']\ngrants = ['client_credentials']",
        "grants: a public client can't use client_credentials: it has nothing to prove itself with"
    )]
    #[case(
        "secret = 's'\nredirect_uris = ['/cb']",
        "redirect_uris[0]: \"/cb\" is no absolute URL without a fragment, such as http://localhost:3000/callback"
    )]
    #[case("secret = 's'\nanswer = ['no-scop']", "answer[0]: no answer is called \"no-scop\": did you mean no-scope?")]
    #[case(
        "secret = 's'\nanswer = ['odd-key']",
        "answer: \"odd-key\" is about a document that is fetched without saying by which client: order it with POST /_mock/answers"
    )]
    #[case(
        "secret = 's'\ndpop_bound_access_tokens = true\ngrants = ['implicit']",
        "grants: a client with dpop_bound_access_tokens can't use implicit: no key is proven there"
    )]
    #[case("secret = 's'\nrefresh_leeway = 61", "refresh_leeway: must be from 0 to 60 seconds")]
    fn a_mistake_of_a_client_is_told_with_the_field(#[case] fields: &str, #[case] expected: &str) {
        let text = format!("[[server.a.client]]\nid = 'x'\n{fields}");
        let error = Config::parse(&text, "".as_ref()).unwrap_err();
        assert_eq!(error.to_string(), format!("server.a.client[0].{expected}"));
        assert_ne!(error.line_and_column(&text).unwrap().0, 1, "it points to the line");
    }
}
