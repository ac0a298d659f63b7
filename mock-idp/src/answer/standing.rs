use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Answer, OrderError, Place};
use crate::session::{Handle, Store};

/// How many answers stand at an authorization server.
const ORDERS: usize = 100;
/// How many codes and tokens of one are known that bring answers with them.
const CARRIED: usize = 10_000;
/// For how long, in seconds: as long as a refresh token may lie unused.
const CARRIED_FOR: i64 = 604_800;

/// Answers that are given until they were given so often, or are taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The answers. One that any endpoint can give is for the token endpoint, unless
    /// it names another.
    pub answers: Vec<Answer>,
    /// For which client. Defaults to `None`: for all.
    pub client: Option<String>,
    /// For how many requests, each of the answers. Defaults to `None`: for all.
    pub times: Option<u32>,
}

impl Order {
    /// Those answers, for every client and request.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: answers.into_iter().collect(), client: None, times: None }
    }

    /// The same for that client.
    #[must_use]
    pub fn for_client(self, id: impl Into<String>) -> Self {
        Self { client: Some(id.into()), ..self }
    }

    /// The same for so many requests, each of the answers.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}

/// An answer that came with a code or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) answer: Answer,
    /// Whether it was asked for as a scope.
    pub(crate) is_scope: bool,
}

/// What stands at one authorization server, and what travels through it.
#[derive(Debug)]
pub(crate) struct Standing(Mutex<State>);

struct State {
    orders: Vec<One>,
    last_number: u64,
    carried: Store<Vec<Carried>>,
}

/// One answer of an order.
#[derive(Debug)]
struct One {
    number: u64,
    answer: Answer,
    client: Option<String>,
    left: Option<u32>,
}

impl One {
    fn place(&self) -> Place {
        self.answer.place().unwrap_or(Place::Token)
    }
}

impl Default for Standing {
    fn default() -> Self {
        Self(Mutex::new(State { orders: Vec::new(), last_number: 0, carried: Store::new(CARRIED) }))
    }
}

/// Orders.
impl Standing {
    pub(crate) fn add(&self, order: Order) -> Result<(), OrderError> {
        let mut state = self.lock();
        if state.orders.len() + order.answers.len() > ORDERS {
            return Err(OrderError::TooMany { limit: ORDERS });
        }
        for answer in order.answers {
            state.last_number += 1;
            let number = state.last_number;
            state.orders.push(One { number, answer, client: order.client.clone(), left: order.times });
        }
        Ok(())
    }

    /// Takes all of them away.
    pub(crate) fn clear(&self) {
        self.lock().orders.clear();
    }

    /// All of them, each with the client that it is for and how often it is left.
    pub(crate) fn all(&self) -> Vec<(Answer, Option<String>, Option<u32>)> {
        let state = self.lock();
        state.orders.iter().map(|one| (one.answer.clone(), one.client.clone(), one.left)).collect()
    }

    /// Whether nothing stands and nothing is carried.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.orders.is_empty() && state.carried.is_empty()
    }

    /// Those for a request, with their numbers; one that is given a number of times is
    /// counted.
    pub(crate) fn take(&self, place: Place, client: Option<&str>) -> Vec<(u64, Answer)> {
        let mut taken = Vec::new();
        for one in &mut self.lock().orders {
            let fits = one.place() == place && one.client.as_deref().is_none_or(|id| Some(id) == client);
            if fits && one.left != Some(0) {
                one.left = one.left.map(|left| left - 1);
                taken.push((one.number, one.answer.clone()));
            }
        }
        taken
    }

    /// The end of a request: what changed nothing does not count, and what was given
    /// often enough is over.
    pub(crate) fn settle(&self, unused: &[u64]) {
        let mut state = self.lock();
        for one in state.orders.iter_mut().filter(|one| unused.contains(&one.number)) {
            one.left = one.left.map(|left| left.saturating_add(1));
        }
        state.orders.retain(|one| one.left != Some(0));
    }
}

/// What a code or a token brings with it.
impl Standing {
    pub(crate) fn carry(&self, secret: &str, answers: Vec<Carried>, now: i64) {
        if !answers.is_empty() {
            self.lock().carried.put(Handle::of(secret), answers, now, CARRIED_FOR);
        }
    }

    pub(crate) fn carried(&self, secret: &str, now: i64) -> Vec<Carried> {
        let state = self.lock();
        if state.carried.is_empty() {
            return Vec::new();
        }
        state.carried.get(Handle::of(secret), now).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("orders", &self.orders).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(name: &str, times: Option<u32>) -> Order {
        Order { times, ..Order::new([Answer::parse(name).unwrap()]) }
    }

    #[test]
    fn an_order_is_over_when_it_was_given_so_often() {
        let standing = Standing::default();
        standing.add(order("cut", Some(2))).unwrap();
        let first = standing.take(Place::Token, None);
        standing.settle(&[first[0].0]);
        assert!(standing.take(Place::Userinfo, None).is_empty());
        for expected in [1, 1, 0] {
            assert_eq!(standing.take(Place::Token, None).len(), expected);
            standing.settle(&[]);
        }
        assert!(standing.all().is_empty());
    }

    #[test]
    fn an_order_for_a_client_is_for_no_other() {
        let standing = Standing::default();
        standing.add(Order { client: Some("web".into()), ..order("userinfo/cut", None) }).unwrap();
        let counts = [None, Some("spa"), Some("web")].map(|client| standing.take(Place::Userinfo, client).len());
        assert_eq!(counts, [0, 0, 1]);
    }

    #[test]
    fn orders_are_bounded() {
        let standing = Standing::default();
        let many = Order::new(vec![Answer::parse("cut").unwrap(); ORDERS]);
        standing.add(many).unwrap();
        assert_eq!(standing.add(order("cut", None)), Err(OrderError::TooMany { limit: ORDERS }));
        standing.clear();
        standing.add(order("cut", None)).unwrap();
    }
}
