//! A new entry behind what stands in a file already.

use mock_idp::input::InputError;

use super::accept::Accept;
use super::read::{Within, read};
use crate::scenario::Catalogue;

/// An entry as somebody asks for it, not yet checked.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// What it names.
    pub id: &'a str,
    /// Why that is accepted.
    pub reason: &'a str,
    /// Who answers for it.
    pub owner: Option<&'a str>,
    /// The last day on which it holds.
    pub until: String,
    /// The target that it is about.
    pub target: Option<&'a str>,
}

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
    let entry = Draft::of(accept).text();
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

impl Draft<'_> {
    /// The entry that it comes to.
    ///
    /// # Errors
    ///
    /// As for [`read`], at the member that is wrong.
    pub fn check(&self, file: &str, catalogue: &Catalogue) -> Result<Accept, InputError> {
        let table = read(file, &self.text(), Within::AFileOfItsOwn, catalogue)?.pop();
        table.ok_or_else(|| InputError { path: String::new(), span: None, message: "no entry".to_owned(), help: None })
    }

    fn of(accept: &Accept) -> Draft<'_> {
        Draft {
            id: accept.id.text(),
            reason: &accept.reason,
            owner: accept.owner.as_deref(),
            until: accept.until.to_string(),
            target: accept.target.as_deref(),
        }
    }

    fn text(&self) -> String {
        let members = [
            ("id", Some(self.id)),
            ("reason", Some(self.reason)),
            ("owner", self.owner),
            ("until", Some(self.until.as_str())),
            ("target", self.target),
        ];
        let lines = members.into_iter().filter_map(|(name, value)| Some(format!("{name} = {}\n", quoted(value?))));
        std::iter::once("[[accept]]\n".to_owned()).chain(lines).collect()
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '\\' | '"' => format!("\\{character}"),
        control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
        plain => plain.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
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
    fn a_draft_is_held_against_the_language_and_the_catalogue() {
        let draft = |id: &'static str, reason: &'static str, until: &str| {
            let draft = Draft { id, reason, owner: None, until: until.to_owned(), target: None };
            draft.check("x.toml", &Catalogue::embedded().unwrap()).map_err(|error| error.to_string())
        };
        let accept = draft("time/*", "two\n\tlines \u{7f}", "2027-01-31").unwrap();
        assert_eq!((accept.reason.as_str(), accept.file.as_str()), ("two lines \\u{7f}", "x.toml"));
        assert_eq!(draft("time/*", " ", "2027-01-31").unwrap_err(), "accept[0].reason: this is blank");
        assert!(draft("time/expird", "x", "2027-01-31").unwrap_err().contains("did you mean"));
        assert!(draft("time/*", "x", "soon").unwrap_err().starts_with("accept[0].until: "));
    }

    #[test]
    fn a_list_that_has_an_end_is_told_of() {
        let error = added("accept = []\n", "time/expired").unwrap_err().to_string();
        assert!(error.starts_with("no entry can be added at the end of badpenny.toml: turn"), "{error}");
        assert!(error.ends_with("until = \"2027-01-31\"\n"), "{error}");
    }
}
