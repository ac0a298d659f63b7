//! When a token is good (RFC 7519, sections 4.1.4 to 4.1.6), and times in words.

use mock_idp::clock::http_date;
use serde_json::Value;

use super::decoded::Decoded;
use super::expected::Expected;
use super::reason::Reason;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The end of the year 9999: beyond lie milliseconds and mistakes.
const FAR: i64 = 253_402_300_799;

pub(super) fn check(token: &Decoded<'_>, expected: &Expected, reasons: &mut Vec<Reason>) {
    reasons.extend(expiry(token, expected));
    reasons.extend(start(token, expected));
    reasons.extend(issue(token, expected));
}

fn expiry(token: &Decoded<'_>, expected: &Expected) -> Option<Reason> {
    let Some(value) = token.claim("exp") else {
        return Some(Reason::new("time/exp-missing", "it has no `exp`, and never expires"));
    };
    let Some(ends) = seconds(&value) else {
        let is_past = is_past(&value, expected.now);
        let scenario = if is_past { "time/exp-past-as-string" } else { "time/exp-wrong-type" };
        return Some(Reason::new(scenario, format!("`exp` is {value}, and no number")));
    };
    if ends <= 0 {
        return Some(Reason::new(
            "time/exp-not-positive",
            format!("`exp` is {ends}: it has expired before 1970 was over"),
        ));
    }
    if ends > FAR {
        return Some(Reason::new(
            "time/exp-extreme",
            format!("`exp` is {ends}, beyond all calendars: are these milliseconds?"),
        ));
    }
    let ago = expected.now.saturating_sub(ends);
    // RFC 7519, section 4.1.4: on or after that time.
    let told = || format!("it expired {} ago, at {}", span(ago), http_date(ends));
    match ago {
        ago if ago < expected.leeway.max(0) => None,
        ago if ago >= HOUR => Some(Reason::new("time/expired", told())),
        _ => Some(Reason::new("time/expired-beyond-leeway", told())),
    }
}

fn start(token: &Decoded<'_>, expected: &Expected) -> Option<Reason> {
    let value = token.claim("nbf")?;
    let Some(begins) = seconds(&value) else {
        return Some(Reason::new("time/nbf-future-wrong-type", format!("`nbf` is {value}, and no number")));
    };
    let ahead = begins.saturating_sub(expected.now);
    let told = || format!("`nbf`: it is good in {}, from {} on", span(ahead), http_date(begins));
    (ahead > expected.leeway).then(|| Reason::new("time/nbf-future", told()))
}

fn issue(token: &Decoded<'_>, expected: &Expected) -> Option<Reason> {
    let issued = seconds(&token.claim("iat")?)?;
    let ahead = issued.saturating_sub(expected.now);
    let told = || format!("`iat`: it will be issued in {}, at {}", span(ahead), http_date(issued));
    (ahead > expected.leeway).then(|| Reason::new("time/iat-anomalies", told()))
}

/// A NumericDate (RFC 7519, section 2), as whole seconds.
#[expect(clippy::cast_possible_truncation, reason = "a cast from a float keeps within the bounds")]
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|number| number.floor() as i64))
}

/// Whether a text is a number of seconds, or a date of RFC 3339, in the past.
fn is_past(value: &Value, now: i64) -> bool {
    let Some(text) = value.as_str() else { return false };
    if let Ok(ends) = text.parse::<i64>() {
        return ends <= now;
    }
    let this_year = 1970 + now / (365 * DAY + DAY / 4);
    text.split_once('-').and_then(|(year, _)| year.parse::<i64>().ok()).is_some_and(|year| year < this_year)
}

/// A time in words, for a claim that is one.
pub(super) fn words(value: &Value, now: i64) -> Option<String> {
    let at = seconds(value).filter(|at| (1..=FAR).contains(at))?;
    let distance = at.saturating_sub(now);
    let relative = match distance {
        0 => "now".to_owned(),
        ahead if ahead > 0 => format!("in {}", span(ahead)),
        ago => format!("{} ago", span(-ago)),
    };
    Some(format!("{}, {relative}", http_date(at)))
}

/// A time span, by its two largest units.
fn span(seconds: i64) -> String {
    let part = |count: i64, unit: &str| match count {
        0 => String::new(),
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    };
    let (first, second) = match seconds {
        s if s >= DAY => (part(s / DAY, "day"), part(s % DAY / HOUR, "hour")),
        s if s >= HOUR => (part(s / HOUR, "hour"), part(s % HOUR / MINUTE, "minute")),
        s if s >= MINUTE => (part(s / MINUTE, "minute"), part(s % MINUTE, "second")),
        s => (part(s, "second"), String::new()),
    };
    match (first.is_empty(), second.is_empty()) {
        (true, _) => "0 seconds".to_owned(),
        (_, true) => first,
        _ => format!("{first} {second}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(0, "0 seconds")]
    #[case(1, "1 second")]
    #[case(60, "1 minute")]
    #[case(3_725, "1 hour 2 minutes")]
    #[case(90_000, "1 day 1 hour")]
    #[case(864_000, "10 days")]
    fn a_span_is_told_by_its_two_largest_units(#[case] seconds: i64, #[case] told: &str) {
        assert_eq!(span(seconds), told);
    }

    #[test]
    fn a_time_is_told_as_a_date_and_from_now() {
        let now = 1_800_000_000;
        assert_eq!(words(&json!(now + 3600), now).unwrap(), "Fri, 15 Jan 2027 09:00:00 GMT, in 1 hour");
        assert_eq!(words(&json!(now - 61), now).unwrap(), "Fri, 15 Jan 2027 07:58:59 GMT, 1 minute 1 second ago");
        assert_eq!(words(&json!("x"), now), None);
    }
}
