use std::time::Duration;

use crate::http::Answer;

/// One answer with what was sent for it, as checks look at it: before anything
/// is redacted, and never kept.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// What came.
    pub answer: &'a Answer,
    /// Whether the resource was served.
    pub accepted: bool,
    /// The token that was sent; empty where there was none.
    pub token: &'a [u8],
    /// Texts in the token that must not come back as they are.
    pub canaries: &'a [String],
    /// How the token travelled.
    pub carriage: Carriage,
    /// What the answer should have been.
    pub due: Due,
    /// Whether it refuses in the body of a success, as the API's protocol does.
    pub in_body: bool,
    /// Whether the API takes its token elsewhere than in `Authorization`.
    pub elsewhere: bool,
    /// Whether the request is larger than servers have to take.
    pub large: bool,
    /// How long an answer may take.
    pub patience: Duration,
    /// Whether the issuer was made to fail at that time.
    pub issuer_broken: bool,
}

/// How a credential travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// There was none, or one of another scheme than Bearer.
    None,
    /// One line `Authorization: Bearer` with the token, well-formed.
    Bearer,
    /// In any other way.
    Other,
}

/// What the answer to a request should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The resource.
    Served,
    /// 401, since nobody is known to ask.
    Unauthenticated,
    /// 403, since the caller lacks the right.
    Forbidden,
    /// Either, or a refusal of several kinds.
    Open,
}

impl Exchange<'_> {
    /// Whether the answer refuses.
    pub(super) fn is_refusal(&self) -> bool {
        !self.accepted
    }

    /// Only where the check's business is there: `Ok` where it is sound.
    pub(super) fn judged(is_sound: bool, fault: impl FnOnce() -> String) -> Option<Result<(), String>> {
        Some(if is_sound { Ok(()) } else { Err(fault()) })
    }
}
