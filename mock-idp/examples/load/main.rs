//! Loads a server on this machine and tells what it reached, as one line of JSON: what `bench/peers` and
//! `bench/soak` measure with.
//!
//! ```console
//! $ cargo run --release -p mock-idp --example load -- \
//!     '{"repeat":{"url":"http://127.0.0.1:9000/oauth2/default/v1/keys"},"seconds":5,"connections":16}'
//! {"count":412345,"per_second":82469.0}
//! ```

mod constant;
mod flow;
mod job;
mod mix;
mod repeat;
mod start;
mod wire;

use std::io::Write as _;

use job::{Failure, Job, What};

fn main() -> Result<(), Failure> {
    let text = std::env::args().nth(1).ok_or("the job is missing: one JSON object, see examples/load/job.rs")?;
    let job: Job = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let said = match &job.what {
        What::Repeat(call) => serde_json::to_string(&runtime.block_on(repeat::repeat(call, job.amount))?)?,
        What::Flow(flow) => serde_json::to_string(&runtime.block_on(flow::flows(flow, job.amount))?)?,
        What::Mix(mix) => serde_json::to_string(&runtime.block_on(mix::mixed(mix, job.amount))?)?,
        What::Start(start) => serde_json::to_string(&start::measured(start)?)?,
        What::Constant(constant) => return constant::serve(constant),
    };
    writeln!(std::io::stdout(), "{said}")?;
    Ok(())
}
