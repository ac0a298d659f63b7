//! What was measured, in sentences.

use std::fmt;

use super::{Heed, KeyFact, KeyTimes, Looks, Span};

/// The paragraph of the report: one sentence for each thing that is known.
impl fmt::Display for KeyTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences = [
            self.kept.map(|kept| kept_for(kept, self.heed())),
            self.looks_after.map(|first| new_key(first, self.second_look_after)),
            self.looks_a_minute.map(look_rate),
            self.after_failure.map(after_failure),
            self.held.map(|held| slow_issuer(held, self.timeout)),
            self.away.map(outage),
        ];
        let sentences: Vec<String> = sentences.into_iter().flatten().map(|sentence| format!("{sentence}.")).collect();
        f.write_str(&sentences.join(" "))
    }
}

/// The same of one thing alone, for its row.
impl fmt::Display for KeyFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::NewKey { first, second } => new_key(*first, *second),
            Self::LookRate(looks) => look_rate(*looks),
            Self::Lifetime(kept) => kept_for(*kept, None),
            Self::MaxAge(heed) => format!("A `max-age` of one second was {heed}"),
            Self::NoStore(heed) => format!("`no-store` was {heed}"),
            Self::AfterFailure(span) => after_failure(*span),
            Self::SlowIssuer { held, timeout } => slow_issuer(*held, *timeout),
            Self::Outage(span) => outage(*span),
        };
        f.write_str(&sentence)
    }
}

impl KeyTimes {
    /// What of `Cache-Control` counts.
    fn heed(&self) -> Option<String> {
        let (max_age, no_store) = (self.max_age?, self.no_store?);
        Some(match (max_age, no_store) {
            (Heed::Ignored, Heed::Ignored) => "`Cache-Control` was ignored".to_owned(),
            (Heed::Obeyed, Heed::Obeyed) => "`max-age` and `no-store` were obeyed".to_owned(),
            _ => format!("`max-age` was {max_age}, `no-store` {no_store}"),
        })
    }
}

fn kept_for(kept: Span, heed: Option<String>) -> String {
    if kept.is_nothing() {
        return "No key set was kept: each request fetched it".to_owned();
    }
    let heed = heed.map(|heed| format!(", and {heed}")).unwrap_or_default();
    format!("A key set was kept for {kept}{heed}")
}

fn new_key(first: Span, second: Option<Span>) -> String {
    let second = match second {
        Some(second) if second.is_nothing() => ", and so was the next one",
        Some(second) => &format!(", the next one {second} after that"),
        None => "",
    };
    match first {
        Span::LongerThan(seconds) => {
            format!("A new key was not looked for within {} of a fetch", Span::Seconds(seconds))
        }
        _ if first.is_nothing() => format!("A new key was looked for at once{second}"),
        Span::Seconds(_) => format!("A new key was looked for {first} after the last fetch{second}"),
    }
}

fn look_rate(Looks { count, of }: Looks) -> String {
    let fetches = if count == 1 { "fetch" } else { "fetches" };
    format!("{of} tokens with unknown keys in a minute led to {count} {fetches}")
}

fn after_failure(span: Span) -> String {
    match span {
        _ if span.is_nothing() => "A fetch that failed was tried again at once".to_owned(),
        Span::Seconds(_) => format!("After a failed fetch, the key was found {span} later"),
        Span::LongerThan(seconds) => {
            format!("After a failed fetch, the key was not found within {}", Span::Seconds(seconds))
        }
    }
}

fn slow_issuer(held: bool, timeout: Option<Span>) -> String {
    match timeout {
        _ if !held => "A request was refused while its key was fetched".to_owned(),
        Some(timeout) => format!("A request waited for an issuer that did not answer, for {timeout}"),
        None => "A request waited while its key was fetched".to_owned(),
    }
}

fn outage(span: Span) -> String {
    if span.is_nothing() {
        return "While the issuer was away, nothing was served".to_owned();
    }
    format!("While the issuer was away, known keys served for {span}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_known_stands_in_one_paragraph() {
        let times = KeyTimes {
            looks_after: Some(Span::Seconds(30.2)),
            second_look_after: Some(Span::Seconds(30.4)),
            looks_a_minute: Some(Looks { count: 2, of: 30 }),
            kept: Some(Span::Seconds(600.3)),
            max_age: Some(Heed::Ignored),
            no_store: Some(Heed::Ignored),
            after_failure: Some(Span::Seconds(0.0)),
            held: Some(true),
            timeout: Some(Span::Seconds(5.0)),
            away: Some(Span::LongerThan(60.0)),
        };
        let told = [
            "A key set was kept for 600 s, and `Cache-Control` was ignored.",
            "A new key was looked for 30 s after the last fetch, the next one 30 s after that.",
            "30 tokens with unknown keys in a minute led to 2 fetches.",
            "A fetch that failed was tried again at once.",
            "A request waited for an issuer that did not answer, for 5 s.",
            "While the issuer was away, known keys served for longer than 60 s.",
        ];
        assert_eq!(times.to_string(), told.join(" "));
    }

    #[test]
    fn what_never_came_and_what_came_at_once_is_told_as_that() {
        let told = |fact: KeyFact| fact.to_string();
        assert_eq!(
            told(KeyFact::NewKey { first: Span::LongerThan(60.0), second: None }),
            "A new key was not looked for within 60 s of a fetch"
        );
        assert_eq!(
            told(KeyFact::NewKey { first: Span::Seconds(0.0), second: Some(Span::Seconds(300.0)) }),
            "A new key was looked for at once, the next one 300 s after that"
        );
        assert_eq!(told(KeyFact::Lifetime(Span::Seconds(0.0))), "No key set was kept: each request fetched it");
        assert_eq!(
            told(KeyFact::SlowIssuer { held: false, timeout: None }),
            "A request was refused while its key was fetched"
        );
    }
}
