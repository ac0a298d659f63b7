//! Sends requests to all routes of an issuer in this process, made from sound ones and changed, and ends
//! at the first that brings a panic, a server error or no end:
//!
//! ```console
//! $ cargo run --release -p mock-idp --example fuzz_routes -- --requests 1000000 --seed 7
//! ```

#[path = "../tests/fuzz_routes/fuzz/mod.rs"]
mod fuzz;

use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let (requests, seed) = (option("--requests")?.unwrap_or(1_000_000), option("--seed")?.unwrap_or(1));
    let summary = fuzz::watched(requests, seed)?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{requests} requests of seed {seed}: no panic, no server error that no fault asked for")?;
    for (status, count) in &summary.0 {
        writeln!(output, "{status}  {count:>9}")?;
    }
    Ok(())
}

/// The number behind an option.
fn option(name: &str) -> Result<Option<u64>, Box<dyn Error>> {
    let Some(value) = std::env::args().skip_while(|word| word != name).nth(1) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| format!("{name} takes a number, not {value:?}").into())
}
