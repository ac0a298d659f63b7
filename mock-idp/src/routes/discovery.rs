//! The discovery documents, member for member in Okta's order (OpenID Connect
//! Discovery, section 3; RFC 8414, section 2).

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, EXPIRES, VARY};

use super::form::Form;
use super::{OktaError, ServerCall, dpop, grant_profiles};
use crate::config::{AuthorizationServer, Scope};
use crate::dialect::ServerPaths;
use crate::issuer::{Response, http_date};
use crate::json::Object;
use crate::keys::Algorithm;

const AUTH_METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
const REQUEST_ALGORITHMS: [&str; 9] = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
const RESPONSE_MODES: [&str; 4] = ["query", "fragment", "form_post", "okta_post_message"];
const SCOPES: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "device_sso", "interclient_access"];

/// Where the two documents of one server differ.
struct Differences {
    response_types: &'static [&'static str],
    grant_types: &'static [&'static str],
    claims: &'static [&'static str],
    openid: bool,
}

const OPENID: Differences = Differences {
    response_types: &["code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"],
    grant_types: &[
        "authorization_code",
        "implicit",
        "refresh_token",
        "password",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:openid:params:grant-type:ciba",
        "urn:okta:params:oauth:grant-type:otp",
        "http://auth0.com/oauth/grant-type/mfa-otp",
        "urn:okta:params:oauth:grant-type:oob",
        "http://auth0.com/oauth/grant-type/mfa-oob",
    ],
    #[rustfmt::skip]
    claims: &[
        "iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname",
        "preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile",
        "zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate", "updated_at",
        "at_hash", "c_hash",
    ],
    openid: true,
};

const OAUTH: Differences = Differences {
    response_types: &[
        "code",
        "token",
        "id_token",
        "code id_token",
        "code token",
        "id_token token",
        "code id_token token",
    ],
    grant_types: &[
        "authorization_code",
        "implicit",
        "refresh_token",
        "password",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
    claims: &["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"],
    openid: false,
};

const DAY: i64 = 86_400;

/// `/.well-known/openid-configuration`.
pub(super) fn openid_configuration(call: &ServerCall<'_>) -> Response {
    answer(call, &OPENID)
}

/// `/.well-known/oauth-authorization-server`, at both of its places.
pub(super) fn oauth_metadata(call: &ServerCall<'_>) -> Response {
    answer(call, &OAUTH)
}

fn answer(call: &ServerCall<'_>, differences: &Differences) -> Response {
    let query = Form::of_query(call.request);
    if query.get("client_id").is_some_and(|id| call.server.config.client(id).is_none()) {
        return OktaError::UNKNOWN_CLIENT_IN_FORM.plain().response(call.issuer);
    }
    let algorithm = call.shown.keys().active().algorithm();
    let scopes: Vec<&str> = SCOPES.into_iter().chain(published_scopes(&call.server.config)).collect();
    let mut document = document(&call.base(), &call.server.paths, &scopes, algorithm, differences);
    grant_profiles::tell(call, &mut document);
    for (member, value) in &call.shown.stage.metadata {
        document.set(member, value.clone());
    }
    Response::json(StatusCode::OK, document.to_text())
        .with(CACHE_CONTROL, "max-age=86400, must-revalidate")
        .with_text(EXPIRES, http_date(call.now().saturating_add(DAY)))
        .with(VARY, "Origin")
}

/// A server's own scopes that the management API has published.
fn published_scopes(config: &AuthorizationServer) -> impl Iterator<Item = &str> {
    let is_published = |scope: &&Scope| scope.record.text("metadataPublish") == Some("ALL_CLIENTS");
    config.scopes.iter().filter(is_published).map(|scope| scope.name.as_str())
}

fn document(
    base: &str,
    paths: &ServerPaths,
    scopes: &[&str],
    algorithm: Algorithm,
    differences: &Differences,
) -> Object {
    let issuer = format!("{base}{}", paths.issuer);
    let at = |path: &str| format!("{base}{}/{path}", paths.flows);
    let document = Object::new()
        .with("issuer", issuer.as_str())
        .with("authorization_endpoint", at("authorize"))
        .with("token_endpoint", format!("{base}{}", paths.token));
    let document = if differences.openid { document.with("userinfo_endpoint", at("userinfo")) } else { document };
    let document = document
        .with("registration_endpoint", format!("{base}/oauth2/v1/clients"))
        .with("jwks_uri", format!("{base}{}", paths.jwks))
        .with("response_types_supported", differences.response_types)
        .with("response_modes_supported", RESPONSE_MODES.as_slice())
        .with("grant_types_supported", differences.grant_types)
        .with("subject_types_supported", ["public"].as_slice());
    let document = if differences.openid { with_id_token(document, algorithm) } else { document };
    document
        .with("scopes_supported", scopes)
        .with("token_endpoint_auth_methods_supported", AUTH_METHODS.as_slice())
        .with("claims_supported", differences.claims)
        .with("code_challenge_methods_supported", ["S256"].as_slice())
        .with("introspection_endpoint", at("introspect"))
        .with("introspection_endpoint_auth_methods_supported", AUTH_METHODS.as_slice())
        .with("revocation_endpoint", at("revoke"))
        .with("revocation_endpoint_auth_methods_supported", AUTH_METHODS.as_slice())
        .with("end_session_endpoint", at("logout"))
        .with("request_parameter_supported", true)
        .with("request_object_signing_alg_values_supported", REQUEST_ALGORITHMS.as_slice())
        .with("device_authorization_endpoint", at("device/authorize"))
        .with("pushed_authorization_request_endpoint", at("par"))
        .with("backchannel_token_delivery_modes_supported", ["poll"].as_slice())
        .with("backchannel_authentication_request_signing_alg_values_supported", REQUEST_ALGORITHMS.as_slice())
        .with("dpop_signing_alg_values_supported", dpop::ALGORITHMS.as_slice())
}

fn with_id_token(document: Object, algorithm: Algorithm) -> Object {
    document
        .with("id_token_signing_alg_values_supported", [algorithm.name()].as_slice())
        .with("id_token_encryption_alg_values_supported", ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].as_slice())
        .with("id_token_encryption_enc_values_supported", ["A256GCM"].as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Member;

    #[test]
    fn the_oauth_document_says_nothing_of_id_tokens() {
        let paths = AuthorizationServer::new("default").paths();
        let document = document("https://d.example", &paths, &SCOPES, Algorithm::Rs256, &OAUTH);
        let names: Vec<_> = document.members().iter().map(Member::plain_name).collect();
        assert!(!names.iter().any(|name| name.starts_with("id_token") || name.starts_with("userinfo")));
        assert_eq!(names.len(), 25);
    }
}
