//! What a value is, as far as it can be told without saying whose it is.

use serde_json::{Map, Value, json};

/// How much may be kept of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// What is the same in the tokens of several subjects is of nobody.
    Common,
    /// All tokens are of one subject, or there is one only: words of the standards
    /// alone are of nobody.
    Words,
}

/// Names of claims whose values are people's, or point to them.
const OF_PEOPLE: [&str; 24] = [
    "address", "birth", "device", "email", "ip", "login", "mail", "name", "nick", "oid", "owner", "person", "phone",
    "picture", "profile", "puid", "sid", "sub", "uid", "unique", "upn", "user", "website", "zoneinfo",
];

/// Values that say nothing of anybody: words of the standards and of issuers.
const WORDS: [&str; 20] = [
    "1",
    "0",
    "1.0",
    "2.0",
    "Bearer",
    "DPoP",
    "ID",
    "JWT",
    "access",
    "app",
    "at+jwt",
    "authorization_code",
    "client-credentials",
    "client_credentials",
    "mfa",
    "otp",
    "password",
    "pwd",
    "refresh_token",
    "user",
];

/// Members of objects that the standards and well-known issuers have.
const MEMBERS: [&str; 22] = [
    "account",
    "act",
    "address",
    "authorization",
    "country",
    "email",
    "formatted",
    "groups",
    "id",
    "iss",
    "jkt",
    "jwk",
    "kid",
    "locality",
    "name",
    "permissions",
    "postal_code",
    "region",
    "roles",
    "street_address",
    "sub",
    "x5t#S256",
];
/// Members by which a dialect tells an expression from an object.
const DIALECT_WORDS: [&str; 15] = [
    "audience",
    "expiry",
    "json",
    "jwk",
    "kid",
    "many",
    "now",
    "of",
    "random",
    "random-jwk",
    "remove",
    "scopes",
    "x5c",
    "x5t",
    "x5t256",
];

/// A value with placeholders for all that may be somebody's; `iat` is when the
/// token was issued.
pub(super) fn anonymous(name: &str, values: &[&Value], iat: Option<i64>, keeping: Keeping) -> Value {
    let Some(first) = values.first() else { return Value::Null };
    if values.iter().all(|value| value == first) && may_be_kept(name, first, keeping) {
        return (*first).clone();
    }
    match first {
        Value::Null => Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => number.as_i64().map_or_else(|| 1.5.into(), |number| time(number, iat)),
        Value::String(text) => placeholder(text).into(),
        Value::Array(items) => {
            let mut distinct: Vec<Value> = Vec::new();
            for item in items {
                let kind = anonymous(name, &[item], iat, Keeping::Words);
                if !distinct.contains(&kind) {
                    distinct.push(kind);
                }
            }
            Value::Array(distinct)
        }
        Value::Object(members) => object(members, values, iat, keeping),
    }
}

/// An object, whose members may be called after somebody as well.
fn object(members: &Map<String, Value>, values: &[&Value], iat: Option<i64>, keeping: Keeping) -> Value {
    let of = |member: &str| values.iter().filter_map(|value| value.get(member)).collect::<Vec<_>>();
    let mut kept = Map::new();
    for (number, member) in members.keys().enumerate() {
        let is_known = MEMBERS.contains(&member.as_str());
        let is_kept = is_known || keeping == Keeping::Common && !is_of_somebody(member);
        let name = if is_kept { member.clone() } else { format!("member{}", number + 1) };
        kept.insert(name, anonymous(member, &of(member), iat, keeping));
    }
    // What a dialect would take for an expression is marked as an object.
    let is_ambiguous = kept.keys().any(|name| DIALECT_WORDS.contains(&name.as_str()));
    if is_ambiguous { json!({ "json": kept }) } else { Value::Object(kept) }
}

fn may_be_kept(name: &str, value: &Value, keeping: Keeping) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|number| {
            let is_common = keeping == Keeping::Common && !is_of_people(name);
            (0..=1).contains(&number) || is_common && (0..1000).contains(&number)
        }),
        Value::String(text) if WORDS.contains(&text.as_str()) => true,
        Value::String(text) => keeping == Keeping::Common && !is_of_people(name) && !is_of_somebody(text),
        Value::Array(items) => items.iter().all(|item| may_be_kept(name, item, keeping)),
        Value::Object(_) => false,
    }
}

