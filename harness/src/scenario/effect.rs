use mock_idp::input::{InputError, Node};

use super::expectation::Level;

/// Something that is expected besides who gets in and the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What.
    pub kind: EffectKind,
    /// How binding it is.
    pub level: Level,
}

/// What is looked at besides the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EffectKind {
    /// `identity`: whose subject the target served.
    Identity(Identity),
    /// `issuer-hits`: at most that many requests came to the issuer's JWKS.
    IssuerHits(usize),
    /// `listener-hits`: at most that many requests came to the listener.
    ListenerHits(usize),
    /// `alive`: the control is accepted afterwards.
    Alive,
}

/// Whose subject is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// The control's.
    Control,
    /// The one that the token names.
    Token,
}

impl Effect {
    /// Reads one entry of a scenario's `effects`.
    ///
    /// # Errors
    ///
    /// When it is none of the language.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let kind = if let Some(whose) = table.get("identity") {
            EffectKind::Identity(whose.as_choice(&[("control", Identity::Control), ("token", Identity::Token)])?)
        } else if let Some(most) = table.get("issuer-hits") {
            EffectKind::IssuerHits(most.as_count(100_000)?)
        } else if let Some(most) = table.get("listener-hits") {
            EffectKind::ListenerHits(most.as_count(100_000)?)
        } else if table.flag("alive")? {
            EffectKind::Alive
        } else {
            return Err(node.error("expected one of identity, issuer-hits, listener-hits, alive"));
        };
        let effect = Self { kind, level: table.require("level")?.as_choice(&Level::ALL)? };
        table.finish()?;
        Ok(effect)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_effect_has_a_level_of_its_own() {
        let parse = |value| Effect::from_node(&Node::from_json(&value, "effects[0]"));
        let effect = parse(json!({"listener-hits": 0, "level": "must"})).unwrap();
        assert_eq!(effect.kind, EffectKind::ListenerHits(0));
        assert!(parse(json!({"listener-hits": 0})).is_err());
        assert!(parse(json!({"level": "must"})).is_err());
    }
}
