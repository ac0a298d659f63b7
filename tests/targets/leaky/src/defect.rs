//! The table of the defects.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// The scenarios of `core@1` that each defect must trip.
static EXPECTED: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| toml::from_str(include_str!("../defects.toml")).unwrap_or_default());

macro_rules! defects {
    ($($variant:ident $name:literal $description:literal)*) => {
        /// One thing that is wrong with the server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Defect {
            $(#[doc = $description] $variant,)*
        }

        impl Defect {
            /// Every defect, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name on the command line: lower case, with hyphens.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What is wrong, as a sentence.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)* }
            }
        }
    };
}

defects! {
    // Honest tokens are refused.
    RequiresTyp "requires-typ" "Takes only tokens whose header says `typ: at+jwt`."
    FirstScopeOnly "first-scope-only" "Looks at the first granted scope only."
    OnlyScope "only-scope" "Wants the required scope to be the only one."
    AudienceStringOnly "audience-string-only" "Takes no array as audience."
    FirstAudienceOnly "first-audience-only" "Looks at the first audience of an array only."

    // How the token travels.
    ServesAnonymous "serves-anonymous" "Serves whoever sends no credentials at all."
    ForbidsAnonymous "forbids-anonymous" "Answers 403 where no credentials were sent."
    ExactScheme "exact-scheme" "Takes the scheme in the spelling `Bearer` only."

    // What is no JWT.
    CrashesOnText "crashes-on-text" "Answers 500 to a token whose header is no JSON."
    AcceptsOpaque "accepts-opaque" "Takes a token without dots for one that somebody else checks."
    IgnoresExtraSegments "ignores-extra-segments" "Takes three segments and ignores the rest."
    DropsEmptySegments "drops-empty-segments" "Drops empty segments before it counts."
    AcceptsTwoSegments "accepts-two-segments" "Skips the check of a signature that isn't there."
    AcceptsEmptyHeader "accepts-empty-header" "Takes an empty header for one that asks for nothing."
    CrashesOnEmptyPayload "crashes-on-empty-payload" "Answers 500 to an empty payload."
    AcceptsEmptySignature "accepts-empty-signature" "Skips the check of an empty signature."

    // Which algorithm, which key, which signature.
    AcceptsAlgNone "accepts-alg-none" "Takes `none` for an algorithm."
    AcceptsNoneMisspelt "accepts-none-misspelt" "Blocks `none`, in exactly this spelling."
    IgnoresSignature "ignores-signature" "Decodes, and never verifies."
    ChecksSignatureLength "checks-signature-length" "Verifies that the signature is long enough."
    IgnoresDigest "ignores-digest" "Verifies whose signature it is, not what was signed."
    HmacWithSpkiPem "hmac-with-spki-pem" "Believes `HS256`, with the public key as PEM."
    HmacWithPkcs1Pem "hmac-with-pkcs1-pem" "Believes `HS256`, with the public key as PKCS#1 PEM."
    HmacWithIndentedPem "hmac-with-indented-pem" "Believes `HS256` if the PEM has a space in front."
    TrustsEmbeddedJwk "trusts-embedded-jwk" "Prefers the key that the token brings along."
    FallsBackToEmbeddedJwk "falls-back-to-embedded-jwk" "Takes the token's own key if the kid is unknown."
    IgnoresCrit "ignores-crit" "Ignores `crit`."
    CritByPresence "crit-by-presence" "Understands each critical extension that the header has."
    CritByClaimName "crit-by-claim-name" "Understands critical extensions named like claims."

    // When.
    IgnoresExpiry "ignores-expiry" "Wants an expiry, and never looks at the clock."
    ExpiryInMilliseconds "expiry-in-milliseconds" "Takes the expiry in milliseconds."
    LeewayOfHalfADay "leeway-of-half-a-day" "Allows the clocks to be twelve hours apart."
    JudgesByAge "judges-by-age" "Takes what was issued within a day, whatever its expiry."
    ExpiryOptional "expiry-optional" "Takes a token without an expiry for one that never ends."
    IgnoresNotBefore "ignores-not-before" "Ignores `nbf`."

    // By whom and for whom.
    IgnoresIssuer "ignores-issuer" "Ignores `iss`."
    IssuerByPath "issuer-by-path" "Compares the path of the issuer only."
    AnyHttpsIssuer "any-https-issuer" "Takes any https address for an issuer."
    IgnoresAudience "ignores-audience" "Ignores `aud`."
    AudienceOfClient "audience-of-client" "Takes a token for the client as one for the API."
    ForbidsOtherAudience "forbids-other-audience" "Answers 403 to a token for another audience."

    // What for.
    IgnoresScope "ignores-scope" "Ignores the scope."
    OpenidGrants "openid-grants" "Takes `openid` for every scope."
    ScopeAs401 "scope-as-401" "Answers 401 to a token that grants too little."
    ScopeSubstring "scope-substring" "Searches the required scope in the joined list."
    ScopeStringIncludes "scope-string-includes" "Searches in a string as if it were a list."
    ScopePrefix "scope-prefix" "Takes a granted scope for all that begin with it."
    ScopeAnyCase "scope-any-case" "Compares scopes without regard to case."
    ScopePattern "scope-pattern" "Takes a dot in a granted scope for any character."
    AbsentScopeGrants "absent-scope-grants" "Skips the scope of a token that lists none."
    AcceptsIdTokens "accepts-id-tokens" "Takes an ID token for a login."

    // How it answers, and what it remembers.
    NoChallenge "no-challenge" "Sends no challenge with a 401."
    NoChallengeForTokens "no-challenge-for-tokens" "Sends no challenge when a token is bad."
    BareChallenge "bare-challenge" "Sends the scheme as the whole challenge."
    BasicChallenge "basic-challenge" "Asks for another scheme than it takes."
    LocksOut "locks-out" "Refuses everybody once it has seen a token whose header is no JSON."
    PoisonsKeys "poisons-keys" "Forgets every key at the first kid that it doesn't know."
    DiesOfNoSignature "dies-of-no-signature" "Ends at the first empty signature."
}

impl Defect {
    /// The ids of the scenarios of `core@1` that must find it, from `defects.toml`.
    pub fn expected(self) -> &'static [String] {
        EXPECTED.get(self.name()).map(Vec::as_slice).unwrap_or_default()
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Self, UnknownDefect> {
        let found = Self::ALL.iter().find(|defect| defect.name() == name);
        found.copied().ok_or_else(|| UnknownDefect { name: name.to_owned() })
    }
}

/// When no defect has that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no defect is called {name:?}: take one of the names in defects.toml")]
pub struct UnknownDefect {
    /// What was asked for.
    pub name: String,
}

/// The switch as the pipeline sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch(pub(crate) Option<Defect>);

impl Switch {
    /// Whether this is what is wrong.
    pub(crate) fn has(self, defect: Defect) -> bool {
        self.0 == Some(defect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for defect in Defect::ALL {
            assert_eq!(defect.name().parse(), Ok(*defect));
        }
        assert!("no-such-defect".parse::<Defect>().is_err());
    }

    #[test]
    fn the_list_of_expectations_names_every_defect_and_no_other() {
        let mut names: Vec<_> = Defect::ALL.iter().map(|defect| defect.name()).collect();
        names.sort_unstable();
        let listed: Vec<_> = EXPECTED.keys().map(String::as_str).collect();
        assert_eq!(listed, names);
    }

    #[test]
    fn every_defect_is_expected_to_be_found() {
        for defect in Defect::ALL {
            assert!(!defect.expected().is_empty(), "{defect}");
        }
    }
}
