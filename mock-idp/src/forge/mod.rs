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
mod jwe;
mod serialization;
mod signature;
#[cfg(test)]
mod tests;

pub(crate) use context::unpublished;
pub use context::{ForgeContext, ForgeError, Forged, Token};
pub use difference::Change;

use crate::mutation::{Edit, Mutation};
use draft::Draft;

/// Makes the token that `mutation` describes, and says how it differs from the
/// control token that the same context makes.
///
/// # Errors
///
/// [`ForgeError`] when an edit can't apply: a member that the control does not
/// have, an algorithm that the key can't do, a JWE of an impossible size.
pub fn forge(context: &ForgeContext, mutation: &Mutation) -> Result<Forged, ForgeError> {
    let control = Draft::control(context);
    let mut draft = control.clone();
    for edit in mutation.edits() {
        edits::apply(&mut draft, edit, context)?;
    }
    let token = assemble::token(&draft, context)?;
    let mut changes = difference::members(&control, &draft);
    changes.extend(mutation.edits().iter().filter_map(Edit::describe).map(Change::phrase));
    Ok(Forged::new(token, &draft, context, changes))
}
