//! The tokens of the embedded scenarios, by name, and what happens at the
//! issuer before they are sent.

use std::sync::LazyLock;

use crate::input::{InputError, Node, nearest, parse_toml};
use crate::mutation::Mutation;
use crate::step::Step;

/// Why a name finds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// No scenario, or no variant of it, has that name.
    #[error("no scenario variant is called \"{name}\"{}", hint(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The name that it most resembles.
        nearest: Option<String>,
    },
    /// The name is of a scenario with several variants.
    #[error("\"{name}\" has several variants: add one, such as \"{example}\"")]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// A full name.
        example: String,
    },
    /// The scenario's token, or a step of its, can't be read.
    #[error("the scenario \"{name}\" is not readable: {source}")]
    Unreadable {
        /// What was asked for.
        name: String,
        /// What is wrong with it.
        source: InputError,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || ": `mock-idp list` and `badpenny list` show all of them".to_owned(),
        |name| format!(": did you mean \"{name}\"?"),
    )
}

/// Names of all variants as `category/name@variant`, in the order of the files.
pub fn names() -> impl Iterator<Item = &'static str> {
    INDEX.iter().map(|entry| entry.name.as_str())
}

/// The token of a variant, `category/name@variant`. A scenario with one variant
/// is found by its id alone.
///
/// # Errors
///
/// [`FindError`] when there is none of that name, or it is ambiguous.
pub fn find(name: &str) -> Result<Mutation, FindError> {
    match &entry(name)?.token {
        Some(token) => Mutation::from_node(token).map_err(|source| unreadable(name, source)),
        None => Ok(Mutation::control()),
    }
}

/// The steps at the issuer that belong to a variant, for
/// [`Issuer::apply`](crate::Issuer::apply); most have none.
///
/// # Errors
///
/// As [`find`].
pub fn steps(name: &str) -> Result<Vec<Step>, FindError> {
    let read = |steps: &Node| steps.as_array()?.iter().map(Step::from_node).collect();
    entry(name)?.issuer.as_ref().map_or(Ok(Vec::new()), read).map_err(|source| unreadable(name, source))
}

/// What a sound server does, in one sentence, by the id of the scenario: `category/name`.
///
/// ```
/// assert_eq!(mock_idp::catalogue::title("time/expired"), Some("An expired token is refused"));
/// ```
#[must_use]
pub fn title(id: &str) -> Option<&'static str> {
    let is_of = |entry: &&Entry| entry.name.split('@').next() == Some(id);
    INDEX.iter().find(is_of).map(|entry| entry.title.as_str())
}

fn entry(name: &str) -> Result<&'static Entry, FindError> {
    match INDEX.iter().find(|entry| entry.name == name) {
        Some(entry) => Ok(entry),
        None => only_variant(name),
    }
}

fn unreadable(name: &str, source: InputError) -> FindError {
    FindError::Unreadable { name: name.to_owned(), source }
}

fn only_variant(name: &str) -> Result<&'static Entry, FindError> {
    let mut variants = INDEX.iter().filter(|entry| entry.name.split('@').next() == Some(name));
    match (variants.next(), variants.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(_)) => Err(FindError::Ambiguous { name: name.to_owned(), example: first.name.clone() }),
        (None, _) => {
            Err(FindError::Unknown { name: name.to_owned(), nearest: nearest(name, names()).map(str::to_owned) })
        }
    }
}

struct Entry {
    name: String,
    title: String,
    token: Option<Node>,
    issuer: Option<Node>,
}

static INDEX: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    // A file that is not readable adds nothing; a test reads them all.
    badpenny_scenarios::FILES.iter().filter_map(|file| index(file.text).ok()).flatten().collect()
});

fn index(text: &str) -> Result<Vec<Entry>, InputError> {
    let root = parse_toml(text)?;
    let mut entries = Vec::new();
    for scenario in root.as_table()?.require("scenario")?.as_array()? {
        let scenario = scenario.as_table()?;
        let id = scenario.require("id")?.as_str()?;
        let title = scenario.require("title")?.as_str()?;
        for variant in scenario.require("variant")?.as_array()? {
            let variant = variant.as_table()?;
            let name = format!("{id}@{}", variant.require("slug")?.as_str()?);
            let member = |name| variant.get(name).cloned();
            entries.push(Entry { name, title: title.to_owned(), token: member("token"), issuer: member("issuer") });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_indexed_and_every_token_is_readable() {
        for file in badpenny_scenarios::FILES {
            assert!(!index(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.name)).is_empty());
        }
        for name in names() {
            find(name).unwrap_or_else(|error| panic!("{error}"));
            steps(name).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        let error = find("time/expird@one-hour").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no scenario variant is called \"time/expird@one-hour\": did you mean \"time/expired@one-hour\"?"
        );
        assert!(matches!(find("time/expired"), Err(FindError::Ambiguous { .. })));
        assert!(find("issuer/other").is_ok());
    }
}
