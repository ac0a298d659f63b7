/// Why a resource server should refuse a token: the scenario that it is an instance of,
/// and what is so in this token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) scenario: &'static str,
    pub(super) detail: String,
}

impl Reason {
    pub(super) fn new(scenario: &'static str, detail: impl Into<String>) -> Self {
        Self { scenario, detail: detail.into() }
    }
}
