//! What a page of this repository says of one thing, for the test that holds it to that.

use std::path::Path;

/// The names in backticks in the last column of the row that begins with `[name]`.
///
/// # Panics
///
/// When there is no such page, or no such row on it.
#[must_use]
pub fn last_cell(page: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let row = text.lines().find(|line| line.starts_with(&format!("| [{name}]")));
    let row = row.unwrap_or_else(|| panic!("{} has no row for {name}", page.display()));
    let cell = row.rsplit('|').nth(1).unwrap_or_default();
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_read_and_no_other() {
        let page = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(page.path(), "| a | b |\n|---|---|\n| [x](x) `no` | `p/q` and `r` |\n| [y](y) `no` | |\n")
            .expect("a page");
        assert_eq!(last_cell(page.path(), "x"), ["p/q", "r"]);
        assert_eq!(last_cell(page.path(), "y"), Vec::<String>::new());
    }
}
