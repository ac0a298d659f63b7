use std::sync::Arc;

use super::Entry;

/// How many texts an entry has.
const TEXTS: usize = 6;
/// The length of a text that is not there.
const NONE: u16 = u16::MAX;

/// An entry as it is kept: its texts lie one behind another, so that ten thousand of them stay small.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) number: u64,
    time: i64,
    texts: Arc<str>,
    lengths: [u16; TEXTS],
    status: u16,
    cookie: bool,
    route: &'static str,
    /// Where there is any of it.
    rare: Option<Box<Rare>>,
}

/// What few entries have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rare {
    fault: Option<&'static str>,
    jwks_revision: Option<u64>,
    note: Option<&'static str>,
}

impl From<Entry> for Kept {
    fn from(entry: Entry) -> Self {
        let texts: [Option<&str>; TEXTS] = [
            Some(&entry.method),
            Some(&entry.path),
            entry.query.as_deref(),
            entry.server.as_deref(),
            entry.user_agent.as_deref(),
            entry.authorization.as_deref(),
        ];
        let rare = Rare { fault: entry.fault, jwks_revision: entry.jwks_revision, note: entry.note };
        // No text of an entry is so long.
        let length = |text: &str| u16::try_from(text.len()).unwrap_or(NONE);
        Self {
            number: entry.number,
            time: entry.time,
            lengths: texts.map(|text| text.map_or(NONE, length)),
            texts: texts.into_iter().flatten().collect::<String>().into(),
            status: entry.status,
            cookie: entry.cookie,
            route: entry.route,
            rare: Some(rare).filter(|rare| *rare != Rare::default()).map(Box::new),
        }
    }
}

impl Kept {
    /// Shares the texts of another one where they are the same, as those of many requests in a row are.
    pub(super) fn sharing(mut self, other: Option<&Self>) -> Self {
        if let Some(other) = other.filter(|other| other.texts == self.texts) {
            self.texts = Arc::clone(&other.texts);
        }
        self
    }

    /// The entry again.
    pub(super) fn entry(&self) -> Entry {
        let mut rest: &str = &self.texts;
        let [method, path, query, server, user_agent, authorization] = self.lengths.map(|length| {
            let (text, behind) = rest.split_at_checked(usize::from(length)).filter(|_| length != NONE)?;
            rest = behind;
            Some(text.to_owned())
        });
        let rare = self.rare.as_deref().copied().unwrap_or_default();
        Entry {
            number: self.number,
            time: self.time,
            method: method.unwrap_or_default(),
            path: path.unwrap_or_default(),
            query,
            route: self.route,
            server,
            status: self.status,
            user_agent,
            authorization,
            cookie: self.cookie,
            fault: rare.fault,
            jwks_revision: rare.jwks_revision,
            note: rare.note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_as_it_was_kept() {
        let mut entry = Entry::of_handshake("keys", "default", 7);
        (entry.number, entry.status, entry.cookie) = (3, 401, true);
        (entry.jwks_revision, entry.note) = (Some(5), Some("code-again"));
        assert_eq!(Kept::from(entry.clone()).entry(), entry);
        (entry.method, entry.path) = ("GET".into(), "/é".into());
        (entry.query, entry.user_agent, entry.server) = (Some(String::new()), Some("ü".into()), None);
        entry.authorization = Some("ba7816bf".into());
        assert_eq!(Kept::from(entry.clone()).entry(), entry);
        let (same, other) = (Kept::from(entry.clone()), Kept::from(Entry::of_handshake("keys", "default", 7)));
        let shared = Kept::from(entry.clone()).sharing(Some(&same));
        assert!(Arc::ptr_eq(&shared.texts, &same.texts));
        assert_eq!(shared.sharing(Some(&other)).entry(), entry);
    }
}
