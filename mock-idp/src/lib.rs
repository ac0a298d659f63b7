//! Placeholder.
pub mod catalogue;
pub mod claims;
pub mod clock;
pub mod forge;
pub mod input;
pub mod json;
pub mod keys;
pub mod mutation;
pub mod random;
