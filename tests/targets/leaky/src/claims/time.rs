//! `exp`, `nbf` and `iat`: numbers, of any size, with or without a fraction (RFC 7519 2).

use serde_json::Value;

use crate::defect::{Defect, Switch};
use crate::settings::Shape;
use crate::token::Object;

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;
/// Longer than the few minutes of RFC 7519 4.1.4, and shorter than anybody would notice.
const TEN_MINUTES: f64 = 600.0;

/// The time of the check, and how far the clocks may be apart, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) now: f64,
    pub(super) leeway: f64,
    pub(super) defect: Switch,
}

impl Clock {
    /// The current time must be before `exp` (RFC 7519 4.1.4).
    pub(super) fn has_not_expired(&self, claims: &Object) -> bool {
        let iat = || claims.get("iat").and_then(Value::as_f64);
        let exp = match (claims.get("exp"), self.defect.0) {
            (_, Some(Defect::JudgesByAge)) => return iat().is_some_and(|iat| self.now < iat + DAY),
            (None, Some(Defect::ExpiryOptional)) => return true,
            (None, _) => return false,
            (Some(exp), _) => exp,
        };
        match (exp.as_f64(), self.defect.0) {
            (None, Some(Defect::OddExpiryIsNone)) => true,
            (None, Some(Defect::ReadsExpiryFromText)) => {
                exp.as_str().and_then(|text| text.parse::<f64>().ok()).is_some_and(|exp| self.now < exp)
            }
            (None, _) => false,
            (Some(_), Some(Defect::IgnoresExpiry)) => true,
            (Some(0.0), Some(Defect::FalsyExpiryIsNone)) => true,
            (Some(exp), Some(Defect::NegativeExpiryWraps)) if exp < 0.0 => true,
            (Some(exp), Some(Defect::ExpiryInMilliseconds)) => self.now < exp * 1000.0,
            (Some(_), Some(Defect::WholeSecondsOnly)) if exp.is_f64() => false,
            (Some(exp), _) => self.now < exp + self.leeway(),
        }
    }

    /// `nbf` may be absent (RFC 7519 4.1.5).
    pub(super) fn has_begun(&self, claims: &Object) -> bool {
        let Some(nbf) = claims.get("nbf") else { return true };
        match (nbf.as_f64(), self.defect.0) {
            (_, Some(Defect::IgnoresNotBefore)) | (None, Some(Defect::OddNotBeforeIsNone)) => true,
            (None, _) => false,
            (Some(nbf), _) => nbf <= self.now + self.leeway(),
        }
    }

    /// `iat` must not lie ahead. Only RFC 9068 2.2 asks for one.
    pub(super) fn was_issued(&self, claims: &Object, shape: Shape) -> bool {
        let Some(iat) = claims.get("iat") else { return shape == Shape::Okta };
        let now = match self.defect.0 {
            Some(Defect::CountsWholeSeconds) => self.now.floor(),
            _ => self.now + self.leeway(),
        };
        iat.as_f64().is_some_and(|iat| iat <= now)
    }

    fn leeway(&self) -> f64 {
        match self.defect.0 {
            Some(Defect::LeewayOfHalfADay) => DAY / 2.0,
            Some(Defect::LeewayOfTenMinutes) => TEN_MINUTES,
            _ => self.leeway,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::holds;
    use super::*;

    const NOW: f64 = 1_000_000.0;

    fn assert_only(defects: &[Defect], changes: &Value) {
        assert!(!holds(changes, None), "{changes}");
        for defect in defects {
            assert!(holds(changes, Some(*defect)), "{defect}");
        }
    }

    #[test]
    fn each_defect_lets_an_old_token_live() {
        let old = json!({ "exp": NOW - 3600.0, "iat": NOW - 7200.0 });
        let defects =
            [Defect::IgnoresExpiry, Defect::LeewayOfHalfADay, Defect::JudgesByAge, Defect::ExpiryInMilliseconds];
        assert_only(&defects, &old);
        assert_only(&[Defect::LeewayOfTenMinutes], &json!({ "exp": NOW - 330.0 }));
        assert_only(&[Defect::ExpiryOptional], &json!({ "exp": "(absent)" }));
    }

    #[test]
    fn each_defect_has_its_own_idea_of_a_number() {
        assert_only(&[Defect::ReadsExpiryFromText, Defect::OddExpiryIsNone], &json!({ "exp": "9999999999" }));
        assert_only(&[Defect::OddExpiryIsNone], &json!({ "exp": "1" }));
        assert_only(&[Defect::OddExpiryIsNone], &json!({ "exp": null }));
        assert_only(&[Defect::FalsyExpiryIsNone], &json!({ "exp": 0, "iat": -1 }));
        assert_only(&[Defect::NegativeExpiryWraps], &json!({ "exp": -1, "iat": -2 }));
        assert_only(&[Defect::OddNotBeforeIsNone, Defect::IgnoresNotBefore], &json!({ "nbf": "99999999999" }));
        assert!(!holds(&json!({ "exp": NOW + 300.75 }), Some(Defect::WholeSecondsOnly)));
    }

    #[test]
    fn a_fraction_of_this_second_is_no_future() {
        let just_now = json!({ "iat": NOW + 0.001 });
        assert!(holds(&just_now, None) && !holds(&just_now, Some(Defect::CountsWholeSeconds)));
    }

    #[test]
    fn a_token_from_the_future_is_refused() {
        let early = json!({ "nbf": NOW + 3600.0 });
        assert_only(&[Defect::IgnoresNotBefore, Defect::LeewayOfHalfADay], &early);
    }

    #[test]
    fn extreme_times_crash_nothing() {
        for exp in [json!(-1), json!(0), json!(1e308), json!(u64::MAX), json!(i64::MIN), json!(1e-300)] {
            let _ = holds(&json!({ "exp": exp, "iat": 0 }), None);
        }
        assert!(holds(&json!({ "exp": 9_007_199_254_740_993_u64, "iat": 0 }), None));
        assert!(holds(&json!({ "iat": 0 }), None));
    }
}
