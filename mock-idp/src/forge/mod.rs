//! Byte-level tokens: carries a [`Mutation`] out on the control token.
//!
//! The order is fixed, whatever the order of the edits: header and payload ->
//! bytes -> segments -> signature over what the edits left -> the signature's
//! bytes -> the segments' text -> wrapping. So each edit says one thing only.

mod assemble;
mod content_encryption;
mod context;
mod deflate;
mod difference;
mod draft;
mod ecdsa;
mod edits;
mod evaluate;
mod given;
mod honest;
mod jwe;
mod serialization;
mod signature;
#[cfg(test)]
mod tests;

pub(crate) use context::unpublished;
pub use context::{ForgeContext, ForgeError, Forged, Token};
pub use difference::Change;
pub use given::{GivenToken, GivenTokenError};

use crate::mutation::{Edit, Mutation};
use draft::Draft;

/// Makes the token that `mutation` describes, and says how it differs from the
/// control token that the same context makes.
///
/// # Errors
///
/// [`ForgeError`] when an edit can't apply: a member that the control does not
/// have, an algorithm that the key can't do, a JWE of an impossible size; with
/// a given control whatever would have to be signed with its issuer's key.
pub fn forge(context: &ForgeContext, mutation: &Mutation) -> Result<Forged, ForgeError> {
    let is_replaced = mutation.edits().iter().any(|edit| matches!(edit, Edit::Token(_)));
    if context.given.as_ref().is_some_and(GivenToken::is_opaque) && !mutation.is_control() && !is_replaced {
        return Err(ForgeError::Opaque);
    }
    let (control, draft, token) = assembled(context, mutation)?;
    let mut changes = difference::members(&control, &draft, context.given.is_some());
    // An algorithm that the control has already is no change.
    let edits = mutation.edits().iter().filter(|edit| **edit != Edit::Algorithm(context.algorithm()));
    changes.extend(edits.filter_map(Edit::describe).map(Change::phrase));
    changes.extend(draft.whole.is_some().then(|| Change::phrase(format!("token: {} bytes in all", token.len()))));
    Ok(Forged::new(token, &draft, context, changes))
}

/// How often a token is made anew until what is to be changed is in it.
const TRIES: usize = 64;

/// The token, with what it was made of. A short signature often has neither of the
/// two characters by which the alphabets differ: then another token is made.
fn assembled(context: &ForgeContext, mutation: &Mutation) -> Result<(Draft, Draft, Vec<u8>), ForgeError> {
    let needs_luck = mutation.edits().iter().any(Edit::needs_other_characters) && context.given.is_none();
    let mut made = assembled_once(context, mutation)?;
    for _ in 1..TRIES {
        if !needs_luck || has_other_characters(&made.2) {
            break;
        }
        // Another id makes another signature.
        let again = ForgeContext { token_id: context.random.base64url(43), ..context.clone() };
        made = assembled_once(&again, mutation)?;
    }
    match needs_luck && !has_other_characters(&made.2) {
        true => Err(ForgeError::NoSpareBits),
        false => Ok(made),
    }
}

/// Whether the standard alphabet shows.
fn has_other_characters(token: &[u8]) -> bool {
    token.iter().any(|byte| matches!(byte, b'+' | b'/'))
}

fn assembled_once(context: &ForgeContext, mutation: &Mutation) -> Result<(Draft, Draft, Vec<u8>), ForgeError> {
    let control = Draft::control(context)?;
    let mut draft = control.clone();
    draft.is_unsigned = mutation.edits().iter().any(Edit::replaces_signature);
    for edit in mutation.edits() {
        edits::apply(&mut draft, edit, context)?;
    }
    let token = assemble::token(&draft, context)?;
    Ok((control, draft, token))
}
