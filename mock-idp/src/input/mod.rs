//! One input tree for every text that carries mutations: TOML files with
//! spans, and JSON bodies with member paths. The parsers of the words
//! ([`crate::mutation`], and the harness's scenarios) walk it and never see
//! whether it was TOML or JSON.

mod error;
mod node;
mod read;
mod toml_tree;

pub use error::{InputError, near, nearest};
pub use node::{Entry, Node, Value};
pub use read::Table;
pub use toml_tree::{parse_toml, parse_toml_with_dates};
