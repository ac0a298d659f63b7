//! Work that a stranger can make the server do (RFC 8725bis 2.10, 2.12). It stops by itself.

use std::num::NonZeroU32;
use std::time::Duration;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::claims::Claims;
use crate::defect::{Defect, Switch};
use crate::http::Request;
use crate::token::{Object, decode};

/// As long as quadratic work, an inflated bomb or a huge key would take: long enough to be seen.
const LONG: Duration = Duration::from_millis(2500);
/// Iterations between two looks at the clock.
const STEP: u32 = 200_000;

/// Takes the time that the `Authorization` line costs before anything is known about it.
pub(crate) async fn of_request(request: &Request, defect: Switch) {
    if request.lines("Authorization").any(|line| is_dear_line(line, defect)) {
        sleep(LONG).await;
    }
}

/// Takes the time that the text of a token costs before it is verified.
pub(crate) async fn of_token(token: &str, defect: Switch) {
    if defect.has(Defect::DerivesKeys) {
        derive_key(header(token, defect).as_ref()).await;
    }
    if is_dear_token(token, defect) {
        sleep(LONG).await;
    }
}

/// Takes the time that the claims cost once the token is verified.
pub(crate) async fn of_claims(claims: &Claims, now: f64, defect: Switch) {
    if are_dear_claims(claims, now, defect) {
        sleep(LONG).await;
    }
}

/// `^Bearer\s+(.*)\s*$` and `^(\w+)+$` try every way to divide a line.
fn is_dear_line(line: &[u8], defect: Switch) -> bool {
    let spaces = line.iter().filter(|byte| **byte == b' ').count();
    defect.has(Defect::BacktracksOnHeader) && line.len() > 4000 && (spaces > 1000 || line.ends_with(b"!"))
}

fn is_dear_token(token: &str, defect: Switch) -> bool {
    let header = || header(token, defect);
    match defect.0 {
        Some(Defect::CopiesAtEachDot) => token.matches('.').count() > 1000,
        Some(Defect::InflatesBombs) => header().is_some_and(|header| header.has("zip")),
        Some(Defect::UsesHugeKeys) => header().is_some_and(|header| has_huge_key(&header)),
        Some(Defect::RunsKidInShell) => {
            header().is_some_and(|it| it.text("kid").is_some_and(|kid| kid.contains("sleep")))
        }
        _ => false,
    }
}

fn are_dear_claims(claims: &Claims, now: f64, defect: Switch) -> bool {
    match defect.0 {
        Some(Defect::ComparesAllScopes) => {
            claims.get("scp").and_then(Value::as_array).is_some_and(|all| all.len() > 1000)
        }
        Some(Defect::SlowOnExpired) => claims.get("exp").and_then(Value::as_f64).is_some_and(|exp| exp < now - 1800.0),
        _ => false,
    }
}

fn header(token: &str, defect: Switch) -> Option<Object> {
    Object::read(&decode(token.split('.').next()?)?, defect)
}

/// Whether a parser that calls itself for each bracket would run out of stack.
pub(crate) fn is_deep(token: &str) -> bool {
    let brackets = |bytes: Vec<u8>| bytes.iter().filter(|byte| **byte == b'[').count();
    token.split('.').filter_map(decode).any(|bytes| brackets(bytes) > 500)
}

fn has_huge_key(header: &Object) -> bool {
    let modulus = header.get("jwk").and_then(|jwk| jwk.get("n")).and_then(Value::as_str);
    let chain = header.get("x5c").and_then(Value::as_array);
    modulus.is_some_and(|n| n.len() > 2000) || chain.is_some_and(|chain| chain.len() > 50)
}

/// PBES2 (RFC 7518 4.8) with as many iterations as the token asks for, or until it is `LONG`.
async fn derive_key(header: Option<&Object>) {
    let asked = header.and_then(|header| header.get("p2c")).and_then(Value::as_u64).unwrap_or_default();
    let begun = Instant::now();
    let mut left = asked;
    while left > 0 && begun.elapsed() < LONG {
        let step = STEP.min(u32::try_from(left).unwrap_or(STEP));
        let Some(iterations) = NonZeroU32::new(step) else { return };
        derive(PBKDF2_HMAC_SHA256, iterations, b"salt", b"password", &mut [0; 16]);
        left -= u64::from(step);
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    #[test]
    fn each_defect_lets_a_stranger_take_its_time() {
        let huge = format!(r#"{{"jwk":{{"n":"{}"}}}}"#, "A".repeat(2731));
        for (token, defect) in [
            (".".repeat(7000), Defect::CopiesAtEachDot),
            (encode(r#"{"zip":"DEF"}"#), Defect::InflatesBombs),
            (encode(huge), Defect::UsesHugeKeys),
            (encode(r#"{"kid":"|sleep 5"}"#), Defect::RunsKidInShell),
        ] {
            assert!(!is_dear_token(&token, Switch(None)));
            assert!(is_dear_token(&token, Switch(Some(defect))), "{defect}");
            assert!(!is_dear_token("e30.e30.", Switch(Some(defect))), "{defect}");
        }
    }

    #[test]
    fn a_header_of_spaces_is_dear_to_a_backtracking_pattern() {
        let backtracks = Switch(Some(Defect::BacktracksOnHeader));
        let line = [b"Bearer".to_vec(), vec![b' '; 7000], b"x".to_vec()].concat();
        assert!(is_dear_line(&line, backtracks) && !is_dear_line(&line, Switch(None)));
        assert!(!is_dear_line(b"Bearer a.b.c", backtracks));
    }

    #[tokio::test]
    async fn a_key_is_derived_until_it_takes_too_long() {
        let header = |iterations: u64| Object::read(format!(r#"{{"p2c":{iterations}}}"#).as_bytes(), Switch(None));
        let begun = Instant::now();
        derive_key(header(1000).as_ref()).await;
        assert!(begun.elapsed() < LONG);
        derive_key(header(u64::MAX).as_ref()).await;
        assert!(begun.elapsed() >= LONG);
    }

    #[test]
    fn depth_is_seen_without_recursion() {
        assert!(is_deep(&encode("[".repeat(1000))));
        assert!(!is_deep(&encode("[[[]]]")));
    }
}
