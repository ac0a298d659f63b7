use std::collections::HashSet;

use badpenny_scenarios::{FILES, PROFILES};
use mock_idp::input::{InputError, nearest};
use sha2::{Digest as _, Sha256};

use super::parse;
use super::profile::Profile;
use super::types::Scenario;

/// All scenarios and profiles.
#[derive(Debug, Clone)]
pub struct Catalogue {
    scenarios: Vec<Scenario>,
    profiles: Vec<Profile>,
    revision: String,
    /// Ids of the scenarios that a user's own files added.
    added: Vec<String>,
}

/// Why a scenario file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The text is not in the language.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file's name.
        file: String,
        /// Its text, for pointing into it.
        text: String,
        /// What is wrong, and where.
        source: Box<InputError>,
    },
    /// A scenario's id is already taken.
    #[error("the scenario \"{id}\" stands twice: give one of them another id")]
    Twice {
        /// The id.
        id: String,
    },
    /// A profile names a scenario that is not there, or a scenario repeats one.
    #[error("{by} names \"{id}\", which is no scenario{}", nearest.as_ref().map(|name| format!(": did you mean \"{name}\"?")).unwrap_or_default())]
    NoSuchScenario {
        /// Who names it, such as `the profile mine@1`.
        by: String,
        /// What it names.
        id: String,
        /// The id that it most resembles.
        nearest: Option<String>,
    },
    /// A profile includes one that is not there; among those that this program
    /// brings along, also one that includes others itself.
    #[error("the profile {profile} includes \"{included}\", which can't be included{}: known are {}", nearest.as_ref().map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default(), known.join(", "))]
    NoSuchProfile {
        /// The profile's id.
        profile: String,
        /// What it includes.
        included: String,
        /// The one that it most resembles.
        nearest: Option<String>,
        /// What it may include.
        known: Vec<String>,
    },
}

/// The profiles, each with what it includes. One level is enough for those that
/// this program brings along, and can't go in circles.
fn included(profiles: Vec<Profile>) -> Result<Vec<Profile>, LoadError> {
    let bases: Vec<Profile> = profiles.iter().filter(|profile| profile.include.is_empty()).cloned().collect();
    profiles.into_iter().map(|profile| resolved(profile, &bases)).collect()
}

/// The profile with what it includes of these, which are resolved themselves.
fn resolved(mut profile: Profile, bases: &[Profile]) -> Result<Profile, LoadError> {
    let base = |id: &String| bases.iter().find(|base| base.is_called(id)).ok_or_else(|| no_base(&profile, id, bases));
    let bases = profile.include.iter().map(base).collect::<Result<Vec<_>, _>>()?;
    profile.take_over(&bases);
    Ok(profile)
}

fn no_base(profile: &Profile, included: &str, bases: &[Profile]) -> LoadError {
    let known: Vec<String> = bases.iter().map(|base| base.id.clone()).collect();
    let names = known.iter().filter_map(|id| id.split('@').next()).chain(known.iter().map(String::as_str));
    LoadError::NoSuchProfile {
        profile: profile.id.clone(),
        included: included.to_owned(),
        nearest: nearest(included, names).map(str::to_owned),
        known,
    }
}

impl Catalogue {
    /// The scenarios that this program brings along.
    ///
    /// # Errors
    ///
    /// Never in a released program: a test reads every embedded file.
    pub fn embedded() -> Result<Self, LoadError> {
        Self::embedded_and([])
    }

