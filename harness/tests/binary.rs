//! The binary starts, and says what it is. (The end-to-end tests in the
//! workspace's `tests` drive this very binary; cargo builds it because this
//! test is here.)

use std::process::Command;

#[test]
fn the_binary_says_its_name_and_version() {
    let output = Command::new(env!("CARGO_BIN_EXE_badpenny")).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.trim(), format!("badpenny {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(output.status.code(), Some(0));
}
