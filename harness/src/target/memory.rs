//! How much memory a process group takes, and how much there is: what bounds
//! the number of targets that run side by side.

use std::fs;

/// The resident memory of a process group in bytes; `None` where `/proc` does
/// not tell.
pub(super) fn resident(group: u32) -> Option<u64> {
    let mut total = 0;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if group_of(&stat) == Some(group) {
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            total += kilobytes(&status, "VmRSS:").unwrap_or_default() * 1024;
        }
    }
    (total > 0).then_some(total)
}

/// The memory that can be had without swapping, in bytes; `None` where the
/// system does not tell.
#[must_use]
pub fn available() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    kilobytes(&told, "MemAvailable:").map(|kilobytes| kilobytes * 1024)
}

/// The process group in a line of `/proc/PID/stat`: the third word behind the
/// name, which may hold anything.
pub(super) fn group_of(stat: &str) -> Option<u32> {
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_ascii_whitespace().nth(2)?.parse().ok()
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_found_behind_a_name_that_looks_like_one() {
        assert_eq!(group_of("7 (a) 1 2 (b)) S 1 4711 4711 0"), Some(4711));
        assert_eq!(group_of("nothing"), None);
    }

    #[test]
    fn a_figure_is_read_from_its_line() {
        assert_eq!(kilobytes("VmPeak:\t 9 kB\nVmRSS:\t   1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(kilobytes("", "VmRSS:"), None);
    }
}
