//! What an attack on the server's time costs it, proven by growth: the attack
//! in two small sizes, controls before each. Who sends a size that takes four
//! times as long decides how long the server works; one that turns both away
//! at once shows no difference.

use std::time::Duration;

use super::carried::{Carried, Reading};
use super::meter::{Finding, Meter};
use super::wire::{Prepared, Wire};
use crate::http::{Answer, Failure};
use crate::scenario::{Case, ConnectionUse};
use crate::verdict::{Evidence, Observation};

/// What the rounds of one case have come to so far.
struct Rounds {
    meter: Meter,
    /// What the server has spent on the case beyond controls.
    spent: Duration,
    /// The gravest of the answers.
    worst: Option<Carried>,
    /// Whether not even a control was answered after one of them.
    is_over: bool,
    /// The costs of the latest round: the smaller size, the larger one.
    last: (Duration, Duration),
}

/// What a case may cost the server in all, and nothing is sent that would
/// probably cost more.
const BUDGET: Duration = Duration::from_secs(2);
/// A weak server takes so many times as long for the next size.
const FACTOR: u32 = 4;
/// How many controls are sent before each size.
const CONTROLS: u32 = 3;
/// The least that as many take together where the process group is who answers.
/// A container's command only waits meanwhile.
const LEAST_OF_CONTROLS: Duration = Duration::from_micros(100);

impl Wire {
    /// Sends a case in its sizes, each beside the one before, until growth is
    /// proven or no size is left.
    pub(super) async fn growth(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        match self.sizes(case, prepared, reading).await {
            Ok(carried) => carried,
            Err(why) => Carried::not_run(why),
        }
    }

    async fn sizes(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Result<Carried, String> {
        let mut sizes = Vec::new();
        for size in case.sizes() {
            let own = match sizes.is_empty() {
                true => prepared.clone(),
                false => self.prepare(&size).await.map_err(|error| error.to_string())?,
            };
            sizes.push((size, own));
        }
        let meter = self.meter_that_moves().await?;
        let mut rounds = Rounds { meter, spent: Duration::ZERO, worst: None, is_over: false, last: Default::default() };
        for pair in sizes.windows(2) {
            if self.pair(&mut rounds, pair, reading).await? {
                return Ok(rounds.grown(case));
            }
            if rounds.is_lost() {
                break;
            }
        }
        Ok(rounds.level())
    }

    /// Whether the second of two sizes is seen to cost more than the first, often
    /// enough before it is seen twice not to.
    async fn pair(&self, rounds: &mut Rounds, pair: &[(Case, Prepared)], reading: Reading<'_>) -> Result<bool, String> {
        let [smaller, larger] = pair else { return Ok(false) };
        let (mut grew, mut not, mut is_again) = (0, 0, false);
        while grew < rounds.meter.proof() && not < 2 {
            let first = self.cost(rounds, smaller, reading).await?;
            if rounds.is_lost() {
                return Ok(false);
            }
            if rounds.spent + first * FACTOR > BUDGET {
                // It may have come at a bad time.
                if !is_again && rounds.spent + first <= BUDGET {
                    is_again = true;
                    continue;
                }
                return if grew * 2 >= rounds.meter.proof() { Ok(true) } else { Err(rounds.too_dear(first)) };
            }
            let second = self.cost(rounds, larger, reading).await?;
            if rounds.is_lost() {
                return Ok(false);
            }
            rounds.last = (first, second);
            match rounds.meter.compare(first, second) {
                Finding::GrewClearly => grew += 2,
                Finding::Grew => grew += 1,
                // Far below the floor there is nothing to be seen twice.
                Finding::None if second < rounds.meter.floor() => return Ok(false),
                Finding::None => not += 1,
            }
        }
        Ok(grew >= rounds.meter.proof())
    }

    /// What one size costs beyond what as many controls do, which come first.
    async fn cost(
        &self,
        rounds: &mut Rounds,
        (case, prepared): &(Case, Prepared),
        reading: Reading<'_>,
    ) -> Result<Duration, String> {
        let control = match self.least_control(rounds.meter).await {
            Ok(control) => control,
            // Whoever looks after the target sees what became of it.
            Err(_) if rounds.worst.is_some() => {
                rounds.is_over = true;
                return Ok(Duration::ZERO);
            }
            Err(why) => return Err(why),
        };
        let (mut least, mut times) = (Duration::MAX, 0);
        for _ in 0..case.variant.delivery.repeat {
            let before = rounds.meter.read();
            let sent = self.send(&prepared.request, &ConnectionUse::Any).await;
            let taken = rounds.meter.since(before, elapsed(&sent)).saturating_sub(control);
            (least, times) = (least.min(taken), times + 1);
            rounds.spent += taken;
            rounds.saw(self.read(case, prepared, sent, reading), case);
            if rounds.spent > BUDGET || rounds.is_lost() {
                break;
            }
        }
        // What is always the same work takes longer by chance only.
        Ok(least.saturating_mul(times))
    }

    /// What a control costs: one that comes at a bad time would hide something.
    async fn least_control(&self, meter: Meter) -> Result<Duration, String> {
        let mut least = Duration::MAX;
        for _ in 0..CONTROLS {
            least = least.min(self.control_cost(meter).await?);
        }
        Ok(least)
    }

    async fn control_cost(&self, meter: Meter) -> Result<Duration, String> {
        let before = meter.read();
        let sent = self.send_control(&self.minter).await.map_err(|error| error.to_string())?;
        match sent {
            Ok(_) => Ok(meter.since(before, elapsed(&sent))),
            Err(failure) => Err(format!("the control beside it got no answer: {}", failure.kind)),
        }
    }

    /// The CPU time where the process group is who answers; else the latency.
    async fn meter_that_moves(&self) -> Result<Meter, String> {
        let mut taken = Duration::ZERO;
        let meter = self.meter.map_or(Meter::Latency, Meter::Cpu);
        for _ in 0..CONTROLS {
            taken += self.control_cost(meter).await?;
        }
        Ok(if taken < LEAST_OF_CONTROLS { Meter::Latency } else { meter })
    }
}

impl Rounds {
    fn saw(&mut self, carried: Carried, case: &Case) {
        self.worst = Some(match self.worst.take() {
            Some(worst) => worst.or_worse(carried, case),
            None => carried,
        });
    }

