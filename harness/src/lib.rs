//! Placeholder.
pub mod check;
pub mod http;
pub mod learn;
pub mod scenario;
pub mod target;
pub mod verdict;
