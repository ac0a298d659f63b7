//! Reads a scenario file: one function a table.

use mock_idp::input::{InputError, Node, Table, parse_toml};
use mock_idp::mutation::Mutation;

use super::delivery::Delivery;
use super::effect::Effect;
use super::expectation::{Access, Expectation, Level, Tier};
use super::issuer_step::IssuerStep;
use super::reference::Reference;
use super::request::RequestEdit;
use super::types::{CheckKind, Judgement, Scenario, Variant};

/// The scenarios of one file's text.
pub(super) fn scenarios(text: &str) -> Result<Vec<Scenario>, InputError> {
    let root = parse_toml(text)?;
    let table = root.as_table()?;
    let scenarios = table.require("scenario")?.as_array()?.iter().map(scenario).collect::<Result<_, _>>()?;
    table.finish()?;
    Ok(scenarios)
}

fn scenario(node: &Node) -> Result<Scenario, InputError> {
    let table = node.as_table()?;
    let scenario = Scenario {
        id: id(table.require("id")?)?,
        title: table.require("title")?.as_str()?.to_owned(),
        judgement: judgement(&table)?,
        effects: table.get("effects").map_or(Ok(Vec::new()), |node| list(node, Effect::from_node))?,
        references: list(table.require("references")?, Reference::from_node)?,
        caught: table.get("caught").map_or(Ok(Vec::new()), |node| list(node, owned))?,
        why: table.require("why")?.as_str()?.trim().to_owned(),
        variants: list(table.require("variant")?, variant)?,
    };
    table.finish()?;
    if scenario.variants.is_empty() {
        return Err(node.error("a scenario needs at least one variant"));
    }
    unique_slugs(&scenario, node)?;
    Ok(scenario)
}

fn id(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    match text.split_once('/') {
        Some((category, name)) if is_word(category) && is_word(name) => Ok(text.to_owned()),
        _ => {
            Err(node.error("this is no id").with_help("write category/name in lower-case letters, digits and hyphens"))
        }
    }
}

fn slug(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    let help = "write lower-case letters, digits and hyphens";
    if is_word(text) { Ok(text.to_owned()) } else { Err(node.error("this is no slug").with_help(help)) }
}

/// What ids and slugs consist of, so that selectors and shells take them as they are.
fn is_word(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-+".contains(&byte))
}

fn judgement(table: &Table<'_>) -> Result<Judgement, InputError> {
    let level = table.require("level")?.as_choice(&Level::ALL)?;
    let tier = table.require("tier")?.as_choice(&Tier::ALL)?;
    if let Some(check) = table.get("check") {
        return Ok(Judgement::Check { kind: check.as_choice(&CheckKind::ALL)?, level, tier });
    }
    let words = [
        ("accepted", (Access::Accepted, 0)),
        ("refused", (Access::Refused, 401)),
        ("forbidden", (Access::Refused, 403)),
    ];
    let (access, status) = table.require("expect")?.as_choice(&words)?;
    let mut expectation = Expectation { access, level, tier, status: Vec::new(), status_level: Level::Should };
    if access == Access::Refused {
        expectation.status = table.get("status").map_or(Ok(vec![status]), statuses)?;
        if let Some(level) = table.get("status-level") {
            expectation.status_level = level.as_choice(&Level::ALL)?;
        }
    }
    Ok(Judgement::Exchange(expectation))
}

fn variant(node: &Node) -> Result<Variant, InputError> {
    let table = node.as_table()?;
    let variant = Variant {
        slug: slug(table.require("slug")?)?,
        token: table.get("token").map_or_else(|| Ok(Mutation::control()), Mutation::from_node)?,
        request: table.get("request").map_or(Ok(Vec::new()), |node| list(node, RequestEdit::from_node))?,
        issuer: table.get("issuer").map_or(Ok(Vec::new()), |node| list(node, IssuerStep::from_node))?,
        delivery: table.get("delivery").map_or_else(|| Ok(Delivery::default()), Delivery::from_node)?,
        status: table.get("status").map(statuses).transpose()?,
    };
    table.finish()?;
    Ok(variant)
}

fn statuses(node: &Node) -> Result<Vec<u16>, InputError> {
    list(node, status)
}

/// An HTTP status.
pub(super) fn status(node: &Node) -> Result<u16, InputError> {
    u16::try_from(node.as_integer()?)
        .ok()
        .filter(|status| (100..600).contains(status))
        .ok_or_else(|| node.error("this is no HTTP status: expected 100 to 599"))
}

fn owned(node: &Node) -> Result<String, InputError> {
    node.as_str().map(str::to_owned)
}

fn list<T>(node: &Node, read: impl Fn(&Node) -> Result<T, InputError>) -> Result<Vec<T>, InputError> {
    node.as_array()?.iter().map(read).collect()
}

fn unique_slugs(scenario: &Scenario, node: &Node) -> Result<(), InputError> {
    let mut seen = std::collections::HashSet::new();
    match scenario.variants.iter().find(|variant| !seen.insert(variant.slug.as_str())) {
        Some(twice) => Err(node.error(format!("the variant \"{}\" of {} stands twice", twice.slug, scenario.id))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[scenario]]
id = "time/expired"
title = "An expired token is refused"
expect = "refused"
level = "must"
tier = "critical"
references = ["RFC 7519 4.1.4"]
why = "Because."

[[scenario.variant]]
slug = "one-hour"
token = [{ claim = "exp", set = { now = -3600 } }]
"#;

    fn error_of(text: &str) -> (String, String) {
        let error = scenarios(text).unwrap_err();
        let place = error.span.clone().map_or("", |span| &text[span]).to_owned();
        (error.to_string(), place)
    }

    #[test]
    fn a_scenario_is_read_whole() {
        let scenario = &scenarios(GOOD).unwrap()[0];
        assert_eq!(scenario.category(), "time");
        let Judgement::Exchange(expectation) = &scenario.judgement else { panic!("no exchange") };
        assert_eq!((expectation.status.as_slice(), expectation.status_level), (&[401][..], Level::Should));
    }

    #[test]
    fn errors_point_at_the_word_that_is_wrong() {
        let (message, place) = error_of(&GOOD.replace("now = -3600", "noww = -3600"));
        assert!(message.contains("this table is no expression"), "{message}");
        assert_eq!(place, "{ noww = -3600 }");

        let (message, place) = error_of(&GOOD.replace("\"must\"", "\"musst\""));
        assert!(message.contains("did you mean `must`?"), "{message}");
        assert_eq!(place, "\"musst\"");

        let (message, place) = error_of(&GOOD.replace("title =", "titel ="));
        assert!(message.contains("`title` is missing"), "{message}");
        assert!(place.contains("[[scenario]]") || place.contains("id ="), "{place}");
    }

    #[test]
    fn a_reference_that_is_none_is_refused() {
        let (message, _) = error_of(&GOOD.replace("RFC 7519 4.1.4", "7519§4.1.4"));
        assert!(message.contains("RFC 7519 4.1.4"), "{message}");
    }
}
