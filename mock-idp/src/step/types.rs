use super::{Endpoint, Fault, ServedFields, parse};
use crate::input::{InputError, Node};
use crate::keys::{Algorithm, KeyName};
use crate::mutation::{Bytes, Expression, Template};

/// One step at an authorization server.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    action: Action,
    source: serde_json::Value,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// `publish = KEY`: one more key in the JWKS.
    Publish {
        /// Which one.
        key: KeyName,
        /// Under which id. Defaults to a fresh one for the issuer's keys, to
        /// the built-in one for others.
        kid: Option<Template>,
        /// Whether it stands before the others. Defaults to false.
        first: bool,
    },
    /// `withdraw = KEY`: that key leaves the JWKS.
    Withdraw(KeyName),
    /// `rotate = true`: the next key signs from now on; the old one stays published.
    Rotate,
    /// `jwk = KEY` with `set` and `remove`: members of the key's entry.
    Jwk {
        /// Whose entry; published if it is not.
        key: KeyName,
        /// Members that are set.
        set: Vec<(String, Expression)>,
        /// Members that are removed.
        remove: Vec<String>,
    },
    /// `add = TEXT`: one more member of `keys`, as the text stands there.
    Add {
        /// Its text.
        text: Template,
        /// Whether it stands before the others. Defaults to false.
        first: bool,
        /// How many of them, in whose texts `{n}` counts from 0. Defaults to one.
        times: usize,
    },
    /// `key-set = MEMBER` with `set`: a member of the JWKS beside `keys`.
    KeySetMember {
        /// The member's name.
        member: String,
        /// Its value.
        set: Expression,
    },
    /// `serve = ENDPOINT`: fields of an endpoint's honest answer.
    Serve {
        /// Which one.
        endpoint: Endpoint,
        /// What is said otherwise.
        fields: ServedFields,
    },
    /// `jwks = BYTES`: these bytes in place of the whole document.
    Jwks(Bytes),
    /// `fault = ENDPOINT`: an endpoint fails.
    Fault {
        /// Which one; `None`: the whole issuer, JWKS and metadata.
        endpoint: Option<Endpoint>,
        /// How.
        fault: Fault,
        /// How many requests fail at each endpoint before it is over; `None`, the default: all.
        times: Option<u32>,
    },
    /// `metadata = MEMBER` with `set`: a member of the discovery documents.
    Metadata {
        /// The member's name.
        member: String,
        /// Its value.
        set: Expression,
    },
}

impl Step {
    /// Reads one step from the input tree; its first member is its word.
    ///
    /// # Errors
    ///
    /// When it is not in the language; the error names the place.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        Ok(Self { action: parse::action(node)?, source: node.to_json() })
    }

    /// Reads one step from JSON.
    ///
    /// # Errors
    ///
    /// As [`Step::from_node`], with the member's path in place of a span.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, InputError> {
        Self::from_node(&Node::from_json(value, "step"))
    }

    /// What it does.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The step as the JSON that [`Step::from_json`] reads.
    #[must_use]
    pub fn to_json(&self) -> &serde_json::Value {
        &self.source
    }

    /// Whether it leaves a target no honest document to fetch, so that no
    /// token of a twin key can prove the fetch: a fault, a whole document, a
    /// lie in the metadata.
    #[must_use]
    pub fn breaks_endpoint(&self) -> bool {
        matches!(self.action, Action::Fault { .. } | Action::Jwks(_) | Action::Metadata { .. })
    }

    /// Whether a target must be as it was soon after it is undone: it is a
    /// fault, and what a target made of it can't last. Metadata with another
    /// `jwks_uri` are good metadata, which a target may keep and go by as long
    /// as it keeps any.
    #[must_use]
    pub fn must_be_recovered_from(&self) -> bool {
        self.breaks_endpoint() && !matches!(&self.action, Action::Metadata { member, .. } if member == "jwks_uri")
    }

    /// Whether it is about the discovery documents.
    #[must_use]
    pub fn is_about_metadata(&self) -> bool {
        matches!(self.action, Action::Metadata { .. } | Action::Fault { endpoint: Some(Endpoint::Metadata), .. })
    }

    /// Whether the https door shows another certificate for it.
    #[must_use]
    pub fn shows_certificate(&self) -> bool {
        matches!(self.action, Action::Fault { fault: Fault::UntrustedTls, .. })
    }

    /// Whether it makes a key's entry state that algorithm and does nothing else: no
    /// change where the issuer signs with it.
    #[must_use]
    pub fn only_states(&self, algorithm: Algorithm) -> bool {
        let Action::Jwk { set, remove, .. } = &self.action else { return false };
        let states = |(name, value): &(String, Expression)| {
            name == "alg" && matches!(value, Expression::Text(text) if text.is_text(algorithm.name()))
        };
        !set.is_empty() && remove.is_empty() && set.iter().all(states)
    }

    /// Whether a placeholder of that name is in it, such as `listener`.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        match &self.action {
            Action::Publish { kid, .. } => kid.as_ref().is_some_and(|kid| kid.uses(placeholder)),
            Action::Jwk { set, .. } => set.iter().any(|(_, value)| value.uses(placeholder)),
            Action::Add { text, .. } => text.uses(placeholder),
            Action::Jwks(bytes) | Action::Fault { fault: Fault::Redirect(bytes), .. } => bytes.uses(placeholder),
            Action::Metadata { set, .. } | Action::KeySetMember { set, .. } => set.uses(placeholder),
            Action::Serve { .. } | Action::Withdraw(_) | Action::Rotate | Action::Fault { .. } => false,
        }
    }
}
