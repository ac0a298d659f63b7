use mock_idp::input::nearest;

use super::grade::Actor;
use super::needs::Need;
use super::selector::SelectorError;
use super::types::{Judgement, Scenario, Variant};

/// What is known of a variant besides its name: `tag:` in a selector.
///
/// Nothing is written down for it: it follows from the scenario itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// Who could bring it about.
    Actor(Actor),
    /// What it can't do without.
    Need(Need),
    /// It runs with `--slow` only.
    Slow,
    /// It would have caught this CVE.
    Cve(String),
}

/// Every tag with a fixed word.
static WORDS: [(&str, Tag); 12] = [
    ("anyone", Tag::Actor(Actor::Anyone)),
    ("any-holder", Tag::Actor(Actor::AnyHolder)),
    ("only-the-issuer", Tag::Actor(Actor::OnlyTheIssuer)),
    ("slow", Tag::Slow),
    ("no-token", Tag::Need(Need::NoToken)),
    ("real-token", Tag::Need(Need::RealToken)),
    ("public-key", Tag::Need(Need::PublicKey)),
    ("certificate", Tag::Need(Need::Certificate)),
    ("second-token", Tag::Need(Need::SecondToken)),
    ("signing-key", Tag::Need(Need::SigningKey)),
    ("issuer-control", Tag::Need(Need::IssuerControl)),
    ("listener", Tag::Need(Need::Listener)),
];

impl Tag {
    /// Reads the text behind `tag:`.
    pub(super) fn parse(text: &str) -> Result<Self, SelectorError> {
        if let Some((_, tag)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(tag.clone());
        }
        let upper = text.to_ascii_uppercase();
        if upper.starts_with("CVE-") {
            return Ok(Self::Cve(upper));
        }
        let words = || WORDS.iter().map(|(word, _)| *word);
        Err(SelectorError::UnknownTag {
            tag: text.to_owned(),
            nearest: nearest(text, words()).map(str::to_owned),
            known: words().collect(),
        })
    }

    /// Whether the variant has it. Of a check, who could bring it about and
    /// what it needs depends on the exchanges that it judges: it has neither.
    pub(super) fn is_of(&self, scenario: &Scenario, variant: &Variant) -> bool {
        let is_check = || matches!(scenario.judgement_of(variant), Judgement::Check { .. });
        match self {
            Self::Actor(actor) => variant.actor() == *actor && !is_check(),
            Self::Need(need) => variant.needs(scenario).contains(need) && !is_check(),
            Self::Slow => variant.slow,
            Self::Cve(number) => scenario.caught.contains(number),
        }
    }
}
