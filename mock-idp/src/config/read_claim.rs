//! A `[[server.ID.claim]]` table.

use super::{Claim, ClaimExpression, ClaimSource, ClaimToken, GroupFilter};
use crate::input::{InputError, Node, Table, Value};

pub(super) fn claim(node: &Node) -> Result<Claim, InputError> {
    let table = node.as_table()?;
    let name = table.require("name")?.as_str()?;
    let mut claim = Claim::of(name, source(&table)?);
    if let Some(token) = table.get("token") {
        claim.token = token.as_choice(&ClaimToken::ALL)?;
    }
    if let Some(always) = table.get("always") {
        claim.always = always.as_bool()?;
    }
    claim.scopes = table.get("scopes").map_or(Ok(Vec::new()), Node::as_texts)?;
    table.finish()?;
    Ok(claim)
}

fn source(table: &Table<'_>) -> Result<ClaimSource, InputError> {
    match (table.get("value"), table.get("groups")) {
        (Some(_), Some(groups)) => Err(groups.error("give either `value` or `groups`, not both")),
        (None, Some(groups)) => filter(groups).map(ClaimSource::Groups),
        _ => expression(table.require("value")?).map(ClaimSource::Expression),
    }
}

/// An expression as text; a number or a truth may stand there as itself.
fn expression(node: &Node) -> Result<ClaimExpression, InputError> {
    let text = match &node.value {
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => node.to_json().to_string(),
        _ => node.as_str()?.to_owned(),
    };
    ClaimExpression::parse(&text).map_err(|error| InputError { help: error.help, ..node.error(error.message) })
}

/// A table with one word: `{ starts_with = "app-" }`.
fn filter(node: &Node) -> Result<GroupFilter, InputError> {
    const KINDS: [(&str, &str); 4] =
        [("starts_with", "starts_with"), ("equals", "equals"), ("contains", "contains"), ("regex", "regex")];
    let table = node.as_table()?;
    let (value, kind) = table.word(&KINDS, "a way to choose groups")?;
    table.finish()?;
    GroupFilter::find(kind, value.as_str()?).ok_or_else(|| {
        value.error("of regular expressions, only \".*\" is known here: use `starts_with`, `equals` or `contains`")
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Config;

    #[rstest]
    #[case("value = 'user.email'", "server.a.claim[0]: `name` is missing")]
    #[case("name = 'x'", "server.a.claim[0]: `value` is missing")]
    #[case("name = 'x'\nvalue = 1\ngroups = {}", "server.a.claim[0].groups: give either `value` or `groups`, not both")]
    #[case("name = 'sub'\nvalue = 1", "server.a.claim[0].name: the server says \"sub\" itself: choose another name")]
    #[case(
        "name = 'x'\nvalue = 1\nscopes = ['b']",
        "server.a.claim[0].scopes: the server has no scope \"b\": add it to server.a.scopes"
    )]
    #[case(
        "name = 'x'\nvalue = 1\ntoken = 'refresh'",
        "server.a.claim[0].token: \"refresh\" is not known here (known: access, id)"
    )]
    #[case(
        "name = 'x'\ngroups = { regex = 'a+' }",
        "server.a.claim[0].groups.regex: of regular expressions, only \".*\" is known here: use `starts_with`, `equals` or `contains`"
    )]
    #[case(
        "name = 'x'\nvalue = 1\n[[server.a.claim]]\nname = 'x'\nvalue = 2",
        "server.a.claim: \"x\" of access tokens stands there twice"
    )]
    fn a_mistake_of_a_claim_is_told_with_the_field(#[case] fields: &str, #[case] expected: &str) {
        let text = format!("[[server.a.claim]]\n{fields}");
        assert_eq!(Config::parse(&text, "".as_ref()).unwrap_err().to_string(), expected);
    }

    #[test]
    fn an_expression_that_is_not_known_points_to_its_line() {
        let text = "[[server.a.claim]]\nname = 'x'\nvalue = 'acme'";
        let error = Config::parse(text, "".as_ref()).unwrap_err();
        assert!(error.to_string().starts_with("server.a.claim[0].value: the expression acme is not known here"));
        assert_eq!(error.line_and_column(text).map(|(line, _)| line), Some(3));
    }

    #[test]
    fn a_claim_is_read_with_all_its_words() {
        let text = "[[server.a.claim]]\nname = 'x'\nvalue = 4.5\ntoken = 'id'\nalways = false\nscopes = ['openid']\n\
                    [[server.a.claim]]\nname = 'roles'\ngroups = { starts_with = 'app-' }";
        let config = Config::parse(text, "".as_ref()).unwrap();
        let claims = &config.server("a").unwrap().claims;
        assert_eq!(
            (claims.len(), claims[0].always, claims[0].scopes.as_slice()),
            (2, false, ["openid".to_owned()].as_slice())
        );
    }
}
