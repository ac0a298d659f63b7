//! ID Tokens that are legal and that few issuers give.

use super::super::{Effect, Occasion, Owed, Place, Row};
use crate::keys::KeyName;
use Owed::{MayRefuse, Take};

const fn edits(name: &'static str, client: Owed, edits: &'static str, does: &'static str, by: &'static str) -> Row {
    row(name, client, Effect::IdToken(Occasion::Always, edits), does, by)
}

const fn row(name: &'static str, client: Owed, effect: Effect, does: &'static str, by: &'static str) -> Row {
    Row { name, place: Some(Place::Token), client, does, by, effect }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "id-token-es256",
        MayRefuse,
        Effect::SignedBy(KeyName::IssuerP256),
        "ID Token: ES256; the key is published, and metadata name the algorithm",
        "OpenID Core 3.1.3.7 (7), Discovery 3",
    ),
    row(
        "id-token-eddsa",
        MayRefuse,
        Effect::SignedBy(KeyName::IssuerEd25519),
        "ID Token: EdDSA; the key is published, and metadata name the algorithm",
        "OpenID Core 3.1.3.7 (7), RFC 8037",
    ),
    row(
        "id-token-new-key",
        Take,
        Effect::NewKey,
        "ID Token: signed with a key that was published a moment ago, each with a new one in the place of the one before",
        "OpenID Core 10.1.1",
    ),
    edits(
        "id-token-no-kid",
        Take,
        r#"[{"header":"kid","remove":true}]"#,
        "ID Token: no `kid` (one key alone is published)",
        "OpenID Core 10.1",
    ),
    edits(
        "id-token-two-audiences",
        MayRefuse,
        r#"[{"claim":"aud","set":["{client_id}","https://api.example"]},{"claim":"azp","set":"{client_id}"}]"#,
        "ID Token: two audiences, the client among them, and `azp` is the client",
        "OpenID Core 2, 3.1.3.7 (3)",
    ),
    edits(
        "id-token-aud-as-list",
        Take,
        r#"[{"claim":"aud","set":["{client_id}"]}]"#,
        "ID Token: `aud` is a list of one",
        "OpenID Core 2",
    ),
    edits(
        "id-token-no-at-hash",
        Take,
        r#"[{"claim":"at_hash","remove":true}]"#,
        "ID Token: no `at_hash`",
        "OpenID Core 3.1.3.6",
    ),
    edits(
        "id-token-fractions",
        Take,
        r#"[{"claim":"iat","set":{"now":-0.5}},{"claim":"exp","set":{"now":3600.5}},{"claim":"auth_time","set":{"now":-0.5}}]"#,
        "ID Token: times with fractions of a second",
        "RFC 7519 2",
    ),
    edits(
        "id-token-iat-ahead",
        Take,
        r#"[{"claim":"iat","set":{"now":20}}]"#,
        "ID Token: `iat` is 20 seconds ahead",
        "OpenID Core 3.1.3.7 (9), RFC 7519 4.1.6",
    ),
    edits("id-token-typ", Take, r#"[{"header":"typ","set":"JWT"}]"#, "ID Token: `typ` is JWT", "RFC 7519 5.1"),
    edits(
        "id-token-unknown-claim",
        Take,
        r#"[{"claim":"x_unknown","raw":"{\"a\":[1,null]}"}]"#,
        "ID Token: a claim that nobody knows",
        "OpenID Core 2",
    ),
];
