//! How much a finding matters: who could send it, and what came of it.

use std::fmt;

use mock_idp::step::{Action, Fault, Step};
use serde::{Deserialize, Serialize};

use super::expectation::{Level, Tier};
use super::needs::Need;
use super::types::Variant;

/// Who could bring a case about, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The token or the key set can come from nobody else, and honest issuers
    /// make none like it: a latent fault.
    OnlyTheIssuer,
    /// Honest issuers issue such tokens for another use, so somebody has one:
    /// expired, for another audience, with a lesser scope, an ID token.
    AnyHolder,
    /// It can be made from public material: no token, a stranger's key, the
    /// public key taken for a secret, a changed or cut token.
    Anyone,
}

impl Actor {
    /// Who it is, for a person.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::OnlyTheIssuer => "nobody, unless the issuer itself signs such a token",
            Self::AnyHolder => "any holder of a genuine token that was issued for another use",
            Self::Anyone => "anyone, without a token of the issuer",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnlyTheIssuer => "only-the-issuer",
            Self::AnyHolder => "any-holder",
            Self::Anyone => "anyone",
        })
    }
}

/// Where somebody has the token of a case from: `obtained`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Obtained {
    /// It was made for the attack; from what, follows from how it is made.
    #[default]
    Made,
    /// An honest issuer issued it for another use.
    Issued,
}

impl Obtained {
    /// Each with its word.
    pub const ALL: [(&'static str, Self); 2] = [("made", Self::Made), ("issued", Self::Issued)];
}

/// What an acceptance comes to where the token is to be refused: `gap`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Gap {
    /// Somebody gets in who must not.
    #[default]
    Bypass,
    /// What the row is about is enforced nonetheless, or only a form is taken
    /// that no issuer sends.
    Lenient,
    /// A valid credential is taken from the wrong place.
    Misplaced,
}

impl Gap {
    /// Each with its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("bypass", Self::Bypass), ("lenient", Self::Lenient), ("misplaced", Self::Misplaced)];
}

/// Who sends honest tokens of that form: `form`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// The profile's own issuer.
    Own,
    /// Other issuers; it is legal.
    #[default]
    Legal,
    /// Only odd clients or issuers spell it that way.
    Odd,
}

