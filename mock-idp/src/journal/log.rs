use std::collections::{BTreeMap, VecDeque};

use super::kept::Kept;
use super::{CAPACITY, Entry, KID_CAPACITY, KidCounters, OTHER_KIDS, ServerCounters};

/// What is kept of one authorization server, or of what belongs to none: a
/// ring of requests, and counts.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// By number.
    entries: VecDeque<Kept>,
    /// `None` until something was asked.
    pub(super) counters: Option<ServerCounters>,
    kids: BTreeMap<String, KidCounters>,
}

impl Log {
    /// Keeps an entry; the oldest one goes where there are too many.
    pub(super) fn keep(&mut self, entry: Entry) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        } else if self.entries.len() == self.entries.capacity() {
            // No more room than is ever used.
            let room = (2 * self.entries.len() + 16).min(CAPACITY);
            self.entries.reserve_exact(room - self.entries.len());
        }
        let kept = Kept::from(entry).sharing(self.entries.back());
        self.entries.push_back(kept);
    }

    /// The kept requests behind that number, oldest first.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = Entry> {
        let start = self.entries.partition_point(|entry| entry.number <= number);
        self.entries.range(start..).map(Kept::entry)
    }

    /// The counts, which begin now if they have not yet.
    pub(super) fn count(&mut self) -> &mut ServerCounters {
        self.counters.get_or_insert_default()
    }

    pub(super) fn kid(&mut self, kid: &str) -> &mut KidCounters {
        let known = self.kids.len() < KID_CAPACITY || self.kids.contains_key(kid);
        self.kids.entry(if known { kid } else { OTHER_KIDS }.to_owned()).or_default()
    }

    pub(super) fn kids(&self) -> &BTreeMap<String, KidCounters> {
        &self.kids
    }
}
