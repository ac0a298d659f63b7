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
fn holds_token(line: &str) -> bool {
    line.split(|letter: char| !is_token_letter(letter)).any(|word| {
        word.match_indices("eyJ").any(|(at, _)| {
            let segments: Vec<&str> = word[at..].split('.').collect();
            matches!(segments[..], [header, payload, signature, ..]
                if header.len() > 16 && payload.len() > 16 && signature.len() > 32)
        })
    })
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
        assert!(log_fault(CheckKind::LogLines, "X-Badpenny-Canary: 1").is_some());
        assert!(log_fault(CheckKind::LogLines, "unknown kid \"a\\r\\nX-Badpenny-Canary: 1\"").is_none());
    }
}
