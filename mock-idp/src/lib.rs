//! Placeholder.
pub mod claims;
pub mod clock;
pub mod input;
pub mod json;
pub mod keys;
pub mod random;
