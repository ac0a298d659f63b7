//! What answers gave, by name, to be sent in later requests.

use std::collections::{BTreeMap, VecDeque};

use mock_idp::Response;
use serde_json::Value;

use super::dice::Dice;

/// How many values of a name are kept.
const MOST: usize = 24;
/// Longer ones are no credentials.
const LONGEST: usize = 8192;

/// By the authorization server that gave them, and by name.
#[derive(Default)]
pub(crate) struct Pool(BTreeMap<(String, String), VecDeque<String>>);

/// What a path belongs to, as far as the pool is concerned.
pub(crate) fn server_of(path: &str) -> &str {
    path.strip_prefix("/oauth2/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

impl Pool {
    pub(crate) fn keep(&mut self, server: &str, name: &str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() || value.len() > LONGEST {
            return;
        }
        let values = self.0.entry((server.to_owned(), name.to_owned())).or_default();
        if values.len() == MOST {
            values.pop_front();
        }
        values.push_back(value);
    }

    /// A value of that name, most of the time one that this server gave, and most of the time its newest.
    pub(crate) fn draw(&self, server: &str, name: &str, dice: &mut Dice) -> Option<&str> {
        let own = self.0.get(&(server.to_owned(), name.to_owned())).filter(|_| !dice.once_in(8));
        let values = own.or_else(|| {
            let all: Vec<_> = self.0.iter().filter(|((_, known), _)| known == name).collect();
            dice.pick(&all).map(|(_, values)| *values)
        })?;
        let at = if dice.once_in(4) { dice.roll(values.len()) } else { values.len().checked_sub(1)? };
        values.get(at).map(String::as_str)
    }

    /// A value of any name.
    pub(crate) fn draw_any(&self, dice: &mut Dice) -> Option<&str> {
        let values = self.0.values().nth(dice.roll(self.0.len()))?;
        values.get(dice.roll(values.len())).map(String::as_str)
    }

    /// The cookies that a browser has of a server: the last of each name, now and then not all.
    pub(crate) fn cookies(&self, server: &str, dice: &mut Dice) -> String {
        let own = self.0.iter().filter(|((known, _), _)| known == server);
        let cookies = own.filter_map(|((_, name), values)| Some((name.strip_prefix("cookie ")?, values.back()?)));
        let pairs = cookies.map(|(name, value)| format!("{name}={value}")).filter(|_| !dice.once_in(10));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Keeps all that an answer gives: members of JSON, hidden fields of a page, what is in the URL of a
    /// redirection, cookies, nonces.
    pub(crate) fn learn(&mut self, server: &str, answer: &Response) {
        for (name, value) in &answer.headers {
            let Ok(value) = value.to_str() else { continue };
            match name.as_str() {
                "set-cookie" => self.learn_cookie(server, value),
                "location" => self.learn_url(server, value),
                "dpop-nonce" => self.keep(server, "dpop-nonce", value),
                _ => {}
            }
        }
        let Ok(text) = std::str::from_utf8(&answer.body) else { return };
        match serde_json::from_str::<Value>(text) {
            Ok(json) => self.learn_json(server, &json),
            Err(_) => self.learn_page(server, text),
        }
    }

    fn learn_cookie(&mut self, server: &str, line: &str) {
        if let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) {
            self.keep(server, &format!("cookie {name}"), value);
        }
    }

    fn learn_url(&mut self, server: &str, url: &str) {
        let query = url.split_once(['?', '#']).map(|(_, query)| query).unwrap_or_default();
        for (name, value) in query.split(['&', '#']).filter_map(|pair| pair.split_once('=')) {
            self.keep(server, name, value);
        }
    }

    fn learn_json(&mut self, server: &str, json: &Value) {
        let Value::Object(members) = json else { return };
        for (name, value) in members {
            match value {
                Value::String(text) => self.keep(server, name, text.as_str()),
                Value::Object(_) => self.learn_json(server, value),
                _ => {}
            }
        }
    }

    fn learn_page(&mut self, server: &str, page: &str) {
        for tag in page.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
            let attribute = |name: &str| tag.split_once(&format!(" {name}=\""))?.1.split('"').next();
            if let (Some(name), Some(value)) = (attribute("name"), attribute("value")) {
                self.keep(server, name, value);
            }
        }
    }
}
