use mock_idp::claims::TokenSettings;
use mock_idp::dialect::{Dialect, ScopeClaim};
use mock_idp::forge::GivenToken;
use mock_idp::keys::Algorithm;
use serde_json::{Value, json};

/// What is read out of a real token: what the tokens that are made of it have to
/// say as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// `iss`.
    pub issuer: String,
    /// `aud`, as a list.
    pub audiences: Vec<String>,
    /// Claim and form of the scopes, and the scopes; none where there is no such claim.
    pub scope: Option<(ScopeClaim, Vec<String>)>,
    /// `alg`, where it is one that is known here.
    pub algorithm: Option<Algorithm>,
    /// `kid`.
    pub kid: Option<String>,
    /// `typ` of the header.
    pub typ: Option<String>,
    /// `sub`.
    pub subject: Option<String>,
    /// `cid`, `client_id` or `azp`.
    pub client_id: Option<String>,
    /// `exp`, in seconds since the Unix epoch.
    pub expires: Option<i64>,
}

impl TokenFacts {
    /// What a token says; `None` where it is opaque.
    #[must_use]
    pub fn of(token: &GivenToken) -> Option<Self> {
        let (header, claims) = (token.header()?, token.claims()?);
        let claim = |name: &str| serde_json::from_str::<Value>(claims.get(name)?).ok();
        let text = |name: &str| claims.get_str(name);
        let client = ["cid", "client_id", "azp"].into_iter().find_map(text);
        let algorithm = header.get_str("alg").and_then(|name| {
            Algorithm::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, algorithm)| algorithm)
        });
        Some(Self {
            issuer: text("iss").unwrap_or_default(),
            audiences: claim("aud").map(|aud| texts(&aud)).unwrap_or_default(),
            scope: scope(&claim),
            algorithm,
            kid: header.get_str("kid"),
            typ: header.get_str("typ"),
            subject: text("sub"),
            client_id: client,
            expires: claim("exp").and_then(|exp| whole(&exp)),
        })
    }

    /// What the tokens say: these facts in place of the defaults.
    #[must_use]
    pub fn settings(&self) -> TokenSettings {
        let mut settings = TokenSettings::new(self.issuer.clone());
        if let Some(audience) = self.audiences.first() {
            settings.audience.clone_from(audience);
        }
        if let Some((_, scopes)) = &self.scope {
            settings.scope = scopes.join(" ");
        }
        if let Some(client) = &self.client_id {
            settings.client_id.clone_from(client);
        }
        settings.subject.clone_from(&self.subject);
        settings.dialect = self.dialect(&settings.dialect);
        settings
    }

    /// That dialect with the `typ` and the scope claim of this token.
    #[must_use]
    pub fn dialect(&self, base: &Dialect) -> Dialect {
        let mut changes = json!({ "typ": self.typ.as_deref().map_or(Value::Bool(false), Value::from) });
        // Who has said where the permission stands knows it.
        let is_usual = base.scope_claim().is_some_and(ScopeClaim::is_usual);
        if let Some((claim, _)) = self.scope.as_ref().filter(|_| is_usual) {
            changes["scope-claim"] = claim.word().into();
        }
        base.with(&changes).unwrap_or_else(|_| base.clone())
    }

    /// Whether it grants any of these scopes, which are separated by spaces.
    #[must_use]
    pub fn grants(&self, scopes: &str) -> bool {
        let granted = self.scope.iter().flat_map(|(_, scopes)| scopes);
        scopes.split_ascii_whitespace().any(|scope| granted.clone().any(|granted| granted == scope))
    }
}

fn scope(claim: &impl Fn(&str) -> Option<Value>) -> Option<(ScopeClaim, Vec<String>)> {
    let of = |name, list: &str, text: &str| match claim(name)? {
        Value::Array(items) => Some((ScopeClaim::parse(list).ok()?, texts(&Value::Array(items)))),
        Value::String(scopes) => {
            let scopes = scopes.split_ascii_whitespace().map(str::to_owned).collect();
            Some((ScopeClaim::parse(text).ok()?, scopes))
        }
        _ => None,
    };
    of("scp", "scp-array", "scp-string").or_else(|| of("scope", "scope-array", "scope-string"))
}

/// A string as a list of one, a list of strings as it is.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a time with a fraction; the cast saturates")]
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use rstest::rstest;

    use super::*;

    fn facts(header: &Value, claims: &Value) -> TokenFacts {
        let text = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        TokenFacts::of(&GivenToken::new(&format!("{text}.c2ln")).unwrap()).unwrap()
    }

    #[test]
    fn issuer_audience_scope_and_algorithm_are_read_out_of_a_token() {
        let header = json!({"alg": "ES256", "kid": "k", "typ": "at+jwt"});
        let claims = json!({"iss": "https://i", "aud": ["a", "b"], "scope": "x y", "sub": "u", "azp": "c", "exp": 5.5});
        let facts = facts(&header, &claims);
        assert_eq!((facts.algorithm, facts.expires), (Some(Algorithm::Es256), Some(5)));
        let (claim, scopes) = facts.scope.clone().unwrap();
        assert_eq!((claim.word().as_str(), scopes), ("scope-string", vec!["x".to_owned(), "y".to_owned()]));
        let settings = facts.settings();
        assert_eq!(
            (settings.audience.as_str(), settings.scope.as_str(), settings.client_id.as_str()),
            ("a", "x y", "c")
        );
        assert!(facts.grants("y z") && !facts.grants("z"));
    }

    #[rstest]
    #[case(json!({"scp": ["a"]}), Some("scp-array"))]
    #[case(json!({"scp": "a"}), Some("scp-string"))]
    #[case(json!({"scope": ["a"]}), Some("scope-array"))]
    #[case(json!({"roles": ["a"]}), None)]
    fn each_form_of_the_scopes_is_known(#[case] claims: Value, #[case] form: Option<&str>) {
        let word = facts(&json!({"alg": "XS256"}), &claims).scope.map(|(claim, _)| claim.word());
        assert_eq!(word.as_deref(), form);
    }
}
