//! Sound servers in several stacks, `recipes`: nothing is found in any of them, but for
//! the honest forms that the page names. A form that is taken by now has to leave it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::{Path, PathBuf};

use conformance_tests::told::{self, Row, Told};
use conformance_tests::{binary, packages, pages};
use rstest::rstest;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes")
}

/// A run with the recipe's own settings; `None` where this machine lacks its language.
fn run(recipe: &str, arguments: &[&str]) -> Option<Told> {
    // Those in Rust are built with this test, and not by their own folder.
    let built = recipe.starts_with("rust-").then(|| binary::path(&format!("recipe-{recipe}")));
    let recipe = folder().join(recipe);
    let place = tempfile::tempdir().unwrap();
    let is_ready = built.is_some() || packages::ready(&recipe).unwrap();
    is_ready.then(|| {
        told::run(place.path(), |command| {
            command.arg("--config").arg(recipe.join("badpenny.toml")).arg("--cwd").arg(&recipe);
            command.arg("--strict").args(arguments);
            if let Some(program) = &built {
                command.arg("--command").arg(program);
            }
        })
    })
}

/// The rows that the page says remain.
fn remaining(recipe: &str) -> Vec<String> {
    pages::last_cell(&folder().join("README.md"), recipe)
}

fn failing(told: &Told) -> Vec<String> {
    let fails = |row: &&Row| !["pass", "skipped", "note"].contains(&row.verdict.as_str());
    told.rows.iter().filter(fails).map(|row| row.name.clone()).collect()
}

#[rstest]
fn a_recipe_is_sound(
    #[values(
        "go-jwx",
        "go-keyfunc",
        "go-oidc",
        "java-jose4j",
        "java-spring",
        "node-express",
        "node-express-oauth2-jwt-bearer",
        "node-fastify",
        "python-fastapi",
        "python-flask",
        "rust-actix",
        "rust-axum"
    )]
    recipe: &str,
    #[values("okta", "rfc8725", "rfc9068", "interop")] profile: &str,
) {
    let shape = if profile == "rfc9068" { "TOKEN_SHAPE=rfc9068" } else { "TOKEN_SHAPE=okta" };
    let Some(told) = run(recipe, &["--profile", profile, "--env", shape]) else { return };
    let expected = if profile == "interop" { remaining(recipe) } else { Vec::new() };
    assert_eq!(failing(&told), expected, "{:#?}", told.found());
    let passed = told.rows.iter().filter(|row| row.verdict == "pass").count();
    assert!(passed > 75, "{passed} rows passed");
}
