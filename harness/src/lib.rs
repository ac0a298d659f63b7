//! Does your OAuth-protected API take bad tokens?
//!
//! Badpenny sends good and deliberately bad access tokens to a resource server,
//! judges each answer against the standards, and remembers the outcome. This is
//! the library behind the command `badpenny`; with
//! `default-features = false, features = ["cargo-test"]` it runs from your own
//! tests without any command line:
//!
//! ```no_run
//! # #[cfg(feature = "cargo-test")]
//! # async fn example() {
//! use badpenny::cargo_test::Conformance;
//!
//! # async fn start_my_server(issuer: &str, audience: &str) -> String { String::new() }
//! let conformance = Conformance::start().await;
//! let url = start_my_server(&conformance.issuer(), "api://default").await;
//! conformance.check(&url).await; // panics with the findings
//! # }
//! ```
//!
//! # How it is made
//!
//! Data flows one way: text -> checked type -> plan -> events -> reports.
//!
//! | room | what is in it |
//! |---|---|
//! | [`scenario`] | scenario files -> [`scenario::Scenario`] -> [`scenario::Plan`] |
//! | [`target`] | the server under test: spawned, external, the built-in [`demo`] |
//! | [`issuer`], [`remote`] | the issuer that the target trusts: an own one, or one that runs |
//! | [`listener`] | where an attacker's token points to |
//! | [`api`] | how the API listens: where the token travels, what success is |
//! | [`http`] | the one client towards targets |
//! | [`engine`] | carries a plan out and emits [`event`]s |
//! | [`learn`] | what "accepted" means for a target |
//! | [`like`] | from real tokens to the dialect that mints their like |
//! | [`key_times`] | what a target does with its issuer's keys, as measured |
//! | [`verdict`] | judges what was seen, purely |
//! | [`check`] | judges the exchanges of a whole run |
//! | [`withheld`] | what no process inherits and no output shows |
//! | [`excuse`] | what keeps a finding from failing a run: it is accepted, or known |
//! | [`findings`], [`report`], [`snapshot`] | what a person or a program gets to see |

pub mod api;
#[cfg(feature = "cargo-test")]
pub mod cargo_test;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod coverage;
pub mod demo;
pub mod engine;
pub mod error;
pub mod event;
pub mod excuse;
pub mod exit;
pub mod findings;
pub mod http;
pub mod issuer;
pub mod key_times;
pub mod learn;
pub mod like;
pub mod listener;
pub mod printable;
pub mod remote;
pub mod report;
pub mod scenario;
mod secrecy;
pub mod snapshot;
pub mod stacks;
pub mod target;
pub mod token;
pub mod verdict;
pub mod withheld;
mod wrap;
