/// Why a text says nothing of how an API listens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// Its word is none that is known.
    #[error("\"{word}\" is no {what}: known are {}{}", known.join(", "), nearest(word, known))]
    Unknown {
        /// What was looked for, such as `carrier`.
        what: &'static str,
        /// What was given.
        word: String,
        /// Each known word with an example.
        known: Vec<&'static str>,
    },
    /// It needs a value behind a colon.
    #[error("\"{word}\" needs a value: {example}")]
    NoValue {
        /// The word.
        word: String,
        /// How it is written.
        example: &'static str,
    },
    /// It takes none.
    #[error("\"{word}\" takes no value: write it alone")]
    Value {
        /// The word.
        word: String,
    },
    /// The value can't be meant so.
    #[error("the value of \"{word}\" must be {must}, not {value:?}")]
    Unusable {
        /// The word.
        word: &'static str,
        /// What was given.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// The body of the request is no JSON.
    #[error("the token, or the session, is to stand at {pointer} of the body, which is no JSON: correct --body")]
    NoJson {
        /// The JSON Pointer.
        pointer: String,
    },
    /// There is no such place in the body, and it can't be made.
    #[error(
        "the body has no place at {pointer}: its last name must be a new or an old member of an object, or an item of a list"
    )]
    NoPlace {
        /// The JSON Pointer.
        pointer: String,
    },
    /// A method that has no body is to carry something in it.
    #[error("{place} stands in a body, and {method} has none: add --method POST")]
    NoBody {
        /// The place.
        place: String,
        /// The method.
        method: String,
    },
    /// The token and the session are to stand in the same place.
    #[error("the token and the session can't both stand at {place}: correct --carrier or --session")]
    SamePlace {
        /// The place.
        place: String,
    },
    /// A field of the request is given twice.
    #[error("{place} is where the token or the session goes: leave --header \"{name}: ...\" out")]
    FieldTaken {
        /// The place.
        place: String,
        /// The field.
        name: String,
    },
}

/// The known word that was probably meant.
fn nearest(word: &str, known: &[&str]) -> String {
    let kind = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let kinds: Vec<String> = known.iter().map(|example| kind(example)).collect();
    let nearest = mock_idp::input::nearest(&kind(word), kinds.iter().map(String::as_str));
    nearest.map(|nearest| format!("; did you mean \"{nearest}\"?")).unwrap_or_default()
}
