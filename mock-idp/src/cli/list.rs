//! `mock-idp list`: the names that `mint` takes, and those of answers.

use std::io::Write as _;

use super::args::ListArgs;
use super::error::CliError;

pub(super) fn list(args: &ListArgs) -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    if args.answers {
        for row in mock_idp::answer::rows() {
            let value = row.value().map(|value| format!("={value}")).unwrap_or_default();
            writeln!(output, "{}{value}: {}", row.name, row.does)?;
        }
        return Ok(());
    }
    for name in mock_idp::catalogue::names() {
        writeln!(output, "{name}")?;
    }
    Ok(())
}
