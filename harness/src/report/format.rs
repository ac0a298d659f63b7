use std::path::PathBuf;
use std::str::FromStr;

use super::{JunitError, Style, json, junit, markdown, terminal};
use crate::engine::RunReport;
use crate::verdict::Strictness;

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Terminal,
    /// For programs; see [`json`].
    Json,
    /// For CI systems; see [`junit`].
    Junit,
    /// For a CI step summary; see [`markdown`].
    Markdown,
}

impl Format {
    /// Every format with its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("terminal", Self::Terminal), ("json", Self::Json), ("junit", Self::Junit), ("markdown", Self::Markdown)];

    /// The report's text.
    ///
    /// # Errors
    ///
    /// [`JunitError`] when the JUnit report can't be written as XML.
    pub fn render(self, report: &RunReport, strictness: Strictness, style: Style) -> Result<String, JunitError> {
        match self {
            Self::Terminal => Ok(terminal(report, strictness, style)),
            Self::Json => Ok(json(report)),
            Self::Junit => junit(report, strictness),
            Self::Markdown => Ok(markdown(report, strictness)),
        }
    }
}

/// `FORMAT` for standard output, or `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTarget {
    /// The format.
    pub format: Format,
    /// The file; `None` for standard output.
    pub file: Option<PathBuf>,
}

/// Why a text names no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There is no such format.
    #[error("there is no report \"{name}\": known are terminal, json, junit, markdown, each with =FILE")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The file's name is missing after `=`.
    #[error("\"{text}\" names no file: write {text}report.txt, or leave the = out")]
    NoFile {
        /// What was asked for.
        text: String,
    },
}

impl FromStr for ReportTarget {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err(FormatError::NoFile { text: text.to_owned() }),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = Format::ALL.iter().find(|(word, _)| *word == name).map(|(_, format)| *format);
        let format = format.ok_or_else(|| FormatError::Unknown { name: name.to_owned() })?;
        Ok(Self { format, file })
    }
}
