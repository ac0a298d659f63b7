use std::time::Duration;

use super::{InProcessStarter, RenewError, SpawnedRecipe, Target};
use crate::demo::{Demo, DemoSettings};

/// How one more target of a kind is started: with an issuer of its own, on a
/// port of its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Recipe {
    /// A command.
    Spawned {
        /// What it is started with.
        recipe: Box<SpawnedRecipe>,
        /// The request target of the protected route.
        path: String,
    },
    /// A server in this process.
    InProcess(InProcessStarter),
    /// The built-in demo server.
    Demo(Box<DemoSettings>),
}

impl Recipe {
    /// Starts one that trusts that issuer; `deadline` is how long it may take
    /// where that is to be less than its owner gave it.
    ///
    /// # Errors
    ///
    /// [`RenewError`] when it does not start.
    pub async fn start(&self, issuer: &str, deadline: Option<Duration>) -> Result<Target, RenewError> {
        Ok(match self {
            Self::Spawned { recipe, path } => {
                Target::Spawned { spawned: Box::new(recipe.start(issuer, deadline).await?), path: path.clone() }
            }
            Self::InProcess(starter) => Target::InProcess(starter.start(issuer.to_owned()).await?),
            Self::Demo(settings) => {
                let settings = DemoSettings { issuer: issuer.to_owned(), ..(**settings).clone() };
                Target::Demo { demo: Demo::start(settings.clone()).await?, settings: Box::new(settings) }
            }
        })
    }
}
