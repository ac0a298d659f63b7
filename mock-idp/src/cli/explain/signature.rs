//! Whether the issuer signed a token, and if not, who may have.

use mock_idp::keys::{Algorithm, Curve, KeyKind, PublicForm, SigningKey};

use super::decoded::Decoded;
use super::expected::Expected;
use super::header;
use super::keys::{Keys, Published};
use super::reason::Reason;

pub(super) fn check(token: &Decoded<'_>, keys: &Keys, expected: &Expected, reasons: &mut Vec<Reason>) {
    reasons.extend(header::extensions(token));
    let algorithm = match header::algorithm(token) {
        Ok(algorithm) => algorithm,
        Err(reason) => return reasons.push(reason),
    };
    if token.signature.is_empty() {
        return reasons.push(Reason::new("signature/stripped", "its third segment is empty: it has no signature"));
    }
    if algorithm.is_hmac() {
        return reasons.extend(hmac(token, algorithm, keys, expected));
    }
    match header::key_id(token) {
        Err(reason) => reasons.push(reason),
        Ok(kid) => reasons.extend(asymmetric(token, algorithm, kid.as_deref(), keys)),
    }
}

fn asymmetric(token: &Decoded<'_>, algorithm: Algorithm, kid: Option<&str>, keys: &Keys) -> Option<Reason> {
    if matches!(algorithm.kind(), KeyKind::Ec(_)) && has_zeros(&token.signature) {
        return Some(Reason::new("signature/ecdsa-psychic", "its signature is of zeros, which no key makes"));
    }
    let made = |key: &&Published| key.made(algorithm, token.signed.as_bytes(), &token.signature);
    let named: Vec<&Published> =
        keys.published.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid).collect();
    if let Some(signer) = named.iter().copied().find(made) {
        return misused(signer, algorithm);
    }
    if let Some(own) = header::own_key(token) {
        return Some(own);
    }
    if let Some(signer) = keys.published.iter().find(made) {
        let id = signer.kid.as_deref().unwrap_or_default();
        return Some(Reason::new(
            "signature/kid-of-other-published-key",
            format!("the key \"{id}\" signed it, and not the one that `kid` names"),
        ));
    }
    let Some(key) = named.first() else { return Some(unpublished(kid.unwrap_or_default(), keys)) };
    if !named.iter().any(|key| key.key.kind() == algorithm.kind()) {
        let detail = format!("`alg` is {algorithm}, which is none of the key that `kid` names");
        return Some(Reason::new("signature/alg-not-allowed-for-key", detail));
    }
    Some(wrong(token, key, kid.is_some()))
}

/// A key may be published for something else.
fn misused(key: &Published, algorithm: Algorithm) -> Option<Reason> {
    if let Some(purpose) = key.purpose.as_deref().filter(|purpose| *purpose != "sig") {
        return Some(Reason::new(
            "keys/jwk-use-enc",
            format!("its key was published for \"{purpose}\", not for signatures"),
        ));
    }
    let other = key.algorithm.as_deref().filter(|named| *named != algorithm.name())?;
    // RFC 9864: the two names of the one algorithm of that key.
    let is_same = key.key.kind() == KeyKind::Ed25519;
    (!is_same).then(|| {
        Reason::new(
            "signature/alg-not-allowed-for-key",
            format!("`alg` is {algorithm}, and its key was published for {other}"),
        )
    })
}

fn unpublished(kid: &str, keys: &Keys) -> Reason {
    let known: Vec<&str> = keys.published.iter().filter_map(|key| key.kid.as_deref()).collect();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '=');
    let scenario = if kid.chars().all(is_plain) { "signature/foreign-key-own-kid" } else { "signature/kid-injection" };
    let kid = serde_json::Value::from(kid);
    Reason::new(scenario, format!("`kid` is {kid}, and the issuer publishes no such key: it has {}", known.join(", ")))
}

/// A signature that is not the key's, which the token names or not.
fn wrong(token: &Decoded<'_>, key: &Published, is_named: bool) -> Reason {
    let (found, right) = (token.signature.len(), signature_length(&key.public));
    let is_ec = matches!(key.key.kind(), KeyKind::Ec(_));
    if is_ec && token.signature.first() == Some(&0x30) && found != right {
        return Reason::new("signature/ecdsa-der", "its signature is in DER, and not in the form of JWS");
    }
    if found != right {
        let scenario = if is_ec { "signature/ecdsa-length" } else { "signature/truncated-or-extended" };
        return Reason::new(scenario, format!("its signature has {found} bytes, and one of its key has {right}"));
    }
    let whose = if is_named { "the key that `kid` names" } else { "any key of the issuer" };
    Reason::new(
        "signature/foreign-key-same-kid",
        format!(
            "its signature is not of {whose}: another key made it, or the token was changed since, which look alike"
        ),
    )
}

/// Whether one of the two numbers of an ECDSA signature is 0.
fn has_zeros(signature: &[u8]) -> bool {
    let (r, s) = signature.split_at(signature.len() / 2);
    [r, s].iter().any(|number| number.iter().all(|byte| *byte == 0))
}

/// How many bytes a signature of a key has (RFC 7518, sections 3.3 and 3.4; RFC 8037).
fn signature_length(key: &SigningKey) -> usize {
    match key.kind() {
        KeyKind::Rsa => key.public_form(PublicForm::Modulus).map_or(0, |modulus| modulus.len()),
        KeyKind::Ec(Curve::P384) => 96,
        KeyKind::Ec(Curve::P521) => 132,
        KeyKind::Ec(Curve::P256) | KeyKind::Ed25519 | KeyKind::Secret => 64,
    }
}

fn hmac(token: &Decoded<'_>, algorithm: Algorithm, keys: &Keys, expected: &Expected) -> Option<Reason> {
    let made = |secret: &[u8], with: Algorithm| {
        let key = SigningKey::from_secret("", secret).and_then(|key| key.with_algorithm(with));
        key.and_then(|key| key.sign(with, token.signed.as_bytes())).is_ok_and(|own| own == token.signature)
    };
    if let Some(shared) = &keys.shared {
        let is_right = algorithm == shared.algorithm() && made(shared.expose_secret().unwrap_or_default(), algorithm);
        let detail = format!("it is not signed with the shared secret and {}", shared.algorithm());
        return (!is_right).then(|| Reason::new("signature/hmac-secret", detail));
    }
    for key in &keys.published {
        let forms = PublicForm::ALL.into_iter();
        let found = forms
            .filter_map(|(name, form)| Some((name, key.public.public_form(form)?)))
            .find(|(_, bytes)| made(bytes, algorithm));
        if let Some((name, _)) = found {
            let is_text = name.contains("pem") || name == "ssh";
            let scenario = if is_text { "signature/hs256-pubkey-pem" } else { "signature/hs256-pubkey-jwk" };
            return Some(Reason::new(
                scenario,
                format!("an HMAC signs it whose secret is the issuer's public key ({name})"),
            ));
        }
    }
    let words = ["", "secret", "null", "undefined", expected.audience.as_str()];
    let ids = [token.claim("cid"), token.claim("iss")]
        .map(|id| id.and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default());
    let mut guesses = words.into_iter().chain(ids.iter().map(String::as_str));
    if guesses.any(|word| made(word.as_bytes(), algorithm)) {
        return Some(Reason::new("signature/hs256-trivial-secret", "an HMAC signs it whose secret anybody can guess"));
    }
    let detail = format!("`alg` is {algorithm}, and the issuer shares no secret with anybody");
    Some(Reason::new("signature/alg-not-allowed-for-key", detail))
}
