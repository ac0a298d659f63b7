//! What verifier libraries do with the keys of their issuer, as measured: so that a
//! person can choose one, or the `--refresh` that suits it.
//!
//! ```
//! use badpenny::stacks::Stacks;
//!
//! let stacks = Stacks::embedded()?;
//! let jose = stacks.named("jose").next().expect("it was measured");
//! assert_eq!(jose.new_key_after(), Some(30.0));
//! # Ok::<(), badpenny::stacks::StacksError>(())
//! ```

use serde::Deserialize;

/// What was measured, and when.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stacks {
    /// The day of the measurement, as `YYYY-MM-DD`.
    pub measured: String,
    /// The libraries, by language.
    #[serde(rename = "stack")]
    pub all: Vec<Stack>,
}

/// One library, set up as its documentation shows. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stack {
    /// The language.
    pub language: String,
    /// The library, or those that work together.
    pub name: String,
    /// Their versions, in the same order.
    pub version: String,
    /// How long after a fetch an unknown `kid` makes it look again; `None`: it never does.
    pub looks_after: Option<f64>,
    /// How many such looks it makes a minute; `None`: no limit was found.
    pub looks: Option<f64>,
    /// How long it keeps a key set; `None`: for ever.
    pub kept: Option<f64>,
    /// Whether [`Stack::kept`] was seen to hold at least so long, and not waited out.
    #[serde(default)]
    pub at_least: bool,
    /// What of `Cache-Control` counts.
    pub cache_control: String,
    /// How long it waits for its issuer; `None`: no end was seen.
    pub timeout: Option<f64>,
    /// What becomes of known keys while the issuer is away.
    pub away: String,
    /// What else its user has to know.
    pub note: Option<String>,
}

/// When the table can't be read: a fault of this crate.
#[derive(Debug, thiserror::Error)]
#[error("the table of stacks: {0}")]
pub struct StacksError(#[from] toml::de::Error);

impl Stacks {
    /// The table of this version.
    ///
    /// # Errors
    ///
    /// [`StacksError`] never, as a test holds.
    pub fn embedded() -> Result<Self, StacksError> {
        Ok(toml::from_str(include_str!("stacks.toml"))?)
    }

    /// Those whose name or language has that text in it, in any case.
    pub fn named<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Stack> + use<'a> {
        let text = text.to_lowercase();
        self.all.iter().filter(move |stack| {
            [&stack.name, &stack.language].iter().any(|field| field.to_lowercase().contains(&text))
        })
    }
}

impl Stack {
    /// After how many seconds at the latest a token by a new key is accepted, where the
    /// set was fetched just before; `None`: not before a restart.
    #[must_use]
    pub fn new_key_after(&self) -> Option<f64> {
        let look = self.looks_after.map(|after| match self.looks {
            Some(looks) if looks < 1.0 => after.max((60.0 / looks).round()),
            _ => after,
        });
        let expiry = self.kept.filter(|_| !self.at_least);
        match (look, expiry) {
            (Some(look), Some(expiry)) => Some(look.min(expiry)),
            (look, expiry) => look.or(expiry),
        }
    }

    /// The `--refresh` that waits for a new key, where the default of 60 seconds does not.
    #[must_use]
    pub fn refresh(&self) -> Option<f64> {
        const DEFAULT: f64 = 60.0;
        self.new_key_after().filter(|after| *after > DEFAULT).map(|after| after + 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Stack {
        Stacks::embedded().unwrap().named(name).next().unwrap().clone()
    }

    #[test]
    fn the_table_can_be_read_and_each_library_stands_once() {
        let stacks = Stacks::embedded().unwrap();
        let mut names: Vec<(&str, &str)> =
            stacks.all.iter().map(|stack| (stack.language.as_str(), stack.name.as_str())).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(count > 20 && stacks.measured.len() == "2026-11-28".len());
    }

    #[test]
    fn the_wait_for_a_new_key_is_the_shorter_of_pause_and_expiry() {
        assert_eq!((of("PyJWT").new_key_after(), of("PyJWT").refresh()), (Some(30.0), None));
        assert_eq!(of("keyfunc").new_key_after(), Some(300.0));
        assert_eq!(of("go-jwt-middleware").refresh(), Some(310.0));
        // Kept at least as long as it was looked at: nobody knows when it ends.
        assert_eq!(of("lestrrat").new_key_after(), None);
        assert_eq!(of("Authlib").refresh(), None);
    }
}
