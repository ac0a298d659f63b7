//! A store that forgets: nothing that requests can fill grows without end.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// At most so many things, each until its time; where there is no room, the oldest
/// goes. The time is the caller's.
#[derive(Debug)]
pub(crate) struct Bounded<K> {
    capacity: usize,
    /// Each with the time from which on it is forgotten.
    expiries: HashMap<K, i64>,
    /// As they came.
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash> Bounded<K> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, expiries: HashMap::new(), order: VecDeque::new() }
    }

    /// Keeps it until `expiry`; false, and nothing has changed, where it is there already.
    pub(crate) fn insert(&mut self, key: K, expiry: i64, now: i64) -> bool {
        self.forget(now);
        if self.expiries.contains_key(&key) {
            return false;
        }
        if self.order.len() >= self.capacity {
            self.drop_oldest();
        }
        self.order.push_back(key.clone());
        self.expiries.insert(key, expiry);
        true
    }

    fn forget(&mut self, now: i64) {
        let before = self.expiries.len();
        self.expiries.retain(|_, expiry| *expiry > now);
        if self.expiries.len() < before {
            self.order.retain(|key| self.expiries.contains_key(key));
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.expiries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_taken_again_before_its_time() {
        let mut store = Bounded::new(2);
        assert!(store.insert("a", 10, 0));
        assert!(!store.insert("a", 20, 9));
        assert!(store.insert("a", 20, 10));
        assert!(!store.insert("a", 20, 19));
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut store = Bounded::new(2);
        assert!(["a", "b", "c"].iter().all(|key| store.insert(*key, 10, 0)));
        assert_eq!((store.order.len(), store.expiries.len()), (2, 2));
        assert!(!store.insert("c", 10, 0));
        assert!(store.insert("a", 10, 0), "it went first");
    }

    #[test]
    fn what_is_over_takes_no_room() {
        let mut store = Bounded::new(2);
        assert!(store.insert("long", 100, 0) && store.insert("short", 10, 0));
        assert!(store.insert("new", 100, 10));
        assert!(!store.insert("long", 100, 10));
    }
}
