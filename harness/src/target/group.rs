//! A process group, and the system calls on it that the standard library has no safe words for.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

/// A process group that one of our own children leads.
///
/// Its id stays reserved by the kernel for as long as the leader is unreaped or a member lives,
/// so a signal can't reach a stranger before [`Group::reap`] was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(libc::pid_t);

impl Group {
    /// The group that the child `leader` leads; `None` for an id that means something else to
    /// the kernel (0 is the caller's own group, 1 is init).
    pub(super) fn led_by(leader: u32) -> Option<Self> {
        libc::pid_t::try_from(leader).ok().filter(|id| *id > 1).map(Self)
    }

    /// The group's id, which is its leader's process id too.
    pub(super) fn id(self) -> u32 {
        self.0.unsigned_abs()
    }

    /// Sends `signal` to every member. A group that is gone already is no error.
    pub(super) fn signal(self, signal: libc::c_int) {
        // SAFETY: killpg takes two integers and touches no memory of ours; `led_by` keeps out
        // the ids with a special meaning.
        unsafe { libc::killpg(self.0, signal) };
    }

    /// Blocks until the leader has ended and leaves it unreaped, so that the id stays taken.
    pub(super) fn wait_for_leader(self) -> io::Result<()> {
        loop {
            let mut information = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
            // SAFETY: the pointer is valid for one siginfo_t for the length of the call.
            let answer = unsafe {
                libc::waitid(libc::P_PID, self.id(), information.as_mut_ptr(), libc::WEXITED | libc::WNOWAIT)
            };
            match io::Error::last_os_error() {
                _ if answer == 0 => return Ok(()),
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            }
        }
    }

    /// Reaps the leader, and every other member that is a child of this process (all orphans are,
    /// where the harness is the init of its container). Blocks until they have ended.
    ///
    /// `None` when something else in this process reaped the leader first.
    pub(super) fn reap(self) -> Option<ExitStatus> {
        let leader = wait_for(self.0);
        while wait_for(-self.0).is_some() {}
        leader
    }
}

/// `waitpid`: a process by its id, or any child in a group by the negative id.
fn wait_for(which: libc::pid_t) -> Option<ExitStatus> {
    loop {
        let mut status = 0;
        // SAFETY: the pointer is valid for one c_int for the length of the call.
        let answer = unsafe { libc::waitpid(which, &raw mut status, 0) };
        if answer > 0 {
            return Some(ExitStatus::from_raw(status));
        }
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::*;

    #[test]
    fn an_id_that_would_mean_our_own_group_is_refused() {
        assert_eq!(Group::led_by(0), None);
        assert_eq!(Group::led_by(1), None);
        assert_eq!(Group::led_by(u32::MAX), None);
    }

    #[test]
    #[expect(clippy::zombie_processes, reason = "the group reaps it")]
    fn the_leader_can_be_waited_for_twice_and_is_reaped_once() {
        let child = Command::new("/bin/sh").args(["-c", "exit 3"]).process_group(0).spawn().expect("sh is there");
        let group = Group::led_by(child.id()).expect("a real process");

        group.wait_for_leader().expect("it is our child");
        group.wait_for_leader().expect("it is not reaped yet");

        assert_eq!(group.reap().and_then(|status| status.code()), Some(3));
        assert_eq!(group.reap(), None);
    }
}
