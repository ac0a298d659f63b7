//! From a table to a dialect, with the place of every mistake.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::value::members;
use super::{ClaimPath, Dialect, IssuerPath, MemberSetting, ScopeClaim, ScopeForm, Shape};
use crate::input::{InputError, Node, Table, Value};

impl Dialect {
    /// Reads a table of settings: what it says is changed in `base`; where it names
    /// a shape, in that one.
    ///
    /// # Errors
    ///
    /// When a word is not known or a value is of no use; the error names the place
    /// and says what would be right.
    pub fn read(node: &Node, base: &Self) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let shape = table.get("shape").map(|shape| shape.as_choice(&Shape::ALL)).transpose()?;
        let mut dialect = shape.map_or_else(|| base.clone(), Self::of);
        dialect.names(&table)?;
        dialect.places(&table)?;
        dialect.members(&table)?;
        table.finish()?;
        merge(Arc::make_mut(&mut dialect.source), node);
        Ok(dialect)
    }

    fn names(&mut self, table: &Table<'_>) -> Result<(), InputError> {
        if let Some(kid) = table.text("kid")? {
            self.kid = Some(kid.to_owned());
        }
        if let Some(subject) = table.text("subject")? {
            self.subject = Some(subject.to_owned());
        }
        if let Some(path) = table.get("issuer-path") {
            self.issuer_path = Some(IssuerPath::from_node(path)?);
        }
        if let Some(audiences) = table.get("audiences") {
            self.audiences = audiences.as_texts()?;
        }
        if let Some(taken) = table.get("id-tokens") {
            self.id_tokens = Some(taken.as_bool()?);
        }
        if let Some(paths) = table.get("scopes-are-paths") {
            self.scopes_are_paths = paths.as_bool()?;
        }
        Ok(())
    }

    fn places(&mut self, table: &Table<'_>) -> Result<(), InputError> {
        if let Some(claim) = table.get("scope-claim") {
            self.scope_claim = Some(permission(claim)?);
        }
        if let Some(claim) = table.get("audience-claim") {
            self.audience_claim = Some(path(claim)?);
        }
        if let Some(claim) = table.get("client-claim") {
            self.client_claim = Some(path(claim)?);
        }
        Ok(())
    }

    fn members(&mut self, table: &Table<'_>) -> Result<(), InputError> {
        if let Some(typ) = table.get("typ") {
            put(&mut self.header, "typ", self::typ(typ)?);
        }
        if let Some(header) = table.get("header") {
            members(header)?.into_iter().for_each(|(name, setting)| put(&mut self.header, &name, setting));
        }
        if let Some(claims) = table.get("claims") {
            members(claims)?.into_iter().for_each(|(name, setting)| put(&mut self.claims, &name, setting));
        }
        if let Some(order) = table.get("header-order") {
            self.header_order = order.as_texts()?;
        }
        if let Some(order) = table.get("claims-order") {
            self.claims_order = order.as_texts()?;
        }
        Ok(())
    }
}

/// The last word on a member stands.
fn put(settings: &mut Vec<(String, MemberSetting)>, name: &str, setting: MemberSetting) {
    match settings.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = setting,
        None => settings.push((name.to_owned(), setting)),
    }
}

/// A text, or `false`: there is none.
fn typ(node: &Node) -> Result<MemberSetting, InputError> {
    match node.value {
        Value::Bool(false) => Ok(MemberSetting::Removed),
        Value::String(_) => MemberSetting::from_node(node),
        _ => Err(node.expected("a text such as \"at+jwt\", or false where there is none")),
    }
}

/// One of the usual words, a place, a place with its form, or `false`.
pub(super) fn permission(node: &Node) -> Result<Option<ScopeClaim>, InputError> {
    match &node.value {
        Value::Bool(false) => Ok(None),
        Value::String(text) => {
            ScopeClaim::parse(text).map(Some).map_err(|error| node.error(error.to_string()))
        }
        Value::Table(_) => {
            let table = node.as_table()?;
            let path = path(table.require("at")?)?;
            let form = table.require("as")?.as_choice(&ScopeForm::ALL)?;
            table.finish()?;
            Ok(Some(ScopeClaim { path, form }))
        }
        _ => Err(node
            .expected("the claim of the scopes")
            .with_help("write scp-array, scp-string, scope-string, scope-array, a name such as roles, a JSON Pointer such as /realm_access/roles, { at = \"...\", as = \"text\" }, or false where the API asks for none")),
    }
}

