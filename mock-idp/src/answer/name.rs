use std::fmt;
use std::time::Duration;

use super::{AnswerError, Effect, Instead, Place, Row, rows};
use crate::catalogue;
use crate::input::{InputError, Node, near};
use crate::mutation::Mutation;
use crate::routes;

/// An answer that is asked for: a row, with its value, and the endpoint where it has
/// none of its own.
#[derive(Clone)]
pub struct Answer {
    row: &'static Row,
    value: Option<String>,
    place: Option<Place>,
}

impl Answer {
    /// The longest delay.
    pub const LONGEST_DELAY: Duration = Duration::from_secs(600);

    /// The answer that a text names: `NAME`, `NAME=VALUE` or `ENDPOINT/NAME`.
    ///
    /// ```
    /// use mock_idp::answer::Answer;
    ///
    /// assert_eq!(Answer::parse("userinfo/delay=0.5")?.to_string(), "userinfo/delay=0.5");
    /// let error = Answer::parse("id-token-wrong-nonse").unwrap_err();
    /// assert!(error.to_string().contains("did you mean id-token-wrong-nonce"));
    /// # Ok::<(), mock_idp::answer::AnswerError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AnswerError`] when there is none of that name, or its value or endpoint is wrong.
    pub fn parse(text: &str) -> Result<Self, AnswerError> {
        let (head, value) = text.split_once('=').map_or((text, None), |(head, value)| (head, Some(value)));
        let (place, name) = head.split_once('/').map_or((None, head), |(place, name)| (Some(place), name));
        let unknown = || AnswerError::Unknown { name: name.to_owned(), near: near(name, rows().map(|row| row.name)) };
        let row = rows().find(|row| row.name == name).ok_or_else(unknown)?;
        let answer = Self { row, value: checked(row, value)?, place: None };
        place.map(self::place).transpose()?.map_or(Ok(answer.clone()), |place| answer.at(place))
    }

    /// The same, as a configuration or a call has it.
    pub(crate) fn from_node(node: &Node) -> Result<Self, InputError> {
        Self::parse(node.as_str()?).map_err(|error| node.error(error.to_string()))
    }

    /// The same at that endpoint.
    ///
    /// # Errors
    ///
    /// [`AnswerError::Elsewhere`] when it is about another one.
    pub fn at(self, place: Place) -> Result<Self, AnswerError> {
        match self.row.place {
            Some(own) if own != place => {
                Err(AnswerError::Elsewhere { name: self.row.name, own: own.word(), place: place.word() })
            }
            Some(_) => Ok(self),
            None => Ok(Self { place: Some(place), ..self }),
        }
    }

    /// What is known of it.
    #[must_use]
    pub fn row(&self) -> &'static Row {
        self.row
    }

    /// The endpoint that it is for, where that was said.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.row.place.or(self.place)
    }

    /// Whether it is about a document that is fetched without saying by which client.
    pub(crate) fn is_of_nobody(&self) -> bool {
        self.place().is_some_and(Place::is_of_nobody)
    }

    pub(crate) fn effect(&self) -> Effect {
        self.row.effect
    }

    /// The token of the scenario that it names.
    pub(crate) fn scenario(&self) -> Option<Mutation> {
        catalogue::find(self.value.as_deref()?).ok().filter(|_| self.row.effect == Effect::AccessToken)
    }

    /// The error that it names.
    pub(crate) fn error(&self) -> Option<String> {
        self.value.as_deref().map(error_name).filter(|_| self.row.effect == Effect::Instead(Instead::Error))
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        delay(self.value.as_deref()?).filter(|_| self.row.effect == Effect::Delayed)
    }
}

fn place(word: &str) -> Result<Place, AnswerError> {
    let known = || Place::ALL.iter().map(|(word, _)| *word).collect();
    let found = Place::ALL.iter().find(|(known, _)| *known == word).map(|(_, place)| *place);
    found.ok_or_else(|| AnswerError::Place { place: word.to_owned(), known: known() })
}

fn checked(row: &'static Row, value: Option<&str>) -> Result<Option<String>, AnswerError> {
    let name = row.name;
    let value = match (row.value(), value) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(AnswerError::Value { name }),
        (Some(example), None) => return Err(AnswerError::NoValue { name, example }),
        (Some(_), Some(value)) => value,
    };
    match row.effect {
        Effect::AccessToken => drop(catalogue::find(value)?),
        Effect::Delayed => drop(delay(value).ok_or_else(|| AnswerError::Delay { text: value.to_owned() })?),
        _ => {
            let (name, all) = (error_name(value), routes::error_names());
            if !all.contains(&name.as_str()) {
                return Err(AnswerError::Error { near: near(&name, all), name });
            }
        }
    }
    Ok(Some(value.to_owned()))
}

/// `wrong-secret` as `WRONG_SECRET`.
fn error_name(text: &str) -> String {
    text.to_ascii_uppercase().replace('-', "_")
}

fn delay(text: &str) -> Option<Duration> {
    let delay = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
    (delay <= Answer::LONGEST_DELAY).then_some(delay)
}

/// As [`Answer::parse`] reads it.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{}/", place.word())?;
        }
        f.write_str(self.row.name)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({self})")
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Answer {}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("no-scope")]
    #[case("token=time/expired@one-hour")]
    #[case("token/error=wrong-secret")]
    #[case("keys/delay=2")]
    fn what_is_read_is_written_the_same(#[case] text: &str) {
        assert_eq!(Answer::parse(text).unwrap().to_string(), text);
    }

    #[rstest]
    #[case("no-scop", "no answer is called \"no-scop\": did you mean no-scope")]
    #[case(
        "quite-another",
        "no answer is called \"quite-another\": GET /_mock/answers and ANSWERS.md list all of them"
    )]
    #[case("tokens/cut", "\"tokens\" is no endpoint that answers otherwise: known are authorize, token,")]
    #[case("token/wrong-state", "\"wrong-state\" changes what authorize answers, and nothing at token")]
    #[case("token", "\"token\" takes a value: write token=time/expired@one-hour")]
    #[case("cut=1", "\"cut\" takes no value")]
    #[case("token=time/expird@one-hour", "did you mean \"time/expired@one-hour\"?")]
    #[case("error=wrong-secre", "no error is called \"WRONG_SECRE\": did you mean WRONG_SECRET")]
    #[case("delay=601", "\"601\" is no delay: give seconds from 0 to 600")]
    #[case("delay=-1", "\"-1\" is no delay")]
    #[case("delay=NaN", "\"NaN\" is no delay")]
    fn what_is_no_answer_is_told_with_what_is(#[case] text: &str, #[case] expected: &str) {
        let error = Answer::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
