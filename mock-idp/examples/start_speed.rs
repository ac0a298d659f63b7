//! How long `MockIdp::start` takes: the median of 1,000 starts one after another, and of 200 at once.
//!
//! ```console
//! $ cargo run --release -p mock-idp --example start_speed
//! ```

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use mock_idp::MockIdp;
use tokio::task::JoinSet;

const STARTS: usize = 1000;
const AT_ONCE: usize = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut alone = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begin = Instant::now();
        let idp = MockIdp::start().await?;
        alone.push(begin.elapsed());
        drop(idp);
    }
    let begin = Instant::now();
    let mut starting = JoinSet::new();
    for _ in 0..AT_ONCE {
        starting.spawn(async {
            let begin = Instant::now();
            MockIdp::start().await.map(|idp| (begin.elapsed(), idp))
        });
    }
    let started = starting.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let whole = begin.elapsed();
    let together = started.iter().map(|(time, _)| *time).collect();
    let mut output = std::io::stdout().lock();
    writeln!(output, "{STARTS} starts in turn  {:>8.3} ms (median)", milliseconds(median(alone)))?;
    writeln!(output, "{AT_ONCE} starts at once   {:>8.3} ms (median)", milliseconds(median(together)))?;
    writeln!(output, "all {AT_ONCE} of them      {:>8.3} ms", milliseconds(whole))?;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
