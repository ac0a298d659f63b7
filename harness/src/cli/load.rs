//! What a verb reads: the catalogue with a user's own files, whose mistakes are
//! shown in place, the plan of a run, and texts.

use std::path::{Path, PathBuf};

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use mock_idp::input::InputError;

use super::config::Named;
use super::session_args::SessionArgs;
use crate::error::Failure;
use crate::excuse::{self, Accept, Within};
use crate::scenario::{Catalogue, DEFAULT_PROFILE, LoadError, Plan, PlanError, Selection};

/// The embedded scenarios and those of `files`.
pub(super) fn catalogue(files: &[PathBuf]) -> Result<Catalogue, Failure> {
    let mut texts = Vec::new();
    for path in files {
        texts.push((path.display().to_string(), text(path)?));
    }
    Catalogue::embedded_and(texts).map_err(failure)
}

/// The catalogue of a session, and which of its profiles is chosen.
pub(super) struct Library {
    pub(super) catalogue: Catalogue,
    /// The profile's id.
    pub(super) profile: String,
}

impl Library {
    /// With the user's own scenarios and profile.
    pub(super) fn of(session: &SessionArgs) -> Result<Self, Failure> {
        let name = session.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
        let (catalogue, name) = with_profile(catalogue(&session.scenarios)?, name)?;
        match catalogue.profile(&name).map(|profile| profile.id.clone()) {
            Some(profile) => Ok(Self { catalogue, profile }),
            None => Err(Failure::usage(PlanError::no_such_profile(&catalogue, &name))),
        }
    }

    /// What a selection takes of the profile, with the session's times.
    pub(super) fn plan(&self, session: &SessionArgs, selection: &Selection) -> Result<Plan, Failure> {
        let plan = Plan::of_selection(&self.catalogue, &self.profile, selection);
        let mut plan = plan.map_err(|error| match error {
            PlanError::NoSuchProfile { .. } => Failure::usage(error),
            other => Failure::nothing_selected(other),
        })?;
        plan.settings.wait_instead(session.leeway, session.refresh);
        plan.settings.dialect = session.dialect.apply(&plan.settings.dialect)?;
        Ok(plan)
    }
}

/// The entries of `[[accept]]` in a file, whose mistakes are shown in place.
pub(super) fn accepts((file, text): Named, within: Within, catalogue: &Catalogue) -> Result<Vec<Accept>, Failure> {
    excuse::read(&file, &text, within, catalogue).map_err(|error| Failure::usage(pointed(&file, text, &error)))
}

/// The catalogue and the profile's id: a name that ends in `.toml` is a file of
/// the user's own.
pub(super) fn with_profile(catalogue: Catalogue, name: &str) -> Result<(Catalogue, String), Failure> {
    if !name.ends_with(".toml") {
        return Ok((catalogue, name.to_owned()));
    }
    let text = text(Path::new(name))?;
    catalogue.with_profile(name, text).map_err(failure)
}

fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Unreadable { file, text, source } => Failure::usage(pointed(&file, text, &source)),
        other => Failure::usage(other),
    }
}

/// The text of a file that the user names.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))
}

/// The error with the line that it is in, and a caret under the place.
pub(super) fn pointed(file: &str, text: String, error: &InputError) -> String {
    let place = if error.path.is_empty() { String::new() } else { format!(" at {}", error.path) };
    let mut diagnostic = MietteDiagnostic::new(format!("{file} is not usable{place}"));
    if let Some(help) = &error.help {
        diagnostic = diagnostic.with_help(help);
    }
    if let Some(span) = &error.span {
        diagnostic = diagnostic.with_label(LabeledSpan::at(span.clone(), error.message.clone()));
    }
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(file, text));
    format!("{}\n{report:?}", error.message)
}
