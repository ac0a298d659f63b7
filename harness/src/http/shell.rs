use std::fmt;

/// A POSIX shell expression in whose place its value is put, such as
/// `$(badpenny mint time/expired@one-hour)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellExpression(String);

impl ShellExpression {
    /// The output of a command, of which every argument is quoted as it needs.
    ///
    /// ```
    /// # use badpenny::http::ShellExpression;
    /// let mint = ShellExpression::output_of(["badpenny", "mint", "a@b", "--idp", "http://[::1]:9/?x"]);
    /// assert_eq!(mint.to_string(), "$(badpenny mint a@b --idp 'http://[::1]:9/?x')");
    /// ```
    pub fn output_of<T: AsRef<str>>(command: impl IntoIterator<Item = T>) -> Self {
        let words: Vec<String> = command.into_iter().map(|word| quote(word.as_ref())).collect();
        Self(format!("$({})", words.join(" ")))
    }

    /// The value of a shell or environment variable, as `${NAME}`.
    ///
    /// Characters that no such name has are dropped.
    #[must_use]
    pub fn variable(name: &str) -> Self {
        Self(format!("${{{}}}", variable_name(name)))
    }

    /// The same, as `${NAME:?}`: without the variable the shell says so, and runs
    /// nothing.
    #[must_use]
    pub fn required_variable(name: &str) -> Self {
        Self(format!("${{{}:?}}", variable_name(name)))
    }
}

impl fmt::Display for ShellExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn variable_name(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// One word of a command, quoted only when it is rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Word(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Expression(ShellExpression),
}

impl Word {
    /// A word of these bytes, none of which is NUL.
    pub(crate) fn literal(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Piece::Literal(bytes.into())])
    }

    /// A word of these bytes and an expression behind them.
    pub(crate) fn before(bytes: impl Into<Vec<u8>>, expression: ShellExpression) -> Self {
        Self(vec![Piece::Literal(bytes.into()), Piece::Expression(expression)])
    }

    /// Puts an expression in the place of each occurrence of `value`.
    pub(super) fn replace(self, value: &[u8], expression: &ShellExpression) -> Self {
        if value.is_empty() {
            return self;
        }
        let mut pieces = Vec::new();
        for piece in self.0 {
            match piece {
                Piece::Literal(bytes) => split(&bytes, value, expression, &mut pieces),
                Piece::Expression(_) => pieces.push(piece),
            }
        }
        Self(pieces)
    }

    /// Changes the bytes between expressions.
    pub(super) fn map_literals(self, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        let pieces = self.0.into_iter().map(|piece| match piece {
            Piece::Literal(bytes) => Piece::Literal(change(&bytes)),
            Piece::Expression(_) => piece,
        });
        Self(pieces.collect())
    }

    /// Whether it begins with these bytes as they are.
    pub(super) fn begins_with(&self, bytes: &[u8]) -> bool {
        matches!(self.0.first(), Some(Piece::Literal(literal)) if literal.starts_with(bytes))
    }

    fn has_expression(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Expression(_)))
    }

    /// Whether it may stand in one pair of double quotes without an escape.
    fn fits_double_quotes(&self) -> bool {
        self.0.iter().all(|piece| match piece {
            Piece::Literal(bytes) => bytes.iter().all(|byte| is_plain(*byte) && !is_special(*byte)),
            Piece::Expression(_) => true,
        })
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_expression() && self.fits_double_quotes() {
            f.write_str("\"")?;
            for piece in &self.0 {
                match piece {
                    Piece::Literal(bytes) => f.write_str(&String::from_utf8_lossy(bytes))?,
                    Piece::Expression(expression) => write!(f, "{expression}")?,
                }
            }
            return f.write_str("\"");
        }
        for piece in &self.0 {
            match piece {
                Piece::Literal(bytes) => f.write_str(&quote_bytes(bytes))?,
                Piece::Expression(expression) => write!(f, "\"{expression}\"")?,
            }
        }
        Ok(())
    }
}

