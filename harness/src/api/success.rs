use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

use super::place::is_pointer;
use super::{ApiError, documents};
use crate::http::{Answer, Streams, is_event_stream};

/// What an answer looks like that serves what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Success {
    /// `2xx`: any 2xx that is not the envelope of a refusal, which is learned.
    #[default]
    Any,
    /// `status:204`: that status.
    Status(u16),
    /// `json:/POINTER`: a 2xx with JSON in which there is something there.
    Json(String),
    /// `graphql`: a 2xx with `data` and without `errors` (GraphQL, section 7.1).
    GraphQl,
    /// `json-rpc`: a 2xx with a `result` and without an `error` (JSON-RPC 2.0, section 5).
    JsonRpc,
    /// `upgrade`: 101, the connection speaks another protocol from then on (RFC
    /// 9110, section 15.2.2).
    Upgrade,
    /// `stream`: a 2xx whose body stays open: its head, and what comes first.
    Stream,
}

/// How long an event is waited for that is read.
const WAIT_FOR_NAME: Duration = Duration::from_secs(3);

/// Each word with an example.
const WORDS: [(&str, &str); 7] = [
    ("2xx", "2xx"),
    ("status", "status:204"),
    ("json", "json:/data"),
    ("graphql", "graphql"),
    ("json-rpc", "json-rpc"),
    ("upgrade", "upgrade"),
    ("stream", "stream"),
];

impl Success {
    /// Whether it says more than that the status is a success.
    #[must_use]
    pub fn is_declared(&self) -> bool {
        *self != Self::Any
    }

    /// Whether an answer is one. Of [`Success::Any`], whether it may be.
    #[must_use]
    pub fn holds(&self, answer: &Answer) -> bool {
        self.begins(answer.status)
            && match self {
                Self::Any | Self::Status(_) | Self::Upgrade | Self::Stream => true,
                Self::Json(pointer) => documents(answer).iter().any(|body| is_there(body.pointer(pointer))),
                Self::GraphQl => has(answer, "data", "errors"),
                Self::JsonRpc => has(answer, "result", "error"),
            }
    }

    /// Whether an answer with that status may be one.
    #[must_use]
    pub fn begins(&self, status: u16) -> bool {
        match self {
            Self::Status(due) => status == *due,
            Self::Upgrade => status == 101,
            _ => (200..300).contains(&status),
        }
    }

    /// Whether the body has a say, so that the status says nothing of a refusal
    /// that comes as a success.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::GraphQl | Self::JsonRpc)
    }

    /// Whether an answer refuses where its protocol refuses: in the body of a 2xx.
    #[must_use]
    pub fn refuses_in_body(&self, answer: &Answer) -> bool {
        self.is_in_body() && (200..300).contains(&answer.status) && !self.holds(answer)
    }

    /// What an answer lacks that begins like one, for a person.
    #[must_use]
    pub fn lack(&self) -> String {
        match self {
            Self::Any => "the status is no success".to_owned(),
            Self::Status(due) => format!("the status is not {due}"),
            Self::Json(pointer) => format!("there is nothing at {pointer} of its body"),
            Self::GraphQl => "it has no `data`, or it has `errors`".to_owned(),
            Self::JsonRpc => "it has no `result`, or it has an `error`".to_owned(),
            Self::Upgrade => "the status is not 101".to_owned(),
            Self::Stream => "the status is no success".to_owned(),
        }
    }

    /// What an answer looks like that serves somebody; `None` where it is no success.
    #[must_use]
    pub fn of(answer: &Answer) -> Option<Self> {
        let kinds = [Self::Upgrade, Self::JsonRpc, Self::GraphQl];
        let own = kinds.into_iter().find(|kind| kind.holds(answer));
        let open = (answer.goes_on && is_event_stream(answer)).then_some(Self::Stream);
        own.or(open).or_else(|| Self::Any.begins(answer.status).then_some(Self::Any))
    }

    /// How much the client reads of a body that stays open; `told` where it is
    /// declared that the answer names the caller, which is worth a wait.
    #[must_use]
    pub fn streams(&self, told: bool) -> Streams {
        let usual = Streams::default();
        let usual = if told { Streams { quiet: Some(WAIT_FOR_NAME), ..usual } } else { usual };
        match self {
            Self::Stream => Streams { any_body: true, ..usual },
            // Notices may come before the answer, which the deadline is for.
            Self::JsonRpc => Streams { tells: |data| is_answer(data, "result", "error"), quiet: None, ..usual },
            Self::GraphQl => Streams { tells: |data| is_answer(data, "data", "errors"), quiet: None, ..usual },
            Self::Json(_) => Streams { quiet: Some(WAIT_FOR_NAME), ..usual },
            Self::Any | Self::Status(_) | Self::Upgrade => usual,
        }
    }
}

