use serde_json::{Map, Value};

use super::{Dialect, DialectError, Shape};
use crate::input::InputError;

/// What is often said of a dialect, as flags of a command say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialectFlags {
    /// `--shape`: whose tokens they are like.
    pub shape: Option<String>,
    /// `--kid`: the id of the issuer's key.
    pub kid: Option<String>,
    /// `--typ`: of the header; empty: none.
    pub typ: Option<String>,
    /// `--scope-claim`: which claim holds the scopes.
    pub scope_claim: Option<String>,
    /// `--no-scope`: the API asks for none.
    pub no_scope: bool,
    /// `--claim`: pairs `NAME=JSON`.
    pub claims: Vec<String>,
}

impl DialectFlags {
    /// The dialect with what the flags say; another shape keeps the changes that were
    /// said of the one before: what an API asks for does not change with its issuer.
    ///
    /// # Errors
    ///
    /// [`DialectError`] when a pair is none; [`InputError`], by that, when a value is
    /// of no use.
    pub fn apply(&self, base: &Dialect) -> Result<Dialect, DialectError> {
        let changes = self.changes()?;
        let base = match self.shape.as_deref() {
            Some(word) => {
                base.in_shape(Shape::from_word(word).ok_or_else(|| DialectError::NoShape { word: word.into() })?)
            }
            None => base.clone(),
        };
        if changes.is_empty() {
            return Ok(base);
        }
        let said =
            base.with(&Value::Object(changes)).map_err(|error: InputError| DialectError::Flag(Box::new(error)))?;
        let own = said.scope_claim().and_then(|own| own.path.top());
        let names = self.claims.iter().filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
        match names.into_iter().find(|name| own == Some(*name)) {
            Some(name) => Err(DialectError::HoldsScopes { name: name.to_owned() }),
            None => Ok(said),
        }
    }

    fn changes(&self) -> Result<Map<String, Value>, DialectError> {
        let mut changes = Map::new();
        let texts = [("kid", &self.kid), ("typ", &self.typ), ("scope-claim", &self.scope_claim)];
        for (name, value) in texts {
            if let Some(value) = value {
                changes.insert(name.to_owned(), value.clone().into());
            }
        }
        if self.typ.as_deref() == Some("") {
            changes.insert("typ".to_owned(), false.into());
        }
        if self.no_scope {
            changes.insert("scope-claim".to_owned(), false.into());
        }
        if !self.claims.is_empty() {
            let claims: Result<Map<String, Value>, _> = self.claims.iter().map(|pair| claim(pair)).collect();
            changes.insert("claims".to_owned(), Value::Object(claims?));
        }
        Ok(changes)
    }
}

fn claim(pair: &str) -> Result<(String, Value), DialectError> {
    let (name, json) = pair.split_once('=').ok_or(DialectError::NoPair)?;
    let value = serde_json::from_str(json)
        .map_err(|error| DialectError::NoJson { name: name.to_owned(), reason: error.to_string() })?;
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn flags_are_the_same_as_settings() {
        let flags = DialectFlags {
            shape: Some("rfc9068".into()),
            typ: Some(String::new()),
            claims: vec!["tenant=\"acme\"".into(), "nbf={\"now\":0}".into()],
            ..DialectFlags::default()
        };
        let dialect = flags.apply(&Dialect::default()).unwrap();
        assert_eq!((dialect.shape().word(), dialect.typ()), ("rfc9068", None));
        assert!(dialect.claims_of(false).iter().any(|(name, _)| name == "nbf"));
        assert_eq!(DialectFlags::default().apply(&dialect).unwrap(), dialect);
    }

    #[test]
    fn another_shape_keeps_what_was_said_of_the_api() {
        let file = Dialect::default().with(&serde_json::json!({ "scope-claim": false, "id-tokens": true })).unwrap();
        let keycloak = DialectFlags { shape: Some("keycloak".into()), ..DialectFlags::default() }.apply(&file).unwrap();
        assert_eq!((keycloak.shape(), keycloak.scope_claim()), (Shape::Keycloak, None));
        assert!(keycloak.takes_id_tokens());
        let odd = DialectFlags { shape: Some("keycloack".into()), ..DialectFlags::default() };
        assert!(odd.apply(&file).unwrap_err().to_string().contains("did you mean keycloak"));
    }

    #[rstest]
    #[case("tenant", "no `=`")]
    #[case("scp=[\"other\"]", "--claim scp: this claim holds the scopes")]
    #[case("tenant=acme", "--claim tenant: the value is not JSON")]
    #[case("tenant=\"{tenent}\"", "{tenent} is not a placeholder here")]
    fn a_pair_that_is_none_is_told(#[case] pair: &str, #[case] told: &str) {
        let flags = DialectFlags { claims: vec![pair.into()], ..DialectFlags::default() };
        let error = flags.apply(&Dialect::default()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}
