//! How the settings are written down.

use clap::ValueEnum;

use super::super::error::CliError;
use super::variables::Variables;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum Format {
    /// `export` lines for a POSIX shell
    Shell,
    /// A `.env` file
    Dotenv,
    /// The `.env` file of Okta's command line, `.okta.env`
    Okta,
}

/// Okta's names, in the order of Okta's command line.
const OKTA: [(&str, &str); 3] = [
    ("ISSUER", "OKTA_OAUTH2_ISSUER"),
    ("CLIENT_ID", "OKTA_OAUTH2_CLIENT_ID"),
    ("CLIENT_SECRET", "OKTA_OAUTH2_CLIENT_SECRET"),
];

impl Format {
    pub(super) fn text(self, variables: &Variables) -> Result<String, CliError> {
        match self {
            Self::Shell => {
                Ok(variables.all().map(|(name, value)| format!("export {name}={}\n", quoted(value))).collect())
            }
            Self::Dotenv => dotenv(variables),
            Self::Okta => Ok(okta(variables)),
        }
    }
}

fn dotenv(variables: &Variables) -> Result<String, CliError> {
    let line = |(name, value): &(&'static str, String)| {
        let word = dotenv_word(value).ok_or(CliError::NoDotenvWord { name })?;
        Ok::<_, CliError>(format!("{name}={word}\n"))
    };
    let lines = |all: &[(&'static str, String)]| all.iter().map(line).collect::<Result<String, _>>();
    Ok(format!(
        "{}# Node and Java read theirs as they start, before they read this file: set them in the\n\
         # shell, or start the program with `mock-idp run`.\n{}",
        lines(&variables.agreed)?,
        lines(&variables.trust)?
    ))
}

fn okta(variables: &Variables) -> String {
    let value = |wanted: &str| variables.all().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let known = OKTA.iter().filter_map(|(ours, theirs)| Some((theirs, value(ours)?)));
    known.map(|(name, value)| format!("export {name}=\"{}\"\n", in_double_quotes(value))).collect()
}

/// One word of a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// The same within double quotes.
fn in_double_quotes(value: &str) -> String {
    let is_special = |letter| matches!(letter, '"' | '\\' | '$' | '`');
    value.chars().flat_map(|letter| is_special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

/// A value that every reader of such files takes for the same text: they agree on words
/// without special letters, and on single quotes around a text without escapes.
fn dotenv_word(value: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:@,+%=~".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        return Some(value.to_owned());
    }
    let is_clear = |letter: char| !letter.is_control() && !matches!(letter, '\'' | '\\');
    value.chars().all(is_clear).then(|| format!("'{value}'"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_value_stays_one_word_of_the_shell() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(in_double_quotes(r#"a"b$c`d\e"#), r#"a\"b\$c\`d\\e"#);
    }

    #[rstest]
    #[case("https://127.0.0.1:9443/oauth2/default", Some("https://127.0.0.1:9443/oauth2/default"))]
    #[case("two words # and more", Some("'two words # and more'"))]
    #[case("$HOME", Some("'$HOME'"))]
    #[case("", Some("''"))]
    #[case("it's", None)]
    #[case("a\nb", None)]
    fn a_value_of_a_dotenv_file_means_the_same_to_everybody(#[case] value: &str, #[case] word: Option<&str>) {
        assert_eq!(dotenv_word(value).as_deref(), word);
    }
}
