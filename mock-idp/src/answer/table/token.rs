//! The token answer but for the ID Token.

use super::super::Change::{Gone, To};
use super::super::{Change, Effect, Occasion, Owed, Place, Row};
use Effect::Member;
use Occasion::{Always, Refresh, SignIn};
use Owed::{Refuse, Survive, Take};

const fn row(name: &'static str, client: Owed, effect: Effect, does: &'static str, by: &'static str) -> Row {
    Row { name, place: Some(Place::Token), client, does, by, effect }
}

const fn member(
    name: &'static str,
    client: Owed,
    member: &'static str,
    change: Change,
    does: &'static str,
    by: &'static str,
) -> Row {
    row(name, client, Member(Always, member, change), does, by)
}

pub(super) const ROWS: &[Row] = &[
    row(
        "token",
        Survive,
        Effect::AccessToken,
        "the access token is that of a scenario, as `POST /_mock/mint` takes them: the API refuses it",
        "RFC 6750 3.1",
    ),
    member("no-access-token", Refuse, "access_token", Gone, "no `access_token`", "RFC 6749 5.1"),
    member("no-token-type", Refuse, "token_type", Gone, "no `token_type`", "RFC 6749 5.1"),
    member(
        "other-token-type",
        Refuse,
        "token_type",
        To("\"mac\""),
        "a `token_type` that nobody asked for",
        "RFC 6749 7.1",
    ),
    member("token-type-in-capitals", Take, "token_type", To("\"BEARER\""), "`token_type` in capitals", "RFC 6749 5.1"),
    member("no-expires-in", Take, "expires_in", Gone, "no `expires_in`", "RFC 6749 5.1"),
    member("expires-in-as-text", Survive, "expires_in", To("\"3600\""), "`expires_in` as a text", "RFC 6749 5.1"),
    member("expires-at-once", Survive, "expires_in", To("0"), "`expires_in` is 0", "RFC 6749 5.1"),
    member("no-scope", Take, "scope", Gone, "no `scope`: what was asked for is granted", "RFC 6749 5.1"),
    row(
        "narrower-scope",
        Take,
        Effect::NarrowerScope,
        "the last of several scopes is not granted; neither the answer nor the access token has it",
        "RFC 6749 3.3",
    ),
    member("unknown-member", Take, "x_unknown", To("{\"a\":[1,null]}"), "a member that nobody knows", "RFC 6749 5.1"),
    row(
        "no-refresh-token",
        Take,
        Member(SignIn, "refresh_token", Gone),
        "no `refresh_token`, though it was asked for",
        "RFC 6749 1.5, 5.1",
    ),
    row(
        "refresh-token-that-fails",
        Survive,
        Effect::DeadRefreshToken,
        "a `refresh_token` that is refused when it is used",
        "RFC 6749 5.2",
    ),
    row(
        "no-new-refresh-token",
        Take,
        Effect::Rotates(false),
        "a refresh brings no `refresh_token`: the one that was sent stays good",
        "RFC 6749 6",
    ),
    row(
        "new-refresh-token",
        Take,
        Effect::Rotates(true),
        "a refresh brings a new `refresh_token`, and the one that was sent is replaced",
        "RFC 6749 6, RFC 9700 4.14.2",
    ),
    row(
        "no-id-token",
        Refuse,
        Member(SignIn, "id_token", Gone),
        "no `id_token`, though `openid` was asked for",
        "OpenID Core 3.1.3.3",
    ),
    row(
        "no-id-token-at-refresh",
        Take,
        Member(Refresh, "id_token", Gone),
        "a refresh brings no `id_token`",
        "OpenID Core 12.2",
    ),
];
