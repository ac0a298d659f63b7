//! Text in lines.

/// Characters of a line, at most; a longer word stands alone.
pub(crate) const WIDTH: usize = 88;

/// The text in lines of at most [`WIDTH`], each after so many spaces.
pub(crate) fn wrap(text: &str, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{:indent$}{word}", "")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filled_and_indented() {
        let text = wrap(&"word ".repeat(40), 6);
        assert!(text.lines().all(|line| line.starts_with("      word") && line.chars().count() <= WIDTH));
        assert_eq!(text.lines().count(), 3);
        assert_eq!(wrap("", 2), "");
    }
}
