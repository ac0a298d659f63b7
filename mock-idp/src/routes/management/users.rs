//! `/api/v1/users`: the users of all servers.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{done, limit, no_content, not_found, ok};
use super::list::{self, Item};
use super::{Call, OktaError, Refusal, org};
use crate::config::{Record, Secret, User, profile};
use crate::issuer::{Response, ServerState, iso_date};
use crate::json::Object;

const KIND: &str = "User";
/// What everybody's profile has at Okta.
const NEEDED: [&str; 4] = ["firstName", "lastName", "email", "login"];
/// Under this name a record has it that the user's status was changed since it was made.
const WAS_ACTIVE: &str = "was active";

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let search = Search::of(call)?;
    let users = org::all::<User>(call)?;
    let found = users.iter().filter(|user| search.as_ref().is_none_or(|search| search.finds(user)));
    let item = |user: &User| {
        let text = |name| profile::member(user, name).and_then(|value| value.as_str().map(str::to_owned));
        let words = ["login", "email", "firstName", "lastName", "displayName"].into_iter().filter_map(text).collect();
        Item { id: user.id.clone(), words, body: told(call, user) }
    };
    list::answer(call, found.map(item).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    ok(&told(call, &find(call)?.0))
}

/// Adds a user to every server, or to those that `?server=` names. With `?activate=false` it
/// can't sign in yet, with `?headless=true` it needs no page.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let body = Body::of(&body);
    let said = body.object("profile")?;
    require_profile(said)?;
    let mut user = User::new(said.require("login")?);
    profile::clear(&mut user);
    user.id = call.draw_id("00u");
    user.headless = call.flag("headless", false)?;
    user.is_active = call.flag("activate", true)?;
    user.record = Record { created: Some(call.now()), ..Record::default() };
    set(&mut user, body)?;
    org::change(call, &org::servers(call)?, |config| {
        limit(config.users.len(), "login")?;
        if config.users.iter().any(|known| known.login == user.login) {
            let taken = "An object with this field already exists in the current organization";
            return Err(invalid("login", taken));
        }
        config.users.push(user.clone());
        Ok(())
    })?;
    ok(&told(call, &user))
}

/// Changes what a body says, and nothing else.
pub(super) fn update(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    finish(call, Body::of(&body), |_| ())
}

/// Puts another profile in the place of the one before.
pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    require_profile(Body::of(&body).object("profile")?)?;
    finish(call, Body::of(&body), profile::clear)
}

/// The first call deactivates, the next one removes, as at Okta.
pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    let (user, servers) = find(call)?;
    if status(&user) != "DEPROVISIONED" {
        set_active(call, false)?;
        return no_content();
    }
    org::change(call, &servers, |config| {
        config.users.retain(|each| each.id != user.id);
        Ok(())
    })?;
    no_content()
}

pub(super) fn activate(call: &Call<'_>) -> Result<Response, Refusal> {
    set_active(call, true)?;
    done()
}

/// From now on nobody can sign in so, until it is activated.
pub(super) fn deactivate(call: &Call<'_>) -> Result<Response, Refusal> {
    set_active(call, false)?;
    done()
}

fn set_active(call: &Call<'_>, is_active: bool) -> Result<(), Refusal> {
    let (user, servers) = find(call)?;
    org::change_each(call, &servers, &user.id, |user: &mut User| {
        user.is_active = is_active;
        user.record.updated = Some(call.now());
        // Who was never active is staged; who was, and is no longer, is deprovisioned.
        user.record.said.insert(WAS_ACTIVE.to_owned(), true.into());
        Ok(())
    })
}

/// Sets what a body says of the user that the path names, who is made ready for it first.
fn finish(call: &Call<'_>, body: Body<'_>, ready: impl Fn(&mut User)) -> Result<Response, Refusal> {
    let (mut user, servers) = find(call)?;
    if body.object("profile")?.text("login")?.is_some_and(|login| login != user.login) {
        return Err(invalid("login", "the login of a user stays: remove the user, and make another"));
    }
    let change = |user: &mut User| {
        ready(user);
        set(user, body)?;
        user.record.updated = Some(call.now());
        Ok(())
    };
    org::change_each(call, &servers, &user.id, change)?;
    change(&mut user)?;
    ok(&told(call, &user))
}

