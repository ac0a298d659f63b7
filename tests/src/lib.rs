//! What the end-to-end tests of Badpenny share: the real binaries, the real
//! targets and clients, and the one redactor of all snapshots.

pub mod binary;
pub mod clients;
pub mod images;
pub mod machine;
pub mod naive;
pub mod node;
pub mod outcomes;
pub mod packages;
pub mod pages;
pub mod processes;
pub mod redact;
pub mod standing;
pub mod static_build;
pub mod told;
pub mod tool;
