//! Who issued a token (RFC 7519, section 4.1.1), and for whom (section 4.1.3).

use serde_json::Value;

use super::decoded::Decoded;
use super::expected::Expected;
use super::reason::Reason;

pub(super) fn check(token: &Decoded<'_>, expected: &Expected, reasons: &mut Vec<Reason>) {
    reasons.extend(issuer(token.claim("iss").as_ref(), expected));
    let claims = token.claims_map();
    let audience = expected.dialect.audience_claim().find(&claims, &expected.audience);
    reasons.extend(self::audience(audience, &expected.audience));
}

fn issuer(value: Option<&Value>, expected: &Expected) -> Option<Reason> {
    let right = expected.issuers.first().map_or("", String::as_str);
    let scenario = match value {
        Some(Value::String(named)) if expected.issuers.contains(named) => return None,
        Some(Value::String(named)) if !named.is_empty() => issuer_scenario(named, &expected.issuers),
        Some(Value::Array(all)) if !all.is_empty() => "issuer/array",
        _ => "issuer/missing-or-typed",
    };
    Some(Reason::new(scenario, format!("`iss` is {}, and not \"{right}\"", told(value))))
}

/// The kind of mistake that takes one for the other.
fn issuer_scenario(named: &str, right: &[String]) -> &'static str {
    let differs_a_bit = |right: &&String| {
        let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase().replace("https://", "http://");
        plain(named) == plain(right) || is_one_character_off(named, right)
    };
    let is_part = |right: &&String| right.contains(named) || named.contains(right.as_str());
    let shares_host = |right: &&String| origin(right) == origin(named) && origin(named).is_some();
    let is_longer = |right: &&String| named.starts_with(right.as_str());
    if right.iter().any(|right| differs_a_bit(&right)) {
        "issuer/near-miss"
    } else if right.iter().any(|right| is_longer(&right)) {
        "issuer/partial-match"
    } else if right.iter().any(|right| shares_host(&right)) {
        "issuer/okta-org-vs-custom"
    } else if right.iter().any(|right| is_part(&right)) {
        "issuer/partial-match"
    } else {
        "issuer/other"
    }
}

fn audience(value: Option<&Value>, right: &str) -> Option<Reason> {
    let scenario = match value {
        Some(Value::String(named)) if named == right => return None,
        Some(Value::String(named)) if !named.is_empty() => audience_scenario(named, right),
        Some(Value::Array(all)) if all.iter().any(|one| one.as_str() == Some(right)) => return None,
        Some(Value::Array(all)) if !all.is_empty() => "audience/array-without-match",
        _ => "audience/missing-or-typed",
    };
    Some(Reason::new(scenario, format!("`aud` is {}, and does not name \"{right}\"", told(value))))
}

fn audience_scenario(named: &str, right: &str) -> &'static str {
    let (lower, right_lower) = (named.to_ascii_lowercase(), right.to_ascii_lowercase());
    if named == "*" || named.split([' ', ',', ';']).filter(|part| !part.is_empty()).count() > 1 {
        "audience/joined-string"
    } else if lower.contains(&right_lower) || right_lower.contains(&lower) {
        "audience/partial-match"
    } else {
        "audience/other"
    }
}

/// Scheme and authority of a URL.
fn origin(url: &str) -> Option<&str> {
    let at = url.find("://")? + 3;
    Some(&url[..url[at..].find('/').map_or(url.len(), |end| at + end)])
}

fn is_one_character_off(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().skip(same).collect(), b.chars().skip(same).collect());
    let rest = |letters: &[char], count| letters.get(count..).unwrap_or_default().to_vec();
    rest(&a, 1) == rest(&b, 1) || rest(&a, 1) == b || a == rest(&b, 1)
}

fn told(value: Option<&Value>) -> String {
    value.map_or_else(|| "missing".to_owned(), Value::to_string)
}
