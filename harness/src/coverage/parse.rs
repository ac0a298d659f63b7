//! Reads a file of the ledger: one function a table.

use std::collections::HashMap;

use mock_idp::input::{InputError, Node, Table, parse_toml};

use super::ledger::{Beyond, Document};
use super::requirement::{Party, Requirement, RequirementId, ScenarioName, Standing};
use crate::scenario::Level;

/// The words for how binding a sentence is: no RFC asks for an observation.
const LEVELS: [(&str, Level); 3] = [("must", Level::Must), ("should", Level::Should), ("may", Level::May)];

/// What a file of the ledger holds.
#[derive(Debug)]
pub(super) enum Page {
    /// The requirements of an RFC.
    Document(Document),
    /// The scenarios that no requirement asks for.
    Beyond(Vec<Beyond>),
}

/// The content of one file's text.
pub(super) fn page(text: &str) -> Result<Page, InputError> {
    let root = parse_toml(text)?;
    let table = root.as_table()?;
    let page = match table.get("beyond") {
        Some(node) => Page::Beyond(list(node, beyond)?),
        None => Page::Document(document(&table)?),
    };
    table.finish()?;
    Ok(page)
}

fn document(table: &Table<'_>) -> Result<Document, InputError> {
    let number = table.require("rfc")?;
    let rfc = u32::try_from(number.as_integer()?).map_err(|_| number.error("this is no number of an RFC"))?;
    let title = table.require("title")?.as_str()?.to_owned();
    let sections = table.require("sections")?;
    let nodes = table.require("requirement")?.as_array()?;
    let requirements = nodes.iter().map(requirement).collect::<Result<Vec<_>, _>>()?;
    let document = Document { rfc, title, sections: list(sections, text)?, requirements };
    in_order(&document, nodes)?;
    if let Some(empty) = document.sections.iter().find(|section| !document.has_any_in(section)) {
        return Err(sections.error(format!("no requirement stands in section {empty}")));
    }
    Ok(document)
}

fn requirement(node: &Node) -> Result<Requirement, InputError> {
    let table = node.as_table()?;
    let binds = table.get("binds").map_or(Ok(Party::ResourceServer), |node| node.as_choice(&Party::ALL))?;
    let requirement = Requirement {
        id: id(table.require("id")?)?,
        level: table.require("level")?.as_choice(&LEVELS)?,
        binds,
        says: text(table.require("says")?)?,
        standing: standing(&table, binds)?,
    };
    table.finish()?;
    Ok(requirement)
}

fn id(node: &Node) -> Result<RequirementId, InputError> {
    RequirementId::parse(node.as_str()?)
        .ok_or_else(|| node.error("this is no id of a requirement").with_help("write it like \"RFC7515-5.2-03\""))
}

/// Scenarios or a reason, and not both. That it binds somebody else is one.
fn standing(table: &Table<'_>, binds: Party) -> Result<Standing, InputError> {
    match (table.get("scenarios"), table.get("because")) {
        (Some(_), Some(reason)) => Err(reason.error("scenarios and a reason why there is none exclude each other")),
        (Some(names), None) if names.as_array()?.is_empty() => Err(names.error("no scenario is named here")),
        (Some(names), None) => {
            let name = |node: &Node| node.as_str().map(ScenarioName::parse);
            Ok(Standing::Covered(list(names, name)?))
        }
        (None, Some(reason)) => Ok(Standing::Uncovered(text(reason)?)),
        (None, None) if binds != Party::ResourceServer => Ok(Standing::Uncovered(format!("binds the {binds}"))),
        (None, None) => Err(table
            .node()
            .error("this requirement has neither scenarios nor a reason")
            .with_help("write scenarios = [...], or because = \"why there is none\"")),
    }
}

/// Requirements are of the file's RFC and its sections, and counted without a
/// gap: one that went missing shows.
fn in_order(document: &Document, nodes: &[Node]) -> Result<(), InputError> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for (requirement, node) in document.requirements.iter().zip(nodes) {
        let id = &requirement.id;
        if id.rfc != document.rfc {
            return Err(node.error(format!("{id} is no requirement of RFC {}", document.rfc)));
        }
        if !document.sections.iter().any(|section| id.is_in(section)) {
            return Err(node.error(format!("{id} is in none of the sections {}", document.sections.join(", "))));
        }
        let count = counts.entry(&id.section).or_default();
        *count += 1;
        if id.number != *count {
            return Err(node.error(format!("{id} stands where number {count:02} of its section is expected")));
        }
    }
    Ok(())
}

fn beyond(node: &Node) -> Result<Beyond, InputError> {
    let table = node.as_table()?;
    let beyond = Beyond { scenario: text(table.require("scenario")?)?, because: text(table.require("because")?)? };
    table.finish()?;
    Ok(beyond)
}

