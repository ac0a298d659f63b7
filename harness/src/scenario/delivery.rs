use mock_idp::input::{InputError, Node};

/// How the requests of a variant travel: on which connection, how often, when.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Which connection carries the request.
    pub connection: ConnectionUse,
    /// How often the request is sent. Defaults to 1.
    pub repeat: usize,
    /// How many of them at once. Defaults to 1.
    pub at_once: usize,
    /// Seconds to wait before, and how often the target's leeway is added.
    pub wait: Option<Wait>,
    /// Sent again and again until it is as expected, at most that many seconds.
    pub until: Option<f64>,
    /// A boundary that is searched and reported.
    pub search: Option<Search>,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { connection: ConnectionUse::Any, repeat: 1, at_once: 1, wait: None, until: None, search: None }
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

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The control's.
    Control,
    /// The case's own.
    Case,
    /// One without credentials.
    Nobody,
}

/// A time to wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// Seconds.
    pub seconds: f64,
    /// How often the target's leeway is added.
    pub leeways: i64,
}

/// A search for the boundary between accepted and refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The claim that is moved, in seconds from now, or `header-length` in bytes.
    pub over: String,
    /// Where the search begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
}

/// Most requests of one variant.
const MOST_REQUESTS: usize = 10_000;

impl Delivery {
    /// Reads the table `delivery` of a variant.
    ///
    /// # Errors
    ///
    /// When a word is unknown or a number out of bounds.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let count = |name| table.get(name).map_or(Ok(1), |node: &Node| node.as_count(MOST_REQUESTS));
        let delivery = Self {
            connection: connection(table.get("connection"), table.get("pipelined"))?,
            repeat: count("repeat")?,
            at_once: count("at-once")?,
            wait: table.get("wait").map(wait).transpose()?,
            until: table.get("until").map(Node::as_number).transpose()?,
            search: table.get("search").map(search).transpose()?,
        };
        table.finish()?;
        if delivery.repeat == 0 || delivery.at_once == 0 {
            return Err(node.error("`repeat` and `at-once` begin at 1"));
        }
        Ok(delivery)
    }

    /// What of it this version can't carry out.
    #[must_use]
    pub fn unsupported(&self) -> Option<&'static str> {
        if self.search.is_some() {
            return Some("searching for a boundary");
        }
        if self.until.is_some() {
            return Some("waiting until the target answers otherwise");
        }
        (self.wait.is_some()).then_some("waiting before a request")
    }
}

fn connection(connection: Option<&Node>, pipelined: Option<&Node>) -> Result<ConnectionUse, InputError> {
    if let Some(list) = pipelined {
        let senders = [("control", Sender::Control), ("case", Sender::Case), ("nobody", Sender::Nobody)];
        let order: Vec<Sender> =
            list.as_array()?.iter().map(|item| item.as_choice(&senders)).collect::<Result<_, _>>()?;
        if order.iter().filter(|sender| **sender == Sender::Case).count() != 1 {
            return Err(list.error("`pipelined` needs \"case\" exactly once"));
        }
        return Ok(ConnectionUse::Pipelined(order));
    }
    let Some(node) = connection else { return Ok(ConnectionUse::Any) };
    node.as_choice(&[("any", 0), ("after-control", 1)])
        .map(|choice| if choice == 0 { ConnectionUse::Any } else { ConnectionUse::AfterControl })
}

fn wait(node: &Node) -> Result<Wait, InputError> {
    let table = node.as_table()?;
    let wait = Wait {
        seconds: table.get("seconds").map_or(Ok(0.0), Node::as_number)?,
        leeways: table.get("leeways").map_or(Ok(0), Node::as_integer)?,
    };
    table.finish()?;
    Ok(wait)
}

fn search(node: &Node) -> Result<Search, InputError> {
    let table = node.as_table()?;
    let search = Search {
        over: table.require("over")?.as_str()?.to_owned(),
        from: table.require("from")?.as_integer()?,
        to: table.require("to")?.as_integer()?,
    };
    table.finish()?;
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
        assert_eq!((delivery.repeat, delivery.at_once), (200, 50));
    }

    #[test]
    fn what_is_pipelined_holds_the_case_once() {
        assert!(parse(&json!({"pipelined": ["control", "case", "control"]})).is_ok());
        assert!(parse(&json!({"pipelined": ["control"]})).is_err());
        assert!(parse(&json!({"repeat": 0})).is_err());
        assert!(parse(&json!({"repeat": 1_000_000})).is_err());
    }
}
