//! One at a time, and not twice: locks on files and their times.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::SystemTime;

/// Opens a file or folder and waits until nobody else holds it. To close it is to let go.
///
/// Not the list of packages itself: Go waits until nobody holds `go.sum`.
pub(super) fn hold(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    // SAFETY: `flock` takes two integers, and the descriptor stays open as long as `file`.
    if unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(file)
}

/// Whether `record` is there, and was written after `source`: an install that was cut
/// short left none.
pub(super) fn is_newer(record: &Path, source: &Path) -> bool {
    let record = modified(record);
    record.is_some() && record >= modified(source)
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|file| file.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn packages_count_as_installed_once_that_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let (record, source) = (folder.path().join("installed"), folder.path().join("requirements.txt"));
        fs::write(&source, "").unwrap();
        assert!(!is_newer(&record, &source));
        fs::write(&record, "").unwrap();
        assert!(is_newer(&record, &source));
    }

    #[test]
    fn a_newer_list_asks_for_another_install() {
        let folder = tempfile::tempdir().unwrap();
        let (record, source) = (folder.path().join("installed"), folder.path().join("requirements.txt"));
        let source_file = File::create(&source).unwrap();
        fs::write(&record, "").unwrap();
        source_file.set_modified(modified(&record).unwrap() + std::time::Duration::from_secs(1)).unwrap();
        assert!(!is_newer(&record, &source));
    }
}
