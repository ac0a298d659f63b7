//! State that all processes of the server share, and that outlives them: refusals, counted in a
//! file as others would in a database.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

/// After so many refusals nobody gets in any more.
const MOST: u64 = 40;

/// Whether everybody is locked out.
pub(crate) fn is_shut(file: Option<&Path>) -> bool {
    file.and_then(|file| fs::metadata(file).ok()).is_some_and(|file| file.len() >= MOST)
}

/// Takes note of a refusal.
pub(crate) fn count(file: Option<&Path>) {
    let Some(file) = file else { return };
    let opened = OpenOptions::new().create(true).append(true).open(file);
    // Without its file it counts nothing, and locks nobody out.
    drop(opened.and_then(|mut file| file.write_all(b".")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_refusals_lock_everybody_out_until_the_file_is_gone() {
        let folder = std::env::temp_dir().join(format!("leaky-lockout-{}", std::process::id()));
        let file = Some(folder.as_path());
        assert!(!is_shut(file) && !is_shut(None));
        (0..MOST).for_each(|_| count(file));
        assert!(is_shut(file));
        fs::remove_file(&folder).expect("it was written");
        assert!(!is_shut(file));
    }
}
