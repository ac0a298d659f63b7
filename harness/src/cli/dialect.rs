use std::io::Read as _;

use mock_idp::forge::GivenToken;

use super::args::DialectVerbArgs;
use super::output;
use super::real::PlaceArg;
use crate::error::Failure;
use crate::like::Likeness;

/// `badpenny dialect --like PLACE`: the settings that mint the like of real tokens.
pub(super) async fn dialect(args: &DialectVerbArgs) -> Result<u8, Failure> {
    let mut tokens = Vec::new();
    let withheld: Vec<String> = args.like.iter().filter_map(LikeArg::variable).collect();
    for place in &args.like {
        let text = match place {
            LikeArg::StandardInput => from_standard_input()?,
            LikeArg::Place(place) => {
                let source = place.source("--like")?;
                source.read(&withheld).await.map_err(Failure::usage)?.expose().to_owned()
            }
        };
        // The error names no part of it.
        tokens.push(GivenToken::new(&text).map_err(Failure::usage)?);
    }
    let likeness = Likeness::of(&tokens).map_err(Failure::usage)?;
    output::print(&likeness.to_toml())?;
    Ok(crate::exit::SUCCESS)
}

/// Where a token to be read stands; never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LikeArg {
    /// `-`.
    StandardInput,
    /// A place of a secret.
    Place(PlaceArg),
}

impl LikeArg {
    /// The variable that holds the token, which no command is to have.
    fn variable(&self) -> Option<String> {
        match self {
            Self::StandardInput => None,
            Self::Place(place) => place.variable(),
        }
    }
}

impl std::str::FromStr for LikeArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" { Ok(Self::StandardInput) } else { text.parse().map(Self::Place) }
    }
}

fn from_standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().read_to_string(&mut text);
    read.map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    Ok(text)
}