impl Form {
    /// Each with its word.
    pub const ALL: [(&'static str, Self); 3] = [("own", Self::Own), ("legal", Self::Legal), ("odd", Self::Odd)];
}

/// What came of a case that did not go as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A bad credential got in, or another identity was served.
    GotIn(Gap),
    /// An honest token of that form was refused.
    KeptOut(Form),
    /// An address out of the token was called, or a token got out.
    SideEffect,
    /// The process ended, hung past the deadline, or did not come back.
    Unavailable,
    /// A server error for a client's fault, or more load than is due.
    ServerError,
    /// A wrong status, a missing challenge.
    Protocol,
    /// Nothing that harms by itself.
    Hygiene,
}

impl Outcome {
    /// How much it matters, of a demand of that level.
    #[must_use]
    pub fn tier(self, actor: Actor, level: Level) -> Tier {
        let by_actor = |anyone, holder, issuer| match actor {
            Actor::Anyone => anyone,
            Actor::AnyHolder => holder,
            Actor::OnlyTheIssuer => issuer,
        };
        match self {
            Self::GotIn(_) | Self::KeptOut(_) if level < Level::Should => Tier::Info,
            Self::GotIn(Gap::Bypass) if level == Level::Must => by_actor(Tier::Critical, Tier::Critical, Tier::High),
            Self::GotIn(Gap::Bypass) | Self::SideEffect | Self::Unavailable => {
                by_actor(Tier::High, Tier::High, Tier::Medium)
            }
            Self::GotIn(Gap::Lenient) | Self::ServerError => by_actor(Tier::Medium, Tier::Medium, Tier::Low),
            Self::GotIn(Gap::Misplaced) | Self::Protocol | Self::KeptOut(Form::Odd) => Tier::Low,
            Self::KeptOut(Form::Own) => Tier::High,
            Self::KeptOut(Form::Legal) => Tier::Medium,
            Self::Hygiene => Tier::Info,
        }
    }
}

impl Variant {
    /// Who could bring it about.
    #[must_use]
    pub fn actor(&self) -> Actor {
        if self.obtained == Obtained::Issued {
            return Actor::AnyHolder;
        }
        let steps = || self.issuer.iter().chain(&self.meanwhile);
        // Whoever is between the target and its issuer can show another certificate.
        if steps().any(Step::shows_certificate) {
            return Actor::Anyone;
        }
        if steps().any(only_the_issuer_does) {
            return Actor::OnlyTheIssuer;
        }
        match self.credential() {
            Need::SigningKey => Actor::OnlyTheIssuer,
            Need::RealToken if self.token.is_control() => Actor::AnyHolder,
            _ => Actor::Anyone,
        }
    }
}

/// Whether a step makes the issuer say what honest issuers don't.
fn only_the_issuer_does(step: &Step) -> bool {
    match step.action() {
        Action::Add { .. } | Action::Metadata { .. } => true,
        Action::Jwk { set, .. } => !set.is_empty(),
        Action::Fault { fault, .. } => matches!(fault, Fault::Redirect(_)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::scenario::Catalogue;

    #[rstest]
    #[case("signature/alg-none@none", Actor::Anyone)]
    #[case("signature/payload-tampered@subject", Actor::Anyone)]
    #[case("signature/hs256-pubkey-pem@spki", Actor::Anyone)]
    #[case("signature/hs256-pubkey-jwk@spki-pem-key-without-alg", Actor::Anyone)]
    #[case("transport/no-credentials@no-header", Actor::Anyone)]
    #[case("transport/empty-bearer@scheme-only", Actor::Anyone)]
    #[case("keys/jwks-transport@untrusted-certificate", Actor::Anyone)]
    #[case("time/expired@one-hour", Actor::AnyHolder)]
    #[case("audience/other@sibling-api", Actor::AnyHolder)]
    #[case("scope/missing-required@other-scope", Actor::AnyHolder)]
    #[case("token-type/id-token@okta-shape", Actor::AnyHolder)]
    #[case("keys/removed-key@withdrawn", Actor::AnyHolder)]
    #[case("transport/other-scheme@basic", Actor::AnyHolder)]
    #[case("signature/crit-unknown@unknown-extension", Actor::OnlyTheIssuer)]
    #[case("audience/missing-or-typed@absent", Actor::OnlyTheIssuer)]
    #[case("keys/jwk-oct-published@hs256", Actor::OnlyTheIssuer)]
    #[case("keys/weak-key@rsa-exponent-one", Actor::OnlyTheIssuer)]
    fn who_could_send_a_case_follows_from_how_it_is_made(#[case] name: &str, #[case] actor: Actor) {
        let catalogue = Catalogue::embedded().unwrap();
        let (id, slug) = name.split_once('@').unwrap();
        let scenario = catalogue.scenario(id).unwrap();
        let variant = scenario.variants.iter().find(|variant| variant.slug == slug).unwrap();
        assert_eq!(variant.actor(), actor);
    }

    #[rstest]
    #[case(Outcome::GotIn(Gap::Bypass), Level::Must, [Tier::Critical, Tier::Critical, Tier::High])]
    #[case(Outcome::GotIn(Gap::Bypass), Level::Should, [Tier::High, Tier::High, Tier::Medium])]
    #[case(Outcome::GotIn(Gap::Bypass), Level::May, [Tier::Info, Tier::Info, Tier::Info])]
    #[case(Outcome::GotIn(Gap::Lenient), Level::Must, [Tier::Medium, Tier::Medium, Tier::Low])]
    #[case(Outcome::GotIn(Gap::Misplaced), Level::Must, [Tier::Low, Tier::Low, Tier::Low])]
    #[case(Outcome::SideEffect, Level::Must, [Tier::High, Tier::High, Tier::Medium])]
    #[case(Outcome::Unavailable, Level::Should, [Tier::High, Tier::High, Tier::Medium])]
    #[case(Outcome::ServerError, Level::Should, [Tier::Medium, Tier::Medium, Tier::Low])]
    #[case(Outcome::Protocol, Level::Must, [Tier::Low, Tier::Low, Tier::Low])]
    #[case(Outcome::KeptOut(Form::Own), Level::Must, [Tier::High, Tier::High, Tier::High])]
    #[case(Outcome::KeptOut(Form::Legal), Level::Must, [Tier::Medium, Tier::Medium, Tier::Medium])]
    #[case(Outcome::KeptOut(Form::Odd), Level::Must, [Tier::Low, Tier::Low, Tier::Low])]
    fn what_only_the_issuer_can_make_is_never_louder_than_what_a_stranger_can(
        #[case] outcome: Outcome,
        #[case] level: Level,
        #[case] tiers: [Tier; 3],
    ) {
        let actors = [Actor::Anyone, Actor::AnyHolder, Actor::OnlyTheIssuer];
        assert_eq!(actors.map(|actor| outcome.tier(actor, level)), tiers);
    }
}
