use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use mock_idp::input::{InputError, Node};
use mock_idp::keys::Algorithm;

/// Something that a target may be able to do and that only its owner knows.
///
/// A variant that needs one which was not declared is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// The answer holds the caller's `sub`; the value is a JSON Pointer to it (RFC 6901).
    Identity,
    /// Browsers of another origin may call the route; the value is that origin.
    Cors,
    /// Unsafe methods may be sent to the route.
    Writes,
    /// A token in a form body is taken (RFC 6750, section 2.2).
    FormToken,
    /// Only some clients are let in, and the mock's second client is none of them.
    ClientAllowlist,
    /// A second authorization server on the mock's host is trusted as well.
    SecondIssuer,
    /// The target writes a log; the value is its file.
    Log,
    /// A route that everybody may read; the value is its path.
    PublicPath,
    /// A route that needs both scopes; the value is its path.
    BothPath,
    /// A method of the route that needs the other scope instead; the value is its name.
    WriteMethod,
    /// Tokens are verified by other algorithms as well, with keys of the issuer that are
    /// published beside; the value is a list of their names (RFC 7518, section 3.1).
    Algorithms,
}

/// A capability's word, the placeholder of its value where it has one, an
/// example of the value, and what it says.
struct Entry(Capability, &'static str, Option<&'static str>, Option<&'static str>);

const TABLE: [Entry; 11] = [
    Entry(Capability::Identity, "identity", None, Some("/sub")),
    Entry(Capability::Cors, "cors", Some("cors_origin"), Some("https://app.example")),
    Entry(Capability::Writes, "writes", None, None),
    Entry(Capability::FormToken, "form-token", None, None),
    Entry(Capability::ClientAllowlist, "client-allowlist", None, None),
    Entry(Capability::SecondIssuer, "second-issuer", None, None),
    Entry(Capability::Log, "log", None, Some("server.log")),
    Entry(Capability::PublicPath, "public-path", Some("public_path"), Some("/health")),
    Entry(Capability::BothPath, "both-path", Some("both_path"), Some("/admin")),
    Entry(Capability::WriteMethod, "write-method", Some("write_method"), Some("POST")),
    Entry(Capability::Algorithms, "algorithms", None, Some("ES256,PS256")),
];

impl Capability {
    /// Every capability with its word.
    #[must_use]
    pub fn words() -> Vec<(&'static str, Self)> {
        TABLE.iter().map(|entry| (entry.1, entry.0)).collect()
    }

    /// Those whose value stands in requests, with the placeholder.
    pub(super) fn placeholders() -> impl Iterator<Item = (Self, &'static str)> {
        TABLE.iter().filter_map(|entry| Some((entry.0, entry.2?)))
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.entry().1
    }

    /// How it is declared: `--declare identity=/sub`.
    #[must_use]
    pub fn example(self) -> String {
        match self.entry().3 {
            Some(value) => format!("--declare {}={value}", self.word()),
            None => format!("--declare {}", self.word()),
        }
    }

    /// What a value must be that can't be meant so.
    fn flaw(self, value: &str) -> Option<&'static str> {
        let is_origin = |value: &str| {
            let host = value.split_once("://").map(|(_, host)| host);
            host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
        };
        let (is_sound, must) = match self {
            Self::Identity => (value.starts_with('/'), "a JSON Pointer, which begins with /"),
            Self::PublicPath | Self::BothPath => (value.starts_with('/'), "a path, which begins with /"),
            Self::Cors => (is_origin(value), "an origin: scheme, host and port without a path"),
            Self::Algorithms => {
                let are_known = value.split(',').all(|name| Algorithm::from_name(name.trim()).is_some());
                (are_known, "names of algorithms with commas between them")
            }
            Self::WriteMethod => (value.bytes().all(|byte| byte.is_ascii_alphabetic()), "a method"),
            _ => return None,
        };
        (!is_sound).then_some(must)
    }

    fn takes_value(self) -> bool {
        self.entry().3.is_some()
    }

    fn entry(self) -> &'static Entry {
        TABLE.iter().find(|entry| entry.0 == self).unwrap_or(&TABLE[0])
    }
}

/// What a case needs declared: a capability, and of one whose value is a list, a
/// member of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    /// The capability.
    pub capability: Capability,
    /// The algorithm, of [`Capability::Algorithms`].
    pub algorithm: Option<Algorithm>,
}

impl Demand {
    /// Reads a word of `declared`: `writes`, `algorithms=ES256`.
    pub(super) fn from_node(node: &Node) -> Result<Self, InputError> {
        let Some(name) = node.as_str()?.strip_prefix("algorithms=") else {
            let capability = node.as_choice(&Capability::words())?;
            return match capability {
                Capability::Algorithms => Err(node.error("say which one: `algorithms=ES256`")),
                _ => Ok(capability.into()),
            };
        };
        let algorithm =
            Algorithm::from_name(name).ok_or_else(|| node.error("this is no algorithm that is known here"))?;
        Ok(Self { capability: Capability::Algorithms, algorithm: Some(algorithm) })
    }

    /// How it is declared: `--declare algorithms=ES256`.
    #[must_use]
    pub fn example(self) -> String {
        match self.algorithm {
            Some(algorithm) => format!("--declare {}={}", self.capability.word(), algorithm.name()),
            None => self.capability.example(),
        }
    }

