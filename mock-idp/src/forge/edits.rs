//! Carries out one edit on a draft.

use super::context::{ForgeContext, ForgeError};
use super::draft::{Draft, Text, Wrap};
use crate::claims;
use crate::json::{Member, Object, quote, quote_escaped};
use crate::mutation::{
    Bytes, Edit, KeyName, MemberChange, Part, Place, Signer, SigningChoice, Template, TextChange, TokenKind,
};

pub(super) fn apply(draft: &mut Draft, edit: &Edit, context: &ForgeContext) -> Result<(), ForgeError> {
    match edit {
        Edit::Kind(kind) => set_kind(draft, *kind, context),
        Edit::Member { part, name, change } => {
            return change_member(draft, *part, name, change, context);
        }
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

fn set_kind(draft: &mut Draft, kind: TokenKind, context: &ForgeContext) {
    let (settings, now, jti) = (&context.settings, context.now, draft.jti.clone());
    let payload = match kind {
        TokenKind::ClientCredentials => return,
        TokenKind::RefreshToken => {
            draft.whole = Some(Bytes::RandomText(43));
            return;
        }
        TokenKind::AuthorizationCode => claims::user_access_token(settings, &settings.scopes(), now, &jti),
        TokenKind::IdToken => {
            draft.header = other_header(context);
            claims::id_token(settings, now, &jti)
        }
        TokenKind::ClientAssertion => {
            draft.header = other_header(context);
            claims::client_assertion(settings, now, &jti)
        }
        TokenKind::OrgAccessToken => {
            // Okta publishes no key for these: verifiers must refuse them.
            if let Text::Json(header) = &mut draft.header {
                header.set("typ", quote("application/okta-internal-at+jwt"));
                header.set("kid", quote(&context.random.base64url(43)));
            }
            draft.signer = Signer { choice: SigningChoice::Key(KeyName::SecondIssuer), algorithm: None };
            org_claims(context, &jti)
        }
    };
    draft.payload = Text::Json(payload);
}

fn other_header(context: &ForgeContext) -> Text {
    Text::Json(claims::header_of_other(&context.settings, context.keys.active().kid(), context.algorithm()))
}

fn org_claims(context: &ForgeContext, jti: &str) -> Object {
    let settings = &context.settings;
    let mut payload = claims::access_token(settings, &["okta.users.read"], context.now, jti);
    payload.set("iss", quote(settings.origin()));
    payload.set("aud", quote(settings.origin()));
    payload
}

/// The scopes in the claim that the settings say; one text may name several.
fn grant(draft: &mut Draft, scopes: &[Template], context: &ForgeContext) -> Result<(), ForgeError> {
    let Text::Json(payload) = &mut draft.payload else {
        return Err(ForgeError::NotJson { part: part_name(Part::Payload) });
    };
    let texts: Vec<String> = scopes.iter().map(|scope| context.render_text(scope)).collect();
    let granted: Vec<&str> = texts.iter().flat_map(|text| text.split_ascii_whitespace()).collect();
    let form = context.settings.scope_form;
    payload.set(form.claim(), form.value(&granted).to_string());
    Ok(())
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