    /// The embedded scenarios, and those of a user's own files, each a name and
    /// a text; the latter belong to every profile.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when a file is not readable or takes an id that is taken.
    pub fn embedded_and(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, LoadError> {
        let pair = |file: &badpenny_scenarios::File| (file.name.to_owned(), file.text.to_owned());
        let mut catalogue = Self::from_texts(FILES.iter().map(pair).chain(files), PROFILES.iter().map(pair))?;
        let own: HashSet<String> =
            mock_idp::catalogue::names().filter_map(|name| Some(name.split_once('@')?.0.to_owned())).collect();
        let ids = catalogue.scenarios.iter().map(|scenario| scenario.id.clone());
        catalogue.added = ids.filter(|id| !own.contains(id)).collect();
        Ok(catalogue)
    }

    /// Reads scenario files and profile files, each a name and a text.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when one is not readable, an id stands twice, or a profile
    /// names what is not there.
    pub fn from_texts(
        files: impl IntoIterator<Item = (String, String)>,
        profiles: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LoadError> {
        let mut hash = Sha256::new();
        let mut scenarios = Vec::new();
        for (file, text) in files {
            hash.update(&text);
            scenarios.extend(parse::scenarios(&text).map_err(|source| LoadError::Unreadable {
                file,
                text,
                source: Box::new(source),
            })?);
        }
        let mut known = Vec::new();
        for (file, text) in profiles {
            known.push(Profile::parse(&text).map_err(|source| LoadError::Unreadable {
                file,
                text,
                source: Box::new(source),
            })?);
        }
        let digest = hash.finalize();
        let revision = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let catalogue = Self { scenarios, profiles: included(known)?, revision, added: Vec::new() };
        catalogue.check()?;
        Ok(catalogue)
    }

    /// The catalogue with one more profile, which takes the place of one of the
    /// same id; and that id.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when the text is no profile, or names what is not there.
    pub fn with_profile(mut self, file: &str, text: String) -> Result<(Self, String), LoadError> {
        let profile = Profile::parse(&text).map_err(|source| LoadError::Unreadable {
            file: file.to_owned(),
            text,
            source: Box::new(source),
        })?;
        let profile = resolved(profile, &self.profiles)?;
        let id = profile.id.clone();
        self.profiles.retain(|known| known.id != id);
        self.profiles.push(profile);
        self.check()?;
        Ok((self, id))
    }

    /// All scenarios, in the order of the files.
    #[must_use]
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// All profiles.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The scenario of that id.
    #[must_use]
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// The profile of that name, with or without its version.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.is_called(name))
    }

    /// Ids of the scenarios that a user's own files added.
    #[must_use]
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// Eight digits that change with any scenario file.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The id or the variant's name that a mistyped or former one most resembles.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<String> {
        let names: Vec<String> = self.scenarios.iter().flat_map(Scenario::names).collect();
        nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Whether there is a scenario, or a variant, of that name.
    fn has(&self, name: &str) -> bool {
        let (id, slug) = name.split_once('@').map_or((name, None), |(id, slug)| (id, Some(slug)));
        self.scenario(id).is_some_and(|scenario| {
            slug.is_none_or(|slug| scenario.variants.iter().any(|variant| variant.slug == slug))
        })
    }

    fn check(&self) -> Result<(), LoadError> {
        let mut seen = HashSet::new();
        if let Some(twice) = self.scenarios.iter().find(|scenario| !seen.insert(scenario.id.as_str())) {
            return Err(LoadError::Twice { id: twice.id.clone() });
        }
        for scenario in &self.scenarios {
            let by = || format!("`repeats` of {}", scenario.id);
            scenario.repeats.iter().try_for_each(|id| self.names(id, by))?;
        }
        for profile in &self.profiles {
            let by = || format!("the profile {}", profile.id);
            let unlisted = profile.scenarios.iter().find(|id| self.scenario(id).is_none());
            unlisted.map_or(Ok(()), |id| Err(self.no_scenario(id, by())))?;
            profile.changes.keys().try_for_each(|name| self.names(name, by))?;
        }
        Ok(())
    }

    /// That a scenario or a variant which somebody names is there.
    fn names(&self, name: &str, by: impl Fn() -> String) -> Result<(), LoadError> {
        if self.has(name) { Ok(()) } else { Err(self.no_scenario(name, by())) }
    }

    fn no_scenario(&self, name: &str, by: String) -> LoadError {
        LoadError::NoSuchScenario { by, id: name.to_owned(), nearest: self.nearest(name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_sound() {
        let catalogue = Catalogue::embedded().unwrap();
        let core = catalogue.profile("core").unwrap();
        assert_eq!(core.id, "core@1");
        assert_eq!(core.scenarios.len(), 26);
    }

    #[test]
    fn a_profile_that_names_nothing_is_refused() {
        let profile = "id = 'x@1'\ntitle = 'x'\nscenarios = ['time/expird']\n";
        let files = FILES.iter().map(|file| (file.name.to_owned(), file.text.to_owned()));
        let error = Catalogue::from_texts(files, [("x.toml".to_owned(), profile.to_owned())]).unwrap_err();
        assert!(error.to_string().contains("did you mean \"time/expired\"?"), "{error}");
    }

    #[test]
    fn a_profile_of_ones_own_may_include_any_that_is_there_and_needs_no_more() {
        for name in ["core", "core-plus@1", "rfc6750", "rfc9068@1", "rfc8725", "okta", "hardening@1"] {
            let text = format!("id = 'own@1'\ntitle = 'own'\ninclude = ['{name}']\n");
            let (catalogue, id) = Catalogue::embedded().unwrap().with_profile("own.toml", text).unwrap();
            let (own, base) = (catalogue.profile(&id).unwrap(), catalogue.profile(name).unwrap());
            assert_eq!((&own.scenarios, &own.settings), (&base.scenarios, &base.settings), "{name}");
            assert_eq!(own.changes, base.changes, "{name}");
        }
    }

    #[test]
    fn a_profile_that_includes_nothing_is_told_what_was_meant() {
        let text = "id = 'own@1'\ntitle = 'own'\ninclude = ['hardning']\n".to_owned();
        let error = Catalogue::embedded().unwrap().with_profile("own.toml", text).unwrap_err().to_string();
        assert!(error.starts_with("the profile own@1 includes \"hardning\", which can't be included"), "{error}");
        assert!(error.contains("did you mean \"hardening\"?"), "{error}");
    }

    #[test]
    fn a_scenario_that_repeats_nothing_is_refused() {
        let scenario = "[[scenario]]\nid='a/b'\ntitle='x'\nrepeats='a/c'\nexpect='refused'\nlevel='must'\n\
                        references=['RFC 7519 4']\nwhy='x'\n[[scenario.variant]]\nslug='x'\n";
        let error = Catalogue::from_texts([("x.toml".to_owned(), scenario.to_owned())], []).unwrap_err();
        assert!(error.to_string().starts_with("`repeats` of a/b names \"a/c\", which is no scenario"), "{error}");
    }
}
