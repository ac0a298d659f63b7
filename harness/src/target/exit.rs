//! How a target's process ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

/// How a spawned target ended.
///
/// The command runs under `sh`. Where the shell stays in between, it reports the death of its
/// child by a signal as the code 128 + signal; see [`TargetExit::signal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetExit {
    /// It ended with this exit code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// Something else in this process collected its exit status, or not even SIGKILL has ended
    /// it yet.
    Unknown,
}

impl TargetExit {
    /// The exit code, if it ended with one.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            Self::Signal(_) | Self::Unknown => None,
        }
    }

    /// The signal that ended it, also where a shell passed it on as 128 + signal.
    pub fn signal(self) -> Option<i32> {
        match self {
            Self::Signal(signal) => Some(signal),
            Self::Code(code @ 129..=159) => Some(code - 128),
            Self::Code(_) | Self::Unknown => None,
        }
    }
}

impl From<Option<ExitStatus>> for TargetExit {
    fn from(status: Option<ExitStatus>) -> Self {
        let code = status.and_then(|status| status.code()).map(Self::Code);
        let signal = status.and_then(|status| status.signal()).map(Self::Signal);
        code.or(signal).unwrap_or(Self::Unknown)
    }
}

impl fmt::Display for TargetExit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(out, "exit code {code}"),
            Self::Signal(signal) => match name_of(signal) {
                Some(name) => write!(out, "{name}"),
                None => write!(out, "signal {signal}"),
            },
            Self::Unknown => write!(out, "an unknown exit status"),
        }
    }
}

/// The signals that servers die of.
fn name_of(signal: i32) -> Option<&'static str> {
    Some(match signal {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGTERM => "SIGTERM",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_status_becomes_a_code_or_a_signal() {
        let exit = |raw| TargetExit::from(Some(ExitStatus::from_raw(raw)));

        assert_eq!(exit(7 << 8), TargetExit::Code(7));
        assert_eq!(exit(libc::SIGSEGV), TargetExit::Signal(libc::SIGSEGV));
        assert_eq!(TargetExit::from(None), TargetExit::Unknown);
    }

    #[test]
    fn a_signal_that_a_shell_passed_on_is_recognised() {
        assert_eq!(TargetExit::Code(139).signal(), Some(libc::SIGSEGV));
        assert_eq!(TargetExit::Code(1).signal(), None);
    }

    #[test]
    fn it_reads_as_an_operator_would_say_it() {
        assert_eq!(TargetExit::Code(1).to_string(), "exit code 1");
        assert_eq!(TargetExit::Signal(libc::SIGKILL).to_string(), "SIGKILL");
        assert_eq!(TargetExit::Signal(60).to_string(), "signal 60");
    }
}
