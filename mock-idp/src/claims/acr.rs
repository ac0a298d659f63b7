/// An authentication context that a client can ask for (OpenID Connect Core, section
/// 3.1.2.1: `acr_values`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acr {
    pub(crate) name: &'static str,
    /// The methods that a sign-in of it tells of (RFC 8176). What is done on the page is
    /// the same for all of them.
    pub(crate) amr: &'static [&'static str],
}

/// The methods of a sign-in that no context was asked for.
pub(crate) const USUAL_AMR: &[&str] = &["pwd"];

/// Those that Okta has.
const ALL: [Acr; 6] = [
    Acr { name: "urn:okta:loa:1fa:any", amr: USUAL_AMR },
    Acr { name: "urn:okta:loa:1fa:pwd", amr: USUAL_AMR },
    Acr { name: "urn:okta:loa:2fa:any", amr: &["mfa", "otp", "pwd"] },
    Acr { name: "urn:okta:loa:2fa:any:ifpossible", amr: &["mfa", "otp", "pwd"] },
    Acr { name: "phr", amr: &["mfa", "hwk", "pwd"] },
    Acr { name: "phrh", amr: &["mfa", "hwk", "pwd"] },
];

impl Acr {
    /// The first of the values that is known; as at Okta the others are passed over.
    pub(crate) fn first_of(values: &str) -> Option<Self> {
        values.split_ascii_whitespace().find_map(|value| ALL.into_iter().find(|known| known.name == value))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("urn:okta:loa:2fa:any", Some("urn:okta:loa:2fa:any"))]
    #[case("urn:example:gold phr urn:okta:loa:1fa:any", Some("phr"))]
    #[case("urn:okta:loa:9fa:any", None)]
    #[case("", None)]
    fn the_first_value_that_is_known_counts(#[case] values: &str, #[case] expected: Option<&str>) {
        assert_eq!(Acr::first_of(values).map(|acr| acr.name), expected);
    }
}
