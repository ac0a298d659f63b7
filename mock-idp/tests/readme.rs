//! What the README shows is so.

use mock_idp::config::{AuthMethod, Config};
use mock_idp::keys::{BuiltinKey, builtin};

#[test]
fn the_configuration_of_the_readme_is_read() {
    let readme = include_str!("../README.md");
    let section = readme.split("## Configuration").nth(1).unwrap();
    let example = section.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n")).unwrap();
    let without_key: String =
        example.lines().filter(|line| !line.starts_with("key_file")).map(|line| format!("{line}\n")).collect();
    let folder = tempfile::tempdir().unwrap();
    let jwks = format!(r#"{{"keys":[{}]}}"#, builtin(BuiltinKey::Issuer).public_jwk().to_text());
    for name in ["service.jwks.json", "idp.jwks.json"] {
        std::fs::write(folder.path().join(name), &jwks).unwrap();
    }
    let config = Config::parse(&without_key, folder.path()).unwrap();
    let server = config.server("orders").unwrap();
    assert_eq!((server.scopes.len(), server.clients.len()), (3, 3));
    assert_eq!((server.policies.len(), server.users.len(), server.trusted_issuers.len()), (1, 1, 1));
    assert_eq!(server.clients[1].auth_methods, [AuthMethod::PrivateKeyJwt]);
    assert!(server.clients[2].is_public());
}
