use std::cell::RefCell;
use std::collections::HashSet;

use super::{Entry, InputError, Node, Value, nearest};

/// A table that is being read: each member is taken by name, and
/// [`Table::finish`] refuses what nobody took.
#[derive(Debug)]
pub struct Table<'a> {
    node: &'a Node,
    entries: &'a [Entry],
    asked: RefCell<HashSet<&'static str>>,
}

impl Node {
    /// This node as a table.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_table(&self) -> Result<Table<'_>, InputError> {
        match &self.value {
            Value::Table(entries) => Ok(Table { node: self, entries, asked: RefCell::default() }),
            _ => Err(self.expected("a table")),
        }
    }

    /// This node as an array.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_array(&self) -> Result<&[Self], InputError> {
        match &self.value {
            Value::Array(items) => Ok(items),
            _ => Err(self.expected("an array")),
        }
    }

    /// This node as text.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_str(&self) -> Result<&str, InputError> {
        match &self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.expected("a string")),
        }
    }

    /// This node as a list of texts.
    ///
    /// # Errors
    ///
    /// When it is no list, or something else stands in it.
    pub fn as_texts(&self) -> Result<Vec<String>, InputError> {
        self.as_array()?.iter().map(|each| each.as_str().map(str::to_owned)).collect()
    }

    /// This node as an integer.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_integer(&self) -> Result<i64, InputError> {
        match self.value {
            Value::Integer(number) => Ok(number),
            _ => Err(self.expected("an integer")),
        }
    }

    /// This node as a count, an integer that is not negative and at most `limit`.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_count(&self, limit: usize) -> Result<usize, InputError> {
        usize::try_from(self.as_integer()?)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or_else(|| self.error(format!("expected a number from 0 to {limit}")))
    }

    /// This node as a number of either kind.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_number(&self) -> Result<f64, InputError> {
        match self.value {
            #[expect(clippy::cast_precision_loss, reason = "seconds and counts, far below 2^53")]
            Value::Integer(number) => Ok(number as f64),
            Value::Float(number) => Ok(number),
            _ => Err(self.expected("a number")),
        }
    }

    /// This node as `true` or `false`.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn as_bool(&self) -> Result<bool, InputError> {
        match self.value {
            Value::Bool(flag) => Ok(flag),
            _ => Err(self.expected("true or false")),
        }
    }

    /// The one of `choices` that this text names.
    ///
    /// # Errors
    ///
    /// When it is not text, or names none of them; the help lists them.
    pub fn as_choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Result<T, InputError> {
        let text = self.as_str()?;
        choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.error(format!("\"{text}\" is not known here")).with_help(known(text, &names))
        })
    }
}

impl<'a> Table<'a> {
    /// The member of that name, if it is there.
    pub fn get(&self, name: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().insert(name);
        self.entries.iter().find(|entry| entry.name == name).map(|entry| &entry.node)
    }

    /// The member of that name.
    ///
    /// # Errors
    ///
    /// When it is missing.
    pub fn require(&self, name: &'static str) -> Result<&'a Node, InputError> {
        self.get(name).ok_or_else(|| self.node.error(format!("`{name}` is missing")))
    }

    /// Whether the flag of that name is there and true.
    ///
    /// # Errors
    ///
    /// When it is there and not a boolean.
    pub fn flag(&self, name: &'static str) -> Result<bool, InputError> {
        self.get(name).map_or(Ok(false), Node::as_bool)
    }

    /// The text of that name, if it is there.
    ///
    /// # Errors
    ///
    /// When it is there and not text.
    pub fn text(&self, name: &'static str) -> Result<Option<&'a str>, InputError> {
        self.get(name).map(Node::as_str).transpose()
    }

    /// The table's own place, for errors about the whole.
    #[must_use]
    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// Names of all members, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// Its members, in order.
    #[must_use]
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// The word that the table is about, with its entry of `words`: the first
    /// member, or any member where the order means nothing (JSON).
    ///
    /// # Errors
    ///
    /// When no member is a known word; `what` says what one was looked for.
    pub fn word<'w, T>(&self, words: &'w [(&'static str, T)], what: &str) -> Result<(&'a Node, &'w T), InputError> {
        let first = self.names().next().unwrap_or_default();
        let found = words
            .iter()
            .find(|(word, _)| *word == first)
            .or_else(|| words.iter().find(|(word, _)| self.names().any(|name| name == *word)));
        let Some((word, entry)) = found else {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            return Err(self.node.error(format!("`{first}` is not {what}")).with_help(known(first, &names)));
        };
        Ok((self.require(word)?, entry))
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// When a member was never asked for: a word that is unknown here.
    pub fn finish(&self) -> Result<(), InputError> {
        let asked = self.asked.borrow();
        let Some(entry) = self.entries.iter().find(|entry| !asked.contains(entry.name.as_str())) else {
            return Ok(());
        };
        let mut names: Vec<&str> = asked.iter().copied().collect();
        names.sort_unstable();
        let error = InputError {
            path: entry.node.path.clone(),
            span: entry.name_span.clone().or_else(|| entry.node.span.clone()),
            message: format!("`{}` is not known here", entry.name),
            help: None,
        };
        Err(error.with_help(known(&entry.name, &names)))
    }
}

/// `did you mean …?` where that can be said, else the list.
fn known(word: &str, names: &[&str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_toml;

    #[test]
    fn a_member_that_nobody_asked_for_is_refused_with_the_nearest_word() {
        let root = parse_toml("clam = 'exp'\n").unwrap();
        let table = root.as_table().unwrap();
        assert!(table.get("claim").is_none());
        let error = table.finish().unwrap_err();
        assert_eq!(error.to_string(), "clam: `clam` is not known here (did you mean `claim`?)");
        assert_eq!(error.span, Some(0..4));
    }
}
