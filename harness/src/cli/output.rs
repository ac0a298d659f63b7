//! The only place that prints.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use crate::error::Failure;

/// Prints to standard output; a closed pipe is no error.
///
/// # Errors
///
/// [`Failure`] when it can't be written, such as on a full disk.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// Prints bytes as they are; errors as for [`print`].
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints to standard error.
pub(super) fn notice(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints an error, with its first line marked.
pub(super) fn error(message: &str) {
    notice(&format!("error: {}\n", message.trim_end()));
}

/// Whether standard output takes colours: a terminal, and no `NO_COLOR`.
pub(super) fn colour() -> bool {
    std::io::stdout().is_terminal() && no_color_unset()
}

/// Whether standard error is a terminal, for a progress bar.
pub(super) fn progress_wanted() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}

fn no_color_unset() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
