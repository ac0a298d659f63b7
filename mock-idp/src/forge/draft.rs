use super::assemble::encode;
use super::context::{ForgeContext, ForgeError};
use crate::json::Object;
use crate::mutation::{
    Bytes, Jwe, KeyName, Part, Piece, Segment, SegmentChange, Serialization, SignatureChange, Signer, SigningChoice,
};

/// A token on its way: what the edits have left so far.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) header: Text,
    pub(super) payload: Text,
    /// Header and claims of the control, as no edit has changed them.
    pub(super) original: [Object; 2],
    pub(super) signer: Signer,
    pub(super) signature: Vec<SignatureChange>,
    pub(super) signed_segments: Vec<(Segment, SegmentChange)>,
    pub(super) segments: Vec<(Segment, SegmentChange)>,
    pub(super) pieces: Option<Vec<Piece>>,
    pub(super) wrap: Option<Wrap>,
    pub(super) whole: Option<Bytes>,
    /// Whether what comes of the signature is not the one over what is sent.
    pub(super) is_unsigned: bool,
}

/// Header or payload: JSON until an edit makes it bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Json(Object),
    Bytes(Vec<u8>),
}

/// What is put around the compact token at the end.
#[derive(Debug, Clone)]
pub(super) enum Wrap {
    Serialization(Serialization),
    Nested,
    Jwe(Jwe),
}

impl Draft {
    /// The control: an honest token of the client credentials grant.
    ///
    /// # Errors
    ///
    /// [`ForgeError`] when the dialect names a key that is not there.
    pub(super) fn control(context: &ForgeContext) -> Result<Self, ForgeError> {
        let given = context.given.as_ref().and_then(|given| given.header().zip(given.claims()));
        let (header, payload) = match given {
            Some((header, claims)) => (header.clone(), claims.clone()),
            None => (context.header()?, context.access_token(&context.settings.scopes())?),
        };
        Ok(Self {
            original: [header.clone(), payload.clone()],
            header: Text::Json(header),
            payload: Text::Json(payload),
            signer: Signer { choice: SigningChoice::Key(KeyName::Control), algorithm: None },
            signature: Vec::new(),
            signed_segments: Vec::new(),
            segments: Vec::new(),
            pieces: None,
            wrap: None,
            whole: None,
            is_unsigned: false,
        })
    }

    /// Header and payload in base64url, those of a given control as they stand in it.
    pub(super) fn segments(&self, context: &ForgeContext) -> [Vec<u8>; 2] {
        [&self.header, &self.payload].map(|part| {
            let unchanged = context.given.as_ref().and_then(|given| given.unchanged(part));
            unchanged.unwrap_or_else(|| encode(&part.bytes()))
        })
    }

    pub(super) fn part_mut(&mut self, part: Part) -> &mut Text {
        match part {
            Part::Header => &mut self.header,
            Part::Payload => &mut self.payload,
        }
    }
}

impl Text {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(object) => object.to_text().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }

    pub(super) fn object(&self) -> Option<&Object> {
        match self {
            Self::Json(object) => Some(object),
            Self::Bytes(_) => None,
        }
    }
}
