use super::Answer;
use crate::catalogue::FindError;

/// Why a text is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// There is none of that name.
    #[error("no answer is called \"{name}\": {}", hint(.near))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names like it, the most alike first.
        near: Vec<&'static str>,
    },
    /// Before the slash stands no endpoint.
    #[error("\"{place}\" is no endpoint that answers otherwise: known are {}", known.join(", "))]
    Place {
        /// What stands there.
        place: String,
        /// What could.
        known: Vec<&'static str>,
    },
    /// The answer is another endpoint's.
    #[error("\"{name}\" changes what {own} answers, and nothing at {place}: leave {place} out")]
    Elsewhere {
        /// The answer.
        name: &'static str,
        /// Whose it is.
        own: &'static str,
        /// Where it was asked for.
        place: &'static str,
    },
    /// A value is missing.
    #[error("\"{name}\" takes a value: write {name}={example}")]
    NoValue {
        /// The answer.
        name: &'static str,
        /// One that it takes.
        example: &'static str,
    },
    /// It takes no value.
    #[error("\"{name}\" takes no value: leave out what begins with `=`")]
    Value {
        /// The answer.
        name: &'static str,
    },
    /// `token` names no scenario.
    #[error(transparent)]
    Scenario(#[from] FindError),
    /// `error` names no error of Okta.
    #[error("no error is called \"{name}\": {}", hint(.near))]
    Error {
        /// What was asked for.
        name: String,
        /// Names like it, the most alike first.
        near: Vec<&'static str>,
    },
    /// `delay` is no time.
    #[error("\"{text}\" is no delay: give seconds from 0 to {}", Answer::LONGEST_DELAY.as_secs())]
    Delay {
        /// What stands there.
        text: String,
    },
}

/// Why an order can't stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// There is no such authorization server.
    #[error("there is no authorization server \"{server}\": known are {}", known.join(", "))]
    UnknownServer {
        /// What was asked for.
        server: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The server has no such client.
    #[error("the server has no client \"{client}\"")]
    UnknownClient {
        /// What was asked for.
        client: String,
    },
    /// An answer about a document, for one client.
    #[error("\"{answer}\" is about a document that is fetched without saying by which client: leave `client` out")]
    OfNobody {
        /// The answer.
        answer: String,
    },
    /// It would never be given.
    #[error("`times` says how many requests are answered so: one at least")]
    Never,
    /// As many stand already as there may be.
    #[error("{limit} answers stand already: POST /_mock/restore takes them away")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
}

fn hint(near: &[&str]) -> String {
    match near {
        [] => "GET /_mock/answers and ANSWERS.md list all of them".to_owned(),
        near => format!("did you mean {}?", near.join(", ")),
    }
}