impl FromStr for Success {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let (word, value) = text.split_once(':').unwrap_or((text, ""));
        let Some((word, example)) = WORDS.into_iter().find(|(known, _)| *known == word) else {
            let known = WORDS.map(|(_, example)| example).to_vec();
            return Err(ApiError::Unknown { what: "kind of success", word: text.to_owned(), known });
        };
        let takes_value = matches!(word, "status" | "json");
        let unusable = |must| Err(ApiError::Unusable { word, value: value.to_owned(), must });
        match (takes_value, value.is_empty()) {
            (true, true) => Err(ApiError::NoValue { word: word.to_owned(), example }),
            (false, false) => Err(ApiError::Value { word: word.to_owned() }),
            (true, false) if word == "json" => match is_pointer(value) {
                true => Ok(Self::Json(value.to_owned())),
                false => unusable("a JSON Pointer such as /data, which begins with /"),
            },
            (true, false) => match value.parse() {
                Ok(status) if (200..400).contains(&status) => Ok(Self::Status(status)),
                _ => unusable("a status from 200 to 399, since others refuse; for 101 write upgrade"),
            },
            (false, true) => Ok(match word {
                "graphql" => Self::GraphQl,
                "json-rpc" => Self::JsonRpc,
                "upgrade" => Self::Upgrade,
                "stream" => Self::Stream,
                _ => Self::Any,
            }),
        }
    }
}

impl fmt::Display for Success {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("2xx"),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::Json(pointer) => write!(f, "json:{pointer}"),
            Self::GraphQl => f.write_str("graphql"),
            Self::JsonRpc => f.write_str("json-rpc"),
            Self::Upgrade => f.write_str("upgrade"),
            Self::Stream => f.write_str("stream"),
        }
    }
}

/// Whether a document has the one member, and none the other.
fn has(answer: &Answer, served: &str, refused: &str) -> bool {
    let documents = documents(answer);
    documents.iter().any(|body| is_there(body.get(served))) && !documents.iter().any(|body| is_there(body.get(refused)))
}

/// Whether an event's data is the answer, and no notice before it.
fn is_answer(data: &[u8], served: &str, refused: &str) -> bool {
    let body: Option<Value> = serde_json::from_slice(data).ok();
    body.is_some_and(|body| body.get(served).is_some() || body.get(refused).is_some())
}

/// `null` and an empty list say that there is nothing.
fn is_there(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2xx", 204, "", true)]
    #[case("2xx", 302, "", false)]
    #[case("status:204", 204, "", true)]
    #[case("status:204", 200, "{}", false)]
    #[case("json:/data/id", 200, r#"{"data":{"id":7}}"#, true)]
    #[case("json:/data/id", 200, r#"{"data":{"id":null}}"#, false)]
    #[case("json:/data/id", 401, r#"{"data":{"id":7}}"#, false)]
    #[case("graphql", 200, r#"{"data":{"me":1}}"#, true)]
    #[case("graphql", 200, r#"{"data":{"me":1},"errors":[]}"#, true)]
    #[case("graphql", 200, r#"{"data":{"me":null},"errors":[{"message":"no"}]}"#, false)]
    #[case("graphql", 200, r#"{"data":null}"#, false)]
    #[case("json-rpc", 200, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, true)]
    #[case("json-rpc", 200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001}}"#, false)]
    #[case("upgrade", 101, "", true)]
    #[case("upgrade", 200, "", false)]
    #[case("stream", 200, "", true)]
    fn what_serves_is_told_from_what_refuses(
        #[case] success: &str,
        #[case] status: u16,
        #[case] body: &str,
        #[case] holds: bool,
    ) {
        let kind: Success = success.parse().unwrap();
        assert_eq!(kind.to_string(), success);
        let answer = Answer::new(status).with_body(body);
        assert_eq!(kind.holds(&answer), holds);
        assert_eq!(kind.refuses_in_body(&answer), !holds && kind.is_in_body() && status == 200);
    }

    #[rstest]
    #[case("status:401", "from 200 to 399")]
    #[case("status", "needs a value: status:204")]
    #[case("graphql:x", "takes no value")]
    #[case("json:data", "begins with /")]
    #[case("grapql", "did you mean \"graphql\"?")]
    fn a_wrong_word_is_told_what_would_be_right(#[case] text: &str, #[case] part: &str) {
        let error = text.parse::<Success>().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn what_an_answer_looks_like_is_seen() {
        let of = |answer: Answer| Success::of(&answer);
        assert_eq!(of(Answer::new(101)), Some(Success::Upgrade));
        assert_eq!(of(Answer::new(200).with_body(r#"{"data":{}}"#)), Some(Success::GraphQl));
        assert_eq!(of(Answer::new(200).with_body(r#"{"result":1}"#)), Some(Success::JsonRpc));
        assert_eq!(of(Answer::new(204)), Some(Success::Any));
        assert_eq!(of(Answer::new(401)), None);
    }

    #[test]
    fn a_notice_before_the_answer_is_not_taken_for_it() {
        let tells = Success::JsonRpc.streams(false).tells;
        assert!(!tells(br#"{"jsonrpc":"2.0","method":"notifications/message"}"#));
        assert!(tells(br#"{"jsonrpc":"2.0","id":1,"result":{}}"#));
    }
}
