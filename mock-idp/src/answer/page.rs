use std::fmt::Write as _;

use super::{Row, rows};

/// The table of `ANSWERS.md`: all answers, as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| answer | at | what is otherwise | a client | by |\n|---|---|---|---|---|\n");
    for row in rows() {
        let place = row.place.map_or("any", super::Place::word);
        let _ = writeln!(text, "| `{}` | {place} | {} | {} | {} |", spelled(row), row.does, row.client, row.by);
    }
    text
}

fn spelled(row: &Row) -> String {
    row.value().map_or_else(|| row.name.to_owned(), |value| format!("{}={value}", row.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_the_table() {
        let page = include_str!("../../ANSWERS.md");
        assert!(page.contains(&markdown()), "put this into ANSWERS.md:\n{}", markdown());
    }
}
