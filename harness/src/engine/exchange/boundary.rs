//! Searches for the boundary between accepted and refused, and reports it.

use mock_idp::mutation::Mutation;
use serde_json::{Value, json};

use super::carried::{Carried, Reading};
use super::wire::Wire;
use crate::scenario::{Boundary, Case, Search};
use crate::verdict::Observation;

/// One try of a search.
struct Tried {
    accepted: bool,
    /// Length of the token in bytes.
    length: usize,
}

impl Wire {
    /// Halves the range until the boundary is known; the figure is all that
    /// comes of it. Which end is accepted is learned from the ends.
    pub(super) async fn search(&self, case: &Case, search: &Search, reading: Reading<'_>) -> Carried {
        match self.boundary(case, search, reading).await {
            Ok(figure) => Carried::without_exchange(Observation::Measured { figure }),
            Err(why) => Carried::not_run(why),
        }
    }

    async fn boundary(&self, case: &Case, search: &Search, reading: Reading<'_>) -> Result<String, String> {
        let first = self.try_at(case, search, search.from, reading).await?;
        let last = self.try_at(case, search, search.to, reading).await?;
        if first.accepted == last.accepted {
            return Ok(nowhere(search, first.accepted));
        }
        // `accepted` and `refused` close in on the boundary from their sides.
        let (mut accepted, mut refused) =
            if first.accepted { (search.from, search.to) } else { (search.to, search.from) };
        let mut length = if first.accepted { first.length } else { last.length };
        while accepted.abs_diff(refused) > resolution(search.over) {
            let middle = accepted.midpoint(refused);
            let tried = self.try_at(case, search, middle, reading).await?;
            if tried.accepted {
                (accepted, length) = (middle, tried.length);
            } else {
                refused = middle;
            }
        }
        Ok(figure(search.over, accepted, length))
    }

    async fn try_at(&self, case: &Case, search: &Search, at: i64, reading: Reading<'_>) -> Result<Tried, String> {
        let mutation = moved(&case.variant.token, search.over, at)?;
        let minted = self.minter.mint(&mutation).await.map_err(|error| error.to_string())?;
        let length = minted.token.expose().len();
        let prepared = self.request_with(case, minted).await.map_err(|error| error.to_string())?;
        let carried = self.once(case, &prepared, reading).await;
        match &carried.observation {
            Observation::Answered(answered) if answered.status == 429 => {
                Err("the target answers 429: it limits the rate".to_owned())
            }
            Observation::Lost(lost) if !lost.may_have_arrived => Err(lost.what.clone()),
            _ => Ok(Tried { accepted: carried.got_in(), length }),
        }
    }
}

/// Seconds, or bytes of the token.
fn resolution(over: Boundary) -> u64 {
    if over == Boundary::HeaderLength { 256 } else { 1 }
}

/// The case's token with the moved member.
fn moved(token: &Mutation, over: Boundary, at: i64) -> Result<Mutation, String> {
    let mut edits = token.to_json().as_array().cloned().unwrap_or_default();
    let time = |name: &str| json!({ "claim": name, "set": { "now": at } });
    let edit: Value = match over {
        Boundary::Expiry => {
            // Issued before it ends, or it would be odd in another way.
            edits.push(json!({ "claim": "iat", "set": { "now": at.min(0) - 60 } }));
            time("exp")
        }
        Boundary::NotBefore => time("nbf"),
        Boundary::IssuedAt => time("iat"),
        // Three bytes of padding are four characters of the token.
        Boundary::HeaderLength => json!({ "claim": "x-padding", "set": { "random": at.max(4) * 3 / 4 } }),
    };
    edits.push(edit);
    Mutation::from_json(&Value::Array(edits)).map_err(|error| error.to_string())
}

fn nowhere(search: &Search, accepted: bool) -> String {
    let outcome = if accepted { "accepted" } else { "refused" };
    match search.over {
        Boundary::HeaderLength => format!("tokens from {} to {} bytes are {outcome}", search.from, search.to),
        over => format!("{} from {} to {} s from now is always {outcome}", word(over), search.from, search.to),
    }
}

fn figure(over: Boundary, accepted: i64, length: usize) -> String {
    match over {
        Boundary::HeaderLength => format!("the longest token that works has some {length} bytes"),
        // Later than the token's end, or earlier than its begin.
        over => {
            let leeway = if over == Boundary::Expiry { -accepted } else { accepted };
            format!("leeway for {}: {leeway} s", word(over))
        }
    }
}

fn word(over: Boundary) -> &'static str {
    Boundary::ALL.iter().find(|(_, known)| *known == over).map_or("", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_claim_is_added_to_the_edits_of_the_case() {
        let token = Mutation::from_json(&json!([{"claim": "x", "set": 1}])).unwrap();
        assert_eq!(moved(&token, Boundary::NotBefore, 30).unwrap().edits().len(), 2);
        assert_eq!(moved(&token, Boundary::Expiry, -30).unwrap().edits().len(), 3);
        assert_eq!(moved(&token, Boundary::HeaderLength, 4000).unwrap().edits().len(), 2);
    }

    #[test]
    fn the_figure_says_what_was_found() {
        assert_eq!(figure(Boundary::Expiry, -5, 0), "leeway for exp: 5 s");
        let search = Search { over: Boundary::IssuedAt, from: 0, to: 600 };
        assert_eq!(nowhere(&search, true), "iat from 0 to 600 s from now is always accepted");
    }
}
