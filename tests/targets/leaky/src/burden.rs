//! Work that a stranger can make the server do (RFC 8725bis 2.10, 2.12): really done, so that it
//! shows in its CPU time, and bounded, so that it stays below two seconds.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::Duration;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use rsa::{BoxedUint, PublicKey, hazmat};
use serde_json::Value;
use tokio::time::sleep;

use crate::claims::Claims;
use crate::defect::{Defect, Switch};
use crate::http::Request;
use crate::token::{Object, decode};

/// Longer than anybody should wait, and shorter than most do.
const SLOW: Duration = Duration::from_millis(2500);
/// Most rounds of a derivation.
const MOST_ROUNDS: u32 = 1_000_000;
/// Most dots, spaces, letters and members that count.
const MOST_DOTS: usize = 64_000;
const MOST_SPACES: usize = 4000;
const MOST_LETTERS: usize = 26;
const MOST_MEMBERS: usize = 5000;
/// The widest key.
const MOST_BITS: usize = 16_384;
/// What DEFLATE makes of one byte at most.
const EXPANSION: usize = 1000;
/// Most bytes that come out of it.
const MOST_INFLATED: usize = 64_000_000;

/// Does the work that the `Authorization` line costs before anything is known about it.
pub(crate) fn of_request(request: &Request, defect: Switch) {
    if defect.has(Defect::BacktracksOnHeader) {
        request.lines("Authorization").for_each(match_line);
    }
}

/// Does the work that the text of a token costs before it is verified.
pub(crate) async fn of_token(token: &str, defect: Switch) {
    let header = || header(token, defect);
    match defect.0 {
        Some(Defect::CopiesAtEachDot) => copy_at_each_dot(token),
        Some(Defect::DerivesKeys) => derive_key(header().as_ref()),
        Some(Defect::InflatesBombs) if header().is_some_and(|header| header.has("zip")) => inflate(token),
        Some(Defect::UsesHugeKeys) => reckon(header().as_ref()),
        Some(Defect::RunsKidInShell) if header().is_some_and(|header| sleeps(&header)) => sleep(SLOW).await,
        _ => (),
    }
}

/// Does the work that the claims cost once the token is verified.
pub(crate) async fn of_claims(claims: &Claims, now: f64, defect: Switch) {
    match defect.0 {
        Some(Defect::ComparesAllMembers) => (0..RULES).for_each(|_| claims.lists().for_each(compare_all)),
        Some(Defect::SlowOnExpired) if claims.ended_before(now - 1800.0) => sleep(SLOW).await,
        _ => (),
    }
}

/// For so many rules a defect compares the members of a list anew.
const RULES: usize = 4;

/// Whether the token is the death of the server.
pub(crate) fn kills(token: &str, defect: Switch) -> bool {
    defect.has(Defect::DiesOfDeepJson) && is_deep(token)
}

/// As `\s+$` and `^(\w+)+$` do, which try every place to begin, and every way to divide a word.
fn match_line(line: &[u8]) {
    let spaces = line.iter().filter(|byte| **byte == b' ').take(MOST_SPACES).count();
    for begin in 0..spaces {
        (begin..spaces).for_each(|at| {
            black_box(at);
        });
    }
    let word = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    if let Some(letters) = word.strip_suffix(b"!") {
        black_box(divided(letters.len().min(MOST_LETTERS)));
    }
}

/// In how many ways a word of that length can be divided, each of them tried.
fn divided(length: usize) -> u64 {
    1 + (1..length).map(divided).sum::<u64>()
}

/// Cuts a segment off and keeps the rest as a text of its own, at each dot.
fn copy_at_each_dot(token: &str) {
    let mut rest = token.to_owned();
    for _ in 0..MOST_DOTS {
        let Some((_, behind)) = rest.split_once('.') else { return };
        rest = black_box(behind.to_owned());
    }
}

/// Holds all of what a token expands to.
fn inflate(token: &str) {
    let compressed = token.split('.').nth(3).map_or(0, str::len) * 3 / 4;
    let expanded: Vec<u8> = (0..(compressed * EXPANSION).min(MOST_INFLATED)).map(|_| black_box(b' ')).collect();
    black_box(expanded);
}

/// Whether a member stands twice, by a look at each for each.
fn compare_all(list: &[Value]) {
    let list = &list[..list.len().min(MOST_MEMBERS)];
    for (at, one) in list.iter().enumerate() {
        black_box(list[at + 1..].iter().any(|other| other == one));
    }
}

/// RSA (RFC 8017 5.2.2) with the key in the header, whatever its size.
fn reckon(header: Option<&Object>) {
    let Some(modulus) = header.and_then(|header| decode(header.get("jwk")?.get("n")?.as_str()?)) else { return };
    // Some number below the modulus, and as wide.
    let signature = BoxedUint::from_be_slice_vartime(&vec![1; modulus.len()]);
    let modulus = BoxedUint::from_be_slice_vartime(&modulus);
    let sizes = PublicKey::MIN_SIZE..=MOST_BITS;
    if let Ok(key) = PublicKey::new_with_size_limits(modulus, BoxedUint::from(65537_u32), sizes) {
        black_box(hazmat::rsa_encrypt(&key, &signature).is_ok());
    }
}

/// Whether a parser that calls itself for each bracket would run out of stack.
fn is_deep(token: &str) -> bool {
    let brackets = |bytes: Vec<u8>| bytes.iter().filter(|byte| b"[{".contains(byte)).count();
    token.split('.').filter_map(decode).any(|bytes| brackets(bytes) > 500)
}

fn header(token: &str, defect: Switch) -> Option<Object> {
    Object::read(&decode(token.split('.').next()?)?, defect)
}

fn sleeps(header: &Object) -> bool {
    header.text("kid").is_some_and(|kid| kid.contains("sleep"))
}

/// PBES2 (RFC 7518 4.8) with as many rounds as the token asks for.
fn derive_key(header: Option<&Object>) {
    let asked = header.and_then(|header| header.get("p2c")).and_then(Value::as_u64).unwrap_or_default();
    let rounds = u32::try_from(asked).unwrap_or(u32::MAX).min(MOST_ROUNDS);
    if let Some(rounds) = NonZeroU32::new(rounds) {
        derive(PBKDF2_HMAC_SHA256, rounds, b"salt", b"password", &mut [0; 16]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    #[test]
    fn only_deep_json_is_a_death() {
        let deep = encode("[".repeat(1000));
        assert!(kills(&deep, Switch(Some(Defect::DiesOfDeepJson))));
        assert!(!kills(&deep, Switch(None)) && !kills("e30.e30.", Switch(Some(Defect::DiesOfDeepJson))));
        assert!(!is_deep(&encode("[[[]]]")));
    }

    #[test]
    fn a_word_is_divided_in_twice_as_many_ways_with_each_letter() {
        assert_eq!((divided(4), divided(5), divided(6)), (8, 16, 32));
    }
}