    /// Whether it was declared.
    #[must_use]
    pub fn is_met_by(self, declared: &Declared) -> bool {
        let Some(value) = declared.value(self.capability) else { return false };
        self.algorithm.is_none_or(|wanted| value.split(',').any(|name| name.trim() == wanted.name()))
    }
}

impl From<Capability> for Demand {
    fn from(capability: Capability) -> Self {
        Self { capability, algorithm: None }
    }
}

/// What the owner of a target has declared, with the values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared(BTreeMap<Capability, String>);

impl Declared {
    /// Adds a declaration; a later one takes the place of an earlier one.
    pub fn add(&mut self, declaration: Declaration) {
        self.0.insert(declaration.capability, declaration.value);
    }

    /// Whether it was declared.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        self.0.contains_key(&capability)
    }

    /// Its value; `None` where it was not declared.
    #[must_use]
    pub fn value(&self, capability: Capability) -> Option<&str> {
        self.0.get(&capability).map(String::as_str)
    }

    /// The value behind a request's placeholder.
    pub(super) fn placeholder(&self, name: &str) -> Option<&str> {
        let (capability, _) = Capability::placeholders().find(|(_, known)| *known == name)?;
        self.value(capability)
    }

    /// All declarations, as arguments of `--declare`.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(capability, value)| match value.is_empty() {
            true => capability.word().to_owned(),
            false => format!("{}={value}", capability.word()),
        })
    }
}

impl FromIterator<Declaration> for Declared {
    fn from_iter<T: IntoIterator<Item = Declaration>>(declarations: T) -> Self {
        let mut declared = Self::default();
        declarations.into_iter().for_each(|declaration| declared.add(declaration));
        declared
    }
}

/// One declaration: `cors`, or `identity=/sub`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// What the target can do.
    pub capability: Capability,
    /// The value; empty where the capability takes none.
    pub value: String,
}

/// Why a text is no declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeclarationError {
    /// No capability has that name.
    #[error("\"{name}\" is nothing that a target can declare: known are {}", known())]
    Unknown {
        /// What was given.
        name: String,
    },
    /// The value is missing.
    #[error("\"{}\" needs a value: {}", .0.word(), .0.example())]
    NoValue(Capability),
    /// The value is none of its kind.
    #[error("\"{}\" must be {must}: {}", .capability.word(), .capability.example())]
    Unusable {
        /// Whose value.
        capability: Capability,
        /// What it must be.
        must: &'static str,
    },
    /// There is a value where none is taken.
    #[error("\"{}\" takes no value: {}", .0.word(), .0.example())]
    Value(Capability),
}

impl FromStr for Declaration {
    type Err = DeclarationError;

    fn from_str(text: &str) -> Result<Self, DeclarationError> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let found = TABLE.iter().find(|entry| entry.1 == name.trim());
        let capability = found.ok_or_else(|| DeclarationError::Unknown { name: name.to_owned() })?.0;
        match (capability.takes_value(), value.is_empty()) {
            (true, true) => Err(DeclarationError::NoValue(capability)),
            (false, false) => Err(DeclarationError::Value(capability)),
            _ => match capability.flaw(value) {
                Some(must) => Err(DeclarationError::Unusable { capability, must }),
                None => Ok(Self { capability, value: value.to_owned() }),
            },
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

fn known() -> String {
    TABLE.iter().map(|entry| entry.1).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_has_a_value_where_its_capability_takes_one() {
        let parse = |text: &str| text.parse::<Declaration>();
        assert_eq!(parse("writes").unwrap().capability, Capability::Writes);
        assert_eq!(parse("identity=/sub").unwrap().value, "/sub");
        assert_eq!(parse("identity"), Err(DeclarationError::NoValue(Capability::Identity)));
        assert_eq!(parse("writes=1"), Err(DeclarationError::Value(Capability::Writes)));
        for wrong in ["identity=sub", "both-path=admin", "cors=app.example", "cors=https://a/b", "write-method=P OST"] {
            let error = parse(wrong).unwrap_err();
            assert!(matches!(error, DeclarationError::Unusable { .. }), "{wrong}: {error}");
        }
        assert!(parse("algorithms=ES256,RS999").unwrap_err().to_string().contains("names of algorithms"));
        assert!(parse("identiy=/sub").unwrap_err().to_string().contains("known are identity, cors"));
    }

    #[test]
    fn an_algorithm_is_declared_by_its_name_in_a_list() {
        let demand = Demand { capability: Capability::Algorithms, algorithm: Algorithm::from_name("PS256") };
        assert_eq!(demand.example(), "--declare algorithms=PS256");
        for (text, is_met) in [("algorithms=ES256, PS256", true), ("algorithms=ES256", false), ("writes", false)] {
            assert_eq!(demand.is_met_by(&Declared::from_iter([text.parse().unwrap()])), is_met, "{text}");
        }
    }

    #[test]
    fn what_is_declared_can_be_given_as_arguments_again() {
        let declared: Declared = ["write-method=POST", "writes"].iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(declared.words().collect::<Vec<_>>(), ["writes", "write-method=POST"]);
        assert_eq!(declared.placeholder("write_method"), Some("POST"));
        assert_eq!(declared.placeholder("both_path"), None);
    }
}
