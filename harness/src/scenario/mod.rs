//! Scenarios: from the text of the files to a plan.
//!
//! Text with spans -> [`Scenario`] (checked) -> [`Plan`] (what one run does).

mod catalogue;
mod delivery;
mod effect;
mod expectation;
mod issuer_step;
mod parse;
mod plan;
mod profile;
mod reference;
mod request;
mod selector;
mod types;

pub use catalogue::{Catalogue, LoadError};
pub use delivery::{ConnectionUse, Delivery, Search, Sender, Wait};
pub use effect::{Effect, EffectKind, Identity};
pub use expectation::{Access, Expectation, Level, Tier};
pub use issuer_step::{Fault, IssuerEndpoint, IssuerStep};
pub use plan::{Case, Plan, PlanError};
pub use profile::Profile;
pub use reference::Reference;
pub use request::{Credentials, RequestEdit, Values};
pub use selector::{Selector, SelectorError};
pub use types::{CheckKind, Judgement, Scenario, Variant};
