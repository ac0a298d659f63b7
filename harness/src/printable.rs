//! Text as a terminal may show it.

/// The text with control characters escaped: a target must not steer a
/// terminal, and a line stays a line.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escaped = character.is_control().then(|| character.escape_default());
            let plain = escaped.is_none().then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// A line of a log without the colours that are for a terminal (ECMA-48, section
/// 8.3.117). They go before anything is looked for in it: a token between two colours
/// is one.
pub fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut parts = line.split("\u{1b}[");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|character: char| !(character.is_ascii_digit() || character == ';'));
        match end {
            Some(end) if part[end..].starts_with('m') => out.push_str(&part[end + 1..]),
            _ => {
                out.push_str("\u{1b}[");
                out.push_str(part);
            }
        }
    }
    out
}

/// `1 variant`, `2 variants`.
pub(crate) fn counted(count: impl std::fmt::Display, noun: &str) -> String {
    match count.to_string().as_str() {
        "1" => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_log_has_no_colours_and_nothing_else_is_lost() {
        assert_eq!(without_colours("\u{1b}[90m12:00\u{1b}[0m \u{1b}[1;31mno\u{1b}[m"), "12:00 no");
        assert_eq!(without_colours("\u{1b}[2Ja \u{1b}[9"), "\u{1b}[2Ja \u{1b}[9");
    }

    #[test]
    fn one_is_told_from_many() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "case")), ["0 cases", "1 case", "2 cases"]);
    }

    #[test]
    fn control_characters_are_escaped_and_letters_are_not() {
        assert_eq!(printable("a\u{1b}]0;x\u{7}é"), "a\\u{1b}]0;x\\u{7}é");
    }
}
