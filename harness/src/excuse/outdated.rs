use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::accept::Accept;
use super::date::Date;

/// An entry of `[[accept]]` that no longer holds: it fails the run, so that the
/// file tells the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// What it names.
    pub id: String,
    /// The file that it stands in.
    pub file: String,
    /// What is wrong with it.
    pub why: Why,
}

/// Why an entry no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its last day has passed.
    Expired(Date),
    /// All that it names was judged, and nothing was found.
    NothingFound,
}

impl Outdated {
    pub(super) fn new(accept: &Accept, why: Why) -> Self {
        Self { id: accept.id.to_string(), file: accept.file.clone(), why }
    }
}

impl fmt::Display for Outdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match self.why {
            Why::Expired(until) => {
                write!(f, "was accepted until {until}: fix it, or set a later `until` in {file}")
            }
            Why::NothingFound => write!(f, "is accepted, and nothing of it was found: remove the entry from {file}"),
        }
    }
}

impl Serialize for Outdated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut outdated = serializer.serialize_struct("Outdated", 4)?;
        outdated.serialize_field("id", &self.id)?;
        outdated.serialize_field("file", &self.file)?;
        let why = match self.why {
            Why::Expired(_) => "expired",
            Why::NothingFound => "nothing-found",
        };
        outdated.serialize_field("why", why)?;
        outdated.serialize_field("message", &format!("{} {self}", self.id))?;
        outdated.end()
    }
}