/// Whether a claim of that name speaks of people.
fn is_of_people(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    OF_PEOPLE.iter().any(|word| name.contains(word))
}

/// Whether a text looks like a name, a mail address, an id or an address of the
/// network: what is no word in small letters, with few digits.
fn is_of_somebody(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.is_empty()
        || text.len() > 24
        || digits > 3
        || text.contains(['@', '{'])
        || text.contains(|letter: char| letter.is_ascii_uppercase())
        || text.contains(char::is_whitespace)
        || !text.is_ascii()
        || looks_random(text)
}

/// Digits between letters, again and again: nobody chose that.
fn looks_random(text: &str) -> bool {
    let changes = text.as_bytes().windows(2).filter(|pair| {
        let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_digit());
        kind(pair[0]) != kind(pair[1]) && pair.iter().all(u8::is_ascii_alphanumeric)
    });
    changes.count() > 3
}

/// A time as its distance from the issue; any other number as one of its kind.
fn time(number: i64, iat: Option<i64>) -> Value {
    const FROM_2001: i64 = 1_000_000_000;
    const TO_2100: i64 = 4_102_444_800;
    match iat {
        Some(iat) if (FROM_2001..TO_2100).contains(&number) => {
            json!({ "now": number.saturating_sub(iat).clamp(-86_400, 86_400) })
        }
        _ if (FROM_2001..TO_2100).contains(&number) => json!({ "now": 0 }),
        _ => 1.into(),
    }
}

/// A text of the same kind.
fn placeholder(text: &str) -> &'static str {
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    if is_uuid {
        "{uuid}"
    } else if text.contains('@') {
        "someone@badpenny.example"
    } else if text.starts_with("https://") || text.starts_with("http://") {
        "https://badpenny.example/"
    } else if text.len() >= 16 && !text.contains(' ') {
        "{token_id}"
    } else {
        "text"
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("typ", json!("Bearer"), json!("Bearer"))]
    #[case("name", json!("Alice Canary"), json!("text"))]
    #[case("owner", json!("alice"), json!("text"))]
    #[case("tenant", json!("acme"), json!("text"))]
    #[case("email", json!("alice@x.example"), json!("someone@badpenny.example"))]
    #[case("sid", json!("0f8fad5b-d9cb-469f-a165-70867728950e"), json!("{uuid}"))]
    #[case("auth_time", json!(1_800_000_000), json!({"now": -60}))]
    #[case("employee", json!(4_711_000), json!(1))]
    #[case("groups", json!(["alice-team", "bob-team"]), json!(["text"]))]
    #[case("cnf", json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}), json!({"jkt": "{token_id}"}))]
    #[case("email_verified", json!(true), json!(true))]
    #[case("uid", json!(501), json!(1))]
    #[case("delegates", json!({"alice": true}), json!({"member1": true}))]
    #[case("cnf", json!({"kid": "k-4711"}), json!({"json": {"kid": "text"}}))]
    fn of_one_subject_only_words_of_the_standards_are_kept(
        #[case] name: &str,
        #[case] value: Value,
        #[case] kept: Value,
    ) {
        assert_eq!(anonymous(name, &[&value, &value], Some(1_800_000_060), Keeping::Words), kept);
    }

    #[rstest]
    #[case("tenant", json!("acme"), json!("acme"))]
    #[case("groups", json!(["staff"]), json!(["staff"]))]
    #[case("tid", json!("72f988bf-86f1-41af-91ab-2d7cd011db47"), json!("{uuid}"))]
    #[case("contact", json!("desk@acme.example"), json!("someone@badpenny.example"))]
    #[case("user_name", json!("alice"), json!("text"))]
    #[case("manager", json!("Carol"), json!("text"))]
    #[case("plan", json!("{issuer}"), json!("text"))]
    #[case("level", json!(7), json!(7))]
    #[case("org", json!("org_hx7Kd9QzB2"), json!("text"))]
    fn of_several_subjects_what_they_share_is_kept_unless_it_looks_like_somebodys(
        #[case] name: &str,
        #[case] value: Value,
        #[case] kept: Value,
    ) {
        assert_eq!(anonymous(name, &[&value, &value], None, Keeping::Common), kept);
    }
}
