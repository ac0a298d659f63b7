//! The environment of a spawned target.

use std::fmt;
use std::str::FromStr;

use mock_idp::tls::{JAVA_OPTIONS, java_options};

use super::contract::Contract;
use super::template::{TemplateError, render};

/// What every target is told, under the names of the variables that servers commonly read. A
/// variable whose placeholder has no value is left as it is.
const DEFAULTS: &[(&str, &str)] = &[
    ("ISSUER", "{issuer}"),
    ("AUDIENCE", "{audience}"),
    ("SCOPE", "{scope}"),
    ("CLIENT_ID", "{client_id}"),
    ("CLIENT_SECRET", "{client_secret}"),
    ("SERVER_PORT", "{port}"),
    ("PORT", "{port}"),
    // Node adds this file to its roots; OpenSSL, Go and Python replace theirs.
    ("NODE_EXTRA_CA_CERTS", "{ca_file}"),
    ("SSL_CERT_FILE", "{ca_bundle}"),
    ("REQUESTS_CA_BUNDLE", "{ca_bundle}"),
];

/// The hosts that no proxy may stand in front of.
const DIRECT: &str = "127.0.0.1,localhost,::1";

/// Both spellings are in use, and a client that knows both may prefer either.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Variables with their values, in the order in which they were set. A later one of the same
/// name wins. `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(Vec<(String, String)>);

/// A variable that the user adds or overrides: `NAME=TEMPLATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableTemplate {
    /// The variable's name.
    pub name: String,
    /// Its value with placeholders; see [`render`].
    pub template: String,
}

/// When an environment can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// When a variable's definition is not of the form `NAME=TEMPLATE`.
    #[error("that sets no variable; write NAME=VALUE, as in OKTA_ISSUER={{issuer}}")]
    NotAnAssignment,
    /// When the value of a variable can't be filled in.
    #[error("variable {name}: {source}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with its template.
        source: TemplateError,
    },
    /// When the command line can't be filled in.
    #[error("command: {0}")]
    Command(TemplateError),
}

impl Environment {
    /// The contract's default variables, `NO_PROXY`, and on top of them the user's own.
    ///
    /// `inherited` reads a variable of the environment that the target inherits: what stands in
    /// `NO_PROXY` there is kept.
    ///
    /// # Errors
    /// When a template of the user's can't be filled in.
    pub fn of(
        contract: &Contract,
        templates: &[VariableTemplate],
        inherited: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, EnvironmentError> {
        let defaults = DEFAULTS.iter().filter_map(|(name, template)| {
            let value = render(template, contract).ok()?;
            Some(((*name).to_owned(), value))
        });
        let java = contract.truststore_p12.as_deref().and_then(|store| {
            let value = java_options(inherited(JAVA_OPTIONS).as_deref(), store)?;
            Some((JAVA_OPTIONS.to_owned(), value))
        });
        let mut variables: Vec<_> = defaults.chain(no_proxy(&inherited)).chain(java).collect();
        for VariableTemplate { name, template } in templates {
            let value = render(template, contract)
                .map_err(|source| EnvironmentError::Variable { name: name.clone(), source })?;
            // Whoever sets the options of Java adds to the trust, and does not take its place.
            let value = match contract.truststore_p12.as_deref().filter(|_| name == JAVA_OPTIONS) {
                Some(store) => java_options(Some(&value), store).unwrap_or(value),
                None => value,
            };
            variables.push((name.clone(), value));
        }
        Ok(Self(variables))
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().filter(|(known, _)| *known == name).map(|(_, value)| value).last()
    }

    /// All variables; of two with one name, the later one counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let owned = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(owned.collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| name);
        out.debug_set().entries(names).finish()
    }
}

impl FromStr for VariableTemplate {
    type Err = EnvironmentError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        match given.split_once('=') {
            Some((name, template)) if is_a_name(name) => {
                Ok(Self { name: name.to_owned(), template: template.to_owned() })
            }
            _ => Err(EnvironmentError::NotAnAssignment),
        }
    }
}

/// Wider than what a shell can set: `spring.security.oauth2` is a name too.
fn is_a_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '\0')
}

