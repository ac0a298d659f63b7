use std::fmt;

use serde_json::Value;

use super::claim::ClaimContext;
use super::profile;
use crate::input::InputError;

/// An expression of Okta's language, as far as it is known here.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimExpression {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// A text, a number, a truth.
    Literal(Value),
    /// `user.` and a member of the profile.
    User(String),
    /// `app.clientId`.
    Client,
}

impl ClaimExpression {
    /// What is known, for messages.
    const KNOWN: &'static str = "write a text in quotes such as \"\\\"acme\\\"\", a number, true or false, user.login, \
                                 user.email, another member of the user's profile such as user.department, or \
                                 app.clientId";

    /// Reads one.
    ///
    /// # Errors
    ///
    /// When it is more than is known here; the error says what is.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let unknown = || InputError {
            path: String::new(),
            span: None,
            message: format!("the expression {text} is not known here"),
            help: Some(Self::KNOWN.to_owned()),
        };
        let kind = kind(text.trim()).ok_or_else(unknown)?;
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Its value for whom the token is; `None` where there is none, such as of a user's
    /// where no user is.
    pub(crate) fn value_for(&self, context: &ClaimContext<'_>) -> Option<Value> {
        match &self.kind {
            Kind::Literal(value) => Some(value.clone()),
            Kind::User(member) => profile::member(context.user?, member),
            Kind::Client => Some(context.client.into()),
        }
    }
}

impl fmt::Display for ClaimExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn kind(text: &str) -> Option<Kind> {
    if text == "app.clientId" {
        return Some(Kind::Client);
    }
    if let Some(member) = text.strip_prefix("user.") {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        return (!member.is_empty() && member.bytes().all(is_name)).then(|| Kind::User(member.to_owned()));
    }
    literal(text).map(Kind::Literal)
}

/// A text in quotes of either kind, a number, `true` or `false`.
fn literal(text: &str) -> Option<Value> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return (!inner.contains([quote, '\\'])).then(|| inner.into());
        }
    }
    let value: Value = serde_json::from_str(text).ok()?;
    (value.is_number() || value.is_boolean()).then_some(value)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::User;
    use super::*;

    fn value(text: &str, user: Option<&User>) -> Option<Value> {
        let context = ClaimContext { user, client: "0oaApp", scopes: &[] };
        ClaimExpression::parse(text).unwrap().value_for(&context)
    }

    #[rstest]
    #[case(r#""acme""#, json!("acme"))]
    #[case("'a \"b\"'", json!("a \"b\""))]
    #[case("-4.5", json!(-4.5))]
    #[case(" true ", json!(true))]
    #[case("app.clientId", json!("0oaApp"))]
    #[case("user.login", json!("ada@example.com"))]
    #[case("user.email", json!("ada@example.com"))]
    #[case("user.firstName", json!("Ada"))]
    #[case("user.department", json!("engines"))]
    fn what_is_known_has_a_value(#[case] text: &str, #[case] expected: Value) {
        let mut ada = User::new("ada@example.com");
        ada.claims.insert("given_name".into(), "Ada".into());
        ada.claims.insert("department".into(), "engines".into());
        assert_eq!(value(text, Some(&ada)), Some(expected));
    }

    #[test]
    fn what_nobody_has_is_left_out() {
        assert_eq!(value("user.login", None), None);
        assert_eq!(value("user.department", Some(&User::new("ada"))), None);
    }

    #[rstest]
    #[case("")]
    #[case("acme")]
    #[case("\"a\" + \"b\"")]
    #[case("\"a\\\"\"")]
    #[case("null")]
    #[case("[1]")]
    #[case("user.")]
    #[case("user.a.b")]
    #[case("(appuser != null) ? appuser.userName : app.clientId")]
    fn another_expression_is_refused_with_what_is_known(#[case] text: &str) {
        let error = ClaimExpression::parse(text).unwrap_err().to_string();
        assert!(error.contains("is not known here") && error.contains("app.clientId)"), "{error}");
    }
}
