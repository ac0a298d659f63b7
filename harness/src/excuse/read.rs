//! From the text of a file to its entries.

use mock_idp::input::{InputError, Node, Table, parse_toml_with_dates};

use super::accept::Accept;
use super::date::Date;
use crate::printable::printable;
use crate::scenario::{Catalogue, Selector};

/// What else may stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// Nothing: it is a file of entries.
    AFileOfItsOwn,
    /// The settings of a run, which are read elsewhere.
    Settings,
}

/// The entries of a file, in their order. `file` is its name for messages.
///
/// # Errors
///
/// When the text is not TOML, an entry is not in the language, names no scenario
/// of the catalogue, or accepts what one before it accepts.
pub fn read(file: &str, text: &str, within: Within, catalogue: &Catalogue) -> Result<Vec<Accept>, InputError> {
    let root = parse_toml_with_dates(text)?;
    let table = root.as_table()?;
    let mut accepts: Vec<Accept> = Vec::new();
    for node in table.get("accept").map_or(Ok([].as_slice()), Node::as_array)? {
        let accept = entry(node, file, catalogue)?;
        if accepts.iter().any(|before| before.repeats(&accept)) {
            let twice = node.error(format!("\"{}\" is accepted twice", accept.id));
            return Err(twice.with_help("leave one of the entries out, or give each the `target` that it is about"));
        }
        accepts.push(accept);
    }
    match within {
        Within::AFileOfItsOwn => table.finish()?,
        Within::Settings => {}
    }
    Ok(accepts)
}

fn entry(node: &Node, file: &str, catalogue: &Catalogue) -> Result<Accept, InputError> {
    let table = node.as_table()?;
    let accept = Accept {
        id: id(table.require("id")?, catalogue)?,
        reason: match table.get("reason") {
            Some(reason) => line(reason)?,
            None => {
                return Err(missing(&table, "reason", "say why it is accepted: reason = \"the gateway checks it\""));
            }
        },
        owner: table.get("owner").map(line).transpose()?,
        until: match table.get("until") {
            Some(until) => until.as_str()?.parse::<Date>().map_err(|error| until.error(error.to_string()))?,
            None => return Err(missing(&table, "until", "say how long it is accepted: until = \"2027-01-31\"")),
        },
        target: table.get("target").map(line).transpose()?,
        file: file.to_owned(),
    };
    table.finish()?;
    Ok(accept)
}

fn id(node: &Node, catalogue: &Catalogue) -> Result<Selector, InputError> {
    let id: Selector = node.as_str()?.parse().map_err(|error| node.error(format!("{error}")))?;
    if !id.is_by_name() {
        let message = format!("\"{id}\" is no name: what is accepted is named");
        return Err(node.error(message).with_help("write an id, ID@variant, or a pattern such as \"audience/*\""));
    }
    let named = |scenario: &crate::scenario::Scenario| {
        scenario.variants.iter().any(|variant| id.matches(&scenario.id, &variant.slug))
    };
    if !catalogue.scenarios().iter().any(named) {
        let help = match catalogue.nearest(&id.to_string()) {
            Some(name) => format!("did you mean \"{name}\"?"),
            None => "`badpenny list` shows all of them; where it is gone, remove the entry".to_owned(),
        };
        return Err(node.error(format!("\"{id}\" names no scenario")).with_help(help));
    }
    Ok(id)
}

/// Text that a report can show: one line, never blank.
fn line(node: &Node) -> Result<String, InputError> {
    let words: Vec<&str> = node.as_str()?.split_whitespace().collect();
    if words.is_empty() { Err(node.error("this is blank")) } else { Ok(printable(&words.join(" "))) }
}

fn missing(table: &Table<'_>, name: &str, help: &str) -> InputError {
    table.node().error(format!("`{name}` is missing")).with_help(help)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn of(text: &str) -> Result<Vec<Accept>, InputError> {
        read("accepts.toml", text, Within::AFileOfItsOwn, &Catalogue::embedded().unwrap())
    }

    #[test]
    fn an_entry_says_what_why_who_and_until_when() {
        let text = "[[accept]]\nid = 'audience/*'\nreason = '''\nthe gateway\nchecks it'''\nowner = 'team-a'\n\
                    until = 2027-01-31\ntarget = 'orders'\n[[accept]]\nid = 'audience/*'\nreason = 'x'\nuntil = '2027-01-31'\n";
        let accepts = of(text).unwrap();
        assert_eq!(accepts.len(), 2);
        assert_eq!(
            (accepts[0].reason.as_str(), accepts[0].owner.as_deref()),
            ("the gateway checks it", Some("team-a"))
        );
        assert_eq!(accepts[0].until, accepts[1].until, "a date of TOML, or a text");
        assert!(accepts[0].is_about("orders") && !accepts[0].is_about("invoices") && accepts[1].is_about("invoices"));
        assert!(of("").unwrap().is_empty());
    }

    #[rstest]
    #[case(
        "id='time/expird'\nreason='x'\nuntil='2027-01-31'",
        "accept[0].id: \"time/expird\" names no scenario (did you mean \"time/expired\"?)"
    )]
    #[case(
        "id='level:must'\nreason='x'\nuntil='2027-01-31'",
        "accept[0].id: \"level:must\" is no name: what is accepted is named (write"
    )]
    #[case(
        "id='gone/altogether-other'\nreason='x'\nuntil='2027-01-31'",
        "accept[0].id: \"gone/altogether-other\" names no scenario (`badpenny list` shows"
    )]
    #[case("id='time/expired'\nuntil='2027-01-31'", "accept[0]: `reason` is missing (say why")]
    #[case("id='time/expired'\nreason=' '\nuntil='2027-01-31'", "accept[0].reason: this is blank")]
    #[case("id='time/expired'\nreason='x'", "accept[0]: `until` is missing (say how long")]
    #[case(
        "id='time/expired'\nreason='x'\nuntil='soon'",
        "accept[0].until: \"soon\" is no day: write one such as 2027-01-31"
    )]
    #[case(
        "id='time/expired'\nreason='x'\nuntil='2027-01-31'\nowners='x'",
        "accept[0].owners: `owners` is not known here (did you mean `owner`?)"
    )]
    fn a_wrong_entry_is_told_what_to_write(#[case] entry: &str, #[case] told: &str) {
        let error = of(&format!("[[accept]]\n{entry}\n")).unwrap_err();
        assert!(error.span.is_some(), "{error:?}");
        assert!(error.to_string().starts_with(told), "{error}");
    }

    #[test]
    fn what_is_accepted_twice_is_an_error_at_the_second() {
        let entry = "[[accept]]\nid='time/expired'\nreason='x'\nuntil='2027-01-31'\n";
        let error = of(&format!("{entry}{entry}")).unwrap_err();
        assert_eq!((error.path.as_str(), error.message.as_str()), ("accept[1]", "\"time/expired\" is accepted twice"));
    }

    #[test]
    fn settings_may_stand_beside_the_entries_of_a_file_of_settings_only() {
        let text = "profile = 'core'\n";
        let catalogue = Catalogue::embedded().unwrap();
        assert!(read("badpenny.toml", text, Within::Settings, &catalogue).unwrap().is_empty());
        assert!(of(text).unwrap_err().to_string().starts_with("profile: `profile` is not known here"));
    }
}