fn no_proxy(inherited: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let [upper, lower] = NO_PROXY.map(inherited);
    let values = [upper.clone().or(lower.clone()), lower.or(upper)];
    let direct = values.map(|value| match value.as_deref().map(str::trim) {
        None | Some("") => DIRECT.to_owned(),
        Some(before) => format!("{before},{DIRECT}"),
    });
    NO_PROXY.map(str::to_owned).into_iter().zip(direct).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::tests::contract;
    use super::*;

    fn environment(templates: &[&str]) -> Result<Environment, EnvironmentError> {
        let parsed: Result<Vec<_>, _> = templates.iter().map(|text| text.parse()).collect();
        Environment::of(&contract().on_port(8080), &parsed?, |_| None)
    }

    #[test]
    fn the_contract_is_set_under_the_default_names() {
        let environment = environment(&[]).expect("the defaults are sound");

        let set: Vec<_> = environment.iter().collect();
        assert_eq!(
            set,
            [
                ("ISSUER", "https://127.0.0.1:9443/oauth2/default"),
                ("AUDIENCE", "api://default"),
                ("SCOPE", "orders:read"),
                ("CLIENT_ID", "0oa1"),
                ("CLIENT_SECRET", "hush"),
                ("SERVER_PORT", "8080"),
                ("PORT", "8080"),
                ("NODE_EXTRA_CA_CERTS", "/trust/ca.pem"),
                ("SSL_CERT_FILE", "/trust/bundle.pem"),
                ("REQUESTS_CA_BUNDLE", "/trust/bundle.pem"),
                ("NO_PROXY", DIRECT),
                ("no_proxy", DIRECT),
                (
                    "JAVA_TOOL_OPTIONS",
                    "-Djavax.net.ssl.trustStore=/trust/store.p12 -Djavax.net.ssl.trustStorePassword=changeit \
                     -Djavax.net.ssl.trustStoreType=PKCS12"
                ),
            ]
        );
    }

    #[test]
    fn an_issuer_over_http_leaves_the_trust_of_the_target_alone() {
        let plain = Contract { ca_file: None, ca_bundle: None, truststore_p12: None, ..contract() };

        let environment = Environment::of(&plain, &[], |_| None).expect("sound");

        assert_eq!(environment.get("SSL_CERT_FILE"), None);
        assert_eq!(environment.get("ISSUER"), Some(plain.issuer.as_str()));
    }

    #[test]
    fn a_template_adds_or_overrides() {
        let own = ["OKTA_URL={issuer}?a=b", "SCOPE=mine", "EMPTY="];
        let environment = environment(&own).expect("sound templates");

        let okta = Some("https://127.0.0.1:9443/oauth2/default?a=b");
        assert_eq!(environment.get("OKTA_URL"), okta);
        assert_eq!(environment.get("SCOPE"), Some("mine"));
        assert_eq!(environment.get("EMPTY"), Some(""));
    }

    #[test]
    fn an_unsound_template_names_its_variable() {
        let error = environment(&["LISTEN={prot}"]).unwrap_err().to_string();

        let start = "variable LISTEN: unknown placeholder {prot}, did you mean {port}?;";
        assert!(error.starts_with(start), "{error}");
    }

    #[test]
    fn a_definition_without_a_name_is_refused() {
        for given in ["ISSUER", "=value", "A B=c", ""] {
            assert_eq!(given.parse::<VariableTemplate>(), Err(EnvironmentError::NotAnAssignment));
        }
    }

    #[test]
    fn what_stood_in_no_proxy_is_kept() {
        let values = |upper: Option<&str>, lower: Option<&str>| {
            let read = |name: &str| if name == "NO_PROXY" { upper } else { lower };
            let set = no_proxy(|name| read(name).map(str::to_owned));
            set.into_iter().map(|(_, value)| value).collect::<Vec<_>>()
        };
        let with = |before: &str| format!("{before},{DIRECT}");

        assert_eq!(values(Some("a"), Some("b")), [with("a"), with("b")]);
        assert_eq!(values(Some("a"), None), [with("a"), with("a")]);
        assert_eq!(values(None, Some("b")), [with("b"), with("b")]);
        assert_eq!(values(Some(" "), None), [DIRECT, DIRECT]);
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let shown = format!("{:?}", environment(&[]).expect("sound"));

        assert!(shown.contains("CLIENT_SECRET"), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
    }
}
