/// What is measured of how a target deals with its issuer's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How long after a fetch a key that is not in the set is looked for, twice.
    NewKey,
    /// How many fetches a minute of tokens with unknown keys leads to.
    LookRate,
    /// How long a key set is kept.
    Lifetime,
    /// Whether a `max-age` counts that is shorter than that.
    MaxAge,
    /// Whether `no-store` counts.
    NoStore,
    /// How long after a failed fetch it looks again.
    AfterFailure,
    /// Whether a request waits while its key is fetched, and how long for an issuer
    /// that does not answer.
    SlowIssuer,
    /// How long known keys serve while the issuer is away.
    Outage,
}

impl Measure {
    /// Every one with its word.
    pub const ALL: [(&'static str, Self); 8] = [
        ("new-key", Self::NewKey),
        ("look-rate", Self::LookRate),
        ("lifetime", Self::Lifetime),
        ("max-age", Self::MaxAge),
        ("no-store", Self::NoStore),
        ("after-failure", Self::AfterFailure),
        ("slow-issuer", Self::SlowIssuer),
        ("outage", Self::Outage),
    ];
}