/// Text that says something.
fn text(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?.trim();
    if text.is_empty() { Err(node.error("this text is empty")) } else { Ok(text.to_owned()) }
}

fn list<T>(node: &Node, read: impl Fn(&Node) -> Result<T, InputError>) -> Result<Vec<T>, InputError> {
    node.as_array()?.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
rfc = 7519
title = "JSON Web Token (JWT)"
sections = ["4.1", "7.2"]

[[requirement]]
id = "RFC7519-4.1.4-01"
level = "must"
says = "An expired token is refused."
scenarios = ["time/expired", "time/expired@one-hour"]

[[requirement]]
id = "RFC7519-4.1.4-02"
level = "may"
binds = "producer"
says = "A token may go without an expiry."

[[requirement]]
id = "RFC7519-7.2-01"
level = "should"
says = "A token of an algorithm that nobody asked for is refused."
because = "Nobody can see it."
"#;

    fn error_of(text: &str) -> (String, String) {
        let error = page(text).unwrap_err();
        let place = error.span.clone().map_or("", |span| &text[span]).to_owned();
        (error.to_string(), place)
    }

    #[test]
    fn a_document_is_read_whole() {
        let Page::Document(document) = page(GOOD).unwrap() else { panic!("no document") };
        let [expired, producer, other] = document.requirements.as_slice() else { panic!("not three") };
        let names: Vec<String> = expired.scenarios().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["time/expired", "time/expired@one-hour"]);
        assert_eq!((expired.level, expired.binds), (Level::Must, Party::ResourceServer));
        assert_eq!(producer.standing, Standing::Uncovered("binds the producer".to_owned()));
        assert_eq!(other.standing, Standing::Uncovered("Nobody can see it.".to_owned()));
    }

    #[test]
    fn a_requirement_without_scenarios_and_without_a_reason_is_refused() {
        let (message, place) = error_of(&GOOD.replace("because = \"Nobody can see it.\"", ""));
        assert!(message.contains("neither scenarios nor a reason"), "{message}");
        assert!(place.contains("[[requirement]]"), "{place}");
        let (message, _) = error_of(&GOOD.replace("\"time/expired\", \"time/expired@one-hour\"", ""));
        assert!(message.contains("no scenario is named here"), "{message}");
        let (message, place) = error_of(&GOOD.replace("Nobody can see it.", " "));
        assert!(message.contains("this text is empty"), "{message}");
        assert_eq!(place, "\" \"");
    }

    #[test]
    fn scenarios_and_a_reason_exclude_each_other() {
        let (message, _) = error_of(&GOOD.replace("because =", "scenarios = ['time/expired']\nbecause ="));
        assert!(message.contains("exclude each other"), "{message}");
    }

    #[test]
    fn a_requirement_that_went_missing_shows() {
        let (message, _) = error_of(&GOOD.replace("4.1.4-02", "4.1.4-03"));
        assert!(message.contains("RFC7519-4.1.4-03 stands where number 02 of its section is expected"), "{message}");
        let (message, place) = error_of(&GOOD.replace("\"7.2\"]", "\"7.2\", \"7.3\"]"));
        assert!(message.contains("no requirement stands in section 7.3"), "{message}");
        assert_eq!(place, "[\"4.1\", \"7.2\", \"7.3\"]");
    }

    #[test]
    fn a_requirement_of_elsewhere_is_refused() {
        let (message, _) = error_of(&GOOD.replace("RFC7519-7.2-01", "RFC7515-7.2-01"));
        assert!(message.contains("RFC7515-7.2-01 is no requirement of RFC 7519"), "{message}");
        let (message, _) = error_of(&GOOD.replace("RFC7519-7.2-01", "RFC7519-7.3-01"));
        assert!(message.contains("RFC7519-7.3-01 is in none of the sections 4.1, 7.2"), "{message}");
    }

    #[test]
    fn errors_point_at_the_word_that_is_wrong() {
        let (message, place) = error_of(&GOOD.replace("\"should\"", "\"shoud\""));
        assert!(message.contains("did you mean `should`?"), "{message}");
        assert_eq!(place, "\"shoud\"");
        let (message, place) = error_of(&GOOD.replace("RFC7519-7.2-01", "RFC7519-7.2-1"));
        assert!(message.contains("this is no id of a requirement"), "{message}");
        assert_eq!(place, "\"RFC7519-7.2-1\"");
        let (message, place) = error_of(&GOOD.replace("because", "becuse"));
        assert!(message.contains("neither scenarios nor a reason"), "{message}");
        assert!(place.contains("[[requirement]]"), "{place}");
    }

    #[test]
    fn a_scenario_beyond_needs_a_reason() {
        let (message, _) = error_of("[[beyond]]\nscenario = 'http/methods'\n");
        assert!(message.contains("`because` is missing"), "{message}");
    }
}
