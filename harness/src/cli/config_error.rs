//! What is wrong with `badpenny.toml`, told without the values in it: one of them
//! may be a secret that somebody has put there.

/// Where an error is and what it says; of its line no more than the name.
pub(super) fn pointed(error: &toml::de::Error, text: &str) -> String {
    let message = plainly(&without_value(error.message()));
    let Some(start) = error.span().map(|span| span.start) else { return format!("as it is: {message}") };
    let Some((before, rest)) = text.split_at_checked(start) else { return format!("as it is: {message}") };
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (number, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    let line = format!("{}{}", &before[line_start..], rest.lines().next().unwrap_or_default());
    let at = format!("at line {number}, column {column}: {message}");
    match line.split_once('=') {
        Some((name, _)) => format!("{at}\n  {number} | {name}= ...\n"),
        None => format!("{at}\n"),
    }
}

/// A message that repeats a text of the file, with the kind of value in its place.
fn without_value(message: &str) -> String {
    const BEFORE: &str = "string \"";
    let (Some(start), Some(end)) = (message.find(BEFORE), message.rfind("\", expected")) else {
        return message.to_owned();
    };
    if end < start + BEFORE.len() {
        return message.to_owned();
    }
    format!("{}string{}", &message[..start], &message[end + 1..])
}

/// What a parser expects, in words that are not those of this program's types.
const PLAIN_WORDS: [(&str, &str); 12] = [
    ("expected f64", "expected a number"),
    ("expected u16", "expected a whole number from 0 to 65535"),
    ("expected u64", "expected a whole number from 0"),
    ("expected a boolean", "expected true or false"),
    ("expected a string", "expected a text"),
    ("expected path string", "expected a text, the path of a file"),
    ("expected a sequence", "expected a list such as [\"a\", \"b\"]"),
    ("expected a map", "expected a table such as { name = \"value\" }"),
    ("expected socket address", "expected an address such as \"127.0.0.1:9443\""),
    ("data did not match any variant of untagged enum MaxTime", "expected seconds, or a text such as \"5m\""),
    ("invalid type: string", "found a text"),
    ("invalid value: string", "found a text"),
];

fn plainly(error: &str) -> String {
    let plain = PLAIN_WORDS.iter().fold(error.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours));
    plain.replace("invalid type: ", "found the ").replace("invalid value: ", "found the ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    #[expect(dead_code, reason = "it is the errors that are looked at")]
    struct Settings {
        rate: Option<f64>,
        headers: Option<BTreeMap<String, String>>,
    }

    #[rstest]
    #[case::unknown("rate = 1\nclient_secret = \"hush-4711\"", "at line 2, column 1: unknown field `client_secret`")]
    #[case::of_another_kind("headers = \"X-Key: hush-4711\"", "at line 1, column 11: found a text, expected a table")]
    #[case::with_an_expected(
        "rate = \"hush-4711\\\", expected x\"",
        "at line 1, column 8: found a text, expected a number"
    )]
    #[case::not_closed("headers = { X-Key = \"hush-4711 }", "at line 1")]
    #[case::twice("headers = { A = \"hush-4711\", A = \"hush-4711\" }", "at line 1")]
    fn an_error_names_its_place_and_no_value(#[case] text: &str, #[case] told: &str) {
        let error = toml::from_str::<Settings>(text).unwrap_err();
        let shown = pointed(&error, text);
        assert!(shown.starts_with(told) && !shown.contains("4711"), "{shown}");
    }
}
