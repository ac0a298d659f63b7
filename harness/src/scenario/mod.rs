//! Scenarios: from the text of the files to a plan.
//!
//! Text with spans -> [`Scenario`] (checked) -> [`Plan`] (what one run does).

mod allowance;
mod capability;
mod catalogue;
mod change;
mod check_kind;
mod delivery;
mod effect;
mod estimate;
mod expectation;
mod grade;
mod holding;
mod measure;
mod misfit;
mod needs;
mod parse;
mod plan;
mod profile;
mod reference;
mod request;
mod sayable;
mod selection;
mod selector;
mod sender;
mod tag;
mod types;
mod verification;

pub use allowance::{Allowance, AllowanceError};
pub use capability::{Capability, Declaration, DeclarationError, Declared, Demand};
pub use catalogue::{Catalogue, LoadError};
pub use change::ExpectationChange;
pub use check_kind::CheckKind;
pub use delivery::{Boundary, ConnectionUse, Delivery, Pause, Search};
pub use effect::{Effect, EffectKind, Identity};
pub use expectation::{Access, Expectation, Level, Tier};
pub use grade::{Actor, Form, Gap, Obtained, Outcome};
pub use holding::{Holding, LeftOut};
pub use measure::Measure;
pub use needs::Need;
pub use plan::{Case, Manner, Plan, PlanError};
pub use profile::{DEFAULT_PROFILE, Profile, ProfileSettings};
pub use reference::Reference;
pub use request::{Credentials, RequestEdit, Values};
pub use selection::Selection;
pub use selector::{Selector, SelectorError};
pub use sender::Sender;
pub use tag::Tag;
pub use types::{Cache, Judgement, Larger, Minted, Scenario, Variant};
pub use verification::Verification;
