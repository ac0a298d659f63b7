use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

/// A refusal: the request that meets its condition, and the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The name of the refusal, by which it is asked for.
    pub(crate) name: String,
    #[serde(default = "token")]
    pub(crate) to: String,
    #[serde(default = "default_server")]
    pub(crate) server: String,
    pub(crate) basic: Option<String>,
    pub(crate) authorization: Option<String>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Value>,
    /// What is posted; without it the request is a `GET`.
    pub(crate) form: Option<BTreeMap<String, Value>>,
    pub(crate) assertion: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub(crate) twice: bool,
    /// In seconds.
    #[serde(default)]
    pub(crate) later: i64,
    #[serde(default)]
    pub(crate) proof: bool,
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) on_request: Option<String>,
}

fn token() -> String {
    "token".to_owned()
}

fn default_server() -> String {
    "default".to_owned()
}

/// All rows, in the order of the file.
pub(crate) fn all() -> Vec<Row> {
    #[derive(Deserialize)]
    struct File {
        row: Vec<Row>,
    }
    toml::from_str::<File>(include_str!("rows.toml")).unwrap().row
}

/// The fields of a query or a form, those with a list several times.
pub(crate) fn fields(table: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, value) in table {
        match value {
            Value::Array(values) => fields.extend(values.iter().map(|value| (name.clone(), text(value)))),
            value => fields.push((name.clone(), text(value))),
        }
    }
    fields
}

pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => panic!("{other:?} is no field"),
    }
}
