//! Placeholders such as `{issuer}` in the values of variables and in the command line.

use super::contract::Contract;

/// When a template can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// When a name in braces is no placeholder.
    #[error(
        "unknown placeholder {{{name}}}{}; known are {}; write {{{{{name}}}}} for the text itself",
        did_you_mean(.nearest.as_deref()),
        known()
    )]
    Unknown {
        /// The name that was given.
        name: String,
        /// The placeholder that is spelled most like it, if any is close.
        nearest: Option<&'static str>,
    },
    /// When a placeholder has no value in this run: the CA files while the issuer speaks http, a
    /// shared secret where there is none.
    #[error("{{{name}}} has no value {lack}")]
    NoValue {
        /// The placeholder.
        name: String,
        /// Why it has none, and what to do.
        lack: &'static str,
    },
}

/// Fills in the value of a variable.
///
/// `{name}` becomes the placeholder's value, `{{name}}` the text `{name}`. A name is made of
/// letters, digits and `_`; a brace that encloses no name stands for itself, so that JSON needs
/// no escaping.
///
/// # Errors
/// When a name is no placeholder, or has no value; see [`TemplateError`].
pub fn render(template: &str, contract: &Contract) -> Result<String, TemplateError> {
    fill(template, contract, Dialect::Plain)
}

/// Fills in a command line: like [`render`], but `${name}` is left to the shell.
///
/// Values are put in as they are. Put quotes around one that can hold a space, or name the
/// variable instead (`"$SCOPE"`): the shell has them all.
///
/// # Errors
/// As [`render`].
pub fn render_command(template: &str, contract: &Contract) -> Result<String, TemplateError> {
    fill(template, contract, Dialect::Shell)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Plain,
    Shell,
}

fn fill(template: &str, contract: &Contract, dialect: Dialect) -> Result<String, TemplateError> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(brace) = rest.find('{') {
        let (before, at_brace) = rest.split_at(brace);
        filled.push_str(before);
        rest = if dialect == Dialect::Shell && before.ends_with('$') {
            copy_brace(at_brace, &mut filled)
        } else if let Some(name) = enclosed(at_brace, "{{", "}}") {
            filled.extend(["{", name, "}"]);
            &at_brace[name.len() + 4..]
        } else if let Some(name) = enclosed(at_brace, "{", "}") {
            filled.push_str(&value(name, contract)?);
            &at_brace[name.len() + 2..]
        } else {
            copy_brace(at_brace, &mut filled)
        };
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Copies the brace at the start of `text` and gives back what follows it.
fn copy_brace<'a>(text: &'a str, filled: &mut String) -> &'a str {
    filled.push('{');
    &text[1..]
}

/// The name between `open`, at the start of `text`, and the `close` right behind it.
fn enclosed<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inside = text.strip_prefix(open)?;
    let is_part_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = inside.find(|letter| !is_part_of_a_name(letter))?;
    let name = &inside[..end];
    (inside[end..].starts_with(close) && !name.is_empty()).then_some(name)
}

fn value(name: &str, contract: &Contract) -> Result<String, TemplateError> {
    match contract.value(name) {
        Some(Some(value)) => Ok(value),
        Some(None) => Err(TemplateError::NoValue { name: name.to_owned(), lack: contract.lack(name) }),
        None => Err(TemplateError::Unknown { name: name.to_owned(), nearest: nearest(name) }),
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    let known: Vec<_> = Contract::placeholders().collect();
    let name = name.to_ascii_lowercase();
    let close = similar::get_close_matches(name.as_str(), &known, 1, 0.6);
    close.into_iter().next()
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(", did you mean {{{name}}}?")).unwrap_or_default()
}

fn known() -> String {
    let braced = Contract::placeholders().map(|name| format!("{{{name}}}"));
    braced.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::contract::tests::contract;
    use super::*;

    fn rendered(template: &str) -> String {
        render(template, &contract().on_port(8080)).expect("a sound template")
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(rendered("http://{host}:{port}/?aud={audience}"), "http://127.0.0.1:8080/?aud=api://default");
        assert_eq!(rendered("{port}{port}"), "80808080");
        assert_eq!(rendered("no placeholder"), "no placeholder");
    }

    #[test]
    fn doubled_braces_around_a_name_are_the_text_itself() {
        assert_eq!(rendered("{{port}} is {port}"), "{port} is 8080");
        assert_eq!(rendered("{{unknown}}"), "{unknown}");
    }

    #[test]
    fn braces_around_no_name_stand_for_themselves() {
        let json = r#"{"listen":{"port":{port},"tags":{}}}"#;

        assert_eq!(rendered(json), r#"{"listen":{"port":8080,"tags":{}}}"#);
        assert_eq!(rendered("{ port }"), "{ port }");
        assert_eq!(rendered("{port"), "{port");
        assert_eq!(rendered("port}"), "port}");
        assert_eq!(rendered("{{port}"), "{8080");
        assert_eq!(rendered("{é}"), "{é}");
        assert_eq!(rendered("{"), "{");
    }

    #[test]
    fn a_command_leaves_the_variables_of_the_shell_alone() {
        let command = render_command("serve ${HOST} ${port} --port {port}", &contract().on_port(1));

        assert_eq!(command.as_deref(), Ok("serve ${HOST} ${port} --port 1"));
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_that_helps() {
        let error = render("{isuer}", &contract()).unwrap_err().to_string();

        assert_eq!(
            error,
            "unknown placeholder {isuer}, did you mean {issuer}?; known are {issuer}, \
             {jwks_uri}, {audience}, {scope}, {other_scope}, {client_id}, {client_secret}, {host}, {port}, \
             {ca_file}, {ca_bundle}, {truststore_p12}, {alg}, {public_key_pem}, {public_key_file}, \
             {certificate_file}, {jwks_file}, {shared_secret}; write {{isuer}} for the text itself"
        );
    }

    #[test]
    fn the_nearest_placeholder_is_found_whatever_the_case() {
        assert_eq!(nearest("PORT"), Some("port"));
        assert_eq!(nearest("clientid"), Some("client_id"));
        assert_eq!(nearest("xyzzy"), None);
    }

    #[test]
    fn a_placeholder_without_a_value_says_why() {
        let plain = Contract { ca_file: None, ..contract() };

        assert_eq!(
            render("{ca_file}", &plain).unwrap_err().to_string(),
            "{ca_file} has no value while the issuer speaks http; leave it out, or use https"
        );
    }
}
