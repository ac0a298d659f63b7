//! How many RS256 signatures a second: with the key read for each signature,
//! as `jsonwebtoken` does it, and with the key that `SigningKey` keeps.
//!
//! ```console
//! $ cargo run --release -p mock-idp --example sign_speed
//! ```

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use jsonwebtoken::EncodingKey;
use mock_idp::keys::{Algorithm, BuiltinKey, builtin};

/// Both ways take turns, so that a busy machine slows both.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(400);
/// As long as the signed part of an access token.
const INPUT: [u8; 480] = [b'x'; 480];

fn main() -> Result<(), Box<dyn Error>> {
    let key = builtin(BuiltinKey::Issuer);
    let pem = key.to_pkcs8_pem().ok_or("the built-in key is no RSA key")?;
    let encoding = EncodingKey::from_rsa_pem(pem.as_bytes())?;
    let (mut read_each_time, mut kept) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        read_each_time = read_each_time
            .max(rate(|| jsonwebtoken::crypto::sign(&INPUT, &encoding, jsonwebtoken::Algorithm::RS256).is_ok())?);
        kept = kept.max(rate(|| key.sign(Algorithm::Rs256, &INPUT).is_ok())?);
    }
    let mut output = std::io::stdout().lock();
    writeln!(output, "jsonwebtoken, key read each time  {read_each_time:>7.0} signatures/s")?;
    writeln!(output, "SigningKey, key kept              {kept:>7.0} signatures/s")?;
    writeln!(output, "ratio                             {:>7.2}", kept / read_each_time)?;
    Ok(())
}

/// Calls a second, over one round; an error when a call fails.
fn rate(sign: impl Fn() -> bool) -> Result<f64, &'static str> {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < ROUND {
        if !black_box(sign()) {
            return Err("a signature failed");
        }
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
