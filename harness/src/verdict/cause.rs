use serde::{Deserialize, Serialize};

use crate::scenario::Actor;

/// The root cause of a verdict. Verdicts of the same kind and cause are one
/// finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// There is nothing to explain.
    None,
    /// The route serves everybody.
    OpenRoute,
    /// No signature is verified: every token that anyone makes gets in.
    Unverified,
    /// An honest token is accepted at one time and refused at another.
    Intermittent,
    /// A bad credential of this scenario got in.
    Accepted {
        /// The scenario's id.
        scenario: String,
    },
    /// A good credential of this scenario did not get in.
    Refused {
        /// The scenario's id.
        scenario: String,
    },
    /// A refusal with another status than is expected.
    WrongStatus {
        /// The status that came.
        status: u16,
        /// The statuses that are right.
        expected: Vec<u16>,
    },
    /// A refusal that is a server error.
    ServerError {
        /// The status that came.
        status: u16,
    },
    /// A refusal in the body of a success.
    SuccessEnvelope,
    /// The target's process ended.
    Died {
        /// What it said last, without what varies.
        signature: String,
    },
    /// No answer within the deadline.
    Hung,
    /// No answer within the deadline, while the issuer was made to fail.
    HungOnIssuer {
        /// The scenario's id.
        scenario: String,
    },
    /// Something else than the answer was not as it should be.
    Effect {
        /// The scenario's id.
        scenario: String,
        /// Which effect: `cost`, `identity`, `issuer-hits`, `listener-hits`, `recovery`, or who
        /// travelled with the case.
        effect: String,
    },
    /// A figure that was measured.
    Measured {
        /// The figure.
        figure: String,
    },
    /// The connection ended without a complete answer.
    NoAnswer,
    /// A check over the exchanges of the run.
    Check {
        /// The scenario's id.
        scenario: String,
    },
    /// The target did not look for the issuer's new keys within the time that it has.
    Unfetched,
    /// It could not be judged, for this reason.
    Unjudged {
        /// The reason.
        why: String,
    },
}

impl Cause {
    /// Who could bring it about, or whom it hurts.
    #[must_use]
    pub fn who(&self, actor: Actor) -> &'static str {
        match self {
            Self::Refused { .. } | Self::Intermittent | Self::Unfetched => {
                "honest clients: whoever has such a token is turned away"
            }
            _ => actor.phrase(),
        }
    }
}

impl Cause {
    /// Whether it is a 5xx, a death or a hang, which fail at any level.
    #[must_use]
    pub fn is_unavailability(&self) -> bool {
        matches!(self, Self::ServerError { .. } | Self::Died { .. } | Self::Hung)
    }
}
