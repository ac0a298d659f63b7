//! The public keys of a client: `jwks` in its table, or the file of `jwks_file`.

use std::path::Path;

use super::AuthMethod;
use crate::input::{InputError, Node, Table};
use crate::keys::{Algorithm, VerifyingKey};

/// The keys that a client's table tells, wherever they stand.
pub(super) fn keys(table: &Table<'_>, folder: &Path) -> Result<Vec<VerifyingKey>, InputError> {
    match (table.get("jwks"), table.get("jwks_file")) {
        (Some(_), Some(file)) => Err(file.error("`jwks` holds the keys already: leave one of the two out")),
        (Some(jwks), None) => set(jwks),
        (None, Some(file)) => set_of_file(file, folder),
        (None, None) => Ok(Vec::new()),
    }
}

/// Where the client publishes its keys itself.
pub(super) fn uri(table: &Table<'_>) -> Result<Option<String>, InputError> {
    let Some(node) = table.get("jwks_uri") else { return Ok(None) };
    if table.get("jwks").or_else(|| table.get("jwks_file")).is_some() {
        return Err(node.error("`jwks` or `jwks_file` holds the keys already: leave one of the two out"));
    }
    Ok(Some(node.as_str()?.to_owned()))
}

/// A JWK Set (RFC 7517, section 5).
pub(super) fn set(node: &Node) -> Result<Vec<VerifyingKey>, InputError> {
    node.as_table()?.require("keys")?.as_array()?.iter().map(key).collect()
}

/// Whatever is wrong with the file is told where the configuration names it.
fn set_of_file(node: &Node, folder: &Path) -> Result<Vec<VerifyingKey>, InputError> {
    let path = folder.join(node.as_str()?);
    let told = |problem: &dyn std::fmt::Display| node.error(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| told(&error))?;
    let jwks = serde_json::from_str(&text).map_err(|error| told(&error))?;
    set(&Node::from_json(&jwks, "")).map_err(|error| told(&error))
}

