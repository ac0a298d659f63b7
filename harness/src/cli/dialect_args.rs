//! What the issuer's honest tokens look like, as flags and as a table of the
//! settings file.

use clap::Args;
use clap::builder::PossibleValuesParser;
use mock_idp::dialect::{Dialect, DialectFlags, Shape};
use mock_idp::input::Node;

use super::config::Named;
use super::load;
use crate::error::Failure;

/// The flags, and what the settings file says besides.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Dialect")]
pub(super) struct DialectArgs {
    /// Whose tokens the honest ones are like [default: the profile's, okta in most]
    #[arg(long, env = "BADPENNY_SHAPE", value_parser = PossibleValuesParser::new(Shape::ALL.map(|(word, _)| word)))]
    pub(super) shape: Option<String>,
    /// `kid` of the issuer's key [default: the key's own]
    #[arg(long)]
    pub(super) kid: Option<String>,
    /// `typ` of the honest token's header; empty is none [default: the shape's]
    #[arg(long)]
    pub(super) typ: Option<String>,
    /// Where the scopes stand: scp-array, scp-string, scope-string, scope-array, the name of a claim with a
    /// list, or a JSON Pointer such as /realm_access/roles [default: the shape's]
    #[arg(long, value_name = "CLAIM", conflicts_with = "no_scope")]
    pub(super) scope_claim: Option<String>,
    /// The API asks for no scope: what is about scopes is skipped
    #[arg(long)]
    pub(super) no_scope: bool,
    /// A claim of the honest token, such as tenant='"acme"'; repeatable
    #[arg(long = "claim", value_name = "NAME=JSON")]
    pub(super) claims: Vec<String>,
    /// `[dialect]` of the settings file, with the file.
    #[arg(skip)]
    pub(super) table: Option<(Node, Named)>,
}

impl DialectArgs {
    /// That dialect with what the file says, and the flags behind it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a word or a value is of no use; it points into the file.
    pub(super) fn apply(&self, base: &Dialect) -> Result<Dialect, Failure> {
        let of_file = match &self.table {
            Some((node, (file, text))) => {
                Dialect::read(node, base).map_err(|error| Failure::usage(load::pointed(file, text.clone(), &error)))?
            }
            None => base.clone(),
        };
        self.flags().apply(&of_file).map_err(Failure::usage)
    }

    /// The flags that take one text, by name.
    pub(super) fn texts(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("shape", self.shape.as_deref()),
            ("kid", self.kid.as_deref()),
            ("typ", self.typ.as_deref()),
            ("scope-claim", self.scope_claim.as_deref()),
        ]
    }

    fn flags(&self) -> DialectFlags {
        DialectFlags {
            shape: self.shape.clone(),
            kid: self.kid.clone(),
            typ: self.typ.clone(),
            scope_claim: self.scope_claim.clone(),
            no_scope: self.no_scope,
            claims: self.claims.clone(),
        }
    }
}
