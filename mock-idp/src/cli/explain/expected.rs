/// What the resource server in question expects.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// The issuer identifiers that are right.
    pub(super) issuers: Vec<String>,
    pub(super) audience: String,
    /// The scopes that are needed; none is asked for where there are none.
    pub(super) scopes: Vec<String>,
    pub(super) dialect: mock_idp::dialect::Dialect,
    /// How far clocks may differ, in seconds.
    pub(super) leeway: i64,
    pub(super) now: i64,
}
