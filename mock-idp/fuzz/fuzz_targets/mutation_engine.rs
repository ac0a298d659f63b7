//! Any JSON as a mutation, carried out at a fixed time with seeded randomness.
//!
//! Held: nothing panics, an edit that can't be read or carried out says why, and `Debug` of what was
//! made shows no token.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use mock_idp::claims::TokenSettings;
use mock_idp::forge::{ForgeContext, forge};
use mock_idp::keys::{BuiltinKey, KeySet, builtin};
use mock_idp::mutation::Mutation;
use mock_idp::random::Random;
use mock_idp_fuzz::changed;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(mut json) = serde_json::from_slice::<Value>(bytes) else { return Corpus::Reject };
    shrink(&mut json);
    let mutation = match Mutation::from_json(&json) {
        Ok(mutation) => mutation,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return Corpus::Keep;
        }
    };
    match forge(&context(), &mutation) {
        Ok(forged) => {
            assert!(forged.changes.iter().all(|change| !change.to_string().is_empty()));
            assert_eq!(forged.may_cause_fetch(), forged.kid.is_some() && !forged.kid_published);
            let (shown, token) = (format!("{:?}", forged.token), forged.token.expose_text());
            assert!(token.len() < 20 || !shown.contains(&token), "Debug shows the token");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    Corpus::Keep
});

// Half of the changes are libFuzzer's own, of bytes; the other half keep it JSON.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let tree = if seed.is_multiple_of(2) { changed(&data[..size], seed) } else { None };
    match tree.filter(|json| json.len() <= max_size) {
        Some(json) => {
            data[..json.len()].copy_from_slice(&json);
            json.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});

fn context() -> ForgeContext {
    ForgeContext {
        settings: TokenSettings::new("https://issuer.example/oauth2/default"),
        keys: KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::IssuerNext)),
        now: 1_800_000_000,
        random: Random::seeded(1),
        token_id: "a-token".to_owned(),
        given: None,
    }
}

/// Sizes that are allowed become small ones, so that a run measures the engine and not the
/// allocator. Those above every limit stay, and must be refused.
fn shrink(json: &mut Value) {
    const SIZES: [&str; 6] = ["times", "random", "many", "keep", "zip-bomb", "random-jwk"];
    const ALLOWED: std::ops::RangeInclusive<u64> = 4096..=256 << 20;
    match json {
        Value::Array(values) => values.iter_mut().for_each(shrink),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_u64() {
                    Some(size) if SIZES.contains(&name.as_str()) && ALLOWED.contains(&size) => {
                        *value = (size % 4096).into()
                    }
                    _ => shrink(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
