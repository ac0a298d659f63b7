//! The catalogue with a user's own files; what is wrong in them is shown in place.

use std::path::PathBuf;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use mock_idp::input::InputError;

use crate::error::Failure;
use crate::scenario::{Catalogue, LoadError};

/// The embedded scenarios and those of `files`.
pub(super) fn catalogue(files: &[PathBuf]) -> Result<Catalogue, Failure> {
    let mut texts = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))?;
        texts.push((path.display().to_string(), text));
    }
    Catalogue::embedded_and(texts).map_err(|error| match error {
        LoadError::Unreadable { file, text, source } => Failure::usage(pointed(&file, text, &source)),
        other => Failure::usage(other),
    })
}

/// The error with the line that it is in, and a caret under the place.
fn pointed(file: &str, text: String, error: &InputError) -> String {
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
