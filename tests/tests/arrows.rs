//! Holds the arrows between the packages: `scenarios` <- `mock-idp` <- `harness` <- `tests`, and
//! no others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Each package with those of the workspace that it depends on, in whatever kind of dependency.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The package that may depend on every other.
const TESTS: &str = "conformance-tests";

/// What each of the others depends on.
const ARROWS: &[(&str, &[&str])] = &[
    ("badpenny-scenarios", &[]),
    ("mock-idp", &["badpenny-scenarios"]),
    ("badpenny", &["badpenny-scenarios", "mock-idp"]),
    ("leaky", &[]),
    ("rust-actix", &[]),
    ("recipe-rust-actix", &[]),
    ("recipe-rust-axum", &[]),
    ("rust-axum", &[]),
];

/// The packages that users get.
const PUBLISHED: [&str; 3] = ["badpenny-scenarios", "mock-idp", "badpenny"];

#[test]
fn the_packages_depend_on_each_other_as_contributing_says_and_not_otherwise() {
    let mut arrows = arrows(&packages());
    let tests = arrows.remove(TESTS);

    assert!(tests.is_some(), "{TESTS} is no member of the workspace");
    assert_eq!(arrows, expected(), "an arrow is new or gone: see \"The house\" in CONTRIBUTING.md");
}

#[test]
fn only_the_libraries_and_the_tools_are_published() {
    let published: BTreeSet<String> =
        packages().iter().filter(|package| package["publish"].is_null()).map(name).collect();

    assert_eq!(published, PUBLISHED.map(str::to_owned).into());
}

fn expected() -> Arrows {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    ARROWS.iter().map(|(package, on)| ((*package).to_owned(), owned(on))).collect()
}

fn arrows(packages: &[Value]) -> Arrows {
    let members: BTreeSet<String> = packages.iter().map(name).collect();
    packages.iter().map(|package| (name(package), dependencies(package, &members))).collect()
}

/// Those of its dependencies that are members; normal, dev and build ones stand in one list.
fn dependencies(package: &Value, members: &BTreeSet<String>) -> BTreeSet<String> {
    list(package, "dependencies").iter().map(name).filter(|dependency| members.contains(dependency)).collect()
}

/// The packages of the workspace, as `cargo metadata` tells them.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .stdin(Stdio::null())
        .output()
        .expect("cargo can't be started");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata printed no JSON");
    list(&metadata, "packages").to_vec()
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().unwrap_or_else(|| panic!("cargo metadata has no list \"{member}\""))
}

fn name(package: &Value) -> String {
    package["name"].as_str().expect("cargo metadata has a package without a name").to_owned()
}
