//! What tokens can be made of where the issuer's keys are not at hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::capability::Capability;
use super::delivery::ConnectionUse;
use super::needs::Need;
use super::plan::{Case, Plan};
use super::sender::Sender;

/// What there is of a real token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Whether it has a header and claims; else it is opaque.
    pub is_jws: bool,
    /// Whether the key that verifies it is known.
    pub has_public_key: bool,
    /// Whether there is a listener that the target can reach.
    pub has_listener: bool,
    /// Whether there is a second token to take a signature from.
    pub has_second: bool,
    /// Whether the second token lacks the scope that the route needs.
    pub has_lesser: bool,
    /// Whether the second token is of another subject.
    pub has_other: bool,
}

/// The case that a second token with a lesser scope is, as it was issued.
const LESSER_SCOPE: &str = "scope/missing-required@other-scope";
/// The case that a second token of another subject is, as it was issued.
const OTHER_SUBJECT: &str = "response/cache-cross-serve@other-user-after-control";

impl Case {
    /// Whether a second real token, as it was issued, can be the token of this case.
    pub(crate) fn is_second_token(&self) -> bool {
        [LESSER_SCOPE, OTHER_SUBJECT].contains(&self.name().as_str())
    }
}

/// How many variants are left out for want of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What they need.
    pub need: Need,
    /// How many.
    pub variants: usize,
}

impl Plan {
    /// Leaves out what can't be carried out with a real token, and keeps count.
    pub fn keep_only(&mut self, holding: Holding) {
        let mut counts: BTreeMap<Need, usize> = BTreeMap::new();
        for cases in [&mut self.cases, &mut self.checks] {
            cases.retain(|case| match holding.lacks(case) {
                Some(need) => {
                    *counts.entry(need).or_default() += 1;
                    self.left_out.push(case.clone());
                    false
                }
                None => true,
            });
        }
        self.narrowed |= !counts.is_empty();
        self.lacking = counts.into_iter().map(|(need, variants)| LeftOut { need, variants }).collect();
    }
}

impl Holding {
    /// What a case needs that is not there: the first thing.
    fn lacks(self, case: &Case) -> Option<Need> {
        if self.has_second_token_of(&case.name()) {
            return None;
        }
        if case.check().is_some_and(|(kind, _)| kind.is_about_fetches()) {
            return Some(Need::IssuerControl);
        }
        let sizes = case.sizes();
        let needs = sizes.iter().flat_map(|size| size.variant.needs(&size.scenario));
        let changes_jws = !case.variant.token.is_control() && !self.is_jws;
        let opaque = changes_jws.then_some(Need::SigningKey);
        needs.chain(companions(case)).chain(declared(case)).filter(|need| !self.has(*need)).min().or_else(|| {
            // Nothing can be changed in what nobody can read.
            opaque.filter(|_| sizes.iter().any(|size| size.variant.needs(&size.scenario).contains(&Need::RealToken)))
        })
    }

    /// Whether the second token is all that the case of that name takes.
    fn has_second_token_of(self, name: &str) -> bool {
        self.has_lesser && name == LESSER_SCOPE || self.has_other && name == OTHER_SUBJECT
    }

    fn has(self, need: Need) -> bool {
        match need {
            Need::NoToken | Need::RealToken => true,
            Need::PublicKey => self.is_jws && self.has_public_key,
            Need::Listener => self.has_listener,
            Need::SecondToken => self.is_jws && self.has_second,
            Need::SigningKey | Need::IssuerControl | Need::Certificate => false,
        }
    }
}

/// What those need who travel along on one connection; a mix of callers can do
/// without one whose token is not there.
fn companions(case: &Case) -> impl Iterator<Item = Need> {
    let order = match &case.variant.delivery.connection {
        ConnectionUse::Pipelined(order) => order.as_slice(),
        ConnectionUse::Any | ConnectionUse::AfterControl => &[],
    };
    order.iter().filter(|sender| matches!(sender, Sender::OtherUser | Sender::Expired)).map(|_| Need::SigningKey)
}

/// A second issuer is one more that nobody here controls.
fn declared(case: &Case) -> Option<Need> {
    case.variant.needs_declared(Capability::SecondIssuer).then_some(Need::IssuerControl)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;

    const REAL: Holding = Holding {
        is_jws: true,
        has_public_key: true,
        has_listener: false,
        has_second: false,
        has_lesser: false,
        has_other: false,
    };

    #[test]
    fn a_second_token_brings_what_is_made_of_two() {
        let mut plan = Plan::new(&Catalogue::embedded().unwrap(), "hardening", &[]).unwrap();
        plan.keep_only(Holding { has_second: true, has_lesser: true, has_other: true, ..REAL });
        let names: Vec<String> = plan.all().map(Case::name).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        assert!(has(LESSER_SCOPE) && has(OTHER_SUBJECT) && has("signature/bit-flip@of-another-token"), "{names:?}");
        assert!(!kept(REAL).0.contains(&"signature/bit-flip@of-another-token".to_owned()));
    }

    fn kept(holding: Holding) -> (Vec<String>, Vec<LeftOut>) {
        let mut plan = Plan::new(&Catalogue::embedded().unwrap(), "rfc8725", &[]).unwrap();
        plan.keep_only(holding);
        (plan.all().map(Case::name).collect(), plan.lacking)
    }

    #[test]
    fn what_needs_no_more_than_a_real_token_is_kept_and_the_rest_is_counted() {
        let (names, left_out) = kept(REAL);
        let has = |name: &str| names.iter().any(|known| known == name);
        assert!(has("signature/alg-none@none") && has("baseline/valid@control"));
        assert!(names.iter().any(|name| name.starts_with("signature/hs256-pubkey-pem@")));
        assert!(!has("time/expired@one-hour") && !names.iter().any(|name| name.starts_with("keys/")), "{names:?}");
        let needs: Vec<Need> = left_out.iter().map(|left| left.need).collect();
        assert!(needs.contains(&Need::SigningKey) && !needs.contains(&Need::RealToken), "{left_out:?}");
    }

    #[test]
    fn without_the_public_key_or_with_an_opaque_token_less_is_kept() {
        let all = kept(REAL).0;
        let keyless = kept(Holding { has_public_key: false, ..REAL }).0;
        let opaque = kept(Holding { is_jws: false, has_public_key: false, ..REAL }).0;
        assert!(all.len() > keyless.len() && keyless.len() > opaque.len(), "{} {}", all.len(), keyless.len());
        assert!(opaque.iter().any(|name| name == "baseline/valid@control"));
        assert!(!opaque.iter().any(|name| name.starts_with("signature/alg-none")), "{opaque:?}");
    }
}
