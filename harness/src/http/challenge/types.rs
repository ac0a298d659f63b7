use std::borrow::Cow;

use super::ChallengeError;
use super::parser::parse_lines;

/// All challenges of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenges {
    /// Those that could be read, in order.
    pub list: Vec<Challenge>,
    /// At most one error per line; what stood before it is in the list.
    pub errors: Vec<ChallengeError>,
}

impl Challenges {
    /// Parses the values of all `WWW-Authenticate` lines, in order.
    ///
    /// Lines count as one list (RFC 9110 5.3): a parameter at the start of a line
    /// belongs to the last challenge of the line before.
    ///
    /// ```
    /// # use badpenny::http::Challenges;
    /// let found = Challenges::parse([br#"Bearer realm="api", error="invalid_token""#.as_slice()]);
    /// let bearer = found.of_scheme("bearer").next().unwrap();
    /// assert_eq!(bearer.text("error").as_deref(), Some("invalid_token"));
    /// ```
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        parse_lines(lines)
    }

    /// The challenges of that scheme, in any case.
    pub fn of_scheme<'a>(&'a self, scheme: &'a str) -> impl Iterator<Item = &'a Challenge> {
        self.list.iter().filter(move |challenge| challenge.is(scheme))
    }
}

/// One challenge: a scheme and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, in the case in which it came.
    pub scheme: String,
    /// What follows it.
    pub credentials: Credentials,
}

/// What follows the scheme of a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing at all.
    None,
    /// One token of the base64 alphabets.
    Token68(String),
    /// Parameters, in order, with their duplicates.
    Params(Vec<AuthParam>),
}

/// One parameter of a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthParam {
    /// The name, in the case in which it came.
    pub name: String,
    /// The value without its quotes and escapes; any bytes but controls.
    pub value: Vec<u8>,
    /// Whether the value came as a quoted string.
    pub quoted: bool,
}

impl Challenge {
    /// Whether this is the scheme, in any case (RFC 9110 11.1).
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// All parameters, in order; empty where there are none.
    #[must_use]
    pub fn params(&self) -> &[AuthParam] {
        match &self.credentials {
            Credentials::Params(params) => params,
            Credentials::None | Credentials::Token68(_) => &[],
        }
    }

    /// The first parameter of that name, in any case (RFC 9110 11.2).
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&AuthParam> {
        self.params().iter().find(|param| param.is(name))
    }

    /// The value of that parameter as text; what is no UTF-8 becomes U+FFFD.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.param(name).map(|param| String::from_utf8_lossy(&param.value))
    }

    /// The names, in lower case, of parameters that occur more than once, which
    /// RFC 9110 11.2 forbids.
    #[must_use]
    pub fn duplicates(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (index, param) in self.params().iter().enumerate() {
            let earlier = &self.params()[..index];
            let name = param.name.to_ascii_lowercase();
            if earlier.iter().any(|other| other.is(&name)) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl AuthParam {
    /// Whether this is the parameter of that name, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}
