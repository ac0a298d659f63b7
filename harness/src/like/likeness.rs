use mock_idp::dialect::{Dialect, Shape};
use mock_idp::forge::GivenToken;
use mock_idp::json::Object;
use serde_json::{Value, json};

use super::kind::{Keeping, anonymous};
use super::shape::closest;
use super::toml_text::text;

/// What real tokens have in common, without what they say of anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    pub(super) shape: Option<Shape>,
    pub(super) alg: Option<String>,
    pub(super) scope_claim: Option<String>,
    /// Its members but `alg`.
    pub(super) header: Vec<(String, Value)>,
    /// The names of all its members, in order.
    pub(super) header_order: Vec<String>,
    pub(super) claims: Vec<(String, Value)>,
    pub(super) count: usize,
}

/// Why tokens tell no dialect. None of them is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LikeError {
    /// There is none.
    #[error("no token was given")]
    NoToken,
    /// It is not a compact JWS with JSON inside.
    #[error("token {number} is opaque: there is nothing to read in it")]
    Opaque {
        /// Which one, counted from 1.
        number: usize,
    },
    /// They are of several issuers.
    #[error("token {number} is of another issuer than the first one: give the tokens of one issuer at a time")]
    SeveralIssuers {
        /// Which one, counted from 1.
        number: usize,
    },
    /// They are of several kinds.
    #[error("token {number} has another `typ` or `alg` than the first one: give tokens of one kind at a time")]
    SeveralKinds {
        /// Which one, counted from 1.
        number: usize,
    },
}

/// A token, read.
struct Read {
    header: Object,
    claims: Object,
}

impl Read {
    fn claim(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.claims.get(name)?).ok()
    }
}

/// Claims that name the client, the best known first.
const CLIENT: [&str; 4] = ["cid", "client_id", "azp", "appid"];

impl Likeness {
    /// Reads tokens of one issuer.
    ///
    /// # Errors
    ///
    /// [`LikeError`] when there is none, one is opaque, or they are not of one kind.
    pub fn of(tokens: &[GivenToken]) -> Result<Self, LikeError> {
        let mut read = Vec::with_capacity(tokens.len());
        for (at, token) in tokens.iter().enumerate() {
            let parts = token.header().cloned().zip(token.claims().cloned());
            let (header, claims) = parts.ok_or(LikeError::Opaque { number: at + 1 })?;
            read.push(Read { header, claims });
        }
        let first = read.first().ok_or(LikeError::NoToken)?;
        for (at, other) in read.iter().enumerate() {
            if other.claims.get("iss") != first.claims.get("iss") {
                return Err(LikeError::SeveralIssuers { number: at + 1 });
            }
            if ["typ", "alg"].iter().any(|name| other.header.get(name) != first.header.get(name)) {
                return Err(LikeError::SeveralKinds { number: at + 1 });
            }
        }
        Ok(Self::of_read(first, &read))
    }

    fn of_read(first: &Read, all: &[Read]) -> Self {
        let keeping = if is_of_several(all) { Keeping::Common } else { Keeping::Words };
        let shape = closest(&names(&first.header), &names(&first.claims));
        let scope_claim = scope_claim(first);
        let audience = audience_claim(first, shape);
        let roles = Roles { scope: scope_claim.as_deref(), audience: &audience };
        let claim = |name: &String| (name.clone(), claim(name, all, roles, keeping));
        let header = |name: &String| (name.clone(), header(name, all, keeping));
        Self {
            issuer: first.claims.get_str("iss").unwrap_or_default(),
            audiences: first.claim(&audience).map(texts).unwrap_or_default(),
            shape,
            alg: first.header.get_str("alg"),
            header: names(&first.header).iter().filter(|name| *name != "alg").map(header).collect(),
            header_order: names(&first.header),
            claims: names_of(all).iter().map(claim).collect(),
            scope_claim: scope_claim.map(|name| form_of(first, &name)),
            count: all.len(),
        }
    }
}

/// Whether they are of more than one subject.
fn is_of_several(all: &[Read]) -> bool {
    let subjects: Vec<Option<Value>> = all.iter().map(|token| token.claim("sub")).collect();
    subjects.iter().all(Option::is_some) && subjects.windows(2).any(|pair| pair[0] != pair[1])
}

fn names(object: &Object) -> Vec<String> {
    object.members().iter().map(|member| member.plain_name().into_owned()).collect()
}

/// The names of all tokens: those of the first in their order, then what others add.
fn names_of(all: &[Read]) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for name in all.iter().flat_map(|token| names(&token.claims)) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

/// The claims that name the API and the permission.
#[derive(Clone, Copy)]
struct Roles<'a> {
    scope: Option<&'a str>,
    audience: &'a str,
}

/// `aud`, or what the shape has in its place where there is none.
fn audience_claim(token: &Read, shape: Option<Shape>) -> String {
    let of_shape = shape.and_then(|shape| Dialect::of(shape).audience_claim().top().map(str::to_owned));
    let aud = "aud".to_owned();
    if token.claims.get("aud").is_some() { aud } else { of_shape.unwrap_or(aud) }
}

