//! Files that a verb writes for a person: none is replaced without being asked to.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::error::CliError;

/// Writes a file for the owner only, since there may be a secret in it. One that is
/// there already is left as it is, unless `force` says otherwise.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), CliError> {
    let written = open(path, force).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => CliError::FileIsThere { path: path.to_owned() },
        _ => CliError::Unwritable { path: path.to_owned(), source },
    })
}

fn open(path: &Path, force: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(force).create(force).create_new(!force);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
