use std::time::Duration;

use super::{Action, Endpoint, Fault, ServedFields};
use crate::input::{InputError, Node, Table};
use crate::keys::KeyName;
use crate::mutation::{Bytes, Expression, Template};

/// The largest body of a fault: 64 MiB.
const SIZE_LIMIT: usize = 64 << 20;
/// The longest delay of a fault, in seconds.
const SLOW_LIMIT: f64 = 600.0;

/// How many keys one step adds.
const ADD_LIMIT: usize = 1000;
/// How many requests a fault lasts.
const TIMES_LIMIT: usize = 1000;

/// The endpoints with their words.
const ENDPOINTS: [(&str, Endpoint); 2] = [("jwks", Endpoint::Jwks), ("metadata", Endpoint::Metadata)];

/// Reads one word's table.
type Reader = fn(&Node, &Table<'_>) -> Result<Action, InputError>;

/// The words of the language, each with its reader.
const WORDS: &[(&str, Reader)] = &[
    ("publish", publish),
    ("withdraw", |node, _| node.as_choice(&KeyName::ALL).map(Action::Withdraw)),
    ("rotate", |node, _| {
        if node.as_bool()? { Ok(Action::Rotate) } else { Err(node.error("write `rotate = true`, or leave it out")) }
    }),
    ("jwks", |node, _| Bytes::from_node(node).map(Action::Jwks)),
    ("jwk", jwk),
    ("add", |node, table| {
        let known = [Template::SETTINGS, &["n"]].concat();
        let times = table.get("times").map_or(Ok(1), |times| times.as_count(ADD_LIMIT))?;
        Ok(Action::Add { text: Template::from_node(node, &known)?, first: table.flag("first")?, times })
    }),
    ("key-set", |node, table| {
        let set = Expression::from_node(table.require("set")?)?;
        let member = node.as_str().map(str::to_owned)?;
        if member == "keys" {
            return Err(node.error("`keys` is what the other steps are for: publish, add, jwk, withdraw"));
        }
        Ok(Action::KeySetMember { member, set })
    }),
    ("serve", |node, table| {
        Ok(Action::Serve { endpoint: node.as_choice(&ENDPOINTS)?, fields: ServedFields::from_table(table)? })
    }),
    ("fault", fault),
    ("metadata", |node, table| {
        let set = Expression::from_node(table.require("set")?)?;
        Ok(Action::Metadata { member: node.as_str()?.to_owned(), set })
    }),
];

/// Reads one step: the first member is its word.
pub(super) fn action(node: &Node) -> Result<Action, InputError> {
    let table = node.as_table()?;
    let (value, reader) = table.word(WORDS, "a step of the issuer")?;
    let action = reader(value, &table)?;
    table.finish()?;
    Ok(action)
}

fn publish(key: &Node, table: &Table<'_>) -> Result<Action, InputError> {
    let kid = table.get("kid").map(|kid| Template::from_node(kid, Template::SETTINGS)).transpose()?;
    Ok(Action::Publish { key: key.as_choice(&KeyName::ALL)?, kid, first: table.flag("first")? })
}

fn jwk(key: &Node, table: &Table<'_>) -> Result<Action, InputError> {
    let set = match table.get("set") {
        Some(members) => members
            .as_table()?
            .entries()
            .iter()
            .map(|entry| Ok((entry.name.clone(), Expression::from_node(&entry.node)?)))
            .collect::<Result<_, InputError>>()?,
        None => Vec::new(),
    };
    let remove = match table.get("remove") {
        Some(names) => {
            names.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    Ok(Action::Jwk { key: key.as_choice(&KeyName::ALL)?, set, remove })
}

fn fault(endpoint: &Node, table: &Table<'_>) -> Result<Action, InputError> {
    let endpoint = endpoint.as_choice(&[
        ("jwks", Some(Endpoint::Jwks)),
        ("metadata", Some(Endpoint::Metadata)),
        ("issuer", None),
    ])?;
    let fault = if let Some(status) = table.get("status") {
        Fault::Status(as_status(status)?)
    } else if let Some(seconds) = table.get("slow") {
        Fault::Slow(as_delay(seconds)?)
    } else if let Some(to) = table.get("redirect") {
        Fault::Redirect(Bytes::from_node(to)?)
    } else if let Some(size) = table.get("size") {
        Fault::Size(size.as_count(SIZE_LIMIT)? as u64)
    } else if let Some(by) = table.get("by") {
        by.as_choice_of(&[
            ("refuse", Fault::Refuse),
            ("hang", Fault::Hang),
            ("truncate", Fault::Truncate),
            ("untrusted-tls", Fault::UntrustedTls),
        ])?
    } else {
        return Err(table.node().error("expected one of status, by, slow, redirect, size"));
    };
    let times = table.get("times").map(|times| times.as_count(TIMES_LIMIT)).transpose()?;
    let times = times.map(|times| u32::try_from(times).unwrap_or(u32::MAX));
    if times == Some(0) {
        return Err(table.node().error("`times` says how many requests fail: one at least"));
    }
    if times.is_some() && fault == Fault::UntrustedTls {
        return Err(table.node().error("`times` has no meaning here: a handshake says nothing of its request"));
    }
    Ok(Action::Fault { endpoint, fault, times })
}

/// A status that ends an exchange: 1xx doesn't.
fn as_status(node: &Node) -> Result<u16, InputError> {
    let status = u16::try_from(node.as_integer()?).ok().filter(|status| (200..600).contains(status));
    status.ok_or_else(|| node.error("expected a status from 200 to 599"))
}

fn as_delay(node: &Node) -> Result<Duration, InputError> {
    let seconds = Some(node.as_number()?).filter(|seconds| (0.0..=SLOW_LIMIT).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| node.error("expected a number of seconds from 0 to 600"))
}
