//! What is said of a user, the key set, and the discovery documents.

use super::super::Change::{Gone, To};
use super::super::{Effect, Owed, Place, Row};
use Owed::{MayRefuse, Refuse, Survive, Take};
use Place::{Keys, Metadata, Userinfo};

const fn row(
    name: &'static str,
    place: Place,
    client: Owed,
    effect: Effect,
    does: &'static str,
    by: &'static str,
) -> Row {
    Row { name, place: Some(place), client, does, by, effect }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "userinfo-wrong-sub",
        Userinfo,
        Refuse,
        Effect::Claim("sub", To("\"00uSomebodyElsesId01\"")),
        "another `sub` than the ID Token's",
        "OpenID Core 5.3.2",
    ),
    row("userinfo-no-sub", Userinfo, Refuse, Effect::Claim("sub", Gone), "no `sub`", "OpenID Core 5.3.2"),
    row(
        "odd-key",
        Keys,
        Take,
        Effect::OddKey(r#"{"kty":"AKP","alg":"ML-DSA-44","use":"sig","kid":"odd-key","pub":"AAAA"}"#),
        "one more key first, of a kind that few know",
        "RFC 7517 5",
    ),
    row("keys-without-alg", Keys, Take, Effect::KeysWithout("alg"), "no key has an `alg`", "RFC 7517 4.4"),
    row("keys-without-kid", Keys, Survive, Effect::KeysWithout("kid"), "no key has a `kid`", "RFC 7517 4.5"),
    row(
        "metadata-redirect",
        Metadata,
        MayRefuse,
        Effect::Redirected,
        "discovery stands behind a 302 to the same issuer",
        "OpenID Discovery 4.2",
    ),
    row(
        "metadata-wrong-issuer",
        Metadata,
        Refuse,
        Effect::Metadata("issuer", To("\"https://other-issuer.example\"")),
        "the discovery documents are another issuer's",
        "OpenID Discovery 4.3, RFC 8414 3.3",
    ),
    row(
        "metadata-without-s256",
        Metadata,
        MayRefuse,
        Effect::Metadata("code_challenge_methods_supported", Gone),
        "the discovery documents don't speak of PKCE",
        "RFC 8414 2, RFC 9700 2.1.1",
    ),
    row(
        "metadata-unknown-member",
        Metadata,
        Take,
        Effect::Metadata("x_unknown", To("{\"a\":[1,null]}")),
        "a member that nobody knows",
        "OpenID Discovery 3, RFC 8414 3.2",
    ),
];
