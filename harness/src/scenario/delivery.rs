use std::time::Duration;

use mock_idp::input::{InputError, Node, Table};

use super::measure::Measure;
use super::sender::Sender;

/// How the requests of a variant travel: on which connection, how often, when.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Which connection carries the request.
    pub connection: ConnectionUse,
    /// Whether a control is sent right before, on any connection. Defaults to false.
    pub after_control: bool,
    /// What each round sends; the case alone by default.
    pub mix: Vec<Sender>,
    /// How many rounds. Defaults to 1.
    pub repeat: usize,
    /// How many requests at once. Defaults to 1.
    pub at_once: usize,
    /// A pause before.
    pub wait: Option<Pause>,
    /// Sent, accepted, and after that pause sent again.
    pub again_after: Option<Pause>,
    /// Sent again and again until it is as expected, at most that long.
    pub until: Option<Pause>,
    /// A boundary that is searched and reported.
    pub search: Option<Search>,
    /// What is measured of how the target deals with its issuer's keys, in place of
    /// one exchange that is judged.
    pub measure: Option<Measure>,
    /// Whether the issuer holds its keys back until the requests are under way,
    /// so that they meet the target while it fetches. Defaults to false.
    pub during_fetch: bool,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            connection: ConnectionUse::Any,
            after_control: false,
            mix: vec![Sender::Case],
            repeat: 1,
            at_once: 1,
            wait: None,
            again_after: None,
            until: None,
            search: None,
            measure: None,
            during_fetch: false,
        }
    }
}

/// Which connection carries a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionUse {
    /// Any, reused where one is idle.
    Any,
    /// The one that has just carried a control.
    AfterControl,
    /// One connection for all of these at once, answers in order (RFC 9112,
    /// section 9.3.2). The case's own request is judged.
    Pipelined(Vec<Sender>),
}

/// A time, in parts of which each profile has its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Seconds.
    pub seconds: f64,
    /// How often the target's leeway is added.
    pub leeways: i64,
    /// How often the refresh delay of its keys is added.
    pub refreshes: i64,
}

impl Pause {
    /// How long it is, for a target of that leeway and that refresh delay.
    #[must_use]
    pub fn duration(&self, leeway: Duration, refresh: Duration) -> Duration {
        let part = |count: i64, each: Duration| each * u32::try_from(count).unwrap_or(0);
        Duration::from_secs_f64(self.seconds.clamp(0.0, MOST_SECONDS))
            + part(self.leeways, leeway)
            + part(self.refreshes, refresh)
    }
}

/// A search for the boundary between accepted and refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What is moved.
    pub over: Boundary,
    /// Where the search begins: seconds from now, or bytes.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
}

/// What a search moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// `exp`, in seconds from now.
    Expiry,
    /// `nbf`, in seconds from now.
    NotBefore,
    /// `iat`, in seconds from now.
    IssuedAt,
    /// The length of the token, in bytes.
    HeaderLength,
}

impl Boundary {
    /// Every boundary with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("exp", Self::Expiry),
        ("nbf", Self::NotBefore),
        ("iat", Self::IssuedAt),
        ("header-length", Self::HeaderLength),
    ];
}

/// Most requests of one variant.
const MOST_REQUESTS: usize = 10_000;
/// The longest pause that a variant itself asks for.
const MOST_SECONDS: f64 = 3600.0;
/// Most leeways or refresh delays of a pause.
const MOST_PARTS: usize = 10;

impl Delivery {
    /// Reads the table `delivery` of a variant.
    ///
    /// # Errors
    ///
    /// When a word is unknown or a number out of bounds.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let count = |name| table.get(name).map_or(Ok(1), |node: &Node| node.as_count(MOST_REQUESTS));
        let pause = |name| table.get(name).map(pause).transpose();
        let delivery = Self {
            connection: connection(&table)?,
            after_control: table.get("after").map(|node| node.as_choice(&[("control", ())])).transpose()?.is_some(),
            mix: table.get("mix").map_or(Ok(vec![Sender::Case]), senders)?,
            repeat: count("repeat")?,
            at_once: count("at-once")?,
            wait: pause("wait")?,
            again_after: pause("again-after")?,
            until: pause("until")?,
            search: table.get("search").map(search).transpose()?,
            measure: table.get("measure").map(|node| node.as_choice(&Measure::ALL)).transpose()?,
            during_fetch: table.flag("during-fetch")?,
        };
        table.finish()?;
        if delivery.repeat == 0 || delivery.at_once == 0 {
            return Err(node.error("`repeat` and `at-once` begin at 1"));
        }
        if delivery.repeat * delivery.mix.len() > MOST_REQUESTS {
            return Err(node.error(format!("this sends more than {MOST_REQUESTS} requests")));
        }
        if delivery.during_fetch && delivery.at_once < 2 {
            return Err(node.error("`during-fetch` is about requests at the same time: give `at-once` as well"));
        }
        Ok(delivery)
    }

    /// How many requests it sends, searches and waits left out.
    #[must_use]
    pub fn requests(&self) -> usize {
        let own = match &self.connection {
            ConnectionUse::Pipelined(order) => order.len(),
            ConnectionUse::AfterControl => 2,
            ConnectionUse::Any => self.mix.len(),
        };
        own * self.repeat + usize::from(self.after_control) + usize::from(self.again_after.is_some())
    }

    /// Whether it waits for something: a time, or what the target does meanwhile.
    #[must_use]
    pub fn takes_time(&self) -> bool {
        self.wait.is_some() || self.again_after.is_some() || self.until.is_some()
    }

    /// Whether nothing but how often it is sent is said.
    #[must_use]
    pub fn is_only_repeated(&self) -> bool {
        *self == Self { repeat: self.repeat, ..Self::default() }
    }

    /// Whether it sends one round at once and judges its one answer.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.repeat == 1 && self.mix.len() == 1 && self.search.is_none() && !self.takes_time()
    }
}

