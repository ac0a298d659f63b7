//! The configuration file, applied as it changes while the issuer runs.

mod changes;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mock_idp::Issuer;
use mock_idp::config::Config;
use mock_idp::state_dir::StateDir;

use super::setup::Setup;
use changes::Changes;

/// How often the file is looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// A file that is looked at, with what it said when it was read last.
#[derive(Debug)]
pub(super) struct Watch {
    path: PathBuf,
    state: StateDir,
    said: Config,
    /// When it was read last.
    read: Option<Stamp>,
    /// When it was written, as far as was seen at the last look.
    seen: Option<Stamp>,
}

/// By what a file that was written is told from the one before.
type Stamp = (SystemTime, u64);

impl Watch {
    /// Before the issuer starts, so that no change is missed; `None` where there is no file.
    pub(super) fn new(path: Option<&Path>, setup: &Setup) -> Option<Self> {
        let path = path?;
        let stamp = stamp(path);
        let said = Config::from_file(path).ok()?;
        Some(Self { path: path.to_owned(), state: setup.state.clone(), said, read: stamp, seen: stamp })
    }

    /// Looks for as long as the issuer runs.
    pub(super) async fn run(mut self, issuer: Issuer) {
        let mut pauses = tokio::time::interval(PAUSE);
        loop {
            pauses.tick().await;
            for line in self.look(&issuer) {
                // Without a standard error there is nobody to tell.
                let _ = writeln!(std::io::stderr(), "mock-idp: {line}");
            }
        }
    }

    /// What is to be told. A file is read when it has not been written since the look
    /// before: editors write in pieces.
    fn look(&mut self, issuer: &Issuer) -> Vec<String> {
        let stamp = stamp(&self.path);
        let is_settled = stamp == self.seen;
        self.seen = stamp;
        if !is_settled || stamp.is_none() || stamp == self.read {
            return Vec::new();
        }
        self.read = stamp;
        match Config::from_file(&self.path) {
            Err(error) => vec![format!("{error}; nothing has changed")],
            Ok(said) => self.apply(said, issuer),
        }
    }

    fn apply(&mut self, said: Config, issuer: &Issuer) -> Vec<String> {
        let mut changes = Changes::new(issuer, &self.state);
        changes.apply(&self.said, &said);
        self.said = said;
        let file = self.path.display();
        changes.into_lines().into_iter().map(|line| format!("{file}: {line}")).collect()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let file = path.metadata().ok()?;
    Some((file.modified().ok()?, file.len()))
}
