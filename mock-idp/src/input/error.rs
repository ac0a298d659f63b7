use std::fmt;
use std::ops::Range;

/// What is wrong with a piece of input, and where.
///
/// Data only: a command line renders it with the source and a caret, the mint
/// endpoint as an RFC 9457 problem that names the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// The place as a path, such as `scenario[0].variant[1].token[0].set`.
    pub path: String,
    /// Byte range in the source text; `None` where the input was JSON.
    pub span: Option<Range<usize>>,
    /// What is wrong, in a lower-case fragment.
    pub message: String,
    /// What to write instead, when that can be said.
    pub help: Option<String>,
}

impl InputError {
    /// Adds what to write instead.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Line and column (both from 1) of the error in `source`, if it has a span.
    #[must_use]
    pub fn line_and_column(&self, source: &str) -> Option<(usize, usize)> {
        let start = self.span.as_ref()?.start.min(source.len());
        let before = source.get(..start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Some((line, column))
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InputError {}

/// The known word that a mistyped one most resembles: at most a third of its
/// letters differ.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(word, known).into_iter().next()
}

/// How many words are offered for a mistyped one.
const OFFERED: usize = 5;

/// The known words that a mistyped one resembles, the most alike first: at most a
/// third of their letters differ.
#[must_use]
pub fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<_> = known
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(OFFERED).map(|(_, candidate)| candidate).collect()
}

/// Levenshtein distance between two short words.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substitution = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_word_that_was_meant() {
        assert_eq!(nearest("clam", ["claim", "header"]), Some("claim"));
        assert_eq!(near("id-tokn", ["no-scope", "no-id-token", "id-token"]), ["id-token"]);
        assert_eq!(nearest("entirely-else", ["claim", "header"]), None);
    }

    #[test]
    fn a_span_is_told_as_line_and_column() {
        let error = InputError { path: String::new(), span: Some(6..7), message: "x".into(), help: None };
        assert_eq!(error.line_and_column("a = 1\nb = 2"), Some((2, 1)));
    }
}
