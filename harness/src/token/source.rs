use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::http::Redactor;
use crate::printable::printable;

/// Where a secret stands: never in an argument, which everybody on the machine
/// can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// `env:NAME`: an environment variable.
    Env(String),
    /// `file:PATH`: the content of a file.
    File(PathBuf),
    /// `cmd:COMMAND`: what a command line writes, as `sh` reads it.
    Command(String),
}

/// Why a text names no place of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It may be the secret itself; it is not repeated.
    #[error(
        "give the place and not the secret itself, which everybody on this machine can see in the list of processes: env:NAME, file:PATH or cmd:COMMAND"
    )]
    Bare,
    /// Nothing stands behind the colon.
    #[error("nothing stands behind \"{kind}:\"")]
    Empty {
        /// `env`, `file` or `cmd`.
        kind: &'static str,
    },
}

/// A secret. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a secret could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// There is no such variable, or it is no text.
    #[error("the environment variable {name} is not set")]
    NoVariable {
        /// Its name.
        name: String,
    },
    /// The file can't be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The command can't be started, or does not end.
    #[error("the command that was to write it could not be carried out: {reason}")]
    NotDone {
        /// What the system said.
        reason: String,
    },
    /// The command says that it failed.
    #[error("the command that was to write it ended with {status}: {said}")]
    Failed {
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it wrote on standard error.
        said: String,
    },
    /// There is nothing in it.
    #[error("there is nothing in {place}")]
    Empty {
        /// Where.
        place: String,
    },
}

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How much of what it said is shown, in characters.
const SHOWN: usize = 300;

impl SecretSource {
    /// Reads the secret, without the white space around it; a command does not
    /// inherit the variables that are `withheld`.
    ///
    /// # Errors
    ///
    /// [`SecretError`] when it is not there, or empty.
    pub async fn read(&self, withheld: &[String]) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| SecretError::NoVariable { name: name.clone() })?,
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|source| SecretError::Unreadable { path: path.clone(), source })?,
            Self::Command(command) => output_of(command, withheld).await?,
        };
        match text.trim() {
            "" => Err(SecretError::Empty { place: self.to_string() }),
            text => Ok(Secret(text.to_owned())),
        }
    }

    /// Whether another secret may be there at another time.
    #[must_use]
    pub fn can_renew(&self) -> bool {
        !matches!(self, Self::Env(_))
    }

    /// The environment variable that holds it, which no process that is started may have.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Env(name) => Some(name),
            Self::File(_) | Self::Command(_) => None,
        }
    }
}

async fn output_of(command: &str, withheld: &[String]) -> Result<String, SecretError> {
    let not_done = |reason: String| SecretError::NotDone { reason };
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null()).kill_on_drop(true);
    for name in withheld {
        shell.env_remove(name);
    }
    let output = tokio::time::timeout(LIMIT, shell.output()).await;
    let output = output.map_err(|_| not_done(format!("it did not end within {} s", LIMIT.as_secs())))?;
    let output = output.map_err(|error| not_done(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = Redactor::new([output.stdout.trim_ascii()]).text(String::from_utf8_lossy(&output.stderr).trim());
    let said = printable(&said).chars().take(SHOWN).collect();
    Err(SecretError::Failed { status: output.status, said })
}

impl Secret {
    /// Takes a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl std::str::FromStr for SecretSource {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let (kind, rest) = text.split_once(':').ok_or(SourceError::Bare)?;
        let of = |kind, source: Self| if rest.is_empty() { Err(SourceError::Empty { kind }) } else { Ok(source) };
        match kind {
            "env" => of("env", Self::Env(rest.to_owned())),
            "file" => of("file", Self::File(PathBuf::from(rest))),
            "cmd" => of("cmd", Self::Command(rest.to_owned())),
            _ => Err(SourceError::Bare),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            // It may hold a secret of its own.
            Self::Command(_) => f.write_str("a command"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_and_a_secret_itself_is_refused_without_being_repeated() {
        for text in ["env:TOKEN", "file:/run/token"] {
            assert_eq!(text.parse::<SecretSource>().unwrap().to_string(), text);
        }
        let command = "cmd:vault read -field=token a:b".parse::<SecretSource>().unwrap();
        assert_eq!(command, SecretSource::Command("vault read -field=token a:b".to_owned()));
        for secret in ["eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "https://a/b", "Bearer:x"] {
            let error = secret.parse::<SecretSource>().unwrap_err();
            assert_eq!(error, SourceError::Bare);
            assert!(!error.to_string().contains(secret));
        }
        assert_eq!("env:".parse::<SecretSource>(), Err(SourceError::Empty { kind: "env" }));
    }

    #[tokio::test]
    async fn a_command_writes_the_secret_and_tells_why_it_could_not() {
        let read = |text: &str| {
            let source: SecretSource = text.parse().unwrap();
            async move { source.read(&[]).await }
        };
        assert_eq!(read("cmd:echo hush").await.unwrap().expose(), "hush");
        let error = read("cmd:echo no such entry >&2; exit 3").await.unwrap_err().to_string();
        assert!(error.ends_with("ended with exit status: 3: no such entry"), "{error}");
        assert!(read("cmd:true").await.unwrap_err().to_string().contains("there is nothing in a command"));
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(..)");
    }
}
