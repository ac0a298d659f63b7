//! What a mutation needs, for who must know before it is carried out.

use super::edit::{
    Edit, HmacSecret, Jwe, JweContent, MemberChange, RoleChange, SegmentChange, SignatureChange, Signer, SigningChoice,
    TextChange,
};
use super::{Expression, Mutation};
use crate::keys::{Algorithm, KeyName};

impl Mutation {
    /// What signs its token, where it says so.
    #[must_use]
    pub fn signer(&self) -> Option<&SigningChoice> {
        let mut signers = self.edits().iter().rev();
        signers.find_map(|edit| if let Edit::Sign(signer) = edit { Some(&signer.choice) } else { None })
    }

    /// Whether it signs with that algorithm and does nothing else: no change where the
    /// issuer signs with it.
    #[must_use]
    pub fn only_states(&self, algorithm: Algorithm) -> bool {
        !self.is_control() && self.edits().iter().all(|edit| *edit == Edit::Algorithm(algorithm))
    }

    /// Whether a placeholder of that name is in it, such as `other_scope`.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        self.edits().iter().any(|edit| edit.uses(placeholder))
    }
}

impl Edit {
    /// Whether a certificate of the key that signs the control stands in it, which
    /// only the private half makes.
    #[must_use]
    pub fn certifies_control(&self) -> bool {
        let is_of_control = |expression: &Expression| match expression {
            Expression::X5c { key, .. } | Expression::CertificateThumbprint { key, .. } => *key == KeyName::Control,
            _ => false,
        };
        matches!(self, Self::Member { change: MemberChange::Set(value), .. } if is_of_control(value))
    }

    /// Whether the token's signature is not the one over what is sent, so that no
    /// signing key is needed for it.
    #[must_use]
    pub fn replaces_signature(&self) -> bool {
        matches!(
            self,
            Self::Signature(
                SignatureChange::Strip
                    | SignatureChange::OfControl
                    | SignatureChange::Replace(_)
                    | SignatureChange::Zero
                    | SignatureChange::Keep(_)
                    | SignatureChange::Rsa(_)
                    | SignatureChange::Ecdsa(_)
            ) | Self::Segments(_)
                | Self::Jwe(Jwe { content: JweContent::Unsecured | JweContent::Claims, .. })
        )
    }

    /// Whether it shows only where a segment has a `-` or a `_`.
    pub(crate) fn needs_other_characters(&self) -> bool {
        matches!(self, Self::Segment { change: SegmentChange::StandardAlphabet, .. })
    }

    /// Whether a placeholder of that name is in it.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        match self {
            Self::Member { change, .. } => match change {
                MemberChange::Set(value) | MemberChange::Duplicate { value, .. } => value.uses(placeholder),
                MemberChange::Raw(text) => text.uses(placeholder),
                MemberChange::Remove | MemberChange::Rename(_) | MemberChange::EscapeName => false,
            },
            Self::Role { change: RoleChange::Set(value), .. } => value.uses(placeholder),
            Self::Role { change: RoleChange::Raw(text), .. } => text.uses(placeholder),
            Self::Scopes(scopes) => scopes.iter().any(|scope| scope.uses(placeholder)),
            Self::Text {
                change: TextChange::Replace(bytes) | TextChange::Append(bytes) | TextChange::Prepend(bytes),
                ..
            } => bytes.uses(placeholder),
            Self::Sign(Signer { choice: SigningChoice::Hmac(HmacSecret::Bytes(bytes)), .. }) => bytes.uses(placeholder),
            Self::Signature(
                SignatureChange::Append(bytes) | SignatureChange::Prepend(bytes) | SignatureChange::Replace(bytes),
            ) => bytes.uses(placeholder),
            Self::Segment {
                change: SegmentChange::Append(bytes) | SegmentChange::Prepend(bytes) | SegmentChange::Insert(bytes),
                ..
            } => bytes.uses(placeholder),
            Self::Token(bytes) => bytes.uses(placeholder),
            _ => false,
        }
    }
}

impl Expression {
    /// Whether a placeholder of that name is in it.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        match self {
            Self::Text(template) | Self::Derived { of: template, .. } => template.uses(placeholder),
            Self::List(items) => items.iter().any(|item| item.uses(placeholder)),
            Self::Jwk { kid: Some(kid), .. } => kid.uses(placeholder),
            Self::Many { of, .. } => of.uses(placeholder),
            Self::X5c { name: Some(name), .. } => name.uses(placeholder),
            _ => false,
        }
    }
}
