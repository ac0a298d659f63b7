//! The defects, and what is known of each.

mod expected;
mod table;

use std::fmt;
use std::str::FromStr;

pub use self::table::Defect;

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Self, UnknownDefect> {
        let found = Self::ALL.iter().find(|defect| defect.name() == name);
        found.copied().ok_or_else(|| UnknownDefect { name: name.to_owned() })
    }
}

/// When no defect has that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no defect is called {name:?}: take one of the names in defects.toml")]
pub struct UnknownDefect {
    /// What was asked for.
    pub name: String,
}

/// The switch as the pipeline sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch(pub(crate) Option<Defect>);

impl Switch {
    /// Whether this is what is wrong.
    pub(crate) fn has(self, defect: Defect) -> bool {
        self.0 == Some(defect)
    }

    /// Whether what is wrong has to do with ECDSA, which a sound server doesn't take.
    pub(crate) fn takes_ecdsa(self) -> bool {
        matches!(
            self.0,
            Some(
                Defect::TakesZeroSignatures
                    | Defect::TakesDerSignatures
                    | Defect::IgnoresBytesBehindEcdsa
                    | Defect::TakesOtherCurves
                    | Defect::CrashesOnEcdsaLength
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for defect in Defect::ALL {
            assert_eq!(defect.name().parse(), Ok(*defect));
        }
        assert!("no-such-defect".parse::<Defect>().is_err());
    }
}