/// Cuts `bytes` at each `value`.
fn split(bytes: &[u8], value: &[u8], expression: &ShellExpression, pieces: &mut Vec<Piece>) {
    let mut rest = bytes;
    while let Some(at) = rest.windows(value.len()).position(|window| window == value) {
        if at > 0 {
            pieces.push(Piece::Literal(rest[..at].to_vec()));
        }
        pieces.push(Piece::Expression(expression.clone()));
        rest = &rest[at + value.len()..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(rest.to_vec()));
    }
}

fn quote(text: &str) -> String {
    quote_bytes(text.as_bytes())
}

/// Runs of printable characters and line feeds in single quotes, where they need
/// them; all other bytes as the output of `printf`, the one portable notation.
fn quote_bytes(bytes: &[u8]) -> String {
    if !bytes.is_empty() && bytes.iter().all(|byte| is_bare(*byte)) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if bytes.is_empty() {
        return "''".into();
    }
    bytes.chunk_by(|a, b| is_quotable(*a) == is_quotable(*b)).map(quote_run).collect()
}

fn quote_run(run: &[u8]) -> String {
    if run.first().is_some_and(|byte| is_quotable(*byte)) {
        let text = String::from_utf8_lossy(run);
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let octal: String = run.iter().map(|byte| format!("\\{byte:03o}")).collect();
    format!("\"$(printf '{octal}')\"")
}

/// Printable ASCII.
fn is_plain(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

/// What a reader sees as it is in single quotes. A line feed is among it, since
/// `$(...)` would drop one at its end.
fn is_quotable(byte: u8) -> bool {
    is_plain(byte) || byte == b'\n'
}

/// What means something inside of double quotes; `!` does in interactive shells.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'$' | b'`' | b'\\' | b'!')
}

/// What needs no quotes anywhere in a word.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._/:@%+,=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rstest::rstest;

    use super::*;

    /// What a shell makes of a word.
    fn evaluate(word: &str) -> Vec<u8> {
        let script = format!("T=secret; printf %s {word}");
        let output = Command::new("sh").args(["-c", &script]).output();
        output.unwrap().stdout
    }

    #[rstest]
    #[case(b"plain/word:1", "plain/word:1")]
    #[case(b"", "''")]
    #[case(b"two words", "'two words'")]
    #[case(b"it's $HOME `x` \\", r"'it'\''s $HOME `x` \'")]
    #[case(b"a\n\n", "'a\n\n'")]
    #[case(b"a\xff\tb", r#"'a'"$(printf '\377\011')"'b'"#)]
    fn a_word_is_quoted_as_it_needs(#[case] bytes: &[u8], #[case] expected: &str) {
        let word = Word::literal(bytes).to_string();
        assert_eq!(word, expected);
        assert_eq!(evaluate(&word), bytes);
    }

    #[rstest]
    #[case(b"Bearer SECRET", r#""Bearer ${T}""#, b"Bearer secret")]
    #[case(b"SECRET.SECRET", r#""${T}.${T}""#, b"secret.secret")]
    #[case(b"$x! SECRET'", r#"'$x! '"${T}"''\'''"#, b"$x! secret'")]
    #[case(b"Bearer \xffSECRET", r#"'Bearer '"$(printf '\377')""${T}""#, b"Bearer \xffsecret")]
    fn an_expression_takes_the_place_of_a_value(#[case] bytes: &[u8], #[case] expected: &str, #[case] value: &[u8]) {
        let expression = ShellExpression::variable("T");
        let word = Word::literal(bytes).replace(b"SECRET", &expression);
        assert_eq!(word.to_string(), expected);
        assert_eq!(evaluate(&word.to_string()), value);
    }

    #[test]
    fn a_variable_has_no_characters_but_those_of_a_name() {
        assert_eq!(ShellExpression::variable("A_1; rm").to_string(), "${A_1rm}");
    }
}
