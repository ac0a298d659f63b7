use std::fmt;

use serde_json::{Map, Value, json};

use super::DialectError;
use crate::claims::TokenSettings;
use crate::json::{Object, list_items};

/// Where a claim stands: its name, or the names on the way to it.
///
/// Written as the name, such as `roles` or `cognito:groups`, or as a JSON Pointer
/// (RFC 6901), such as `/realm_access/roles`; `{audience}` in it stands for the
/// audience of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// A claim of that name at the top.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// Reads a name or a JSON Pointer.
    ///
    /// # Errors
    ///
    /// [`DialectError::NoPath`] when it is neither: nothing, or a pointer with an
    /// empty name or an escape that is none.
    pub fn parse(text: &str) -> Result<Self, DialectError> {
        let wrong = || DialectError::NoPath { text: text.to_owned() };
        let Some(pointer) = text.strip_prefix('/') else {
            return if text.is_empty() { Err(wrong()) } else { Ok(Self::named(text)) };
        };
        let names: Option<Vec<String>> = pointer.split('/').map(unescaped).collect();
        names.map(Self).ok_or_else(wrong)
    }

    /// The name, where it stands at the top.
    #[must_use]
    pub fn top(&self) -> Option<&str> {
        match self.0.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }

    /// The claim that stands there, for an API of that audience.
    #[must_use]
    pub fn find<'a>(&self, claims: &'a Map<String, Value>, audience: &str) -> Option<&'a Value> {
        let mut names = self.names(audience).into_iter();
        let first = claims.get(&names.next()?)?;
        names.try_fold(first, |value, name| match value {
            Value::Array(items) => items.get(index(&name)?),
            value => value.get(&name),
        })
    }

    /// The names on the way, for an API of that audience.
    fn names(&self, audience: &str) -> Vec<String> {
        self.0.iter().map(|name| name.replace("{audience}", audience)).collect()
    }

    /// Sets the claim; what is on the way to it and no object is replaced by one.
    pub(crate) fn set(&self, claims: &mut Object, settings: &TokenSettings, value: String) {
        set(claims, &self.names(&settings.audience), value);
    }

    /// Removes the claim, and leaves what holds it.
    pub(crate) fn remove(&self, claims: &mut Object, settings: &TokenSettings) {
        remove(claims, &self.names(&settings.audience));
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [name] => f.write_str(name),
            names => names.iter().try_for_each(|name| write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))),
        }
    }
}

/// A reference token of a JSON Pointer (RFC 6901, section 4).
fn unescaped(token: &str) -> Option<String> {
    let is_wrong = token.is_empty() || token.replace("~0", "").replace("~1", "").contains('~');
    (!is_wrong).then(|| token.replace("~1", "/").replace("~0", "~"))
}

fn set(object: &mut Object, names: &[String], value: String) {
    if let [name, rest @ ..] = names {
        let inner = object.get(name).unwrap_or("{}").to_owned();
        object.set(name, set_in(&inner, rest, value));
    }
}

/// The JSON text with that value behind the names; what stands there and is neither
/// an object nor a list that long becomes an object.
fn set_in(text: &str, names: &[String], value: String) -> String {
    let [name, rest @ ..] = names else { return value };
    if let Some((mut items, at)) = item(text, name) {
        items[at] = set_in(&items[at], rest, value);
        return format!("[{}]", items.join(","));
    }
    let mut object = Object::from_text(text).unwrap_or_default();
    set(&mut object, names, value);
    object.to_text()
}

fn remove(object: &mut Object, names: &[String]) {
    match names {
        [] => {}
        [name] => object.remove(name),
        [name, rest @ ..] => {
            if let Some(inner) = object.get(name).map(|inner| remove_in(inner, rest)) {
                object.set(name, inner);
            }
        }
    }
}

fn remove_in(text: &str, names: &[String]) -> String {
    let [name, rest @ ..] = names else { return text.to_owned() };
    if let Some((mut items, at)) = item(text, name) {
        match rest {
            [] => drop(items.remove(at)),
            rest => items[at] = remove_in(&items[at], rest),
        }
        return format!("[{}]", items.join(","));
    }
    let Ok(mut object) = Object::from_text(text) else { return text.to_owned() };
    remove(&mut object, names);
    object.to_text()
}

/// The items of a list, as JSON texts, and the place that a name of a JSON Pointer
/// means in it (RFC 6901, section 4).
fn item(text: &str, name: &str) -> Option<(Vec<String>, usize)> {
    let items = list_items(text)?;
    let at = index(name).filter(|at| *at < items.len())?;
    Some((items, at))
}

/// Digits without a sign, and without a zero before others.
fn index(name: &str) -> Option<usize> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    name.parse().ok().filter(|_| is_plain)
}

/// The claim that holds the granted scopes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeClaim {
    /// Where it stands.
    pub path: ClaimPath,
    /// How.
    pub form: ScopeForm,
}

/// How a claim holds scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeForm {
    /// A list of texts.
    List,
    /// One text with spaces between.
    Text,
    /// An object whose members are called so.
    Names,
}

