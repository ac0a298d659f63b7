//! Exit codes of `badpenny`. Stable.

/// Nothing unexpected.
pub const SUCCESS: u8 = 0;
/// A finding: something vulnerable, something broken or deviating from a MUST,
/// a 5xx, a death or a hang, a MUST left unjudged, a snapshot that differs.
pub const FINDINGS: u8 = 1;
/// Wrong usage or configuration.
pub const USAGE: u8 = 2;
/// The target could not be started, reached, or made to accept the control.
pub const TARGET: u8 = 3;
/// The selection is empty.
pub const NOTHING_SELECTED: u8 = 4;
/// A fault of the harness.
pub const HARNESS_FAULT: u8 = 70;
/// Interrupted (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;
