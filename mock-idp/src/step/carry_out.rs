//! Carries one step out on what a server shows.

use super::{Action, Endpoint, Fault, Stage, StandingFault, Step, StepError};
use crate::forge::{ForgeContext, unpublished};
use crate::json::Object;
use crate::keys::{KeyName, KeySet, Role, SigningKey};
use crate::mutation::{Expression, Template};
use crate::random::Random;

/// Length of a `kid` at Okta.
const KID_LENGTH: usize = 43;

/// Changes `stage` as the step says; `context` fills the placeholders.
pub(crate) fn carry_out(step: &Step, stage: &mut Stage, context: &ForgeContext) -> Result<(), StepError> {
    match step.action() {
        Action::Publish { key, kid, first } => {
            let kid = kid.as_ref().map(|kid| context.render_text(kid));
            publish(*key, kid, *first, &mut stage.keys, context)?;
        }
        Action::Withdraw(key) => stage.keys.withdraw_named(*key),
        Action::Rotate => rotate(&mut stage.keys, &context.random),
        Action::Jwk { key, set, remove } => change_jwk(*key, set, remove, &mut stage.keys, context)?,
        Action::Add { text, first, times } => add(text, *first, *times, &mut stage.keys, context),
        Action::KeySetMember { member, set } => {
            let value = context.value_in(&Object::new(), set)?;
            stage.keys.set_member(member, &value);
        }
        Action::Serve { endpoint, fields } => stage.served.set(*endpoint, fields.clone()),
        Action::Jwks(bytes) => stage.keys.replace_document(context.bytes(bytes)),
        Action::Fault { endpoint, fault, times } => set_fault(*endpoint, fault, *times, stage, context)?,
        Action::Metadata { member, set } => {
            let value = context.value_in(&Object::new(), set)?;
            stage.metadata.retain(|(known, _)| known != member);
            stage.metadata.push((member.clone(), value));
        }
    }
    Ok(())
}

/// So many members of `keys`, in their order.
fn add(text: &Template, first: bool, times: usize, keys: &mut KeySet, context: &ForgeContext) {
    let numbers = 0..times;
    let mut insert = |n: usize| keys.insert_raw(context.render_numbered(text, n), first);
    if first { numbers.rev().for_each(&mut insert) } else { numbers.for_each(&mut insert) }
}

/// Publishes one more key. The issuer's own get a fresh id, since a target may
/// know a fixed one from before; the one that signs keeps its own if that is free.
fn publish(
    name: KeyName,
    kid: Option<String>,
    first: bool,
    keys: &mut KeySet,
    context: &ForgeContext,
) -> Result<(), StepError> {
    let key = to_publish(name, context)?;
    let comes_back = matches!(name, KeyName::Control | KeyName::Previous) && keys.find(name).is_none();
    let is_another_entry_of_control = name == KeyName::Control && !comes_back;
    let kid = kid.unwrap_or_else(|| {
        if name.has_fresh_kid() && !comes_back { fresh_kid(&context.random) } else { key.kid().to_owned() }
    });
    let name = Some(name).filter(|_| !is_another_entry_of_control);
    keys.insert(name, key.with_kid(kid), first);
    Ok(())
}

fn to_publish(name: KeyName, context: &ForgeContext) -> Result<SigningKey, StepError> {
    Ok(match name {
        KeyName::Control | KeyName::Previous | KeyName::SecondIssuer => context.key(name)?,
        _ => unpublished(name, context.algorithm())?,
    })
}

/// The next key signs: the published `other-published`, else the built-in next
/// one; after that the first one again.
pub(crate) fn rotate(keys: &mut KeySet, random: &Random) {
    let published = keys.find(KeyName::OtherPublished).map(|entry| entry.key().clone());
    let next = published.unwrap_or_else(|| {
        let next = Role::IssuerNext.key(keys.active().algorithm());
        let is_next = keys.active().thumbprint() == next.thumbprint();
        let back = keys.known(KeyName::Previous).filter(|_| is_next).cloned();
        back.unwrap_or(next).with_kid(fresh_kid(random))
    });
    keys.activate(next);
}

fn change_jwk(
    name: KeyName,
    set: &[(String, Expression)],
    remove: &[String],
    keys: &mut KeySet,
    context: &ForgeContext,
) -> Result<(), StepError> {
    if keys.find(name).is_none() {
        publish(name, None, false, keys, context)?;
    }
    if let Some(jwk) = keys.jwk_mut(name) {
        for (member, value) in set {
            let value = context.value_in(jwk, value)?;
            jwk.set(member, value);
        }
        remove.iter().for_each(|member| jwk.remove(member));
    }
    Ok(())
}

fn set_fault(
    endpoint: Option<Endpoint>,
    fault: &Fault,
    times: Option<u32>,
    stage: &mut Stage,
    context: &ForgeContext,
) -> Result<(), StepError> {
    if *fault == Fault::UntrustedTls && !context.settings.issuer.starts_with("https://") {
        return Err(StepError::NotHttps { issuer: context.settings.issuer.clone() });
    }
    let location = match fault {
        Fault::Redirect(to) => context.bytes(to),
        _ => Vec::new(),
    };
    let endpoints = endpoint.map_or(vec![Endpoint::Jwks, Endpoint::Metadata], |endpoint| vec![endpoint]);
    for endpoint in endpoints {
        stage.faults.set(endpoint, StandingFault::new(fault.clone(), location.clone(), times));
    }
    Ok(())
}

/// A `kid` that nobody has seen, as long as Okta's.
pub(crate) fn fresh_kid(random: &Random) -> String {
    random.base64url(KID_LENGTH)
}
