//! The issuer's pages in Chromium, by people and by Okta's own library:
//! `browser/`.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::Command;

use conformance_tests::packages::{self, Toolchain};
use conformance_tests::{machine, node, tool};
use mock_idp::MockIdp;
use mock_idp::config::Config;
use rstest::rstest;

/// A single-page app, a user, and scopes that need a consent.
const CONFIG: &str = r#"
[server.default]
scopes = [{ name = "orders.read", consent = "required" }, { name = "orders.write", consent = "required" }]

[[server.default.client]]
id = "0oaBrowserTestClient"
auth_methods = ["none"]
grants = ["authorization_code", "implicit", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]
any_loopback_redirect = true

[[server.default.user]]
login = "ada@example.com"
password = "right"
claims = { name = "Ada Lovelace" }
"#;

/// Runs a check of `browser/check.js`, where this machine has a browser.
async fn check(name: &str, more: &[(&str, &Path)]) {
    let Some(chromium) = machine::chromium().filter(|_| machine::has_node()) else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    packages::install(Toolchain::Node, &folder).unwrap();
    let idp = MockIdp::builder().config(Config::parse(CONFIG, &folder).unwrap()).start().await.unwrap();
    // A cookie of another host would be a stranger's in a frame of the client.
    let issuer = idp.http_issuer().replace("127.0.0.1", "localhost");
    let mut command = Command::new(node::executable().unwrap());
    command.args(["check.js", name]).current_dir(folder).envs(more.iter().copied());
    command.env("ISSUER", issuer).env("CLIENT_ID", "0oaBrowserTestClient").env("CHROMIUM", chromium);
    let done = tokio::task::spawn_blocking(move || tool::run(&mut command)).await.unwrap();
    done.unwrap_or_else(|error| panic!("{error}"));
}

#[rstest]
#[case::a_person_signs_in_and_consents_by_keyboard_alone("keyboard")]
#[case::a_person_decides_about_a_device_by_keyboard_alone("deviceByKeyboard")]
#[case::the_pages_work_without_scripts("withoutScripts")]
#[case::a_form_sends_itself_to_the_client("formThatSendsItself")]
#[case::every_text_can_be_read_in_light_and_in_dark("readableInLightAndDark")]
#[tokio::test(flavor = "multi_thread")]
async fn the_pages(#[case] name: &str) {
    check(name, &[]).await;
}

#[rstest]
#[case::signs_in_by_redirect("redirect")]
#[case::signs_in_in_a_popup("popup")]
#[case::gets_tokens_without_a_code("implicit")]
#[case::renews_tokens_in_a_frame("renewInFrame")]
#[case::renews_tokens_with_a_refresh_token("renewWithRefreshToken")]
#[case::holds_its_tokens_with_a_key("dpop")]
#[case::signs_out("signOut")]
#[tokio::test(flavor = "multi_thread")]
async fn okta_auth_js(#[case] name: &str) {
    check(name, &[]).await;
}

/// What the issuer's README shows; taken anew only where that is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn the_screenshots_of_the_readme_are_there() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mock-idp/docs");
    if std::env::var_os("BADPENNY_SCREENSHOTS").is_some() {
        check("screenshots", &[("SCREENSHOTS", &docs)]).await;
    }
    for page in ["sign-in", "consent", "device"].iter().flat_map(|name| ["light", "dark"].map(|scheme| (name, scheme)))
    {
        let path = docs.join(format!("{}-{}.png", page.0, page.1));
        let length = path.metadata().unwrap().len();
        assert!((1000..40_000).contains(&length), "{}: {length} bytes", path.display());
    }
}
