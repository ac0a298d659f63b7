//! Userinfo, the key set and the discovery documents, member by member.

use super::super::ServerCall;
use super::asked::Asked;
use super::prepare::known_effects;
use super::redirect::is_iss_promised;
use crate::answer::{Change, Effect, Place};
use crate::issuer::Response;
use crate::json::{Object, list_items, quote};
use crate::keys::{PublishedKey, SigningKey};

pub(super) fn userinfo(call: &ServerCall<'_>, response: Response) -> Response {
    edited(response, |claims| {
        for asked in call.answers.at(Place::Userinfo) {
            if let Effect::Claim(name, change) = asked.effect() {
                change_member(claims, name, change, asked);
            }
        }
    })
}

pub(super) fn metadata(call: &ServerCall<'_>, response: Response) -> Response {
    edited(response, |document| {
        if is_iss_promised(call) {
            document.set("authorization_response_iss_parameter_supported", "true".to_owned());
        }
        name_algorithms(call, document);
        for asked in call.answers.all() {
            match asked.effect() {
                Effect::Metadata(name, change) => change_member(document, name, change, asked),
                Effect::Iss(_) | Effect::SignedBy(_) => asked.mark(),
                _ => {}
            }
        }
    })
}

/// Names what ID Tokens may be signed with besides.
fn name_algorithms(call: &ServerCall<'_>, document: &mut Object) {
    const MEMBER: &str = "id_token_signing_alg_values_supported";
    let Some(mut named) = document.get(MEMBER).and_then(list_items) else { return };
    let own = call.answers.all().map(Asked::effect);
    for effect in own.chain(known_effects(call.server)) {
        let Effect::SignedBy(key) = effect else { continue };
        let key = call.shown.keys().find(key).map(PublishedKey::key);
        let algorithm = key.map(SigningKey::algorithm).map(|algorithm| quote(algorithm.name()));
        named.extend(algorithm.filter(|algorithm| !named.contains(algorithm)));
    }
    document.set(MEMBER, format!("[{}]", named.join(",")));
}

pub(super) fn keys(call: &ServerCall<'_>, response: Response) -> Response {
    edited(response, |document| {
        let Some(mut keys) = document.get("keys").and_then(list_items) else { return };
        for asked in call.answers.at(Place::Keys) {
            match asked.effect() {
                Effect::OddKey(key) => keys.insert(0, key.to_owned()),
                Effect::KeysWithout(member) => keys = keys.iter().map(|key| without(key, member)).collect(),
                _ => continue,
            }
            asked.mark();
        }
        document.set("keys", format!("[{}]", keys.join(",")));
    })
}

fn without(key: &str, member: &str) -> String {
    Object::from_text(key).map_or_else(
        |_| key.to_owned(),
        |mut key| {
            key.remove(member);
            key.to_text()
        },
    )
}

pub(super) fn change_member(object: &mut Object, name: &str, change: Change, asked: &Asked) {
    asked.mark();
    match change {
        Change::To(text) => object.set(name, text.to_owned()),
        Change::Gone => object.remove(name),
    }
}

/// An answer that is a JSON object, with that done to it. Anything else stays as it is.
fn edited(response: Response, edit: impl FnOnce(&mut Object)) -> Response {
    let object = std::str::from_utf8(&response.body).ok().and_then(|text| Object::from_text(text).ok());
    let Some(mut object) = object.filter(|_| response.status.is_success()) else { return response };
    edit(&mut object);
    Response { body: object.to_text().into(), ..response }
}
