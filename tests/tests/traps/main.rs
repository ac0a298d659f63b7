//! The traps that decide whether the harness is trusted: what a sound server may do, and what a
//! harness that knows less would call a failure. Each is held by a test of its own: the odd server
//! is not blamed, and its truly bad neighbour still is.
//!
//! | file | traps |
//! |---|---|
//! | `tokens` | 1 to 8: what a token is made of |
//! | `requests` | 9 to 11, 25 and 26: how it travels, and what comes back |
//! | `claims` | 12 to 16 and 24: whom it is of and for, and when |
//! | `keys` | 17 to 20 and 23: what verifies it |
//! | `more` | what the reviews of the catalogue found beside these |
//!
//! 21 and 22 are about DPoP, which no scenario sends yet.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod claims;
mod keys;
mod more;
mod requests;
mod tokens;
mod trial;
