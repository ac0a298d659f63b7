//! What a sound request looks like, by the end of its path. `{name}` stands for a value that an answer
//! gave under that name (see `pool`), or one of those made in `tokens`. What comes new goes in here.

/// Where the fields are, and in which form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Form,
    /// The text of the fields is JSON.
    Json,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    None,
    /// The test client, by its secret.
    Basic,
    /// An access token.
    Bearer,
    /// The same, bound to a key.
    Dpop,
    /// A browser.
    Cookies,
}

/// A sound request.
pub(crate) struct Template {
    /// What the path ends with.
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) place: Place,
    pub(crate) proof: Proof,
    pub(crate) fields: &'static str,
}

const fn get(path: &'static str, proof: Proof, fields: &'static str) -> Template {
    Template { path, method: "GET", place: Place::Query, proof, fields }
}

const fn form(path: &'static str, proof: Proof, fields: &'static str) -> Template {
    Template { path, method: "POST", place: Place::Form, proof, fields }
}

const fn json(method: &'static str, path: &'static str, proof: Proof, fields: &'static str) -> Template {
    Template { path, method, place: Place::Json, proof, fields }
}

use Proof::{Basic, Bearer, Cookies, Dpop, None};

/// By the path that they are for.
pub(crate) const TEMPLATES: &[Template] = &[
    // Documents.
    get("/v1/keys", None, ""),
    get("/.well-known/openid-configuration", None, ""),
    get("/.well-known/openid-configuration", None, "client_id=0oaBadpennyTestClien"),
    get("/.well-known/oauth-authorization-server", None, ""),
    // Tokens.
    form("/v1/token", Basic, "grant_type=client_credentials&scope=test_scope"),
    form("/v1/token", Basic, "grant_type=client_credentials"),
    form("/v1/token", Dpop, "grant_type=client_credentials&scope=test_scope"),
    form(
        "/v1/token",
        None,
        "grant_type=client_credentials&scope=test_scope&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={client_assertion}",
    ),
    form(
        "/v1/token",
        Basic,
        "grant_type=authorization_code&code={code}&redirect_uri=http://localhost:3000/callback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    form(
        "/v1/token",
        Dpop,
        "grant_type=authorization_code&code={code}&redirect_uri=http://localhost:3000/callback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    form(
        "/v1/token",
        None,
        "grant_type=authorization_code&client_id=spa&code={code}&redirect_uri=http://localhost:3000/callback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    form("/v1/token", Basic, "grant_type=refresh_token&refresh_token={refresh_token}"),
    form("/v1/token", Basic, "grant_type=refresh_token&refresh_token={refresh_token}&scope=openid"),
    form("/v1/token", None, "grant_type=refresh_token&client_id=spa&refresh_token={refresh_token}"),
    form(
        "/v1/token",
        Basic,
        "grant_type=password&username=ada@example.com&password=right&scope=openid%20offline_access",
    ),
    form("/v1/token", Basic, "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={device_code}"),
    form(
        "/v1/token",
        Basic,
        "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={assertion}&scope=openid",
    ),
    form("/v1/token", Basic, "grant_type=urn:ietf:params:oauth:grant-type:saml2-bearer&assertion=PHNhbWw+"),
    form(
        "/v1/token",
        Basic,
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={access_token}&subject_token_type=urn:ietf:params:oauth:token-type:access_token&audience=api://default&scope=test_scope",
    ),
    form(
        "/v1/token",
        Basic,
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={id_token}&subject_token_type=urn:ietf:params:oauth:token-type:id_token&requested_token_type=urn:ietf:params:oauth:token-type:id-jag&audience=http://127.0.0.1/oauth2/closed&resource=http://127.0.0.1/",
    ),
    form("/v1/token", Basic, "grant_type=urn:openid:params:grant-type:ciba&auth_req_id={auth_req_id}"),
    // Sign-ins.
    get(
        "/v1/authorize",
        Cookies,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid%20offline_access&redirect_uri=http://localhost:3000/callback&state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&login_hint=user@example.com",
    ),
    get(
        "/v1/authorize",
        None,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid%20profile%20email&redirect_uri=http://localhost:3000/callback&state=s",
    ),
    get(
        "/v1/authorize",
        Cookies,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid&redirect_uri=http://localhost:3000/callback&state=s&prompt=none",
    ),
    get(
        "/v1/authorize",
        Cookies,
        "client_id=spa&response_type=code&scope=openid%20offline_access&redirect_uri=http://localhost:3000/callback&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&login_hint=robot@example.com&response_mode=fragment",
    ),
    get("/v1/authorize", Cookies, "client_id=0oaBadpennyTestClien&request_uri={request_uri}"),
    get(
        "/v1/authorize",
        Cookies,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid&redirect_uri=http://localhost:3000/callback&state=s&prompt=login%20consent&max_age=10&response_mode=okta_post_message&acr_values=urn:okta:loa:2fa:any&display=page&ui_locales=en&id_token_hint={id_token}",
    ),
    form(
        "/v1/authorize",
        Cookies,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid&redirect_uri=http://localhost:3000/callback&state=s&response_mode=form_post&login_hint=ada@example.com",
    ),
    form("/v1/sign-in", Cookies, "ticket={ticket}&login=ada@example.com&password=right"),
    form("/v1/sign-in", Cookies, "ticket={ticket}&login=user@example.com&password=wrong"),
    form("/v1/consent", Cookies, "ticket={ticket}&decision=allow&consent=allow"),
    form(
        "/v1/par",
        Basic,
        "client_id=0oaBadpennyTestClien&response_type=code&scope=openid&redirect_uri=http://localhost:3000/callback&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
    ),
    form("/v1/device/authorize", Basic, "scope=openid%20offline_access&client_id=0oaBadpennyTestClien"),
    get("/v1/device", Cookies, "user_code={user_code}"),
    form("/v1/device", Cookies, "user_code={user_code}&ticket={ticket}&login=ada@example.com&password=right"),
    get("/activate", Cookies, "user_code={user_code}"),
    form("/activate", Cookies, "user_code={user_code}&ticket={ticket}"),
    form("/v1/bc/authorize", Basic, "scope=openid&login_hint=ada@example.com&binding_message=hello"),
    get("/v1/logout", Cookies, "id_token_hint={id_token}&post_logout_redirect_uri=http://localhost:3000/&state=s"),
    form("/v1/logout", Cookies, "id_token_hint={id_token}"),
    // What is done with tokens.
    get("/v1/userinfo", Bearer, ""),
    get("/v1/userinfo", Dpop, ""),
    form("/v1/userinfo", None, "access_token={access_token}"),
    form("/v1/introspect", Basic, "token={access_token}&token_type_hint=access_token"),
    form("/v1/introspect", Basic, "token={refresh_token}"),
    form("/v1/introspect", None, "token={id_token}&client_id=spa"),
    form("/v1/revoke", Basic, "token={refresh_token}&token_type_hint=refresh_token"),
    form("/v1/revoke", Basic, "token={access_token}"),
    // Clients.
    json(
        "POST",
        "/v1/clients",
        None,
        r#"{"client_name":"app","redirect_uris":["http://localhost:3000/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"client_secret_basic","application_type":"web"}"#,
    ),
    json(
        "PUT",
        "/v1/clients/{client_id}",
        Bearer,
        r#"{"client_id":"{client_id}","client_name":"app","redirect_uris":["http://localhost:3000/other"],"grant_types":["client_credentials"]}"#,
    ),
    json("GET", "/v1/clients/{client_id}", Bearer, ""),
    json("DELETE", "/v1/clients/{client_id}", Bearer, ""),
    json("GET", "/api/v1/authorizationServers", Bearer, ""),
    json(
        "POST",
        "/api/v1/authorizationServers",
        Bearer,
        r#"{"name":"added","description":"one more","audiences":["api://added"]}"#,
    ),
    // The control API.
    get("/_mock/", None, ""),
    get("/_mock/settings", None, "server=closed"),
    get("/_mock/journal", None, "server=default&after=90"),
    json("POST", "/_mock/mint", None, r#"{"scenario":"{scenario}","server":"default"}"#),
    json(
        "POST",
        "/_mock/mint",
        None,
        r#"{"mutation":[{"claim":"exp","set":{"now":-3600}}],"scope":"a b","dialect":{"shape":"keycloak"}}"#,
    ),
    json("POST", "/_mock/steps", None, r#"{"steps":[{"rotate":true}],"twin":true,"server":"default"}"#),
    json(
        "POST",
        "/_mock/steps",
        None,
        r#"{"steps":[{"publish":"other-published"},{"withdraw":"control"},{"jwk":"control","set":{"use":"enc"},"remove":["alg"]},{"metadata":"issuer","set":"https://other.example"}],"rekid":true}"#,
    ),
    json("POST", "/_mock/steps", None, r#"{"steps":[{"fault":"jwks","status":500}],"server":"closed"}"#),
    json("POST", "/_mock/steps", None, r#"{"steps":[{"fault":"issuer","by":"refuse"}],"server":"closed"}"#),
    json("POST", "/_mock/restore", None, r#"{"server":"default"}"#),
    json("POST", "/_mock/restore", None, r#"{"server":"closed"}"#),
    json("POST", "/_mock/servers", None, r#"{"id":"added","like":"closed"}"#),
    json("DELETE", "/_mock/servers/{id}", None, ""),
    json("POST", "/_mock/hold", None, r#"{"server":"added"}"#),
    json("POST", "/_mock/release", None, r#"{"server":"added"}"#),
    json("POST", "/_mock/clock", None, r#"{"advance":7}"#),
    json("POST", "/_mock/clock", None, r#"{"advance":-3,"server":"closed"}"#),
];

/// Names and values that stand in no template, to be put where they don't belong.
pub(crate) const WORDS: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "1",
    "9223372036854775807",
    "-9223372036854775808",
    "1e999",
    "null",
    "true",
    "[]",
    "{}",
    "none",
    "login",
    "consent",
    "query",
    "fragment",
    "form_post",
    "okta_post_message",
    "id_token",
    "token",
    "code id_token",
    "openid",
    "offline_access",
    "S256",
    "plain",
    "spa",
    "closed",
    "added",
    "https://evil.example/",
    "javascript:alert(1)",
    "http://[::1]:3000/callback",
    "//evil.example",
    "\u{0}",
    "\u{202e}",
    "\u{1f600}",
    "é",
    "%",
    "%zz",
    "%00",
    "%0d%0aset-cookie:%20a=b",
    "\"><script>",
    "{{7*7}}",
    "${jndi}",
    "../../",
    "a.b.c",
    "e30.e30.",
    "eyJhbGciOiJub25lIn0.e30.",
    "........",
    "Bearer",
    "Basic Og==",
    "DPoP",
    "scope",
    "state",
    "nonce",
    "client_id",
    "client_secret",
    "request",
    "request_uri",
    "response_mode",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
    "dpop_jkt",
    "resource",
    "audience",
    "actor_token",
    "actor_token_type",
    "requested_token_type",
    "assertion",
    "client_assertion",
    "claims",
    "id_token_hint",
    "sessionToken",
    "idp",
];