/// Sets what a body says of a user: profile and password.
fn set(user: &mut User, body: Body<'_>) -> Result<(), Refusal> {
    let said: Map<String, Value> = body.object("profile")?.members().collect();
    let mut before = profile::of(user);
    // It follows from the names where nothing else is said.
    if ["firstName", "lastName"].iter().any(|name| said.contains_key(*name)) {
        before.remove("displayName");
    }
    profile::fill(user, &before.into_iter().chain(said).collect());
    if let Some(password) = body.object("credentials")?.object("password")?.text("value")? {
        user.password = Some(Secret::new(password));
    }
    Ok(())
}

fn find(call: &Call<'_>) -> Result<(User, Vec<Arc<ServerState>>), Refusal> {
    let id = call.parameter(0);
    org::find(call, id)?.ok_or_else(|| not_found(id, KIND))
}

fn require_profile(said: Body<'_>) -> Result<(), Refusal> {
    NEEDED.iter().try_for_each(|name| said.require(name).map(drop))
}

fn status(user: &User) -> &'static str {
    match (user.is_active, user.record.value(WAS_ACTIVE)) {
        (true, _) => "ACTIVE",
        (false, None) => "STAGED",
        (false, Some(_)) => "DEPROVISIONED",
    }
}

fn told(call: &Call<'_>, user: &User) -> Object {
    let made = user.record.created.unwrap_or_else(|| call.since());
    let updated = iso_date(user.record.updated.unwrap_or(made));
    let made = iso_date(made);
    let mut credentials = Object::new();
    if user.password.is_some() {
        credentials = credentials.with_object("password", &Object::new());
    }
    let provider = Object::new().with("type", "OKTA").with("name", "OKTA");
    let activated = if status(user) == "STAGED" { Value::Null } else { made.as_str().into() };
    Object::new()
        .with("id", user.id.as_str())
        .with("status", status(user))
        .with("created", made.as_str())
        .with("activated", activated.clone())
        .with("statusChanged", activated)
        .with("lastLogin", Value::Null)
        .with("lastUpdated", updated)
        .with("passwordChanged", if user.password.is_some() { made.as_str().into() } else { Value::Null })
        .with("profile", profile::of(user))
        .with_object("credentials", &credentials.with_object("provider", &provider))
        .with_object("_links", &links(call, user))
}

fn links(call: &Call<'_>, user: &User) -> Object {
    let at = format!("/api/v1/users/{}", user.id);
    let step = if user.is_active { "deactivate" } else { "activate" };
    Object::new()
        .with("self", call.link(&at, &["GET", "PUT", "POST", "DELETE"]))
        .with(step, call.link(&format!("{at}/lifecycle/{step}"), &["POST"]))
}

/// `filter` or `search`: one member of a user that equals a text, such as
/// `profile.login eq "ada@example.com"`.
struct Search {
    member: String,
    value: String,
}

impl Search {
    fn of(call: &Call<'_>) -> Result<Option<Self>, Refusal> {
        let Some(text) = call.query.get("filter").or_else(|| call.query.get("search")) else { return Ok(None) };
        let unknown = || {
            let cause = "only one comparison is known here, such as profile.login eq \"ada@example.com\"";
            OktaError::SEARCH.plain().because(cause)
        };
        let (member, value) = text.split_once(" eq ").ok_or_else(unknown)?;
        let value = value.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(unknown)?;
        Ok(Some(Self { member: member.trim().to_owned(), value: value.to_owned() }))
    }

    fn finds(&self, user: &User) -> bool {
        match self.member.as_str() {
            "id" => user.id == self.value,
            "status" => status(user) == self.value,
            name => {
                let name = name.strip_prefix("profile.").unwrap_or(name);
                profile::member(user, name).is_some_and(|value| value.as_str() == Some(&self.value))
            }
        }
    }
}