fn claim(name: &str, all: &[Read], roles: Roles<'_>, keeping: Keeping) -> Value {
    let values: Vec<Value> = all.iter().filter_map(|token| token.claim(name)).collect();
    let iat = all.first().and_then(|token| token.claim("iat")).and_then(|iat| iat.as_i64());
    let is_list = values.first().is_some_and(Value::is_array);
    match name {
        "iss" => "{issuer}".into(),
        name if name == roles.audience => json!({ "audience": if is_list { "list" } else { "text" } }),
        "exp" => json!({ "expiry": true }),
        "iat" => json!({ "now": 0 }),
        "sub" => "{subject}".into(),
        "jti" if values.first().is_some_and(|jti| jti.as_str().is_some_and(|jti| jti.len() != 36)) => {
            "{token_id}".into()
        }
        name if CLIENT.contains(&name) => "{client_id}".into(),
        name if Some(name) == roles.scope => json!({ "scopes": true }),
        name => anonymous(name, &values.iter().collect::<Vec<_>>(), iat, keeping),
    }
}

fn header(name: &str, all: &[Read], keeping: Keeping) -> Value {
    let values: Vec<Value> =
        all.iter().filter_map(|token| serde_json::from_str(token.header.get(name)?).ok()).collect();
    match name {
        "kid" => "{kid}".into(),
        // It is kept, unless a dialect would read more in it.
        "typ" => values.first().filter(|typ| !typ.to_string().contains('{')).cloned().unwrap_or_else(|| "JWT".into()),
        name => anonymous(name, &values.iter().collect::<Vec<_>>(), None, keeping),
    }
}

/// The claim that holds scopes, by its name.
fn scope_claim(token: &Read) -> Option<String> {
    let usual = ["scp", "scope", "permissions", "roles"];
    usual.into_iter().find(|name| token.claims.get(name).is_some()).map(str::to_owned)
}

fn form_of(token: &Read, name: &str) -> String {
    let is_list = token.claim(name).is_some_and(|value| value.is_array());
    let form = if is_list { "list" } else { "text" };
    format!("{{ at = {}, as = \"{form}\" }}", text(name))
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use mock_idp::input::parse_toml;

    use super::*;

    fn token(header: &str, claims: &str) -> GivenToken {
        let text = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        GivenToken::new(&format!("{text}.c2ln")).unwrap()
    }

    const HEADER: &str = r#"{"alg":"ES256","typ":"JWT","kid":"k-4711","x5t":"abcdefghijklmnopqrstuvwxyz1"}"#;

    fn of(sub: &str) -> GivenToken {
        let claims = format!(
            r#"{{"exp":1800003600,"iat":1800000000,"jti":"trrtcc:0f8fad5b-d9cb-469f-a165-70867728950e",
            "iss":"https://i.example/realms/acme","aud":["api","account"],"sub":"{sub}","typ":"Bearer",
            "azp":"client-4711","tenant":"acme","name":"{sub} Canary","email":"{sub}@canary.example",
            "realm_access":{{"roles":["canary-admin"]}},"scope":"read canary:write","urn:x":{{"k":1}}}}"#
        );
        token(HEADER, &claims)
    }

    #[test]
    fn what_is_written_is_a_dialect_with_the_same_members_in_order_and_nobody_in_it() {
        for tokens in [vec![of("alice")], vec![of("alice"), of("alice")], vec![of("alice"), of("bob")]] {
            let text = Likeness::of(&tokens).unwrap().to_toml();
            let root = parse_toml(&text).unwrap();
            let table = root.as_table().unwrap();
            let dialect = Dialect::read(table.require("dialect").unwrap(), &Dialect::default()).unwrap();
            assert_eq!(
                dialect.claim_names(),
                [
                    "exp",
                    "iat",
                    "jti",
                    "iss",
                    "aud",
                    "sub",
                    "typ",
                    "azp",
                    "tenant",
                    "name",
                    "email",
                    "realm_access",
                    "scope",
                    "urn:x"
                ]
            );
            assert_eq!(dialect.header_names(), ["alg", "typ", "kid", "x5t"]);
            assert_eq!(table.text("issuer-url").unwrap(), Some("https://i.example/realms/acme"));
            for secret in ["alice", "bob", "Canary", "@canary", "canary:", "4711", "0f8fad5b", "abcdefghij"] {
                assert!(!text.contains(secret), "{secret} in\n{text}");
            }
            // What two subjects share is of neither.
            let is_of_two = tokens.len() == 2 && tokens[0].token() != tokens[1].token();
            for shared in [r#"tenant = "acme""#, r#"roles = ["canary-admin"]"#] {
                assert_eq!(text.contains(shared), is_of_two, "{text}");
            }
        }
    }

    #[test]
    fn tokens_that_are_not_of_one_kind_are_refused() {
        let opaque = GivenToken::new("2YotnFZFEjr1zCsicMWpAA").unwrap();
        assert_eq!(Likeness::of(&[opaque]), Err(LikeError::Opaque { number: 1 }));
        assert_eq!(Likeness::of(&[]), Err(LikeError::NoToken));
        let other = token(HEADER, r#"{"iss":"https://other.example"}"#);
        assert_eq!(Likeness::of(&[of("a"), other]), Err(LikeError::SeveralIssuers { number: 2 }));
        let other = token(r#"{"alg":"RS256"}"#, r#"{"iss":"https://i.example/realms/acme"}"#);
        assert_eq!(Likeness::of(&[of("a"), other]), Err(LikeError::SeveralKinds { number: 2 }));
    }
}
