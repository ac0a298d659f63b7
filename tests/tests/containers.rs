//! The Node app and mock-idp in containers on one private network: the issuer's
//! name is the same inside and outside, and the harness on the host drives both.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::time::Duration;

use conformance_tests::images::{node_image, static_binary_image};
use conformance_tests::machine::{has_docker, has_node};
use conformance_tests::node::{self, Variant};
use conformance_tests::{binary, redact, static_build};
use testcontainers::core::wait::HttpWaitStrategy;
use testcontainers::core::{IntoContainerPort as _, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, GenericImage, ImageExt as _};

/// Opens the control API of the issuer in the container.
const CONTROL_TOKEN: &str = "badpenny-container-test";
/// What is shown of the article's app row by row, here as elsewhere.
const FIVE_TOKENS: [&str; 5] =
    ["baseline/valid", "time/expired", "scope/missing-required", "signature/foreign-key-same-kid", "audience/other"];
const STARTUP: Duration = Duration::from_secs(60);

struct Network {
    name: String,
}

impl Network {
    fn new() -> Self {
        Self { name: format!("badpenny-test-{}", std::process::id()) }
    }

    /// The issuer's name on the network.
    fn issuer_host(&self) -> String {
        format!("{}-idp", self.name)
    }
}

async fn start_issuer(network: &Network) -> ContainerAsync<GenericImage> {
    let image = static_binary_image(&static_build::mock_idp(), "mock-idp", &[]).unwrap();
    let (name, tag) = image.rsplit_once(':').unwrap();
    let host = network.issuer_host();
    let issuer = format!("https://{host}:9443");
    GenericImage::new(name, tag)
        .with_exposed_port(9000.tcp())
        .with_wait_for(WaitFor::http(
            HttpWaitStrategy::new("/oauth2/default/v1/keys").with_port(9000.tcp()).with_expected_status_code(200_u16),
        ))
        .with_network(network.name.as_str())
        .with_container_name(host.as_str())
        .with_label("org.badpenny.test", "true")
        .with_cmd([
            "--bind",
            "0.0.0.0",
            "--state-dir",
            "/state",
            "--alias",
            host.as_str(),
            "--issuer-url",
            issuer.as_str(),
            "--control-token",
            CONTROL_TOKEN,
        ])
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .unwrap()
}

async fn start_app(network: &Network, ca_pem: Vec<u8>) -> ContainerAsync<GenericImage> {
    let app = node::installed(Variant::Current).unwrap();
    let image = node_image(app.dir(), app.node_modules()).unwrap();
    let (name, tag) = image.rsplit_once(':').unwrap();
    GenericImage::new(name, tag)
        .with_exposed_port(8080.tcp())
        .with_wait_for(WaitFor::http(
            HttpWaitStrategy::new("/").with_port(8080.tcp()).with_expected_status_code(500_u16),
        ))
        .with_network(network.name.as_str())
        .with_container_name(format!("{}-app", network.name))
        .with_label("org.badpenny.test", "true")
        .with_env_var("ISSUER", format!("https://{}:9443/oauth2/default", network.issuer_host()))
        .with_env_var("CLIENT_ID", "0oaBadpennyTestClien")
        .with_env_var("SCOPE", "test_scope")
        .with_env_var("SERVER_PORT", "8080")
        .with_env_var("NODE_EXTRA_CA_CERTS", "/ca.pem")
        .with_copy_to("/ca.pem", ca_pem)
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_harness_on_the_host_drives_an_app_and_an_issuer_in_containers() {
    if !has_docker() || !has_node() {
        return;
    }
    let network = Network::new();
    let issuer = start_issuer(&network).await;
    let idp = format!("http://127.0.0.1:{}", issuer.get_host_port_ipv4(9000).await.unwrap());
    let ca_pem = reqwest::Client::builder()
        .build()
        .unwrap()
        .get(format!("{idp}/_mock/ca"))
        .bearer_auth(CONTROL_TOKEN)
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let app = start_app(&network, ca_pem.to_vec()).await;
    let url = format!("http://127.0.0.1:{}/", app.get_host_port_ipv4(8080).await.unwrap());

    let output = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        binary::command("badpenny", folder.path())
            .arg("run")
            .args(FIVE_TOKENS)
            .args(["--profile", "core", "--name", "node in a container", "--url", &url])
            .args(["--idp", &idp, "--control-token", CONTROL_TOKEN])
            .output()
            .unwrap()
    })
    .await
    .unwrap();

    let text = redact::text(&binary::transcript(&output)).replace(&network.name, "[network]");
    insta::assert_snapshot!("containers", text);
    assert_eq!(output.status.code(), Some(1));
}
