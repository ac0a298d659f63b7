use mock_idp::input::{InputError, Node, Table};
use mock_idp::mutation::{Bytes, KeyName};

/// What happens at the issuer before a variant's request is sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum IssuerStep {
    /// `publish = KEY`: one more key in the JWKS.
    Publish(KeyName),
    /// `withdraw = KEY`: a key less in the JWKS.
    Withdraw(KeyName),
    /// `rotate = true`: the next key signs from now on; the old one stays published.
    Rotate,
    /// `jwks = BYTES`: this document in place of the JWKS.
    Jwks(Bytes),
    /// `jwk = KEY` with `set` and `remove`: members of a published key are changed.
    Jwk {
        /// Whose entry.
        key: KeyName,
        /// Members that are set, as JSON text.
        set: Vec<(String, String)>,
        /// Members that are removed.
        remove: Vec<String>,
    },
    /// `fault = ENDPOINT`: an endpoint fails.
    Fault {
        /// Which one.
        endpoint: IssuerEndpoint,
        /// How.
        fault: Fault,
    },
    /// `metadata = MEMBER` with `set`: a member of the discovery documents lies.
    Metadata {
        /// The member's name.
        member: String,
        /// Its value, with placeholders.
        set: Bytes,
    },
    /// `listener = true`: a listener of the attacker's counts hits.
    Listener,
}

/// An endpoint of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerEndpoint {
    /// The JWKS.
    Jwks,
    /// The discovery documents.
    Metadata,
}

/// How an endpoint fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// It answers with this status.
    Status(u16),
    /// The connection is refused.
    Refuse,
    /// It never answers.
    Hang,
    /// It answers after that many seconds.
    Slow(f64),
    /// The body breaks off.
    Truncate,
    /// It redirects to this address.
    Redirect(Bytes),
    /// The body has that many bytes.
    Size(usize),
}

type Reader = fn(&Node, &Table<'_>) -> Result<IssuerStep, InputError>;

const WORDS: &[(&str, Reader)] = &[
    ("publish", |node, _| node.as_choice(&KeyName::ALL).map(IssuerStep::Publish)),
    ("withdraw", |node, _| node.as_choice(&KeyName::ALL).map(IssuerStep::Withdraw)),
    ("rotate", |node, _| flag(node, IssuerStep::Rotate)),
    ("jwks", |node, _| Bytes::from_node(node).map(IssuerStep::Jwks)),
    ("jwk", jwk),
    ("fault", fault),
    ("metadata", |node, table| {
        Ok(IssuerStep::Metadata { member: node.as_str()?.to_owned(), set: Bytes::from_node(table.require("set")?)? })
    }),
    ("listener", |node, _| flag(node, IssuerStep::Listener)),
];

impl IssuerStep {
    /// Reads one step; its first member is its word.
    ///
    /// # Errors
    ///
    /// When it is none of the language.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let (value, reader) = table.word(WORDS, "a step of the issuer")?;
        let step = reader(value, &table)?;
        table.finish()?;
        Ok(step)
    }
}

fn flag(node: &Node, step: IssuerStep) -> Result<IssuerStep, InputError> {
    if node.as_bool()? { Ok(step) } else { Err(node.error("write true, or leave the step out")) }
}

fn jwk(key: &Node, table: &Table<'_>) -> Result<IssuerStep, InputError> {
    let set = match table.get("set") {
        Some(members) => members
            .as_table()?
            .entries()
            .iter()
            .map(|entry| (entry.name.clone(), entry.node.to_json().to_string()))
            .collect(),
        None => Vec::new(),
    };
    let remove = match table.get("remove") {
        Some(names) => {
            names.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    Ok(IssuerStep::Jwk { key: key.as_choice(&KeyName::ALL)?, set, remove })
}

fn fault(endpoint: &Node, table: &Table<'_>) -> Result<IssuerStep, InputError> {
    let endpoint = endpoint.as_choice(&[("jwks", IssuerEndpoint::Jwks), ("metadata", IssuerEndpoint::Metadata)])?;
    let fault = if let Some(status) = table.get("status") {
        Fault::Status(super::parse::status(status)?)
    } else if let Some(seconds) = table.get("slow") {
        Fault::Slow(seconds.as_number()?)
    } else if let Some(to) = table.get("redirect") {
        Fault::Redirect(Bytes::from_node(to)?)
    } else if let Some(size) = table.get("size") {
        Fault::Size(size.as_count(64 * 1024 * 1024)?)
    } else {
        table.require("by")?.as_choice(&[("refuse", 0), ("hang", 1), ("truncate", 2)]).map(|by| match by {
            0 => Fault::Refuse,
            1 => Fault::Hang,
            _ => Fault::Truncate,
        })?
    };
    Ok(IssuerStep::Fault { endpoint, fault })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: &serde_json::Value) -> Result<IssuerStep, InputError> {
        IssuerStep::from_node(&Node::from_json(value, "issuer[0]"))
    }

    #[test]
    fn every_step_of_the_issuer_can_be_said() {
        for step in [
            json!({"publish": "other-published"}),
            json!({"withdraw": "control"}),
            json!({"rotate": true}),
            json!({"jwks": {"text": "{\"keys\":null}"}}),
            json!({"jwk": "control", "set": {"use": "enc"}, "remove": ["alg"]}),
            json!({"fault": "jwks", "status": 500}),
            json!({"fault": "jwks", "by": "hang"}),
            json!({"fault": "metadata", "slow": 2.5}),
            json!({"fault": "jwks", "redirect": "{issuer}/elsewhere"}),
            json!({"fault": "jwks", "size": 52_428_800}),
            json!({"metadata": "issuer", "set": "https://evil.example"}),
            json!({"listener": true}),
        ] {
            parse(&step).unwrap_or_else(|error| panic!("{step}: {error}"));
        }
    }

    #[test]
    fn a_step_with_a_typo_names_the_one_that_was_meant() {
        let error = parse(&json!({"pubish": "control"})).unwrap_err();
        assert!(error.to_string().contains("did you mean `publish`?"), "{error}");
    }
}
