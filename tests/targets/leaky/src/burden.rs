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

/// Longer than anybody should wait, and shorter than most do.
const SLOW: Duration = Duration::from_millis(2500);
/// Iterations between two looks at the clock.
const STEP: u32 = 200_000;

/// Takes the time that the `Authorization` line costs before anything is known about it.
pub(crate) async fn of_request(request: &Request, hang: Duration, defect: Switch) {
    if request.lines("Authorization").any(|line| is_dear_line(line, defect)) {
        sleep(hang).await;
    }
}

/// Takes the time that the text of a token costs before it is verified.
pub(crate) async fn of_token(token: &str, hang: Duration, defect: Switch) {
    let header = || header(token, defect);
    match defect.0 {
        Some(Defect::DerivesKeys) => derive_key(header().as_ref(), hang).await,
        Some(Defect::UsesHugeKeys) if header().is_some_and(|header| has_huge_key(&header)) => sleep(hang).await,
        Some(Defect::RunsKidInShell) if header().is_some_and(|header| sleeps(&header)) => sleep(SLOW).await,
        _ => (),
    }
}

/// Takes the time that the claims cost once the token is verified.
pub(crate) async fn of_claims(claims: &Claims, now: f64, hang: Duration, defect: Switch) {
    match defect.0 {
        Some(Defect::ComparesAllMembers) if claims.has_long_list() => sleep(hang).await,
        Some(Defect::SlowOnExpired) if claims.ended_before(now - 1800.0) => sleep(SLOW).await,
        _ => (),
    }
}

/// Whether the token is the death of the server.
pub(crate) fn kills(token: &str, defect: Switch) -> bool {
    match defect.0 {
        Some(Defect::CopiesAtEachDot) => token.matches('.').count() > 1000,
        Some(Defect::InflatesBombs) => header(token, defect).is_some_and(|header| header.has("zip")),
        Some(Defect::DiesOfDeepJson) => is_deep(token),
        _ => false,
    }
}

/// `^Bearer\s+(.*)\s*$` and `^(\w+)+$` try every way to divide a line.
fn is_dear_line(line: &[u8], defect: Switch) -> bool {
    let spaces = line.iter().filter(|byte| **byte == b' ').count();
    defect.has(Defect::BacktracksOnHeader) && line.len() > 4000 && (spaces > 1000 || line.ends_with(b"!"))
}

/// Whether a parser that calls itself for each bracket would run out of stack.
fn is_deep(token: &str) -> bool {
    let brackets = |bytes: Vec<u8>| bytes.iter().filter(|byte| b"[{".contains(byte)).count();
    token.split('.').filter_map(decode).any(|bytes| brackets(bytes) > 500)
}

fn header(token: &str, defect: Switch) -> Option<Object> {
    Object::read(&decode(token.split('.').next()?)?, defect)
}

fn has_huge_key(header: &Object) -> bool {
    let modulus = header.get("jwk").and_then(|jwk| jwk.get("n")).and_then(Value::as_str);
    let chain = header.get("x5c").and_then(Value::as_array);
    modulus.is_some_and(|n| n.len() > 2000) || chain.is_some_and(|chain| chain.len() > 50)
}

fn sleeps(header: &Object) -> bool {
    header.text("kid").is_some_and(|kid| kid.contains("sleep"))
}

/// PBES2 (RFC 7518 4.8) with as many iterations as the token asks for, or as long as it may hang.
async fn derive_key(header: Option<&Object>, hang: Duration) {
    let mut left = header.and_then(|header| header.get("p2c")).and_then(Value::as_u64).unwrap_or_default();
    let begun = Instant::now();
    while left > 0 && begun.elapsed() < hang {
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

    const HANG: Duration = Duration::from_millis(50);

    #[test]
    fn each_defect_dies_of_its_own_token() {
        for (token, defect) in [
            (".".repeat(7000), Defect::CopiesAtEachDot),
            (encode(r#"{"zip":"DEF"}"#), Defect::InflatesBombs),
            (encode("[".repeat(1000)), Defect::DiesOfDeepJson),
        ] {
            assert!(!kills(&token, Switch(None)));
            assert!(kills(&token, Switch(Some(defect))), "{defect}");
            assert!(!kills("e30.e30.", Switch(Some(defect))), "{defect}");
        }
        assert!(!is_deep(&encode("[[[]]]")));
    }

    #[test]
    fn a_header_of_spaces_is_dear_to_a_backtracking_pattern() {
        let backtracks = Switch(Some(Defect::BacktracksOnHeader));
        let line = [b"Bearer".to_vec(), vec![b' '; 7000], b"x".to_vec()].concat();
        assert!(is_dear_line(&line, backtracks) && !is_dear_line(&line, Switch(None)));
        assert!(!is_dear_line(b"Bearer a.b.c", backtracks));
    }

    #[tokio::test]
    async fn a_huge_key_is_dear_to_who_reckons_with_it() {
        let token = encode(format!(r#"{{"jwk":{{"n":"{}"}}}}"#, "A".repeat(2731)));
        let begun = Instant::now();
        of_token(&token, HANG, Switch(Some(Defect::UsesHugeKeys))).await;
        assert!(begun.elapsed() >= HANG);
    }

    #[tokio::test]
    async fn a_key_is_derived_until_it_takes_too_long() {
        let token = |iterations: u64| encode(format!(r#"{{"p2c":{iterations}}}"#));
        let derives = Switch(Some(Defect::DerivesKeys));
        let begun = Instant::now();
        of_token(&token(u64::MAX), HANG, Switch(None)).await;
        of_token(&token(100), HANG, derives).await;
        assert!(begun.elapsed() < HANG);
        of_token(&token(u64::MAX), HANG, derives).await;
        assert!(begun.elapsed() >= HANG);
    }
}
