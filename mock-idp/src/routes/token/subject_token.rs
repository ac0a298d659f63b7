//! Whom a token speaks of that came to be exchanged (RFC 8693, section 2.1).

use std::sync::Arc;

use serde_json::Value;

use super::super::users;
use super::token_type::TokenType;
use super::{OktaError, Refusal, ServerCall, TokenRequest, refuse_unless};
use crate::config::Client;
use crate::issuer::ServerState;
use crate::jws::Jwt;

/// The most that may act for a user, one for another.
pub(super) const MOST_ACTORS: usize = 5;

/// The subject of an exchange.
pub(super) struct Subject {
    pub(super) kind: TokenType,
    /// The user's name at this server.
    pub(super) login: String,
    /// Whom the token was issued to.
    pub(super) client: String,
    /// Whether the sign-in told the user's address of mail.
    pub(super) has_email: bool,
    /// Who acted for the user before.
    pub(super) actors: Option<Value>,
}

/// The subject of a request, a user who is assigned to the client.
pub(super) fn read(request: &TokenRequest<'_>) -> Result<Subject, Refusal> {
    let TokenRequest { call, client, .. } = *request;
    let (token, kind) = (request.required("subject_token")?, request.required("subject_token_type")?);
    let subject = match TokenType::find(kind) {
        Some(TokenType::AccessToken) => of_access_token(call, token),
        Some(TokenType::IdToken) => of_id_token(call, client, token),
        Some(TokenType::RefreshToken) => of_refresh_token(call, client, token),
        Some(TokenType::IdJag) | None => Err(OktaError::INVALID_SUBJECT_TOKEN_TYPE.plain()),
    }?;
    let config = request.config();
    refuse_unless(!config.has_stopped_user(&subject.login), &OktaError::SUBJECT_USER_INACTIVE)?;
    let user = config.user(&subject.login).ok_or_else(invalid)?;
    refuse_unless(user.may_use(&client.id), &OktaError::SUBJECT_NOT_ASSIGNED)?;
    Ok(subject)
}

/// Who acts for the subject, where the request says so: the one of another token.
pub(super) fn actor(request: &TokenRequest<'_>) -> Result<Option<String>, Refusal> {
    let TokenRequest { call, client, form, .. } = *request;
    let (token, kind) = (form.get("actor_token"), form.get("actor_token_type"));
    let wrong = || OktaError::INVALID_ACTOR_TOKEN.plain();
    let (Some(token), Some(kind)) = (token, kind) else {
        return match (token, kind) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(wrong()),
            (Some(_), _) => Err(OktaError::INVALID_ACTOR_TOKEN_TYPE.plain()),
        };
    };
    match TokenType::find(kind) {
        Some(TokenType::AccessToken) => {
            let server = issuer(call, token).map_err(|_| wrong())?;
            let issued = call.issuer.issued(&server, &call.base(), token);
            let issued = issued.filter(|issued| !issued.is_stopped(&server.config)).ok_or_else(wrong)?;
            Ok(Some(issued.subject))
        }
        Some(TokenType::IdToken) => {
            of_id_token(call, client, token).map(|actor| Some(actor.login)).map_err(|_| wrong())
        }
        Some(TokenType::RefreshToken | TokenType::IdJag) | None => Err(OktaError::INVALID_ACTOR_TOKEN_TYPE.plain()),
    }
}

/// How many act, one for another.
pub(super) fn depth(actors: &Value) -> usize {
    std::iter::successors(Some(actors), |actor| actor.get("act")).count()
}

/// Of a user, whoever the token was issued to.
fn of_access_token(call: &ServerCall<'_>, token: &str) -> Result<Subject, Refusal> {
    let server = issuer(call, token)?;
    let base = call.base();
    let Some(issued) = call.issuer.issued(&server, &base, token) else {
        let is_over = call.issuer.is_over(&server, &base, token);
        return Err(if is_over { OktaError::SUBJECT_TOKEN_EXPIRED.plain() } else { invalid() });
    };
    refuse_unless(issued.is_of_user(), &OktaError::INVALID_SUBJECT_TOKEN)?;
    refuse_unless(!server.config.has_stopped_client(&issued.client), &OktaError::SUBJECT_CLIENT_INACTIVE)?;
    let actors = issued.claims.get("act").map(actors).transpose()?;
    let has_email = issued.has("email");
    Ok(Subject { kind: TokenType::AccessToken, login: issued.subject, client: issued.client, has_email, actors })
}

/// Of the client that asks only.
fn of_id_token(call: &ServerCall<'_>, client: &Client, token: &str) -> Result<Subject, Refusal> {
    let server = issuer(call, token)?;
    let jwt = call.issuer.id_token(&server, &call.base(), token).ok_or_else(invalid)?;
    refuse_unless(jwt.audiences().any(|audience| audience == client.id), &OktaError::INVALID_SUBJECT_TOKEN)?;
    let is_over = jwt.time("exp").is_none_or(|expiry| expiry <= call.now());
    refuse_unless(!is_over, &OktaError::SUBJECT_TOKEN_EXPIRED)?;
    let login = users::login_of(call, &server, jwt.text("sub").unwrap_or_default()).ok_or_else(invalid)?;
    let client = client.id.clone();
    Ok(Subject { kind: TokenType::IdToken, login, client, has_email: jwt.has("email"), actors: None })
}

/// Of this server and the client that asks only.
fn of_refresh_token(call: &ServerCall<'_>, client: &Client, token: &str) -> Result<Subject, Refusal> {
    let (grant, _) = call.server.sessions.refresh_token(token, call.now()).ok_or_else(invalid)?;
    refuse_unless(grant.client == client.id, &OktaError::INVALID_SUBJECT_TOKEN)?;
    // One that is bound to a key is for its holder alone, whatever it is used for.
    if let Some(jkt) = call.server.sessions.key_of(&grant, call.now()) {
        refuse_unless(call.jkt.is_some(), &OktaError::DPOP_PROOF_MISSING)?;
        refuse_unless(call.jkt == Some(jkt), &OktaError::DPOP_KEY_OF_REFRESH_TOKEN)?;
    }
    let has_email = grant.has("email");
    Ok(Subject {
        kind: TokenType::RefreshToken,
        login: grant.user.login,
        client: grant.client,
        has_email,
        actors: None,
    })
}

/// The server that a token says it is of, if its tokens are taken: the org server takes those
/// of all others.
fn issuer(call: &ServerCall<'_>, token: &str) -> Result<Arc<ServerState>, Refusal> {
    let jwt = Jwt::usable(token).ok_or_else(invalid)?;
    let issuer = jwt.text("iss").and_then(|issuer| call.issuer.server_of(&call.base(), issuer)).ok_or_else(invalid)?;
    let config = &call.server.config;
    let is_taken = issuer.is_same(call.server) || config.is_org() || config.trusted_servers.contains(&issuer.config.id);
    if is_taken { Ok(issuer) } else { Err(OktaError::SERVER_NOT_TRUSTED.plain()) }
}

/// The claim `act` (RFC 8693, section 4.1): each actor has a name.
fn actors(text: &str) -> Result<Value, Refusal> {
    let actors: Value = serde_json::from_str(text).map_err(|_| OktaError::MALFORMED_ACTORS.plain())?;
    let mut all = std::iter::successors(Some(&actors), |actor| actor.get("act"));
    let is_named = all.all(|actor| actor.get("sub").is_some_and(Value::is_string));
    if is_named { Ok(actors) } else { Err(OktaError::MALFORMED_ACTORS.plain()) }
}

fn invalid() -> Refusal {
    OktaError::INVALID_SUBJECT_TOKEN.plain()
}
