//! All answers, as data: one file per concern.

mod documents;
mod id_token;
mod odd_id_token;
mod redirect;
mod token;
mod wire;

use super::Row;

const CONCERNS: [&[Row]; 6] =
    [redirect::ROWS, token::ROWS, id_token::ROWS, odd_id_token::ROWS, documents::ROWS, wire::ROWS];

/// All answers that there are.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    CONCERNS.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Answer, Effect};
    use super::*;
    use crate::mutation::Mutation;

    #[test]
    fn every_answer_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<&str> = rows().map(|row| row.name).collect();
        assert_eq!(names.len(), rows().count());
        for row in rows() {
            let text = row.value().map_or_else(|| row.name.to_owned(), |value| format!("{}={value}", row.name));
            assert_eq!(Answer::parse(&text).unwrap().row().name, row.name);
        }
    }

    #[test]
    fn every_edit_of_an_id_token_is_one() {
        for row in rows() {
            if let Effect::IdToken(_, edits) = row.effect {
                let edits = serde_json::from_str(edits).unwrap();
                assert!(!Mutation::from_json(&edits).unwrap().is_control(), "{}", row.name);
            }
        }
    }
}