impl ScopeForm {
    /// Every form with its word.
    pub const ALL: [(&'static str, Self); 3] = [("list", Self::List), ("text", Self::Text), ("names", Self::Names)];
}

impl ScopeClaim {
    /// The usual ones by their word: claim and form.
    pub const WORDS: [(&'static str, &'static str, ScopeForm); 4] = [
        ("scp-array", "scp", ScopeForm::List),
        ("scp-string", "scp", ScopeForm::Text),
        ("scope-string", "scope", ScopeForm::Text),
        ("scope-array", "scope", ScopeForm::List),
    ];

    /// One of the usual ones, or a list at that place.
    ///
    /// # Errors
    ///
    /// As [`ClaimPath::parse`].
    pub fn parse(text: &str) -> Result<Self, DialectError> {
        match Self::WORDS.iter().find(|(word, ..)| *word == text) {
            Some((_, name, form)) => Ok(Self { path: ClaimPath::named(name), form: *form }),
            None => Ok(Self { path: ClaimPath::parse(text)?, form: ScopeForm::List }),
        }
    }

    /// Its word, where it has one, else its place.
    #[must_use]
    pub fn word(&self) -> String {
        let word = Self::WORDS
            .iter()
            .find(|(_, name, form)| self.path.top() == Some(name) && *form == self.form)
            .map(|(word, ..)| (*word).to_owned());
        word.unwrap_or_else(|| self.path.to_string())
    }

    /// The claim's value; empty, not missing, where nothing is granted.
    pub fn value<S: AsRef<str>>(&self, scopes: &[S]) -> Value {
        let scopes = scopes.iter().map(AsRef::as_ref);
        match self.form {
            ScopeForm::List => scopes.collect(),
            ScopeForm::Text => scopes.collect::<Vec<_>>().join(" ").into(),
            // As Zitadel: who grants it, with that organization's domain.
            ScopeForm::Names => scopes.map(|scope| (scope.to_owned(), json!({ "1": "badpenny.example" }))).collect(),
        }
    }

    /// The scopes that the claim of a token holds; none where there is none.
    #[must_use]
    pub fn scopes(&self, claims: &Map<String, Value>, audience: &str) -> Vec<String> {
        let found = self.path.find(claims, audience);
        let texts = |list: &Value| Some(list.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let scopes = match self.form {
            ScopeForm::List => found.and_then(texts),
            ScopeForm::Text => found.and_then(Value::as_str).map(words),
            ScopeForm::Names => found.and_then(Value::as_object).map(|names| names.keys().cloned().collect()),
        };
        scopes.unwrap_or_default()
    }

    /// Whether it is one of the two claims that a shape with the other one has in
    /// its place.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        matches!(self.path.top(), Some("scp" | "scope"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("roles", r#"{"a":1,"roles":2}"#)]
    #[case("/realm_access/roles", r#"{"a":1,"realm_access":{"roles":2}}"#)]
    #[case("/resource_access/{audience}/roles", r#"{"a":1,"resource_access":{"api://default":{"roles":2}}}"#)]
    #[case("/a/b", r#"{"a":{"b":2}}"#)]
    #[case("/https:~1~1x~1roles", r#"{"a":1,"https://x/roles":2}"#)]
    fn a_claim_is_set_wherever_it_stands(#[case] path: &str, #[case] expected: &str) {
        let (path, settings) = (ClaimPath::parse(path).unwrap(), TokenSettings::new("https://i"));
        let mut claims = Object::new().with("a", 1);
        path.set(&mut claims, &settings, "2".into());
        assert_eq!(claims.to_text(), expected);
        path.remove(&mut claims, &settings);
        assert!(!claims.to_text().contains('2'), "{}", claims.to_text());
    }

    #[test]
    fn a_place_in_a_list_is_counted() {
        let (path, settings) = (ClaimPath::parse("/access/1/actions").unwrap(), TokenSettings::new("https://i"));
        let mut claims =
            Object::from_text(r#"{"access":[{"actions":[]},{"type":"repository","actions":["pull"]}]}"#).unwrap();
        path.set(&mut claims, &settings, r#"["push"]"#.into());
        assert_eq!(claims.to_text(), r#"{"access":[{"actions":[]},{"type":"repository","actions":["push"]}]}"#);
        let Ok(Value::Object(map)) = serde_json::from_str(&claims.to_text()) else { panic!("no object") };
        assert_eq!(path.find(&map, ""), Some(&json!(["push"])));
        path.remove(&mut claims, &settings);
        assert_eq!(claims.to_text(), r#"{"access":[{"actions":[]},{"type":"repository"}]}"#);
    }

    #[rstest]
    #[case("")]
    #[case("/")]
    #[case("/a//b")]
    #[case("/a~2")]
    fn what_is_no_place_is_refused(#[case] text: &str) {
        assert!(matches!(ClaimPath::parse(text), Err(DialectError::NoPath { .. })));
    }

    #[test]
    fn every_form_holds_any_number_of_scopes() {
        let texts = |scopes: &[&str]| {
            ScopeClaim::WORDS.map(|(word, ..)| ScopeClaim::parse(word).unwrap().value(scopes).to_string())
        };
        assert_eq!(texts(&["a", "b"]), [r#"["a","b"]"#, r#""a b""#, r#""a b""#, r#"["a","b"]"#]);
        assert_eq!(texts(&[]), ["[]", "\"\"", "\"\"", "[]"]);
    }

    #[test]
    fn words_lead_there_and_back() {
        for word in ["scp-array", "scp-string", "scope-string", "scope-array", "roles", "/realm_access/roles"] {
            assert_eq!(ScopeClaim::parse(word).unwrap().word(), word);
        }
    }
}
