use std::collections::HashMap;

use mock_idp::input::{InputError, parse_toml};

use super::expectation::Level;

/// A named, frozen selection of scenarios with its settings.
#[derive(Debug, Clone)]
pub struct Profile {
    /// `name@version`.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Ids of its scenarios, in their order.
    pub scenarios: Vec<String>,
    /// Levels in place of the scenarios' own.
    pub levels: HashMap<String, Level>,
}

impl Profile {
    /// Reads a profile file.
    ///
    /// # Errors
    ///
    /// When the text is no profile.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let root = parse_toml(text)?;
        let table = root.as_table()?;
        let scenarios = table.require("scenarios")?.as_array()?;
        let profile = Self {
            id: table.require("id")?.as_str()?.to_owned(),
            title: table.require("title")?.as_str()?.to_owned(),
            scenarios: scenarios.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Result<_, _>>()?,
            levels: match table.get("level") {
                Some(levels) => levels
                    .as_table()?
                    .entries()
                    .iter()
                    .map(|entry| Ok((entry.name.clone(), entry.node.as_choice(&Level::ALL)?)))
                    .collect::<Result<_, InputError>>()?,
                None => HashMap::new(),
            },
        };
        table.finish()?;
        Ok(profile)
    }

    /// Whether `name` means this profile: with its version, or without.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.id.split('@').next() == Some(name)
    }
}
