//! How long a process group has computed: what a request costs its server.

use std::fs;
use std::time::Duration;

use super::memory::group_of;

/// Reads the CPU time of one process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CpuMeter {
    group: u32,
}

impl CpuMeter {
    /// A meter of that process group.
    pub(super) fn of(group: u32) -> Self {
        Self { group }
    }

    /// The CPU time, of user and system, that the living processes of the group
    /// have taken so far, with all of their threads; zero where none is seen.
    pub(crate) fn read(self) -> Duration {
        let Ok(entries) = fs::read_dir("/proc") else { return Duration::ZERO };
        let processes = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        processes.filter(|process| self.has(*process)).map(of_process).sum()
    }

    fn has(self, process: u32) -> bool {
        fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| group_of(&stat) == Some(self.group))
    }
}

/// The clock of a process, which is finer than the ticks in `/proc` and holds
/// its ended threads as well.
#[cfg(target_os = "linux")]
fn of_process(process: u32) -> Duration {
    let Ok(process) = libc::pid_t::try_from(process) else { return Duration::ZERO };
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both pointers are valid for one value each for the length of the calls.
    let read = unsafe {
        libc::clock_getcpuclockid(process, &raw mut clock) == 0 && libc::clock_gettime(clock, &raw mut time) == 0
    };
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    match (seconds, nanos) {
        (Ok(seconds), Ok(nanos)) if read => Duration::new(seconds, nanos),
        _ => Duration::ZERO,
    }
}

#[cfg(not(target_os = "linux"))]
fn of_process(_: u32) -> Duration {
    Duration::ZERO
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_time_of_a_group_grows_while_it_computes() {
        let own = fs::read_to_string("/proc/self/stat").unwrap();
        let meter = CpuMeter::of(group_of(&own).unwrap());
        let (before, begin) = (meter.read(), Instant::now());
        let mut sum = 0_u64;
        while begin.elapsed() < Duration::from_millis(60) {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
        let took = meter.read().saturating_sub(before);
        assert!(took >= Duration::from_millis(10), "{took:?}");
    }

    #[test]
    fn a_group_without_members_takes_none() {
        assert_eq!(CpuMeter::of(u32::MAX).read(), Duration::ZERO);
    }
}
