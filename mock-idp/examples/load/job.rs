//! What is asked for: one JSON object on the command line.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;

use serde::Deserialize;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A job and how long it goes on.
#[derive(Deserialize)]
pub(crate) struct Job {
    /// What is done.
    #[serde(flatten)]
    pub(crate) what: What,
    #[serde(flatten)]
    pub(crate) amount: Amount,
}

/// How much of it.
#[derive(Deserialize, Clone, Copy)]
pub(crate) struct Amount {
    /// For so long.
    #[serde(default = "five")]
    pub(crate) seconds: f64,
    /// Or until so much was done, where that is not 0.
    #[serde(default)]
    pub(crate) count: u64,
    /// Over so many connections.
    #[serde(default = "sixteen")]
    pub(crate) connections: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// The same request again and again.
    Repeat(Call),
    /// The authorization code flow.
    Flow(Flow),
    /// All grants of an issuer of this package, in turn.
    Mix(Mix),
    /// The time until a program answers.
    Start(Start),
    /// Nothing but a server that answers always the same, to load in place of a real one.
    Constant(Constant),
}

/// One request.
#[derive(Deserialize, Clone)]
pub(crate) struct Call {
    pub(crate) url: String,
    /// What is posted; without it, it is a `GET`.
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

/// A sign-in from the first request to the tokens.
#[derive(Deserialize, Clone)]
pub(crate) struct Flow {
    /// The authorization request, with its query.
    pub(crate) authorize: String,
    /// What the callback begins with.
    pub(crate) callback: String,
    /// What a person fills a form in with. Hidden fields are sent as they come.
    #[serde(default)]
    pub(crate) form: BTreeMap<String, String>,
    /// The request that redeems the code; `&code=` is added to its body.
    pub(crate) token: Call,
}

/// An issuer under all that it can do.
#[derive(Deserialize, Clone)]
pub(crate) struct Mix {
    /// Its identifier, over http.
    pub(crate) issuer: String,
}

/// A program that serves.
#[derive(Deserialize)]
pub(crate) struct Start {
    pub(crate) command: Vec<String>,
    /// What it is asked for until the answer is 200.
    pub(crate) url: String,
}

#[derive(Deserialize)]
pub(crate) struct Constant {
    pub(crate) port: u16,
    /// How many bytes its answers have.
    pub(crate) size: usize,
}

fn five() -> f64 {
    5.0
}

fn sixteen() -> usize {
    16
}

/// Host with port, and path with query, of an http URL.
pub(crate) fn split(url: &str) -> Result<(&str, &str), Failure> {
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("not an http URL: {url}"))?;
    Ok(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

impl Call {
    /// A `GET`.
    pub(crate) fn get(url: impl Into<String>) -> Self {
        Self { url: url.into(), body: None, headers: BTreeMap::new() }
    }

    /// A `POST` of a form.
    pub(crate) fn form(url: impl Into<String>, body: impl Into<String>) -> Self {
        let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        Self { url: url.into(), body: Some(body.into()), headers: headers.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_owned(), value.into());
        self
    }

    /// The bytes of the request.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let (authority, path) = split(&self.url)?;
        let method = if self.body.is_some() { "POST" } else { "GET" };
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\n");
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n")?;
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() {
            write!(text, "content-length: {}\r\n", body.len())?;
        }
        write!(text, "\r\n{body}")?;
        Ok(text.into_bytes())
    }
}
