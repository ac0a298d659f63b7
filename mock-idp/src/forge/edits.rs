//! Carries out one edit on a draft.

use super::context::{ForgeContext, ForgeError};
use super::draft::{Draft, Text, Wrap};
use crate::claims;
use crate::dialect::Role;
use crate::json::{Member, Object, quote, quote_escaped};
use crate::mutation::{
    Bytes, Edit, Expression, KeyName, MemberChange, Part, Place, RoleChange, Signer, SigningChoice, TextChange,
    TokenKind,
};

pub(super) fn apply(draft: &mut Draft, edit: &Edit, context: &ForgeContext) -> Result<(), ForgeError> {
    match edit {
        Edit::Kind(kind) => return set_kind(draft, *kind, context),
        Edit::Member { part, name, change } => {
            return change_member(draft, *part, name, change, context);
        }
        Edit::Role { role, change } => return change_role(draft, *role, change, context),
        Edit::Scopes(scopes) => return grant(draft, scopes, context),
        Edit::Text { part, change } => change_text(draft.part_mut(*part), change, context),
        Edit::Algorithm(algorithm) => {
            if let Text::Json(header) = &mut draft.header {
                header.set("alg", quote(algorithm.name()));
            }
            draft.signer.algorithm = Some(*algorithm);
        }
        Edit::Sign(signer) => {
            // `alg` before `sign` keeps its word, unless `with` says otherwise.
            let stated = draft.signer.algorithm.filter(|_| matches!(signer.choice, SigningChoice::Key(_)));
            draft.signer = Signer { algorithm: signer.algorithm.or(stated), ..signer.clone() };
        }
        Edit::Signature(change) => draft.signature.push(change.clone()),
        Edit::Segment { segment, change, signed: true } => draft.signed_segments.push((*segment, change.clone())),
        Edit::Segment { segment, change, signed: false } => draft.segments.push((*segment, change.clone())),
        Edit::Segments(pieces) => draft.pieces = Some(pieces.clone()),
        Edit::Serialization(form) => draft.wrap = Some(Wrap::Serialization(*form)),
        Edit::Nested => draft.wrap = Some(Wrap::Nested),
        Edit::Jwe(jwe) => draft.wrap = Some(Wrap::Jwe(jwe.clone())),
        Edit::Token(bytes) => draft.whole = Some(bytes.clone()),
    }
    Ok(())
}

fn set_kind(draft: &mut Draft, kind: TokenKind, context: &ForgeContext) -> Result<(), ForgeError> {
    let (settings, now, token_id) = (&context.settings, context.now, context.token_id.as_str());
    let payload = match kind {
        TokenKind::ClientCredentials => return Ok(()),
        TokenKind::RefreshToken => {
            draft.whole = Some(Bytes::RandomText(43));
            return Ok(());
        }
        TokenKind::AuthorizationCode => context.user_access_token(&settings.scopes())?,
        TokenKind::IdToken => {
            draft.header = Text::Json(context.other_header()?);
            let mut claims = claims::id_token(settings, now, token_id);
            context.mark_id_token(&mut claims)?;
            claims
        }
        TokenKind::ClientAssertion => {
            draft.header = Text::Json(context.other_header()?);
            claims::client_assertion(settings, now, token_id)
        }
        TokenKind::OrgAccessToken => {
            // Okta publishes no key for these: verifiers must refuse them.
            if let Text::Json(header) = &mut draft.header {
                header.set("typ", quote("application/okta-internal-at+jwt"));
                header.set("kid", quote(&context.random.base64url(43)));
            }
            draft.signer = Signer { choice: SigningChoice::Key(KeyName::SecondIssuer), algorithm: None };
            org_claims(context)?
        }
    };
    draft.payload = Text::Json(payload);
    Ok(())
}

fn org_claims(context: &ForgeContext) -> Result<Object, ForgeError> {
    let origin = context.settings.origin();
    let mut payload = context.access_token(&["okta.users.read"])?;
    payload.set("iss", quote(origin));
    payload.set("aud", quote(origin));
    Ok(payload)
}

