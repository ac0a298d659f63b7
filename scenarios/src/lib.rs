//! The scenarios of Badpenny, as data.
//!
//! Each file holds the scenarios of one category, each profile selects some of
//! them. This crate embeds the files and holds no logic: `mock-idp` reads the
//! tokens out of them, `badpenny` the whole. How to write one is told in
//! `AUTHORING.md` beside this crate.
//!
//! ```
//! let time = badpenny_scenarios::FILES.iter().find(|file| file.name == "time.toml");
//! assert!(time.is_some_and(|file| file.text.contains("time/expired")));
//! ```

/// A file of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its name, for messages that point into it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal in $folder:literal),+ $(,)?) => {
        &[$(File { name: $name, text: include_str!(concat!("../", $folder, $name)) }),+]
    };
}

/// The scenario files, in the order in which `list` shows them.
pub const FILES: &[File] = files![
    "baseline.toml" in "",
    "transport.toml" in "",
    "structure.toml" in "",
    "signature.toml" in "",
    "time.toml" in "",
    "issuer.toml" in "",
    "audience.toml" in "",
    "scope.toml" in "",
    "token-type.toml" in "",
    "keys.toml" in "",
    "interop.toml" in "",
    "response.toml" in "",
    "http.toml" in "",
    "concurrency.toml" in "",
    "dos.toml" in "",
];

/// The profiles: frozen selections of scenarios with their settings.
pub const PROFILES: &[File] = files![
    "core@1.toml" in "profiles/",
    "core-plus@1.toml" in "profiles/",
    "rfc6750@1.toml" in "profiles/",
    "rfc9068@1.toml" in "profiles/",
    "rfc8725@1.toml" in "profiles/",
    "okta@1.toml" in "profiles/",
    "hardening@1.toml" in "profiles/",
    "interop@1.toml" in "profiles/",
];

/// The coverage ledger: what each RFC asks of a resource server with the
/// scenarios that hold it to that, and the scenarios beyond them.
pub const COVERAGE: &[File] = files![
    "rfc6750.toml" in "coverage/",
    "rfc7515.toml" in "coverage/",
    "rfc7519.toml" in "coverage/",
    "rfc8725.toml" in "coverage/",
    "rfc9068.toml" in "coverage/",
    "beyond.toml" in "coverage/",
];
