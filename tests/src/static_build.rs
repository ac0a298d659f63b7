//! Static binaries, for containers that hold nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that a static binary is built for here.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// `mock-idp` without shared libraries, built now where it is not yet.
///
/// # Panics
///
/// When it can't be built.
#[must_use]
pub fn mock_idp() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "-p", "mock-idp", "--bin", "mock-idp", "--target", TARGET, "--quiet"])
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        // Flags of the outer build (coverage, say) must not reach a static one.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(root)
        .status();
    assert!(built.is_ok_and(|status| status.success()), "a static mock-idp could not be built");
    target_folder(root).join(TARGET).join("debug").join("mock-idp")
}

/// Where cargo builds the workspace in `root`.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
