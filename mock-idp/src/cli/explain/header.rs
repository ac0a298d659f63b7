//! What the header says of the signature (RFC 7515, section 4.1).

use mock_idp::keys::Algorithm;
use serde_json::Value;

use super::decoded::Decoded;
use super::reason::Reason;

/// The algorithm that the header names, if it is one that signs.
pub(super) fn algorithm(token: &Decoded<'_>) -> Result<Algorithm, Reason> {
    let named = token.header("alg");
    let name = match &named {
        Some(Value::String(name)) if !name.is_empty() => name,
        other => {
            let told = other.as_ref().map_or_else(|| "missing".to_owned(), Value::to_string);
            return Err(Reason::new("signature/alg-missing-or-typed", format!("`alg` is {told}")));
        }
    };
    let is_none =
        name.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0').eq_ignore_ascii_case("none");
    if is_none && token.signature.is_empty() {
        return Err(Reason::new("signature/alg-none", "`alg` says that nobody signed it"));
    }
    if is_none {
        return Err(Reason::new(
            "signature/alg-none-with-signature",
            "`alg` says that nobody signed it, whatever its third segment is",
        ));
    }
    Algorithm::from_name(name).ok_or_else(|| {
        Reason::new(
            "signature/alg-unknown-or-wrong-case",
            format!("`alg` is {}, which is no algorithm", Value::from(name.as_str())),
        )
    })
}

/// Critical extensions (section 4.1.11): none is known here.
pub(super) fn extensions(token: &Decoded<'_>) -> Option<Reason> {
    let is_unencoded = token.header("b64") == Some(Value::Bool(false));
    let critical = match token.header("crit") {
        None if is_unencoded => {
            return Some(Reason::new("signature/b64-false", "`b64` says that its payload is not encoded"));
        }
        None => return None,
        Some(critical) => critical,
    };
    let names: Option<Vec<&str>> = critical.as_array().map(|all| all.iter().filter_map(Value::as_str).collect());
    let names = names.unwrap_or_default();
    let is_there = |name: &&str| token.header.get(name).is_some();
    let is_malformed = names.is_empty() || !names.iter().all(is_there) || has_doubles(&names);
    let scenario = match () {
        () if is_malformed => "signature/crit-malformed",
        () if is_unencoded && names == ["b64"] => "signature/b64-false",
        () => "signature/crit-unknown",
    };
    Some(Reason::new(scenario, format!("`crit` is {critical}: who does not know all of it must refuse the token")))
}

fn has_doubles(names: &[&str]) -> bool {
    names.iter().enumerate().any(|(at, name)| names.iter().take(at).any(|before| before == name))
}

/// The `kid`, where it is a usable name.
pub(super) fn key_id(token: &Decoded<'_>) -> Result<Option<String>, Reason> {
    match token.header("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if !kid.is_empty() => Ok(Some(kid)),
        Some(other) => Err(Reason::new("signature/kid-typed", format!("`kid` is {other}, which names no key"))),
    }
}

/// Where the token says that its key is, in place of the issuer's set.
pub(super) fn own_key(token: &Decoded<'_>) -> Option<Reason> {
    let own = [
        ("jwk", "signature/embedded-jwk", "it brings a key of its own"),
        ("x5c", "signature/x5c-self-signed", "it brings a certificate of its own"),
        ("jku", "signature/jku-x5u-ssrf", "it says where its key is"),
        ("x5u", "signature/jku-x5u-ssrf", "it says where its key is"),
    ];
    let (name, scenario, what) = own.into_iter().find(|(name, ..)| token.header.get(name).is_some())?;
    Some(Reason::new(scenario, format!("{what} (`{name}`), and none that the issuer publishes signed it")))
}
