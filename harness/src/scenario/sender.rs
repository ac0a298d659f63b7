use super::grade::Actor;

/// Whose request it is, where several travel together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sender {
    /// The control's.
    Control,
    /// One with a good token of another subject.
    OtherUser,
    /// The case's own.
    Case,
    /// One without credentials.
    Nobody,
    /// One with a token that has expired.
    Expired,
    /// One with a token of a foreign key under the issuer's `kid`.
    Forged,
    /// One with a token of a foreign key under a `kid` that nobody knows.
    UnknownKid,
}

impl Sender {
    /// Every sender with its word.
    pub const ALL: [(&'static str, Self); 7] = [
        ("control", Self::Control),
        ("other-user", Self::OtherUser),
        ("case", Self::Case),
        ("nobody", Self::Nobody),
        ("expired", Self::Expired),
        ("forged", Self::Forged),
        ("unknown-kid", Self::UnknownKid),
    ];

    /// Whether its own request is to be served; `None` for the case, whose
    /// scenario says so.
    #[must_use]
    pub fn is_good(self) -> Option<bool> {
        match self {
            Self::Case => None,
            Self::Control | Self::OtherUser => Some(true),
            Self::Nobody | Self::Expired | Self::Forged | Self::UnknownKid => Some(false),
        }
    }

    /// Who could send it; `None` for the case, whose own way tells.
    #[must_use]
    pub fn actor(self) -> Option<Actor> {
        match self {
            Self::Case => None,
            Self::Control | Self::OtherUser | Self::Expired => Some(Actor::AnyHolder),
            Self::Nobody | Self::Forged | Self::UnknownKid => Some(Actor::Anyone),
        }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, sender)| *sender == self).map_or("case", |(word, _)| word)
    }
}
