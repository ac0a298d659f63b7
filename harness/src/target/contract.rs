//! What a target is told: the values behind its environment and behind the placeholders.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use mock_idp::dialect::Dialect;

use super::handed::{Handed, SharedSecret};

/// The settings that a target needs to guard its route and to be reached.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The issuer that it must trust, byte for byte as in `iss`.
    pub issuer: String,
    /// Where that issuer publishes its keys.
    pub jwks_uri: String,
    /// What that issuer's tokens look like, and where it has what.
    pub dialect: Dialect,
    /// The audience that it must ask for.
    pub audience: String,
    /// The scope that its route must ask for.
    pub scope: String,
    /// The scope that other routes, or other methods of it, may ask for.
    pub other_scope: String,
    /// Its own client at the issuer.
    pub client_id: String,
    /// The secret of that client.
    pub client_secret: ClientSecret,
    /// The address to listen on. Usually 127.0.0.1, see [`LOOPBACK`].
    pub host: IpAddr,
    /// The port to listen on. 0 lets [`Spawned`](super::Spawned) choose a free one; any other
    /// port is kept, and it is an error at once when that is taken.
    pub port: u16,
    /// The certificate of the issuer's CA as PEM; `None` while the issuer speaks http.
    pub ca_file: Option<PathBuf>,
    /// That certificate and the system's roots in one PEM file; `None` as above.
    pub ca_bundle: Option<PathBuf>,
    /// The same as a trust store for Java, in PKCS#12; `None` as above.
    pub truststore_p12: Option<PathBuf>,
    /// What it may be handed of the issuer's key.
    pub handed: Handed,
}

/// The host that a spawned target is told to listen on.
pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A client secret: shown by no `Debug`, read only through [`ClientSecret::secret`].
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

/// What reads a placeholder's value; `None` when this contract has none.
type Read = fn(&Contract) -> Option<String>;

/// Every placeholder, in the order in which they are listed to the user.
const PLACEHOLDERS: &[(&str, Read)] = &[
    ("issuer", |it| Some(it.issuer.clone())),
    ("jwks_uri", |it| Some(it.jwks_uri.clone())),
    ("audience", |it| Some(it.audience.clone())),
    ("scope", |it| Some(it.scope.clone())),
    ("other_scope", |it| Some(it.other_scope.clone())),
    ("client_id", |it| Some(it.client_id.clone())),
    ("client_secret", |it| Some(it.client_secret.0.clone())),
    ("host", |it| Some(it.host.to_string())),
    ("port", |it| Some(it.port.to_string())),
    ("ca_file", |it| it.ca_file.as_deref().map(text)),
    ("ca_bundle", |it| it.ca_bundle.as_deref().map(text)),
    ("truststore_p12", |it| it.truststore_p12.as_deref().map(text)),
    ("alg", |it| it.handed.alg.map(str::to_owned)),
    ("public_key_pem", |it| it.handed.public_key_pem.clone()),
    ("public_key_file", |it| it.handed.public_key_file.as_deref().map(text)),
    ("certificate_file", |it| it.handed.certificate_file.as_deref().map(text)),
    ("jwks_file", |it| it.handed.jwks_file.as_deref().map(text)),
    ("shared_secret", |it| it.handed.shared_secret.as_ref().map(SharedSecret::secret).map(str::to_owned)),
];

impl Contract {
    /// The names of all placeholders.
    pub fn placeholders() -> impl Iterator<Item = &'static str> {
        PLACEHOLDERS.iter().map(|(name, _)| *name)
    }

    /// Why the placeholder `name` has no value where it has none.
    pub(super) fn lack(&self, name: &str) -> &'static str {
        match name {
            "ca_file" | "ca_bundle" => "while the issuer speaks http; leave it out, or use https",
            "shared_secret" if self.handed.alg.is_some() => {
                "where the issuer has a key with a public half; leave it out, or give it --alg HS256"
            }
            "public_key_pem" | "public_key_file" | "certificate_file" | "jwks_file" if self.handed.alg.is_some() => {
                "where the issuer signs with a shared secret: use {shared_secret}"
            }
            _ => "where the issuer's key is not at hand; leave it out",
        }
    }

    /// The value of the placeholder `name`: the outer `None` for a name that is none, the inner
    /// one for a placeholder that has no value in this contract.
    pub(super) fn value(&self, name: &str) -> Option<Option<String>> {
        let (_, read) = PLACEHOLDERS.iter().find(|(known, _)| *known == name)?;
        Some(read(self))
    }

    /// The same contract with another issuer, whose keys are where its dialect has them.
    pub(super) fn of_issuer(&self, issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), jwks_uri: self.dialect.jwks_uri(issuer), ..self.clone() }
    }

    /// The same contract on another port.
    pub(super) fn on_port(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }
}

impl ClientSecret {
    /// Wraps the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one place that hands it over.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ClientSecret(..)")
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A contract with a value for everything, for the tests of this module's neighbours.
    pub(in super::super) fn contract() -> Contract {
        Contract {
            issuer: "https://127.0.0.1:9443/oauth2/default".to_owned(),
            jwks_uri: "https://127.0.0.1:9443/oauth2/default/v1/keys".to_owned(),
            dialect: Dialect::default(),
            audience: "api://default".to_owned(),
            scope: "orders:read".to_owned(),
            other_scope: "orders:write".to_owned(),
            client_id: "0oa1".to_owned(),
            client_secret: ClientSecret::new("hush"),
            host: LOOPBACK,
            port: 0,
            ca_file: Some("/trust/ca.pem".into()),
            ca_bundle: Some("/trust/bundle.pem".into()),
            truststore_p12: Some("/trust/store.p12".into()),
            handed: Handed {
                alg: Some("ES256"),
                public_key_pem: Some("-----BEGIN PUBLIC KEY-----".to_owned()),
                public_key_file: Some("/trust/public-key.pem".into()),
                certificate_file: Some("/trust/certificate.pem".into()),
                jwks_file: Some("/trust/jwks.json".into()),
                shared_secret: Some(SharedSecret::new("hush")),
            },
        }
    }

    #[test]
    fn every_placeholder_has_a_value_in_a_full_contract() {
        for name in Contract::placeholders() {
            assert!(contract().value(name).flatten().is_some(), "{name}");
        }
    }

    #[test]
    fn debug_hides_the_secrets() {
        let shown = format!("{:?}", contract());

        assert!(!shown.contains("hush"), "{shown}");
        assert_eq!(contract().client_secret.secret(), "hush");
    }
}