fn path(node: &Node) -> Result<ClaimPath, InputError> {
    ClaimPath::parse(node.as_str()?).map_err(|error| node.error(error.to_string()))
}

/// Keeps what was said, for [`Dialect::to_json`].
fn merge(source: &mut Map<String, Json>, node: &Node) {
    let Json::Object(said) = node.to_json() else { return };
    // Of two words on `typ` the last one is meant.
    if said.contains_key("typ")
        && let Some(Json::Object(header)) = source.get_mut("header")
    {
        header.remove("typ");
    }
    if said.get("header").is_some_and(|header| header.get("typ").is_some()) {
        source.remove("typ");
    }
    for (name, value) in said {
        match (source.get_mut(&name), value) {
            (Some(Json::Object(known)), Json::Object(more)) if ["claims", "header"].contains(&name.as_str()) => {
                known.extend(more);
            }
            (_, value) => drop(source.insert(name, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::input::parse_toml;

    fn read(text: &str) -> Result<Dialect, InputError> {
        Dialect::read(&parse_toml(text).unwrap(), &Dialect::default())
    }

    #[test]
    fn a_change_keeps_what_was_said_before() {
        let base = read("typ = 'JWT'\nclaims = { tenant = 'acme' }").unwrap();
        let more = Dialect::read(&parse_toml("kid = 'k'\nclaims = { nbf = { now = 0 } }").unwrap(), &base).unwrap();
        assert_eq!((more.typ().as_deref(), more.kid()), (Some("JWT"), Some("k")));
        let names: Vec<String> = more.claims_of(false).iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(names[names.len() - 2..], ["tenant", "nbf"]);
    }

    #[test]
    fn what_is_told_as_json_is_read_the_same() {
        let said = "shape = 'rfc9068'\ntyp = false\nscope-claim = { at = '/a/b', as = 'text' }\n\
                    claims = { z = { x = ['{issuer}'] }, a = 1, jti = { remove = true } }\nclaims-order = ['iss', 'z']";
        let dialect = read(said).unwrap();
        let again = Dialect::read(&Node::from_json(&dialect.to_json(), "dialect"), &Dialect::default()).unwrap();
        assert_eq!(again.claims_of(false), dialect.claims_of(false));
        assert_eq!(again.header_members(), dialect.header_members());
        assert_eq!((again.scope_claim(), again.typ()), (dialect.scope_claim(), None));
    }

    #[rstest]
    #[case("shap = 'okta'", "shap: `shap` is not known here (did you mean `shape`?)")]
    #[case("shape = 'keyclok'", "shape: \"keyclok\" is not known here (did you mean `keycloak`?)")]
    #[case("typ = true", "typ: expected a text such as \"at+jwt\", or false where there is none, found a boolean")]
    #[case("scope-claim = '/a//b'", "scope-claim: \"/a//b\" names no claim")]
    #[case("scope-claim = 5", "scope-claim: expected the claim of the scopes, found an integer (write scp-array")]
    #[case("scope-claim = { at = 'a', as = 'array' }", "scope-claim.as: \"array\" is not known here")]
    #[case("claims = { a = '{isuer}' }", "claims.a: {isuer} is not a placeholder here (did you mean {issuer}?)")]
    #[case("claims = { a = { now = 'x' } }", "claims.a.now: expected a number, found a string")]
    #[case("claims = { a = { remove = false } }", "claims.a.remove: write `remove = true`")]
    #[case("issuer-path = 'realms/acme'", "issuer-path: this is no path of an issuer identifier (write")]
    #[case("audiences = 'a'", "audiences: expected an array, found a string")]
    fn a_mistake_is_told_with_its_place_and_what_would_be_right(#[case] text: &str, #[case] told: &str) {
        let error = read(text).unwrap_err();
        assert!(error.to_string().starts_with(told), "{error}");
        assert!(error.span.is_some(), "{error:?}");
    }
}