fn key(node: &Node) -> Result<VerifyingKey, InputError> {
    let table = node.as_table()?;
    if let Some(purpose) = table.text("use")?.filter(|purpose| *purpose != "sig") {
        return Err(node.error(format!("a key for \"{purpose}\" checks no assertion: leave it out")));
    }
    let algorithms = AuthMethod::PrivateKeyJwt.algorithms();
    if let Some(name) = table.get("alg") {
        let choices: Vec<_> = algorithms.iter().map(|algorithm| (algorithm.name(), *algorithm)).collect();
        name.as_choice(&choices)?;
    }
    let key = VerifyingKey::from_jwk(&node.to_json()).map_err(|error| node.error(error.to_string()))?;
    if algorithms.iter().map(|algorithm| Algorithm::kind(*algorithm)).all(|kind| kind != key.kind()) {
        return Err(node.error("private_key_jwt takes RSA keys and those on P-256, P-384 and P-521"));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Config;
    use super::*;
    use crate::keys::{BuiltinKey, SigningKey, builtin};

    const CLIENT: &str = "[[server.a.client]]\nid = 'c'\n";

    fn jwk(key: &SigningKey) -> String {
        key.public_jwk().to_text()
    }

    fn inline(key: BuiltinKey) -> String {
        jwk(&builtin(key).with_kid("k")).replace("\":", "\"=")
    }

    /// What is wrong with the client of that table, and where.
    fn mistake(rest: &str, folder: &Path) -> (Option<(usize, usize)>, String) {
        let text = format!("{CLIENT}{rest}");
        let error = Config::parse(&text, folder).unwrap_err();
        (error.line_and_column(&text), error.to_string())
    }

    #[test]
    fn who_has_keys_and_no_secret_signs_its_assertions() {
        let text = format!("{CLIENT}jwks.keys = [{}]", inline(BuiltinKey::IssuerP256));
        let config = Config::parse(&text, Path::new("")).unwrap();
        let client = &config.server("a").unwrap().clients[0];
        assert_eq!(client.auth_methods, [AuthMethod::PrivateKeyJwt]);
        assert_eq!(client.keys[0].kid(), Some("k"));
    }

    #[rstest]
    #[case::a_secret(r#"{ kty = "oct", k = "AAAA", kid = "k" }"#, (3, 14), "server.a.client[0].jwks.keys[0]: the key \"k\" of the key set is no RSA, EC or Ed25519 key that can be read")]
    #[case::a_key_for_encryption(r#"{ kty = "RSA", use = "enc" }"#, (3, 14), "server.a.client[0].jwks.keys[0]: a key for \"enc\" checks no assertion: leave it out")]
    #[case::an_algorithm_that_okta_does_not_take(r#"{ kty = "RSA", alg = "PS256" }"#, (3, 35), "server.a.client[0].jwks.keys[0].alg: \"PS256\" is not known here (did you mean `RS256`?)")]
    #[case::no_table("1", (3, 14), "server.a.client[0].jwks.keys[0]: expected a table, found an integer")]
    fn what_is_no_key_for_assertions_is_told_where_it_stands(
        #[case] key: &str,
        #[case] place: (usize, usize),
        #[case] message: &str,
    ) {
        assert_eq!(mistake(&format!("jwks.keys = [{key}]"), Path::new("")), (Some(place), message.to_owned()));
    }

    #[test]
    fn ed25519_signs_no_assertion() {
        let key = inline(BuiltinKey::IssuerEd25519).replace(r#""alg"="EdDSA","#, "");
        let (_, message) = mistake(&format!("jwks.keys = [{key}]"), Path::new(""));
        assert!(message.ends_with("private_key_jwt takes RSA keys and those on P-256, P-384 and P-521"), "{message}");
    }

    #[rstest]
    #[case::a_uri_beside_keys("jwks.keys = []\njwks_uri = 'https://c.example/jwks'", (4, 12), "server.a.client[0].jwks_uri: `jwks` or `jwks_file` holds the keys already: leave one of the two out")]
    #[case::a_uri_that_can_not_be_fetched("jwks_uri = 'file:///jwks.json'", (3, 12), "server.a.client[0].jwks_uri: \"file:///jwks.json\" is no URL that keys can be fetched from, such as https://client.example/jwks")]
    #[case::keys_twice("jwks.keys = []\njwks_file = 'a.json'", (4, 13), "server.a.client[0].jwks_file: `jwks` holds the keys already: leave one of the two out")]
    #[case::no_keys("auth_methods = ['private_key_jwt']", (1, 1), "server.a.client[0]: `jwks`, `jwks_file` or `jwks_uri` is missing: private_key_jwt checks assertions with its keys")]
    #[case::a_short_secret("secret = 'only-for-tests'\nauth_methods = ['client_secret_jwt']", (3, 10), "server.a.client[0].secret: client_secret_jwt needs 32 characters or more, and this has 14")]
    #[case::an_unknown_type("secret = 's'\napplication_type = 'spa'", (4, 20), "server.a.client[0].application_type: \"spa\" is not known here (known: service, web, native, browser)")]
    fn a_client_that_can_not_prove_itself_is_told(
        #[case] rest: &str,
        #[case] place: (usize, usize),
        #[case] message: &str,
    ) {
        assert_eq!(mistake(rest, Path::new("")), (Some(place), message.to_owned()));
    }

    #[test]
    fn two_keys_need_two_ids() {
        let (first, second) = (inline(BuiltinKey::Issuer), inline(BuiltinKey::IssuerP256));
        let told = |second: &str| mistake(&format!("jwks.keys = [{first}, {second}]"), Path::new("")).1;
        assert_eq!(told(&second), "server.a.client[0].jwks.keys[1]: \"k\" stands there twice");
        let nameless = second.replace(r#""kid"="k","#, "");
        assert_eq!(told(&nameless), "server.a.client[0].jwks: each of several keys needs a `kid`");
    }

    #[test]
    fn keys_may_stand_in_a_file_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join("c.json"), text).unwrap();
        write(&format!(r#"{{"keys":[{}]}}"#, jwk(&builtin(BuiltinKey::Issuer))));
        let config = Config::parse(&format!("{CLIENT}jwks_file = 'c.json'"), folder.path()).unwrap();
        assert_eq!(config.server("a").unwrap().clients[0].keys.len(), 1);

        write(r#"{"keys":[{"kty":"oct","kid":"k"}]}"#);
        let (place, message) = mistake("jwks_file = 'c.json'", folder.path());
        assert_eq!(place, Some((3, 13)));
        assert!(message.contains("c.json: keys[0]: the key \"k\" of the key set is no RSA"), "{message}");
        write("no JSON");
        assert!(mistake("jwks_file = 'c.json'", folder.path()).1.contains("c.json: expected"));
        assert!(mistake("jwks_file = 'gone.json'", folder.path()).1.contains("gone.json: "));
    }
}