/// The scopes in the claim that the settings say; one text may name several.
fn grant(draft: &mut Draft, scopes: &[Expression], context: &ForgeContext) -> Result<(), ForgeError> {
    let own = context.settings.dialect.scope_claim().ok_or(ForgeError::NoSuchRole { role: Role::Scope.word() })?;
    let nothing = Text::Json(Object::new());
    let texts: Vec<String> =
        scopes.iter().map(|scope| context.evaluate_text(scope, &nothing)).collect::<Result<_, _>>()?;
    let granted: Vec<&str> = texts.iter().flat_map(|text| text.split_ascii_whitespace()).collect();
    own.path.set(claims_of(draft)?, &context.settings, own.value(&granted).to_string());
    Ok(())
}

/// The claim that the dialect has for a role.
fn change_role(draft: &mut Draft, role: Role, change: &RoleChange, context: &ForgeContext) -> Result<(), ForgeError> {
    let place = context.settings.dialect.place_of(role).ok_or(ForgeError::NoSuchRole { role: role.word() })?;
    let before = draft.payload.clone();
    let claims = claims_of(draft)?;
    match change {
        RoleChange::Set(expression) => place.set(claims, &context.settings, context.evaluate(expression, &before)?),
        RoleChange::Raw(text) => place.set(claims, &context.settings, context.render_text(text)),
        RoleChange::Remove => place.remove(claims, &context.settings),
    }
    Ok(())
}

fn claims_of(draft: &mut Draft) -> Result<&mut Object, ForgeError> {
    match &mut draft.payload {
        Text::Json(claims) => Ok(claims),
        Text::Bytes(_) => Err(ForgeError::NotJson { part: part_name(Part::Payload) }),
    }
}

fn change_member(
    draft: &mut Draft,
    part: Part,
    name: &str,
    change: &MemberChange,
    context: &ForgeContext,
) -> Result<(), ForgeError> {
    let before = draft.part_mut(part).clone();
    let part_name = part_name(part);
    let Text::Json(object) = draft.part_mut(part) else {
        return Err(ForgeError::NotJson { part: part_name });
    };
    let position = object.position(name);
    let existing = || position.ok_or_else(|| ForgeError::NoSuchMember { part: part_name, name: name.to_owned() });
    match change {
        MemberChange::Set(expression) => object.set(name, context.evaluate(expression, &before)?),
        MemberChange::Raw(text) => object.set(name, context.render_text(text)),
        MemberChange::Remove => object.remove(name),
        MemberChange::Rename(to) => object.members_mut()[existing()?].name = quote(to),
        MemberChange::EscapeName => object.members_mut()[existing()?].name = quote_escaped(name),
        MemberChange::Duplicate { value, place } => {
            let first = existing()?;
            let member = Member { name: quote(name), value: context.evaluate(value, &before)? };
            match place {
                Place::First => object.members_mut().insert(first, member),
                Place::Last => object.members_mut().push(member),
            }
        }
    }
    Ok(())
}

pub(super) fn part_name(part: Part) -> &'static str {
    match part {
        Part::Header => "header",
        Part::Payload => "payload",
    }
}

fn change_text(text: &mut Text, change: &TextChange, context: &ForgeContext) {
    let bytes = text.bytes();
    let as_text = || String::from_utf8_lossy(&bytes).into_owned();
    let changed = match change {
        TextChange::Replace(new) => context.bytes(new),
        TextChange::Append(more) => [bytes.as_slice(), &context.bytes(more)].concat(),
        TextChange::Prepend(more) => [&context.bytes(more), bytes.as_slice()].concat(),
        TextChange::Keep(count) => bytes[..bytes.len().min(*count)].to_vec(),
        TextChange::Utf16Le => as_text().encode_utf16().flat_map(u16::to_le_bytes).collect(),
        TextChange::Utf16Be => as_text().encode_utf16().flat_map(u16::to_be_bytes).collect(),
        TextChange::Utf8Bom => [b"\xef\xbb\xbf", bytes.as_slice()].concat(),
        TextChange::Pretty => text.object().map_or(bytes, |object| object.to_pretty_text().into_bytes()),
        TextChange::EscapedNames => text.object().map_or(bytes, |object| escaped(object).into_bytes()),
    };
    *text = Text::Bytes(changed);
}

fn escaped(object: &Object) -> String {
    let mut object = object.clone();
    for member in object.members_mut() {
        member.name = quote_escaped(&member.plain_name());
    }
    object.to_text()
}
