//! `/api/v1/authorizationServers/{id}/claims`.

use serde_json::json;

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{created, limit, no_content, not_found, ok};
use super::list::{self, Item};
use super::{Call, Refusal};
use crate::config::{AuthorizationServer, Claim, ClaimExpression, ClaimSource, ClaimToken, GroupFilter};
use crate::issuer::Response;
use crate::json::Object;

const KIND: &str = "OAuth2Claim";
/// Okta's words for the tokens.
const TOKENS: [(&str, ClaimToken); 2] = [("RESOURCE", ClaimToken::Access), ("IDENTITY", ClaimToken::Id)];

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    let item = |claim: &Claim| {
        let words = vec![claim.name.clone()];
        Item { id: id_of(&server.config, claim), words, body: told(call, &server.config, claim) }
    };
    list::answer(call, server.config.claims.iter().map(item).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    let at = position(call, &server.config)?;
    ok(&told(call, &server.config, &server.config.claims[at]))
}

pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let mut claim = claim(Body::of(&body))?;
    claim.record.id = Some(call.draw_id("ocl"));
    let server = call.change(|config| {
        limit(config.claims.len(), "name")?;
        config.claims.push(claim.clone());
        Ok(())
    })?;
    created(&told(call, &server.config, &claim))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let mut claim = claim(Body::of(&body))?;
    let server = call.change(|config| {
        let at = position(call, config)?;
        // Of one of the configuration the id would follow from another name.
        claim.record.id = Some(id_of(config, &config.claims[at]));
        config.claims[at] = claim.clone();
        Ok(())
    })?;
    ok(&told(call, &server.config, &claim))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    call.change(|config| {
        let at = position(call, config)?;
        config.claims.remove(at);
        Ok(())
    })?;
    no_content()
}

/// The claim that a body describes.
fn claim(body: Body<'_>) -> Result<Claim, Refusal> {
    let mut claim = Claim::of(body.require("name")?, source(body)?);
    body.require("claimType")?;
    claim.token = body.word("claimType", &TOKENS)?.unwrap_or(ClaimToken::Access);
    claim.always = body.flag("alwaysIncludeInToken")?.unwrap_or(true);
    claim.scopes = body.object("conditions")?.texts("scopes")?.unwrap_or_default();
    if body.word("status", &[("ACTIVE", true), ("INACTIVE", false)])? == Some(false) {
        return Err(invalid("status", "a claim is always ACTIVE here: remove it instead"));
    }
    Ok(claim)
}

fn source(body: Body<'_>) -> Result<ClaimSource, Refusal> {
    let value = body.require("value")?;
    if body.word("valueType", &[("EXPRESSION", false), ("GROUPS", true)])? == Some(true) {
        let kind = body.require("group_filter_type")?;
        return GroupFilter::find(kind, value).map(ClaimSource::Groups).ok_or_else(|| {
            invalid("group_filter_type", "use STARTS_WITH, EQUALS or CONTAINS, or REGEX with the value .*")
        });
    }
    ClaimExpression::parse(value).map(ClaimSource::Expression).map_err(|error| invalid("value", error))
}

fn position(call: &Call<'_>, config: &AuthorizationServer) -> Result<usize, Refusal> {
    let id = call.parameter(1);
    config.claims.iter().position(|claim| id_of(config, claim) == id).ok_or_else(|| not_found(id, KIND))
}

fn id_of(config: &AuthorizationServer, claim: &Claim) -> String {
    claim.record.id_or("ocl", &format!("{}/{}/{}", config.id, word(claim), claim.name))
}

fn word(claim: &Claim) -> &'static str {
    TOKENS.iter().find(|(_, token)| *token == claim.token).map_or("RESOURCE", |(word, _)| word)
}

fn told(call: &Call<'_>, config: &AuthorizationServer, claim: &Claim) -> Object {
    let id = id_of(config, claim);
    let path = format!("/api/v1/authorizationServers/{}/claims/{id}", config.id);
    let (kind, value, filter) = match &claim.value {
        ClaimSource::Expression(expression) => ("EXPRESSION", expression.to_string(), None),
        ClaimSource::Groups(filter) => ("GROUPS", filter.words().1.to_owned(), Some(filter.words().0)),
    };
    Object::new()
        .with("id", id)
        .with("name", claim.name.as_str())
        .with("status", "ACTIVE")
        .with("claimType", word(claim))
        .with("valueType", kind)
        .with("value", value)
        .with("conditions", json!({ "scopes": claim.scopes }))
        .with("system", false)
        .with("alwaysIncludeInToken", claim.always)
        .with_some("group_filter_type", filter)
        .with_object("_links", &Object::new().with("self", call.link(&path, &["GET", "PUT", "DELETE"])))
}
