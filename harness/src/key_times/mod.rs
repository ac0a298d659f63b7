//! Time with keys: what a target does with its issuer's key set, as it was
//! measured, whatever the verdicts.
//!
//! ```
//! use badpenny::key_times::{KeyFact, KeyTimes, Span};
//!
//! let facts = [KeyFact::Lifetime(Span::Seconds(600.0)), KeyFact::Outage(Span::LongerThan(60.0))];
//! let times = KeyTimes::of(&facts).expect("there are facts");
//! assert_eq!(
//!     times.to_string(),
//!     "A key set was kept for 600 s. While the issuer was away, known keys served for longer than 60 s."
//! );
//! ```

mod paragraph;

use std::fmt;

use serde::Serialize;

/// A time that was measured, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// It took so long.
    Seconds(f64),
    /// It was not over after that time.
    LongerThan(f64),
}

impl Span {
    /// Below this, the target did it at once.
    const AT_ONCE: f64 = 0.05;

    /// Whether it took no time to speak of.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Seconds(seconds) if seconds < Self::AT_ONCE)
    }
}

/// With one digit behind the point below ten seconds, and none above.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, seconds) = match self {
            Self::Seconds(seconds) => ("", *seconds),
            Self::LongerThan(seconds) => ("longer than ", *seconds),
        };
        let is_whole = (seconds - seconds.round()).abs() < Self::AT_ONCE;
        let digits = usize::from(seconds < 10.0 && !is_whole);
        write!(f, "{words}{seconds:.digits$} s")
    }
}

/// What becomes of a word of the issuer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heed {
    /// It counts.
    Obeyed,
    /// It changes nothing.
    Ignored,
}

impl fmt::Display for Heed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Obeyed => "obeyed",
            Self::Ignored => "ignored",
        })
    }
}

/// How many of so many tokens with unknown keys, in a minute, led to a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// The fetches.
    pub count: u64,
    /// The tokens.
    pub of: u64,
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyFact {
    /// From a fetch until a new key is accepted, and from that until the next one is.
    NewKey {
        /// Of the first new key.
        first: Span,
        /// Of the second one, where the first was seen.
        second: Option<Span>,
    },
    /// How often it looks.
    LookRate(Looks),
    /// From one fetch to the next, with nothing but known keys; no time where each
    /// request fetches.
    Lifetime(Span),
    /// Whether a shorter `max-age` counts.
    MaxAge(Heed),
    /// Whether `no-store` counts.
    NoStore(Heed),
    /// From a failed fetch until the key is found.
    AfterFailure(Span),
    /// What becomes of a request whose key is fetched from an issuer that does not answer.
    SlowIssuer {
        /// Whether it waits.
        held: bool,
        /// For how long, where it does.
        timeout: Option<Span>,
    },
    /// From the last fetch until known keys no longer serve, without an issuer.
    Outage(Span),
}

/// All that was measured; `null` in the report where something was not.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KeyTimes {
    /// From a fetch until a new key is looked for and accepted.
    pub looks_after: Option<Span>,
    /// From that until another one is.
    pub second_look_after: Option<Span>,
    /// Fetches in a minute of tokens with unknown keys.
    pub looks_a_minute: Option<Looks>,
    /// How long a key set is kept.
    pub kept: Option<Span>,
    /// Whether a `max-age` that is shorter counts.
    pub max_age: Option<Heed>,
    /// Whether `no-store` counts.
    pub no_store: Option<Heed>,
    /// From a failed fetch until the key is found.
    pub after_failure: Option<Span>,
    /// Whether a request waits while its key is fetched.
    pub held: Option<bool>,
    /// How long it waits for an issuer that does not answer.
    pub timeout: Option<Span>,
    /// How long known keys serve while the issuer is away.
    pub away: Option<Span>,
}

impl KeyTimes {
    /// All of them together; `None` where nothing was measured.
    #[must_use]
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a KeyFact>) -> Option<Self> {
        let mut times = Self::default();
        for fact in facts {
            times.take(fact);
        }
        (times != Self::default()).then_some(times.without_heed_of_nothing())
    }

    fn take(&mut self, fact: &KeyFact) {
        match fact.clone() {
            KeyFact::NewKey { first, second } => (self.looks_after, self.second_look_after) = (Some(first), second),
            KeyFact::LookRate(looks) => self.looks_a_minute = Some(looks),
            KeyFact::Lifetime(span) => self.kept = Some(span),
            KeyFact::MaxAge(heed) => self.max_age = Some(heed),
            KeyFact::NoStore(heed) => self.no_store = Some(heed),
            KeyFact::AfterFailure(span) => self.after_failure = Some(span),
            KeyFact::SlowIssuer { held, timeout } => (self.held, self.timeout) = (Some(held), timeout),
            KeyFact::Outage(span) => self.away = Some(span),
        }
    }

    /// Who keeps nothing can't be told for how long to keep it.
    fn without_heed_of_nothing(self) -> Self {
        if self.kept.is_some_and(Span::is_nothing) { Self { max_age: None, no_store: None, ..self } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_holds_each_figure_under_its_name_and_null_for_the_others() {
        let facts = [
            KeyFact::NewKey { first: Span::Seconds(30.1), second: Some(Span::LongerThan(60.0)) },
            KeyFact::MaxAge(Heed::Ignored),
        ];
        let json = serde_json::to_value(KeyTimes::of(&facts).unwrap()).unwrap();
        assert_eq!(json["looks_after"], serde_json::json!({ "seconds": 30.1 }));
        assert_eq!(json["second_look_after"], serde_json::json!({ "longer_than": 60.0 }));
        assert_eq!((&json["max_age"], &json["kept"]), (&serde_json::json!("ignored"), &serde_json::Value::Null));
        assert_eq!(KeyTimes::of(&[]), None);
    }

    #[test]
    fn who_keeps_nothing_obeys_nothing() {
        let facts = [KeyFact::Lifetime(Span::Seconds(0.0)), KeyFact::NoStore(Heed::Obeyed)];
        assert_eq!(KeyTimes::of(&facts).unwrap().no_store, None);
    }

    #[test]
    fn a_time_is_as_exact_as_it_is_long() {
        assert_eq!(Span::Seconds(0.34).to_string(), "0.3 s");
        assert_eq!(Span::Seconds(4.0).to_string(), "4 s");
        assert_eq!(Span::LongerThan(61.4).to_string(), "longer than 61 s");
    }
}
