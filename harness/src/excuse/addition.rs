//! A new entry behind what stands in a file already.

use std::fmt::Write as _;

use mock_idp::input::InputError;

use super::accept::Accept;
use super::read::{Within, read};
use crate::scenario::Catalogue;

/// Why an entry can't be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdditionError {
    /// The file is not readable as it is.
    #[error(transparent)]
    Unreadable(InputError),
    /// It has an entry for the same.
    #[error("\"{id}\" is accepted in {file} already, until {until}: change that entry")]
    Twice {
        /// What it names.
        id: String,
        /// The file.
        file: String,
        /// Until when it is accepted.
        until: String,
    },
    /// The file's form leaves no place at its end.
    #[error(
        "no entry can be added at the end of {file}: turn `accept = [...]` into [[accept]] tables, or add by hand\n{entry}"
    )]
    NoPlace {
        /// The file.
        file: String,
        /// The entry's text.
        entry: String,
    },
}

/// The text that has to be added to `text`, the content of the file that the
/// entry names, so that it holds the entry besides all that it has.
///
/// # Errors
///
/// [`AdditionError`] when the file is not readable, or has such an entry.
pub fn append(text: &str, accept: &Accept, within: Within, catalogue: &Catalogue) -> Result<String, AdditionError> {
    let before = read(&accept.file, text, within, catalogue).map_err(AdditionError::Unreadable)?;
    if let Some(twice) = before.iter().find(|before| before.repeats(accept)) {
        return Err(AdditionError::Twice {
            id: accept.id.to_string(),
            file: accept.file.clone(),
            until: twice.until.to_string(),
        });
    }
    let entry = entry(accept);
    let break_before = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let addition = format!("{break_before}{entry}");
    let addition = if text.contains("\r\n") { addition.replace('\n', "\r\n") } else { addition };
    let whole = read(&accept.file, &format!("{text}{addition}"), within, catalogue);
    let expected: Vec<Accept> = before.into_iter().chain([accept.clone()]).collect();
    if whole.is_ok_and(|whole| whole == expected) {
        Ok(addition)
    } else {
        Err(AdditionError::NoPlace { file: accept.file.clone(), entry })
    }
}

fn entry(accept: &Accept) -> String {
    let mut text =
        format!("[[accept]]\nid = {}\nreason = {}\n", quoted(&accept.id.to_string()), quoted(&accept.reason));
    if let Some(owner) = &accept.owner {
        let _ = writeln!(text, "owner = {}", quoted(owner));
    }
    let _ = writeln!(text, "until = \"{}\"", accept.until);
    if let Some(target) = &accept.target {
        let _ = writeln!(text, "target = {}", quoted(target));
    }
    text
}

/// A basic string of TOML. No control character is in it: see [`read`].
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(id: &str) -> Accept {
        Accept {
            id: id.parse().unwrap(),
            reason: "the gateway says \"no\" \\ first".into(),
            owner: Some("team-a".into()),
            until: "2027-01-31".parse().unwrap(),
            target: None,
            file: "badpenny.toml".into(),
        }
    }

    fn added(text: &str, id: &str) -> Result<String, AdditionError> {
        let catalogue = Catalogue::embedded().unwrap();
        append(text, &accept(id), Within::Settings, &catalogue).map(|addition| format!("{text}{addition}"))
    }

    #[test]
    fn an_entry_comes_behind_what_is_there_and_changes_nothing_of_it() {
        let text = "# mine\nprofile = 'core'\n\n[headers]\nX = 'a'   # kept";
        let once = added(text, "time/expired").unwrap();
        let entry = "[[accept]]\nid = \"time/expired\"\nreason = \"the gateway says \\\"no\\\" \\\\ first\"\n\
                     owner = \"team-a\"\nuntil = \"2027-01-31\"\n";
        assert_eq!(once, format!("{text}\n\n{entry}"));
        let twice = added(&once, "audience/*").unwrap();
        assert!(twice.starts_with(&format!("{once}\n[[accept]]\nid = \"audience/*\"\n")), "{twice}");
        assert_eq!(added("", "time/expired").unwrap(), entry);
    }

    #[test]
    fn what_is_accepted_already_is_not_accepted_again() {
        let once = added("", "time/expired").unwrap();
        let error = added(&once, "time/expired").unwrap_err().to_string();
        assert_eq!(error, "\"time/expired\" is accepted in badpenny.toml already, until 2027-01-31: change that entry");
    }

    #[test]
    fn a_list_that_has_an_end_is_told_of() {
        let error = added("accept = []\n", "time/expired").unwrap_err().to_string();
        assert!(error.starts_with("no entry can be added at the end of badpenny.toml: turn"), "{error}");
        assert!(error.ends_with("until = \"2027-01-31\"\n"), "{error}");
    }
}
