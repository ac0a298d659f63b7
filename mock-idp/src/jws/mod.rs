//! Tokens that came back or that somebody sent, taken apart: nothing of them is checked here.
//! `mock-idp explain` has a reader of its own, which tells what is wrong with what this one
//! does not read.

mod compact;
mod jwt;

pub(crate) use compact::{Compact, Part};
pub(crate) use jwt::Jwt;
