//! What a token permits, and whether it is an access token at all.

use serde_json::{Map, Value};

use super::decoded::Decoded;
use super::expected::Expected;
use super::reason::Reason;

/// `typ` of an access token in every spelling (RFC 9068, section 2.1), and of a JWT.
const TYPES: [&str; 4] = ["jwt", "application/jwt", "at+jwt", "application/at+jwt"];

pub(super) fn check(token: &Decoded<'_>, expected: &Expected, reasons: &mut Vec<Reason>) {
    let claims = token.claims_map();
    let kind = kind(token, &claims, expected);
    let is_access_token = kind.is_none();
    reasons.extend(kind);
    if is_access_token {
        reasons.extend(scopes(&claims, expected));
    }
}

/// What it is, where it is no access token.
fn kind(token: &Decoded<'_>, claims: &Map<String, Value>, expected: &Expected) -> Option<Reason> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if let Some(typ) = token.header("typ") {
        let is_known = typ.as_str().is_some_and(|typ| TYPES.contains(&typ.to_ascii_lowercase().as_str()));
        if !is_known && typ.as_str().map(str::to_owned) != expected.dialect.typ() {
            return Some(Reason::new(
                "token-type/wrong-typ",
                format!("`typ` of its header is {typ}: it is of another kind"),
            ));
        }
    }
    if expected.dialect.is_id_token(claims)
        || text("jti").is_some_and(|id| id.starts_with("ID."))
        || claims.contains_key("at_hash")
    {
        return Some(Reason::new("token-type/id-token", "it is an ID Token, which tells a client who signed in"));
    }
    if text("iss").is_some_and(|issuer| Some(issuer) == text("sub")) {
        return Some(Reason::new(
            "token-type/client-assertion",
            "`iss` is `sub`: a client made it, to prove itself to its issuer",
        ));
    }
    None
}

fn scopes(claims: &Map<String, Value>, expected: &Expected) -> Vec<Reason> {
    let Some(own) = expected.dialect.scope_claim() else { return Vec::new() };
    let granted = own.scopes(claims, &expected.audience);
    let lacking = expected.scopes.iter().filter(|scope| !granted.contains(scope));
    let reason = |scope: &String| {
        let found = own.path.find(claims, &expected.audience);
        let told = found.map_or_else(|| "missing".to_owned(), Value::to_string);
        Reason::new(
            scenario(found, &granted, scope),
            format!("`{}` is {told}, and does not grant \"{scope}\"", own.path),
        )
    };
    lacking.map(reason).collect()
}

/// The kind of mistake that takes the claim for a grant of that scope.
fn scenario(found: Option<&Value>, granted: &[String], scope: &str) -> &'static str {
    let is_text = |value: &Value| matches!(value, Value::String(_));
    match found {
        None | Some(Value::Null) => return "scope/absent-or-empty",
        Some(Value::Array(all)) if all.iter().all(|one| one.as_str() == Some("")) => return "scope/absent-or-empty",
        Some(Value::String(text)) if text.is_empty() => return "scope/absent-or-empty",
        Some(Value::Array(all)) if !all.iter().all(is_text) => return "scope/typed-garbage",
        Some(Value::Array(_)) => {}
        Some(Value::String(text)) if granted.is_empty() => {
            return if text.split(' ').any(|word| word == scope) {
                "scope/claim-form"
            } else {
                resembling(std::slice::from_ref(text), scope)
            };
        }
        Some(Value::String(_)) => {}
        Some(_) => return "scope/typed-garbage",
    }
    resembling(granted, scope)
}

fn resembling(granted: &[String], scope: &str) -> &'static str {
    let lower = scope.to_ascii_lowercase();
    let is_delimiter = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '+' | ';');
    let is_like = |name: &String| {
        let name = name.to_ascii_lowercase();
        !name.is_empty() && (name.contains(&lower) || lower.contains(&name))
    };
    let is_split = |name: &String| name.split(is_delimiter).any(|part| part == scope);
    let is_grand = |name: &String| name.contains('*') || matches!(name.as_str(), "admin" | "all" | "root");
    if granted.iter().any(is_split) {
        "scope/odd-delimiters"
    } else if granted.iter().any(is_grand) {
        "scope/wildcard-and-aliases"
    } else if granted.iter().any(is_like) {
        "scope/partial-match"
    } else {
        "scope/missing-required"
    }
}
