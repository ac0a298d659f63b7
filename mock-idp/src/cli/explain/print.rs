//! What a person gets to see: never the signature, without which a token is of no use.

use std::io::Write as _;

use mock_idp::catalogue;
use mock_idp::json::{Member, Object};

use super::super::error::CliError;
use super::decoded::Decoded;
use super::expected::Expected;
use super::reason::Reason;
use super::times;

/// Claims that are a NumericDate.
const TIMES: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];

pub(super) fn print(token: Option<&Decoded<'_>>, reasons: &[Reason], expected: &Expected) -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    if let Some(token) = token {
        output.write_all(members("header", &token.header, expected.now).as_bytes())?;
        output.write_all(members("claims", &token.claims, expected.now).as_bytes())?;
        writeln!(output, "signature\n  {} bytes, not shown\n", token.signature.len())?;
    }
    if reasons.is_empty() {
        writeln!(output, "Nothing speaks against it, {}.", by_whom(expected))?;
        return Ok(());
    }
    writeln!(output, "A resource server should refuse it, {}:", by_whom(expected))?;
    for Reason { scenario, detail } in reasons {
        let title = catalogue::title(scenario).unwrap_or_default();
        writeln!(output, "\n  {scenario}: {title}\n    {}", printable(detail))?;
    }
    Ok(())
}

fn by_whom(expected: &Expected) -> String {
    let Expected { issuers, audience, scopes, .. } = expected;
    let scopes = if scopes.is_empty() { "no scope".to_owned() } else { scopes.join(" ") };
    format!("where {} issues for {audience} and {scopes} is needed", issuers.join(" or "))
}

fn members(title: &str, object: &Object, now: i64) -> String {
    let names: Vec<_> = object.members().iter().map(Member::plain_name).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let line = |(member, name): (&Member, &std::borrow::Cow<'_, str>)| {
        let value = serde_json::from_str(&member.value).ok().filter(|_| TIMES.contains(&name.as_ref()));
        let time = value.and_then(|value| times::words(&value, now)).map(|words| format!("  {words}"));
        printable(&format!("  {name:width$}  {}{}", member.value, time.unwrap_or_default())) + "\n"
    };
    format!("{title}\n{}", object.members().iter().zip(&names).map(line).collect::<String>())
}

/// Without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|letter| if letter.is_control() { letter.escape_unicode().collect() } else { vec![letter] })
        .collect()
}
