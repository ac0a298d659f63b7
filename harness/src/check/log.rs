//! What the target writes about tokens into its log.

use crate::scenario::CheckKind;

/// What a line of the target's log does wrong, by that check; `None` where it is fine.
#[must_use]
pub fn log_fault(kind: CheckKind, line: &str) -> Option<&'static str> {
    match kind {
        CheckKind::LogToken => holds_token(line).then_some("a usable token stands in the log"),
        CheckKind::LogLines => {
            let begins = line.trim_start().to_ascii_lowercase().starts_with("x-badpenny-canary");
            begins.then_some("a line end out of a token made a line of the log")
        }
        _ => None,
    }
}

/// Three segments of base64url, the first of which begins like a JSON object.
/// Who sends a token in the address of a request has put it into every access
/// log on the way: that is the sender's doing.
fn holds_token(line: &str) -> bool {
    line.match_indices("eyJ").any(|(at, _)| {
        let before = line[..at].trim_end_matches(is_token_letter);
        let word: &str = line[at..].split(|letter: char| !is_token_letter(letter)).next().unwrap_or_default();
        let segments: Vec<&str> = word.split('.').collect();
        let is_token = matches!(segments[..], [header, payload, signature, ..]
            if header.len() > 16 && payload.len() > 16 && signature.len() > 32);
        is_token && !is_in_query(before)
    })
}

/// Whether a text ends with a parameter of a query: `GET /?access_token=`.
fn is_in_query(before: &str) -> bool {
    let parameter = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    parameter.ends_with('=') && parameter.contains('?')
}

fn is_token_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_token_in_a_line_is_found_and_a_header_alone_is_not() {
        let (header, rest) = ("eyJhbGciOiJSUzI1NiJ9", "a".repeat(40));
        let whole = format!("GET / Authorization: Bearer {header}.{rest}.{rest} 401");
        assert!(log_fault(CheckKind::LogToken, &whole).is_some());
        assert!(log_fault(CheckKind::LogToken, &format!("bad header {header}")).is_none());
        let in_address = format!("\"GET /api?x=1&access_token={header}.{rest}.{rest} HTTP/1.1\" 401");
        assert!(log_fault(CheckKind::LogToken, &in_address).is_none(), "an access log of what was sent");
        let both = format!("{in_address} Bearer {header}.{rest}.{rest}");
        assert!(log_fault(CheckKind::LogToken, &both).is_some());
        assert!(log_fault(CheckKind::LogLines, "X-Badpenny-Canary: 1").is_some());
        assert!(log_fault(CheckKind::LogLines, "unknown kid \"a\\r\\nX-Badpenny-Canary: 1\"").is_none());
    }
}