    /// Whether an answer did not come, which is judged by itself. That a large
    /// request costs the connection is none of that.
    fn is_lost(&self) -> bool {
        let lost = |carried: &Carried| match &carried.observation {
            Observation::Lost(lost) => lost.hung || !lost.closed,
            _ => false,
        };
        self.is_over || self.worst.as_ref().is_some_and(lost)
    }

    fn too_dear(&self, cost: Duration) -> String {
        format!("one small size alone takes {} {}: a larger one is not sent", told(cost), self.meter.of_what())
    }

    fn grown(self, case: &Case) -> Carried {
        let (smaller, larger) = self.last;
        let figure = format!("{} {}, the next size {}", told(smaller), self.meter.of_what(), told(larger));
        let times = match case.variant.delivery.repeat {
            1 => String::new(),
            many => format!(" for {many} of them"),
        };
        let dear = format!(
            "one size takes {figure}{times}, in all {}: the sender decides how long the server works",
            told(self.spent)
        );
        self.with(Evidence { dear: Some(dear), ..Evidence::default() })
    }

    fn level(self) -> Carried {
        let (smaller, larger) = self.last;
        let of_what = self.meter.of_what();
        let measured =
            format!("sizes that take {} and {} {of_what}, in all {}", told(smaller), told(larger), told(self.spent));
        self.with(Evidence { measured: Some(measured), ..Evidence::default() })
    }

    fn with(self, seen: Evidence) -> Carried {
        let carried = self.worst.unwrap_or_else(|| Carried::not_run("nothing was sent"));
        let evidence = Evidence { dear: seen.dear, measured: seen.measured, ..carried.evidence };
        Carried { evidence, ..carried }
    }
}

fn elapsed(sent: &Result<Answer, Failure>) -> Duration {
    match sent {
        Ok(answer) => answer.elapsed,
        Err(failure) => failure.elapsed,
    }
}

fn told(cost: Duration) -> String {
    format!("{:.3} s", cost.as_secs_f64())
}
