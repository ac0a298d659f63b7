//! From a draft to the token's bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::context::{ForgeContext, ForgeError};
use super::draft::{Draft, Text, Wrap};
use super::{jwe, serialization, signature};
use crate::mutation::{Piece, Segment, SegmentChange};

/// The three segments of a compact token, as bytes.
pub(super) struct Segments {
    pub(super) header: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Segments {
    fn get(&self, segment: Segment) -> &[u8] {
        match segment {
            Segment::Header => &self.header,
            Segment::Payload => &self.payload,
            Segment::Signature => &self.signature,
        }
    }

    fn get_mut(&mut self, segment: Segment) -> &mut Vec<u8> {
        match segment {
            Segment::Header => &mut self.header,
            Segment::Payload => &mut self.payload,
            Segment::Signature => &mut self.signature,
        }
    }

    fn signing_input(&self) -> Vec<u8> {
        [self.header.as_slice(), b".", &self.payload].concat()
    }

    fn compact(&self) -> Vec<u8> {
        [self.header.as_slice(), b".", &self.payload, b".", &self.signature].concat()
    }

    pub(super) fn text(&self, segment: Segment) -> String {
        String::from_utf8_lossy(self.get(segment)).into_owned()
    }
}

/// The token that a draft stands for.
pub(super) fn token(draft: &Draft, context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    if let Some(bytes) = &draft.whole {
        return Ok(context.bytes(bytes));
    }
    if let Some(given) = context.given.as_ref().filter(|given| given.is_opaque()) {
        return Ok(given.token().expose().to_vec());
    }
    let segments = segments(draft, context)?;
    if let Some(pieces) = &draft.pieces {
        return Ok(join(pieces, &segments));
    }
    match &draft.wrap {
        None => Ok(segments.compact()),
        Some(Wrap::Serialization(form)) => serialization::wrap(*form, &segments, context),
        Some(Wrap::Nested) => nested(&segments, context),
        Some(Wrap::Jwe(jwe)) => jwe::wrap(jwe, &segments.compact(), &draft.payload.bytes(), context),
    }
}

fn segments(draft: &Draft, context: &ForgeContext) -> Result<Segments, ForgeError> {
    let [header, payload] = draft.segments(context);
    let mut segments = Segments { header, payload, signature: Vec::new() };
    for (segment, change) in &draft.signed_segments {
        change_segment(segments.get_mut(*segment), change, context)?;
    }
    let input = segments.signing_input();
    segments.signature = encode(&signature::make(draft, &input, context)?);
    for (segment, change) in &draft.segments {
        change_segment(segments.get_mut(*segment), change, context)?;
    }
    Ok(segments)
}

pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE_NO_PAD.encode(bytes).into_bytes()
}

fn change_segment(segment: &mut Vec<u8>, change: &SegmentChange, context: &ForgeContext) -> Result<(), ForgeError> {
    match change {
        SegmentChange::Append(bytes) => segment.extend(context.bytes(bytes)),
        SegmentChange::Prepend(bytes) => *segment = [context.bytes(bytes), std::mem::take(segment)].concat(),
        SegmentChange::Insert(bytes) => {
            let middle = segment.len() / 2;
            segment.splice(middle..middle, context.bytes(bytes));
        }
        SegmentChange::StandardAlphabet => {
            for byte in segment.iter_mut() {
                *byte = match *byte {
                    b'-' => b'+',
                    b'_' => b'/',
                    other => other,
                };
            }
        }
        SegmentChange::LooseTailBits => return loosen_tail(segment),
    }
    Ok(())
}

/// Sets the spare bits of the last base64url character, where there are any:
/// four when the length leaves 2 over a multiple of 4, two when it leaves 3.
fn loosen_tail(segment: &mut [u8]) -> Result<(), ForgeError> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let spare = match segment.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => return Err(ForgeError::NoSpareBits),
    };
    if let Some(last) = segment.last_mut()
        && let Some(value) = ALPHABET.iter().position(|letter| letter == last)
    {
        *last = ALPHABET[value | spare];
    }
    Ok(())
}

fn join(pieces: &[Piece], segments: &Segments) -> Vec<u8> {
    let texts: Vec<&[u8]> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Own(segment) => segments.get(*segment),
            Piece::Literal(text) => text.as_bytes(),
        })
        .collect();
    texts.join(&b'.')
}

/// A JWS of the issuer whose payload is the token (RFC 7519, section 5.2).
fn nested(inner: &Segments, context: &ForgeContext) -> Result<Vec<u8>, ForgeError> {
    let mut outer = Draft::control(context)?;
    outer.header = Text::Json(context.other_header()?.with("cty", "JWT"));
    outer.payload = Text::Bytes(inner.compact());
    Ok(segments(&outer, context)?.compact())
}
