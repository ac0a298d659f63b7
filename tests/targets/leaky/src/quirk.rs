//! What a sound server may do in its own way: odd, and legal. Where a defect must be found, a
//! quirk must not.

use std::fmt;
use std::str::FromStr;

macro_rules! quirks {
    ($($variant:ident $name:literal $description:literal)*) => {
        /// One thing that is odd about the server, and that a standard leaves open.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Quirk {
            $(#[doc = $description] $variant,)*
        }

        impl Quirk {
            /// Every quirk.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in `LEAKY_QUIRKS`: lower case, with hyphens.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

quirks! {
    LastMemberWins "last-member-wins" "Of a member that stands twice takes the last one (RFC 7515 4, RFC 7519 4)."
    TakesLooseTailBits "takes-loose-tail-bits" "Ignores the bits of a signature's last character that mean nothing (RFC 4648 3.5)."
    FirstAuthorizationLineWins "first-authorization-line-wins" "Of several `Authorization` lines sees the first one only."
    TriesEveryKey "tries-every-key" "Tries each key of the issuer, since `kid` is a hint (RFC 7515 4.1.4)."
    TakesProducersCrit "takes-producers-crit" "Ignores a `crit` that only a producer must not write: empty, or with standard names (RFC 7515 4.1.11)."
    TakesFutureIssueTime "takes-future-issue-time" "Takes tokens that were issued in the future (RFC 7519 4.1.6)."
    NeedsNoClient "needs-no-client" "Tells access tokens from others by audience and scope alone."
    ErrsWithoutKeys "errs-without-keys" "Answers 500 while there are no keys to judge by."
    BareChallenge "bare-challenge" "Sends `Bearer` and no parameter where no token was sent (as in RFC 9449 7.2)."
    LimitsRate "limits-rate" "Answers 429 above some requests a second (RFC 6585 4)."
    ClosesOnLargeHead "closes-on-large-head" "Closes the connection where a head is larger than 8 KB."
    ClosesAfterAnswer "closes-after-answer" "Keeps no connection, and says so (RFC 9112 9.3)."
    KnowsItsUsers "knows-its-users" "Refuses subjects that are none of its own (RFC 8725 3.8)."
    FetchesByTheClock "fetches-by-the-clock" "Fetches its issuer's keys at their age alone, whatever `kid` arrives."
    KeepsMetadata "keeps-metadata" "Asks its issuer once where the keys are, and goes by that as long as it runs (RFC 8414 3)."
    NumbersRefusals "numbers-refusals" "Gives each refusal a number for the support."
}

/// Those that are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks(u32);

impl Quirks {
    /// Whether it is one of them.
    pub fn has(self, quirk: Quirk) -> bool {
        self.0 & bit(quirk) != 0
    }
}

fn bit(quirk: Quirk) -> u32 {
    1 << quirk as u32
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Self {
        Self(quirks.into_iter().fold(0, |bits, quirk| bits | bit(quirk)))
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Quirk {
    type Err = UnknownQuirk;

    fn from_str(name: &str) -> Result<Self, UnknownQuirk> {
        let found = Self::ALL.iter().find(|quirk| quirk.name() == name);
        found.copied().ok_or_else(|| UnknownQuirk { name: name.to_owned() })
    }
}

impl FromStr for Quirks {
    type Err = UnknownQuirk;

    /// Names with commas between them; nothing for none.
    fn from_str(names: &str) -> Result<Self, UnknownQuirk> {
        names.split(',').filter(|name| !name.is_empty()).map(str::parse).collect()
    }
}

/// When no quirk has that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no quirk is called {name:?}: take one of the names in quirk.rs")]
pub struct UnknownQuirk {
    /// What was asked for.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quirk_is_switched_on_by_its_own_name() {
        for quirk in Quirk::ALL {
            let quirks: Quirks = quirk.name().parse().expect("a known name");
            let on: Vec<_> = Quirk::ALL.iter().filter(|other| quirks.has(**other)).collect();
            assert_eq!(on, [quirk]);
        }
    }

    #[test]
    fn several_names_have_commas_between_them() {
        let quirks: Quirks = "limits-rate,keeps-metadata".parse().expect("known names");
        assert!(quirks.has(Quirk::LimitsRate) && quirks.has(Quirk::KeepsMetadata) && !quirks.has(Quirk::BareChallenge));
        assert_eq!("".parse(), Ok(Quirks::default()));
        assert!("limits-rate,no-such-quirk".parse::<Quirks>().is_err());
    }
}
