//! ID Tokens that a client must not take.

use super::super::{Effect, Occasion, Owed, Place, Row};
use Owed::{MayRefuse, Refuse};

const fn row(name: &'static str, client: Owed, edits: &'static str, does: &'static str, by: &'static str) -> Row {
    at(name, client, Occasion::Always, edits, does, by)
}

const fn at(
    name: &'static str,
    client: Owed,
    occasion: Occasion,
    edits: &'static str,
    does: &'static str,
    by: &'static str,
) -> Row {
    Row { name, place: Some(Place::Token), client, does, by, effect: Effect::IdToken(occasion, edits) }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "id-token-wrong-iss",
        Refuse,
        r#"[{"claim":"iss","set":"https://other-issuer.example"}]"#,
        "ID Token: another issuer's `iss`",
        "OpenID Core 3.1.3.7 (2)",
    ),
    row("id-token-no-iss", Refuse, r#"[{"claim":"iss","remove":true}]"#, "ID Token: no `iss`", "OpenID Core 2"),
    row("id-token-no-sub", Refuse, r#"[{"claim":"sub","remove":true}]"#, "ID Token: no `sub`", "OpenID Core 2"),
    row(
        "id-token-wrong-aud",
        Refuse,
        r#"[{"claim":"aud","set":"0oaSomebodyElsesId01"}]"#,
        "ID Token: another client's `aud`",
        "OpenID Core 3.1.3.7 (3)",
    ),
    row(
        "id-token-no-aud",
        Refuse,
        r#"[{"claim":"aud","remove":true}]"#,
        "ID Token: no `aud`",
        "OpenID Core 3.1.3.7 (3)",
    ),
    row(
        "id-token-wrong-azp",
        Refuse,
        r#"[{"claim":"aud","set":["{client_id}","0oaSomebodyElsesId01"]},{"claim":"azp","set":"0oaSomebodyElsesId01"}]"#,
        "ID Token: two audiences, and `azp` is the other one",
        "OpenID Core 3.1.3.7 (3) to (5)",
    ),
    row(
        "id-token-expired",
        Refuse,
        r#"[{"claim":"iat","set":{"now":-7200}},{"claim":"auth_time","set":{"now":-7200}},{"claim":"exp","set":{"now":-3600}}]"#,
        "ID Token: expired an hour ago",
        "OpenID Core 3.1.3.7 (9)",
    ),
    row("id-token-no-exp", Refuse, r#"[{"claim":"exp","remove":true}]"#, "ID Token: no `exp`", "OpenID Core 2"),
    row("id-token-no-iat", Refuse, r#"[{"claim":"iat","remove":true}]"#, "ID Token: no `iat`", "OpenID Core 2"),
    row(
        "id-token-old-iat",
        MayRefuse,
        r#"[{"claim":"iat","set":{"now":-31536000}}]"#,
        "ID Token: `iat` a year ago",
        "OpenID Core 3.1.3.7 (10)",
    ),
    row(
        "id-token-wrong-nonce",
        Refuse,
        r#"[{"claim":"nonce","set":"another-nonce-than-was-sent"}]"#,
        "ID Token: another `nonce` than was sent",
        "OpenID Core 3.1.3.7 (11)",
    ),
    row(
        "id-token-no-nonce",
        Refuse,
        r#"[{"claim":"nonce","remove":true}]"#,
        "ID Token: no `nonce`, though one was sent",
        "OpenID Core 3.1.3.7 (11)",
    ),
    row(
        "id-token-wrong-at-hash",
        MayRefuse,
        r#"[{"claim":"at_hash","set":"AAAAAAAAAAAAAAAAAAAAAA"}]"#,
        "ID Token: the `at_hash` of another access token",
        "OpenID Core 3.1.3.8",
    ),
    row(
        "id-token-wrong-c-hash",
        MayRefuse,
        r#"[{"claim":"c_hash","set":"AAAAAAAAAAAAAAAAAAAAAA"}]"#,
        "ID Token: the `c_hash` of another code",
        "OpenID Core 3.3.2.10",
    ),
    row(
        "id-token-by-stranger",
        Refuse,
        r#"[{"sign":"attacker"}]"#,
        "ID Token: signed with a stranger's key, under the issuer's `kid` (who trusts TLS alone may take it)",
        "OpenID Core 3.1.3.7 (6)",
    ),
    row(
        "id-token-alg-none",
        Refuse,
        r#"[{"header":"alg","set":"none"},{"signature":"strip"}]"#,
        "ID Token: `alg` is none, and there is no signature",
        "OpenID Core 3.1.3.7 (7)",
    ),
    row(
        "id-token-hs256",
        Refuse,
        r#"[{"header":"alg","set":"HS256"},{"sign":"hmac","public-key":"spki-pem","with":"HS256"}]"#,
        "ID Token: HS256 with the issuer's public key for a secret",
        "OpenID Core 3.1.3.7 (7), RFC 8725 2.1",
    ),
    row(
        "id-token-unknown-kid",
        Refuse,
        r#"[{"header":"kid","set":{"random":43}}]"#,
        "ID Token: a `kid` that is not published (who trusts TLS alone may take it)",
        "OpenID Core 10.1",
    ),
    at(
        "refreshed-id-token-wrong-sub",
        Refuse,
        Occasion::Refresh,
        r#"[{"claim":"sub","set":"00uSomebodyElsesId01"}]"#,
        "the ID Token of a refresh: another user's `sub`",
        "OpenID Core 12.2",
    ),
    at(
        "refreshed-id-token-wrong-iss",
        Refuse,
        Occasion::Refresh,
        r#"[{"claim":"iss","set":"https://other-issuer.example"}]"#,
        "the ID Token of a refresh: another issuer's `iss`",
        "OpenID Core 12.2",
    ),
];
