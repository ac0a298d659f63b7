use crate::input::{Entry, InputError, Node, Value};
use crate::mutation::Expression;

/// The value of a claim or header member of honest tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ClaimValue {
    /// Any value of the scenario language.
    Plain(Expression),
    /// A JSON object.
    Object(Vec<(String, Self)>),
    /// A JSON array.
    List(Vec<Self>),
    /// The granted scopes, if this is the claim that holds them; else this value,
    /// or no such member.
    Scopes(Option<Box<Self>>),
    /// The audience: one text, or a list where there are several, or always.
    Audience {
        /// Whether it is a list even of one.
        always_list: bool,
    },
    /// When the token expires.
    Expiry,
}

/// What happens to a member of a shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MemberSetting {
    /// It has this value.
    Set(ClaimValue),
    /// It is not there.
    Removed,
}

/// What makes a table an expression of the scenario language, and no object: a word,
/// and nothing beside it but what belongs to it. In JSON the order tells nothing.
const EXPRESSIONS: [(&str, &[&str]); 10] = [
    ("now", &["leeways", "text", "times"]),
    ("many", &["of"]),
    ("of", &["drop-first", "drop-last", "replace", "append", "upper", "title", "insert", "lower"]),
    ("random", &[]),
    ("jwk", &["kid"]),
    ("random-jwk", &[]),
    ("kid", &[]),
    ("x5c", &["times", "name"]),
    ("x5t", &[]),
    ("x5t256", &[]),
];

fn is_expression(entries: &[Entry]) -> bool {
    let has = |word: &str| entries.iter().any(|entry| entry.name == word);
    let belongs = |word: &str, options: &[&str]| {
        entries.iter().all(|entry| entry.name == word || options.contains(&entry.name.as_str()))
    };
    EXPRESSIONS.iter().any(|(word, options)| has(word) && belongs(word, options))
}

impl ClaimValue {
    /// Reads a value: a text with placeholders, a number, a list, an object, or an
    /// expression of the scenario language.
    ///
    /// # Errors
    ///
    /// When a placeholder or an expression is none.
    pub(crate) fn from_node(node: &Node) -> Result<Self, InputError> {
        match &node.value {
            Value::Array(items) => items.iter().map(Self::from_node).collect::<Result<_, _>>().map(Self::List),
            Value::Table(entries) => match entries.first().map(|entry| entry.name.as_str()) {
                Some("json") if entries.len() == 1 => Self::object(&entries[0].node),
                Some("scopes") if entries.len() == 1 => Self::scopes(&entries[0].node),
                Some("audience") if entries.len() == 1 => Self::audience(&entries[0].node),
                Some("expiry") if entries.len() == 1 => entries[0].node.as_bool().map(|_| Self::Expiry),
                Some(_) if is_expression(entries) => Expression::from_node(node).map(Self::Plain),
                _ => Self::object(node),
            },
            _ => Expression::from_node(node).map(Self::Plain),
        }
    }

    /// The text, where it is one without placeholders.
    pub(crate) fn plain_text(&self) -> Option<String> {
        match self {
            Self::Plain(Expression::Text(template)) => template.as_literal(),
            _ => None,
        }
    }

    /// An object, whatever its members are called.
    fn object(node: &Node) -> Result<Self, InputError> {
        let Value::Table(entries) = &node.value else { return Self::from_node(node) };
        let member = |entry: &Entry| Ok((entry.name.clone(), Self::from_node(&entry.node)?));
        entries.iter().map(member).collect::<Result<_, _>>().map(Self::Object)
    }

    fn scopes(node: &Node) -> Result<Self, InputError> {
        match node.value {
            Value::Bool(_) => Ok(Self::Scopes(None)),
            _ => Ok(Self::Scopes(Some(Box::new(Self::from_node(node)?)))),
        }
    }

    fn audience(node: &Node) -> Result<Self, InputError> {
        let always_list = node.as_choice(&[("text", false), ("list", true)])?;
        Ok(Self::Audience { always_list })
    }
}

impl MemberSetting {
    /// Reads a value, or `{ remove = true }`.
    ///
    /// # Errors
    ///
    /// As [`ClaimValue::from_node`].
    pub(crate) fn from_node(node: &Node) -> Result<Self, InputError> {
        if let Value::Table(entries) = &node.value
            && let [only] = entries.as_slice()
            && only.name == "remove"
        {
            return match only.node.as_bool()? {
                true => Ok(Self::Removed),
                false => Err(only.node.error("write `remove = true`, or leave the member out")),
            };
        }
        ClaimValue::from_node(node).map(Self::Set)
    }
}

/// The members of a table, in the order of the source.
///
/// # Errors
///
/// As [`MemberSetting::from_node`], and when it is no table.
pub(crate) fn members(node: &Node) -> Result<Vec<(String, MemberSetting)>, InputError> {
    let table = node.as_table()?;
    table.entries().iter().map(|entry| Ok((entry.name.clone(), MemberSetting::from_node(&entry.node)?))).collect()
}
