//! Whose tokens they are most like, for the paths and the roles that no token tells.

use mock_idp::dialect::{Dialect, Shape};

/// The shape that shares most names with these; `None` where each shares less than
/// half.
pub(super) fn closest(header: &[String], claims: &[String]) -> Option<Shape> {
    let likeness = |shape: Shape| {
        let dialect = Dialect::of(shape);
        let of_claims = share(&dialect.claim_names(), claims).max(share(&dialect.user_claim_names(), claims));
        of_claims * 4 + share(&dialect.header_names(), header)
    };
    let best = Shape::ALL.iter().map(|(_, shape)| (likeness(*shape), *shape)).max_by_key(|(likeness, _)| *likeness);
    best.filter(|(likeness, _)| *likeness >= 250).map(|(_, shape)| shape)
}

/// How many of all names both have, in percent.
fn share(one: &[String], other: &[String]) -> usize {
    let both = one.iter().filter(|name| other.contains(name)).count();
    let all = one.len() + other.len() - both;
    (both * 100).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_of_every_shape_are_told() {
        for (word, shape) in Shape::ALL {
            let dialect = Dialect::of(shape);
            assert_eq!(closest(&dialect.header_names(), &dialect.claim_names()), Some(shape), "{word}");
        }
        assert_eq!(closest(&["alg".into()], &["a".into(), "b".into()]), None);
    }
}
