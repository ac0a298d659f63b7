//! The endpoints: which path is whose, and what is common to every answer.

mod answer;
mod authorize;
mod browser;
mod call;
mod control;
mod cors;
mod device;
mod discovery;
mod dispatch;
mod dpop;
mod fault;
mod form;
mod grant_profiles;
mod interaction;
mod introspect;
mod keys;
mod logout;
mod network;
mod okta_error;
mod page;
mod par;
mod problem;
mod resources;
mod revoke;
mod scopes;
mod table;
mod token;
mod userinfo;
mod users;

use call::ServerCall;
pub(crate) use dispatch::{handle, refuse};
pub(crate) use okta_error::names as error_names;
use okta_error::{OktaError, Refusal};
use problem::Problem;
pub(crate) use table::{is_control, is_known};
pub(crate) use token::wanted_keys;
