use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::Handle;

/// Values by the handle of a secret, each for a time and never more than so many:
/// the one that was kept longest ago goes first.
pub(crate) struct Store<V> {
    entries: HashMap<Handle, Entry<V>>,
    /// By number, the oldest first.
    order: BTreeMap<u64, Handle>,
    last_number: u64,
    capacity: usize,
}

struct Entry<V> {
    value: V,
    /// From then on it is gone, in seconds since the Unix epoch.
    ends: i64,
    number: u64,
}

impl<V> Store<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), last_number: 0, capacity }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keeps a value for `lifetime` seconds.
    pub(crate) fn put(&mut self, handle: Handle, value: V, now: i64, lifetime: i64) {
        self.remove(handle);
        self.make_room(now);
        let number = self.next_number();
        self.order.insert(number, handle);
        self.entries.insert(handle, Entry { value, ends: now.saturating_add(lifetime), number });
    }

    /// The same, unless that handle is there already: then nothing changes, and it is false.
    pub(crate) fn put_new(&mut self, handle: Handle, value: V, now: i64, lifetime: i64) -> bool {
        let is_new = self.get(handle, now).is_none();
        if is_new {
            self.put(handle, value, now, lifetime);
        }
        is_new
    }

    pub(crate) fn get(&self, handle: Handle, now: i64) -> Option<&V> {
        self.entries.get(&handle).filter(|entry| now < entry.ends).map(|entry| &entry.value)
    }

    pub(super) fn get_mut(&mut self, handle: Handle, now: i64) -> Option<&mut V> {
        self.entries.get_mut(&handle).filter(|entry| now < entry.ends).map(|entry| &mut entry.value)
    }

    /// The value that was kept last of those that fit.
    pub(super) fn newest_mut(&mut self, now: i64, fits: impl Fn(&V) -> bool) -> Option<&mut V> {
        let handle = self.order.values().rev().find(|handle| self.get(**handle, now).is_some_and(&fits)).copied()?;
        self.get_mut(handle, now)
    }

    /// When a value is gone.
    pub(super) fn end_of(&self, handle: Handle, now: i64) -> Option<i64> {
        self.entries.get(&handle).map(|entry| entry.ends).filter(|ends| now < *ends)
    }

    /// Takes a value out.
    pub(super) fn take(&mut self, handle: Handle, now: i64) -> Option<V> {
        self.remove(handle).filter(|entry| now < entry.ends).map(|entry| entry.value)
    }

    /// Keeps a value that is there for `lifetime` seconds from now.
    pub(super) fn prolong(&mut self, handle: Handle, now: i64, lifetime: i64) {
        if let Some(value) = self.take(handle, now) {
            self.put(handle, value, now, lifetime);
        }
    }

    fn remove(&mut self, handle: Handle) -> Option<Entry<V>> {
        let entry = self.entries.remove(&handle)?;
        self.order.remove(&entry.number);
        Some(entry)
    }

    /// Drops what is over, as far as it is the oldest, and more where all is full.
    fn make_room(&mut self, now: i64) {
        while let Some(oldest) = self.order.first_key_value().map(|(_, handle)| *handle) {
            let is_over = self.entries.get(&oldest).is_none_or(|entry| entry.ends <= now);
            if !is_over && self.entries.len() < self.capacity {
                break;
            }
            self.order.pop_first();
            self.entries.remove(&oldest);
        }
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

/// Shows how many there are, and none of them.
impl<V> fmt::Debug for Store<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({} of {})", self.entries.len(), self.capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(number: usize) -> Handle {
        Handle::of(&number.to_string())
    }

    fn full(capacity: usize) -> Store<usize> {
        let mut store = Store::new(capacity);
        (0..capacity).for_each(|number| store.put(handle(number), number, 0, 100));
        store
    }

    #[test]
    fn the_oldest_goes_where_there_are_too_many() {
        let mut store = full(3);
        store.put(handle(3), 3, 0, 100);
        assert_eq!(
            (store.get(handle(0), 0), store.get(handle(1), 0), store.get(handle(3), 0)),
            (None, Some(&1), Some(&3))
        );
        assert_eq!((store.entries.len(), store.order.len()), (3, 3));
    }

    #[test]
    fn what_is_prolonged_is_the_newest() {
        let mut store = full(3);
        store.prolong(handle(0), 50, 100);
        store.put(handle(3), 3, 50, 100);
        assert_eq!((store.get(handle(0), 120), store.get(handle(1), 60)), (Some(&0), None));
        assert_eq!(store.end_of(handle(0), 50), Some(150));
    }

    #[test]
    fn nothing_is_found_from_its_end_on_and_room_is_made() {
        let mut store = full(3);
        assert_eq!((store.get(handle(0), 99), store.get(handle(0), 100)), (Some(&0), None));
        assert!(store.get_mut(handle(0), 100).is_none());
        store.put(handle(3), 3, 100, 10);
        assert_eq!((store.entries.len(), store.order.len()), (1, 1));
    }

    #[test]
    fn of_those_that_fit_the_newest_is_found() {
        let mut store = full(3);
        assert_eq!(store.newest_mut(0, |value| *value < 2), Some(&mut 1));
        store.prolong(handle(0), 0, 200);
        assert_eq!(store.newest_mut(0, |_| true), Some(&mut 0));
        assert_eq!(store.newest_mut(0, |value| *value > 2), None);
        assert_eq!(store.newest_mut(150, |_| true), Some(&mut 0), "the others are over");
    }

    #[test]
    fn what_was_taken_is_gone() {
        let mut store = full(1);
        assert_eq!((store.take(handle(0), 0), store.take(handle(0), 0)), (Some(0), None));
        assert!(store.order.is_empty());
    }

    #[test]
    fn what_is_there_is_not_kept_anew_before_its_time() {
        let mut store = Store::new(2);
        assert!(store.put_new(handle(0), 0, 0, 10));
        assert!(!store.put_new(handle(0), 1, 9, 100), "and its time stays");
        assert_eq!(store.get(handle(0), 9), Some(&0));
        assert!(store.put_new(handle(0), 1, 10, 10));
        assert!(store.put_new(handle(1), 1, 10, 10) && store.put_new(handle(2), 2, 10, 10));
        assert!(store.put_new(handle(0), 2, 10, 10), "it went first");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", full(2)), "Store(2 of 2)");
    }
}
