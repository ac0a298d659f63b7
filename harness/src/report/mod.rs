//! Reports: consumers of a run, one a file.

mod excused;
mod format;
mod json;
mod junit;
mod markdown;
mod style;
mod terminal;

pub use format::{Format, FormatError, ReportTarget};
pub use json::json;
pub use junit::{JunitError, junit};
pub use markdown::markdown;
pub use style::Style;
pub use terminal::terminal;
