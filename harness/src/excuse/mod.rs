//! What keeps a finding from failing a run: an entry of `[[accept]]`, which
//! accepts it until a day, or a snapshot that had it before.
//!
//! Text -> [`Accept`] (checked against the catalogue) -> [`Excuses`] (what holds
//! for one target on one day) -> an [`Excuse`] on a row, and what is [`Outdated`].

mod accept;
mod addition;
mod date;
mod excuses;
mod outdated;
mod read;

pub use accept::Accept;
pub use addition::{AdditionError, Draft, append};
pub use date::{Date, DateError};
pub use excuses::{Excuse, Excuses};
pub use outdated::{Outdated, Why};
pub use read::{Within, read};