fn connection(table: &Table<'_>) -> Result<ConnectionUse, InputError> {
    if let Some(list) = table.get("pipelined") {
        return senders(list).map(ConnectionUse::Pipelined);
    }
    let Some(node) = table.get("connection") else { return Ok(ConnectionUse::Any) };
    node.as_choice(&[("any", 0), ("after-control", 1)])
        .map(|choice| if choice == 0 { ConnectionUse::Any } else { ConnectionUse::AfterControl })
}

/// Who sends, the case exactly once.
fn senders(list: &Node) -> Result<Vec<Sender>, InputError> {
    let order: Vec<Sender> =
        list.as_array()?.iter().map(|item| item.as_choice(&Sender::ALL)).collect::<Result<_, _>>()?;
    match order.iter().filter(|sender| **sender == Sender::Case).count() {
        1 => Ok(order),
        _ => Err(list.error("\"case\" must be among these exactly once")),
    }
}

fn pause(node: &Node) -> Result<Pause, InputError> {
    let table = node.as_table()?;
    let count = |name| -> Result<i64, InputError> {
        let count = table.get(name).map_or(Ok(0), |node: &Node| node.as_count(MOST_PARTS))?;
        Ok(i64::try_from(count).unwrap_or_default())
    };
    let pause = Pause {
        seconds: table.get("seconds").map_or(Ok(0.0), Node::as_number)?,
        leeways: count("leeways")?,
        refreshes: count("refreshes")?,
    };
    table.finish()?;
    if !(0.0..=MOST_SECONDS).contains(&pause.seconds) {
        return Err(node.error("`seconds` must be from 0 to 3600"));
    }
    Ok(pause)
}

fn search(node: &Node) -> Result<Search, InputError> {
    let table = node.as_table()?;
    let search = Search {
        over: table.require("over")?.as_choice(&Boundary::ALL)?,
        from: table.require("from")?.as_integer()?,
        to: table.require("to")?.as_integer()?,
    };
    table.finish()?;
    let bounds = -100_000..=1_000_000;
    if search.from >= search.to || !bounds.contains(&search.from) || !bounds.contains(&search.to) {
        return Err(node.error("`from` must be below `to`, both from -100000 to 1000000"));
    }
    Ok(search)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: &serde_json::Value) -> Result<Delivery, InputError> {
        Delivery::from_node(&Node::from_json(value, "delivery"))
    }

    #[test]
    fn a_delivery_says_how_often_and_on_which_connection() {
        let delivery = parse(&json!({"connection": "after-control", "repeat": 200, "at-once": 50})).unwrap();
        assert_eq!(delivery.connection, ConnectionUse::AfterControl);
        assert_eq!((delivery.repeat, delivery.at_once, delivery.is_plain()), (200, 50, false));
        assert!(parse(&json!({"after": "control"})).unwrap().is_plain());
        assert!(parse(&json!({"after": "nobody"})).is_err());
    }

    #[test]
    fn what_is_sent_together_holds_the_case_once() {
        assert!(parse(&json!({"pipelined": ["control", "case", "control"]})).is_ok());
        assert!(parse(&json!({"mix": ["case", "forged", "nobody"], "repeat": 100})).is_ok());
        for wrong in [
            json!({"pipelined": ["control"]}),
            json!({"mix": ["case", "case"]}),
            json!({"repeat": 0}),
            json!({"repeat": 1_000_000}),
            json!({"repeat": 9_000, "mix": ["case", "nobody"]}),
            json!({"wait": {"seconds": -1}}),
            json!({"search": {"over": "exp", "from": 1, "to": 0}}),
            json!({"repeat": 9, "during-fetch": true}),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pause_adds_what_the_profile_says() {
        let pause = parse(&json!({"wait": {"seconds": 1.5, "leeways": 2}})).unwrap().wait.unwrap();
        let (leeway, refresh) = (Duration::from_secs(10), Duration::from_secs(60));
        assert_eq!(pause.duration(leeway, refresh), Duration::from_millis(21_500));
    }
}
