//! A `mock-idp` of this run's own, in this process.

use std::net::{IpAddr, Ipv4Addr};

use mock_idp::MockIdp;
use mock_idp::claims::TokenSettings;
use mock_idp::config::{AuthorizationServer, Config, DEFAULT_SERVER};
use mock_idp::dialect::Dialect;
use mock_idp::keys::{Algorithm, Role, SigningKey};
use serde_json::json;

use super::{Issuer, IssuerSettings, IssuerStartError, Kind};

/// The ports of a bare `mock-idp`, for http and https.
pub(super) const USUAL_PORTS: (u16, u16) = (9000, 9443);
/// The authorization server besides `default`, which scenarios call the second issuer.
const SECOND_SERVER: &str = "second";

/// Starts it.
pub(super) async fn start(settings: &IssuerSettings) -> Result<Issuer, IssuerStartError> {
    let idp = match serve(settings, settings.lasting_address).await {
        // The usual ports are taken: any will do, since it is told.
        Err(_) if settings.lasting_address && settings.address.is_none() => serve(settings, false).await?,
        started => started?,
    };
    let named = |identifier: String| if settings.by_name { by_name(&identifier) } else { identifier };
    let (https, http) = (named(idp.https_issuer()), named(idp.http_issuer()));
    let (identifier, other) = if settings.https { (https, http) } else { (http, https) };
    let ca_pem = Some(idp.ca_pem().to_owned());
    let real = settings.real.as_ref();
    let key = idp.issuer().keys(DEFAULT_SERVER).map(|keys| keys.active().clone());
    Ok(Issuer {
        kind: Kind::Own(Box::new(idp)),
        algorithm: key.as_ref().map_or(Algorithm::Rs256, SigningKey::algorithm),
        key,
        // The identifier of a real issuer is no address of this one.
        other_identifier: real.is_none().then_some(other),
        settings: real.map_or_else(
            || TokenSettings { dialect: settings.dialect.clone(), ..TokenSettings::new(identifier) },
            |real| real.settings.clone(),
        ),
        ca_pem,
        real: real.map(|real| real.tokens.clone()),
    })
}

async fn serve(settings: &IssuerSettings, usual_ports: bool) -> Result<MockIdp, IssuerStartError> {
    let mut config = Config::default();
    let (http, https) = match settings.address {
        // The other scheme's port is told to nobody: any will do.
        Some(address) if settings.https => (0, address.port()),
        Some(address) => (address.port(), 0),
        None if usual_ports => USUAL_PORTS,
        None => (0, 0),
    };
    config.port = Some(http);
    config.https_port = Some(https);
    config.bind = Some(settings.address.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip()));
    config.seed = settings.seed;
    if let Some(server) = config.servers.first_mut() {
        settings.audience.clone_into(&mut server.audience);
        server.dialect = dialect(settings)?;
        server.algorithm = settings.algorithm;
        if let Some(text) = &settings.key_file {
            server.key = Some(text.key(settings.algorithm)?);
        }
        if let Some(real) = &settings.real {
            server.key = Some(real.key.clone());
        }
    }
    config.issuer_url = settings.issuer_url.as_deref().map(|url| TokenSettings::new(url).origin().to_owned());
    // A neighbour with keys of its own, whose tokens are none of the target's business.
    let mut second = AuthorizationServer::new(SECOND_SERVER);
    if let Some(server) = config.servers.first() {
        second.dialect = server.dialect.beside(SECOND_SERVER).unwrap_or_default();
    }
    let algorithm = config.servers.first().map_or(Algorithm::Rs256, AuthorizationServer::algorithm);
    second.key = Some(Role::SecondIssuer.key(algorithm));
    let config = config.with_server(second);
    Ok(MockIdp::builder().config(config).start().await?)
}

/// The dialect with the path of the identifier that the target knows, so that it is
/// served there.
fn dialect(settings: &IssuerSettings) -> Result<Dialect, IssuerStartError> {
    let Some(url) = &settings.issuer_url else { return Ok(settings.dialect.clone()) };
    let at = TokenSettings::new(url.as_str()).origin().len();
    Ok(settings.dialect.with(&json!({ "issuer-path": url[at..] }))?)
}

/// An identifier on this machine with the machine's name in place of its address.
pub(crate) fn by_name(identifier: &str) -> String {
    identifier.replacen("://127.0.0.1", "://localhost", 1)
}
