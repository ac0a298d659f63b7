//! `mock-idp list`: the names that `mint` takes.

use std::io::Write as _;

use super::error::CliError;

pub(super) fn list() -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    for name in mock_idp::catalogue::names() {
        writeln!(output, "{name}")?;
    }
    Ok(())
}
